"""A GLB as something that stages hand on: the file itself, byte for byte."""

from dataclasses import dataclass
from pathlib import Path

_NAME = "model.glb"


@dataclass(frozen=True)
class GlbFile:
    """One binary glTF file."""

    data: bytes

    def save(self, folder: Path) -> None:
        """Write `model.glb`."""
        (folder / _NAME).write_bytes(self.data)

    @classmethod
    def load(cls, folder: Path) -> "GlbFile":
        """The file that `save` wrote into `folder`."""
        return cls((folder / _NAME).read_bytes())
