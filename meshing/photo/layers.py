"""A layered depth image: pixels linked to their neighbours, several at one place where surfaces hide others.

Owns the artifact `Layers`, its check and the camera it was seen with. Does not own how layers are made or filled.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, Int32, UInt8

Projection = Literal["perspective", "equirectangular"]

STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))  # right, down, left, up: the order of `neighbours`


@dataclass(frozen=True)
class PhotoView:
    """The camera of a photo and the scale of its disparity.

    `disparity` counts the pixels that a point moves by (against infinity) when the camera moves by `reach` sideways:
    disparity = focal * reach / depth. The principal point is the photo's middle. `metric` says that lengths are
    metres. Of an equirectangular photo `focal` counts pixels per radian, and depth is the distance along the ray; its
    middle column looks straight ahead.
    """

    width: int
    height: int
    focal: float
    reach: float
    metric: bool = False
    projection: Projection = "perspective"

    @property
    def all_around(self) -> bool:
        """Whether the photo shows all directions."""
        return self.projection == "equirectangular"

    def depth(self, disparity: Float32[np.ndarray, "*pixels"]) -> Float64[np.ndarray, "*pixels"]:
        """Depth along z, or distance all around, of pixels of this disparity."""
        return self.focal * self.reach / disparity.astype(np.float64)

    def points(
        self,
        column: Float64[np.ndarray, "n"],
        row: Float64[np.ndarray, "n"],
        disparity: Float32[np.ndarray, "n"],
    ) -> Float64[np.ndarray, "n 3"]:
        """Points in glTF's axes: the camera in the origin looks along -z, y is up."""
        depth = self.depth(disparity)
        x, y = (column - self.width / 2) / self.focal, (row - self.height / 2) / self.focal
        if not self.all_around:
            return np.stack([x * depth, -y * depth, -depth], axis=1)
        level = depth * np.cos(y)
        return np.stack([level * np.sin(x), -depth * np.sin(y), -level * np.cos(x)], axis=1)


@dataclass(frozen=True, eq=False)
class Layers:
    """Pixels of a photo, row by row, followed by hidden pixels that were added behind them.

    `neighbours` holds the index of the linked pixel to the right, below, to the left and above, -1 for none; links
    are mutual. Colours of hidden pixels mean something only once they are filled.
    """

    view: PhotoView
    x: Int32[np.ndarray, "pixels"]
    y: Int32[np.ndarray, "pixels"]
    disparity: Float32[np.ndarray, "pixels"]
    neighbours: Int32[np.ndarray, "pixels 4"]
    color: UInt8[np.ndarray, "pixels 3"]
    filled: bool = False
    name: str = "photo"
    licences: tuple[str, ...] = ()

    @property
    def n_photo(self) -> int:
        """How many pixels are the photo's own; the rest are hidden ones."""
        return self.view.width * self.view.height

    def save(self, folder: Path) -> None:
        """Write `layers.npz` and `layers.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            folder / "layers.npz",
            x=self.x,
            y=self.y,
            disparity=self.disparity,
            neighbours=self.neighbours,
            color=self.color,
        )
        about = {"view": asdict(self.view), "filled": self.filled, "name": self.name, "licences": self.licences}
        (folder / "layers.json").write_text(json.dumps(about, sort_keys=True, indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> "Layers":
        """The layers that `save` wrote into `folder`."""
        about = json.loads((folder / "layers.json").read_text())
        with np.load(folder / "layers.npz", allow_pickle=False) as arrays:
            values = {key: arrays[key] for key in arrays.files}
        view, licences = PhotoView(**about.pop("view")), tuple(about.pop("licences"))
        layers = cls(view, **values, **about, licences=licences)
        check_layers(layers, where=str(folder))
        return layers


def check_layers(layers: Layers, *, where: str = "layers") -> None:
    """Raise a ValueError that says what is wrong where `layers` cannot be worked with."""
    n, n_photo = len(layers.x), layers.n_photo
    for key in ("y", "disparity", "neighbours", "color"):
        if len(getattr(layers, key)) != n:
            raise ValueError(f"{where}.{key}: must have one row per pixel, {n} (got {len(getattr(layers, key))})")
    if n < n_photo or n_photo < 1:
        raise ValueError(f"{where}: must hold the photo's {n_photo} pixels first (got {n} pixels)")
    if not (np.isfinite(layers.disparity).all() and (layers.disparity > 0).all()):
        raise ValueError(f"{where}.disparity: must be finite and positive (got {layers.disparity.min()})")
    links = layers.neighbours
    if links.min() < -1 or links.max() >= n:
        raise ValueError(f"{where}.neighbours: must be -1 or a pixel's index below {n} (got {links.max()})")
    pixels = np.arange(n)
    for k, (dx, dy) in enumerate(STEPS):
        linked = links[:, k] >= 0
        other = links[linked, k]
        mutual = links[other, (k + 2) % 4] == pixels[linked]
        beside = (layers.x[other] == layers.x[linked] + dx) & (layers.y[other] == layers.y[linked] + dy)
        if not (mutual & beside).all():
            raise ValueError(f"{where}.neighbours: links must be mutual and lead one step in x or y")
