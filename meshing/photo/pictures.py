"""Pictures of a 3D photo for screens without a headset, as encoded files."""

from dataclasses import dataclass
from pathlib import Path

_FILES = {"side_by_side": "side-by-side.jpg", "extremes": "extremes.jpg", "film": "film.webp"}


@dataclass(frozen=True)
class PhotoViews:
    """Encoded pictures: both eyes' views beside each other, the two ends of the viewing volume, and a film."""

    side_by_side: bytes
    extremes: bytes
    film: bytes

    def save(self, folder: Path) -> None:
        """Write `side-by-side.jpg`, `extremes.jpg` and `film.webp`."""
        folder.mkdir(parents=True, exist_ok=True)
        for field, name in _FILES.items():
            (folder / name).write_bytes(getattr(self, field))

    @classmethod
    def load(cls, folder: Path) -> "PhotoViews":
        """What `save` wrote into `folder`."""
        return cls(**{field: (folder / name).read_bytes() for field, name in _FILES.items()})
