"""Panoramas of a room with distances: what generators and renderers make and fusion takes."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, UInt8
from PIL import Image

from meshing.room.panorama import directions
from meshing.room.plan import RoomPlan


@dataclass(frozen=True, eq=False)
class RoomPicture:
    """What is seen all around `position`: sRGB colours and distances along the rays, 0 where nothing is known."""

    position: tuple[float, float, float]
    color: UInt8[np.ndarray, "h w 3"]
    distance: Float32[np.ndarray, "h w"]

    def points(self) -> Float64[np.ndarray, "h w 3"]:
        """The place that each pixel shows; the position itself where nothing is known."""
        return np.asarray(np.array(self.position) + directions(*self.distance.shape) * self.distance[..., None])


@dataclass(frozen=True, eq=False)
class RoomPictures:
    """Panoramas of the room of a plan."""

    plan: RoomPlan
    pictures: tuple[RoomPicture, ...]

    def save(self, folder: Path) -> None:
        """Write the plan, `pictures.json`, and for each panorama its colours as PNG and its distances."""
        self.plan.save(folder)
        places = [list(picture.position) for picture in self.pictures]
        (folder / "pictures.json").write_text(json.dumps(places) + "\n")
        for number, picture in enumerate(self.pictures):
            Image.fromarray(picture.color).save(folder / f"color-{number}.png", compress_level=1)
            np.savez(folder / f"distance-{number}.npz", distance=picture.distance)

    @classmethod
    def load(cls, folder: Path) -> "RoomPictures":
        """The pictures that `save` wrote into `folder`."""
        pictures = []
        for number, (x, y, z) in enumerate(json.loads((folder / "pictures.json").read_text())):
            with Image.open(folder / f"color-{number}.png") as image:
                color = np.array(image.convert("RGB"))
            with np.load(folder / f"distance-{number}.npz", allow_pickle=False) as arrays:
                pictures.append(RoomPicture((float(x), float(y), float(z)), color, arrays["distance"]))
        return cls(RoomPlan.load(folder), tuple(pictures))
