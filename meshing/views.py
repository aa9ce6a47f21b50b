"""Photographs as textures are made from them: a picture, a way to project into it, and where it was taken from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8

from meshing.raycast_embree import RayCaster

Project = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class View:
    """A camera somewhere. `project` gives pixels (x, y; the first pixel's centre at 0.5) for points in camera
    coordinates,
    with whatever lens there was; NaN for what it cannot show. `Pinhole.project` is one such function."""

    width: int
    height: int
    project: Project
    world_from_camera: Float64[np.ndarray, "4 4"]

    @property
    def position(self) -> Float64[np.ndarray, "3"]:
        """Where the camera stood."""
        return self.world_from_camera[:3, 3]


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture and the view it shows; they have the same size."""

    image: UInt8[np.ndarray, "h w 3"]
    view: View


def pixels_of(
    view: View, points: Float64[np.ndarray, "points 3"], *, margin: float = 1.0
) -> tuple[Float64[np.ndarray, "points 2"], Bool[np.ndarray, "points"]]:
    """Pixels of points in world coordinates, and which of them the picture shows, `margin` pixels from its border."""
    camera_from_world = np.linalg.inv(view.world_from_camera)
    local = points @ camera_from_world[:3, :3].T + camera_from_world[:3, 3]
    pixels: np.ndarray = np.full((len(points), 2), np.nan)
    front = local[:, 2] > 1e-6
    pixels[front] = view.project(local[front])
    with np.errstate(invalid="ignore"):
        high = np.array([view.width, view.height]) - margin
        inside = np.all((pixels >= margin) & (pixels <= high), axis=1)
    return pixels, inside


def facing(
    view: View, points: Float64[np.ndarray, "points 3"], normals: Float64[np.ndarray, "points 3"]
) -> Float64[np.ndarray, "points"]:
    """Cosine between the normals (of any length) and the way to the camera."""
    way = view.position - points
    lengths = np.linalg.norm(normals, axis=1) * np.linalg.norm(way, axis=1)
    cosine: np.ndarray = (normals * way).sum(axis=1) / np.maximum(lengths, 1e-30)
    return cosine


def visible(
    view: View,
    points: Float64[np.ndarray, "points 3"],
    where: Bool[np.ndarray, "points"],
    caster: RayCaster,
    *,
    slack: float,
) -> Bool[np.ndarray, "points"]:
    """Which of the points marked in `where` nothing hides from the camera; `slack` is a share of the distance."""
    index = np.flatnonzero(where)
    distance = np.linalg.norm(points[index] - view.position, axis=1)
    free = caster.is_free(np.broadcast_to(view.position, (len(index), 3)), points[index], slack=slack * distance)
    seen = np.zeros(len(points), bool)
    seen[index[free]] = True
    return seen


def smooth(image: UInt8[np.ndarray, "h w c"], size: int) -> Float32[np.ndarray, "h w c"]:
    """Means over `size` by `size` pixels."""
    from scipy.ndimage import uniform_filter

    mean: np.ndarray = uniform_filter(image.astype(np.float32), (size, size, 0))
    return mean


def detail(image: UInt8[np.ndarray, "h w 3"], size: int) -> Float32[np.ndarray, "h w"]:
    """How much the brightness changes from pixel to pixel, on average over `size` by `size` pixels."""
    from scipy.ndimage import uniform_filter

    gray = image.mean(axis=2, dtype=np.float32)
    dy, dx = np.gradient(gray)
    mean: np.ndarray = uniform_filter(np.hypot(dx, dy), size)
    return mean


def at_pixels(image: np.ndarray, pixels: Float64[np.ndarray, "points 2"]) -> np.ndarray:
    """The values of the pixels that points fall on."""
    h, w = image.shape[:2]
    x = np.clip(pixels[:, 0].astype(np.int64), 0, w - 1)
    y = np.clip(pixels[:, 1].astype(np.int64), 0, h - 1)
    values: np.ndarray = image[y, x]
    return values
