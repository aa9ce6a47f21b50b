"""Pictures that were computed rather than taken: views with depth, and what only a renderer knows beside them."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from nerf.posed_images import PosedImages

DEPTH_LEVELS = 65534  # of a 16-bit depth picture; 0 and 65535 mean none


@dataclass(frozen=True, eq=False)
class RenderedViews(PosedImages):
    """Rendered pictures with their cameras, which go wherever photos go; `normals` in world axes, one per view."""

    normals: tuple[Path, ...] = ()
    film: Path | None = None

    def subset(self, views: Sequence[int]) -> "RenderedViews":
        """The same pictures with only these views, in this order; the film shows all and is left out."""
        normals = tuple(self.normals[view] for view in views) if self.normals else ()
        fewer = super().subset(views)
        assert isinstance(fewer, RenderedViews)
        return replace(fewer, normals=normals, film=None)

    def save(self, folder: Path) -> None:
        """Write what `PosedImages` writes, `normals/*.png`, and the film."""
        super().save(folder)
        files = [(path, f"normals/{number:05d}.png") for number, path in enumerate(self.normals)]
        if self.film is not None:
            files.append((self.film, f"film{self.film.suffix}"))
        for source, name in files:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(source, folder / name)
        named = {"normals": [name for _, name in files[: len(self.normals)]]}
        named["film"] = [name for _, name in files[len(self.normals) :]]
        (folder / "rendered.json").write_text(json.dumps(named, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "RenderedViews":
        """Read what `save` wrote; pictures stay in `folder` and are decoded on demand."""
        views = PosedImages.load(folder)
        named = json.loads((folder / "rendered.json").read_text(encoding="utf-8"))
        film = next((folder / name for name in named["film"]), None)
        return cls(**vars(views), normals=tuple(folder / name for name in named["normals"]), film=film)


def write_picture(colour: Float32[np.ndarray, "h w 3"], path: Path) -> UInt8[np.ndarray, "h w 3"]:
    """Colours in [0, 1] as a PNG; returns the bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.asarray(np.round(np.clip(colour, 0, 1) * 255), np.uint8)
    Image.fromarray(pixels).save(path, compress_level=4)
    return pixels


def write_depth(depth: Float32[np.ndarray, "h w"], path: Path, units_per_step: float) -> None:
    """Depth as a 16-bit PNG, 0 where there is none or where it does not fit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    levels = np.round(depth / units_per_step)
    levels = np.where((levels >= 1) & (levels <= DEPTH_LEVELS), levels, 0)
    Image.fromarray(levels.astype(np.uint16)).save(path, compress_level=4)


def write_normals(normals: Float32[np.ndarray, "h w 3"], path: Path) -> None:
    """Unit vectors in world axes as colours, (n + 1) / 2; black where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    there = (normals != 0).any(-1, keepdims=True)
    Image.fromarray(np.where(there, np.round((normals + 1) * 127.5), 0).astype(np.uint8)).save(path, compress_level=4)
