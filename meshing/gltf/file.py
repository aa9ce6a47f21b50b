"""A GLB as something that stages hand on: the file itself, byte for byte."""

from dataclasses import dataclass
from pathlib import Path

_NAME, _PLAIN = "model.glb", "model.plain.glb"


@dataclass(frozen=True)
class GlbFile:
    """One binary glTF file, and where it asks its reader for an extension, the same scene without."""

    data: bytes
    plain: bytes | None = None

    def save(self, folder: Path) -> None:
        """Write `model.glb` and, where there is one, `model.plain.glb`."""
        (folder / _NAME).write_bytes(self.data)
        if self.plain is not None:
            (folder / _PLAIN).write_bytes(self.plain)

    @classmethod
    def load(cls, folder: Path) -> "GlbFile":
        """The files that `save` wrote into `folder`."""
        plain = folder / _PLAIN
        return cls((folder / _NAME).read_bytes(), plain.read_bytes() if plain.is_file() else None)
