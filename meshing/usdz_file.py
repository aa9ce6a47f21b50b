"""A USDZ as something that stages hand on: the file itself, byte for byte."""

from dataclasses import dataclass
from pathlib import Path

_NAME = "model.usdz"


@dataclass(frozen=True)
class UsdzFile:
    """One USDZ package."""

    data: bytes

    def save(self, folder: Path) -> None:
        """Write `model.usdz`."""
        (folder / _NAME).write_bytes(self.data)

    @classmethod
    def load(cls, folder: Path) -> "UsdzFile":
        """The file that `save` wrote into `folder`."""
        return cls((folder / _NAME).read_bytes())
