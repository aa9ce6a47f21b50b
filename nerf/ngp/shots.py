"""A field photographed from many places: colours, depth, normals, and all of it as a film."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64

from nerf.camera import Camera
from nerf.film import write_film
from nerf.ngp.radiance_field import RadianceField
from nerf.ngp.view import View
from nerf.posed_images import DepthEncoding, Photo, Source
from nerf.rendered_views import DEPTH_LEVELS, RenderedViews, write_depth, write_normals, write_picture

OPAQUE = 0.5  # a pixel whose ray meets less than this has no normal


@dataclass(frozen=True)
class Shots:
    """What is made of each view, and of all of them; `film` as MP4 needs an extra."""

    colours: bool = True  # without, pictures are black
    depth: bool = True
    normals: bool = False
    film: Literal["mp4", "webp"] | None = None
    per_second: float = 24.0
    background: tuple[float, float, float] = (1.0, 1.0, 1.0)
    share: float = 0.5  # of the light that ends before the depth
    most_spread: float = math.inf  # depth is left out where mean and median differ by a larger share: fog, and edges


def shoot(
    field: RadianceField,
    cameras: Sequence[Camera],
    world_from_camera: Float64[np.ndarray, "views 4 4"],
    folder: Path,
    shots: Shots,
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> RenderedViews:
    """Pictures of a field, written to `folder`, which must live as long as the result."""
    kinds = tuple(dict.fromkeys(cameras))
    step = depth_step(field, world_from_camera)
    photos, normals, frames = [], [], []
    for number, (camera, pose) in enumerate(zip(cameras, world_from_camera, strict=True)):
        view = field.render(camera, pose, shots.background, colours=shots.colours, share=shots.share)
        image, depth = folder / f"images/{number:05d}.png", folder / f"depths/{number:05d}.png"
        pixels = write_picture(view.colour, image)
        if shots.depth:
            sure = np.abs(view.distance - view.median) <= shots.most_spread * np.maximum(view.median, 1e-12)
            write_depth(np.where(sure, field.depth(camera, pose, view), np.float32(0)), depth, step)
        if shots.normals:
            normals.append(folder / f"normals/{number:05d}.png")
            write_normals(seen_normals(field, camera, pose, view), normals[-1])
        if shots.film:
            frames.append(pixels)
        photos.append(Photo(f"{number:05d}", image, kinds.index(camera), depth=depth if shots.depth else None))
        progress(number + 1)
    film = write_film(frames, folder / "film", shots.film, per_second=shots.per_second) if shots.film else None
    return RenderedViews(
        kinds, tuple(photos), world_from_camera, field.scene, Source("rendered"), DepthEncoding(step),
        normals=tuple(normals), film=film,
    )  # fmt: skip


def depth_step(field: RadianceField, world_from_camera: Float64[np.ndarray, "views 4 4"]) -> float:
    """Scene units per level of a depth picture: a tenth of a millimetre to a few, so that the scene's box fits in."""
    low, high = field.bounds
    reach = float(np.linalg.norm(world_from_camera[:, :3, 3] - (low + high) / 2, axis=1).max())
    farthest = (reach + float(np.linalg.norm(high - low))) * (4 if field.volume.contracted else 1)
    return float(f"{farthest / DEPTH_LEVELS:.1e}") * 1.1


def seen_normals(
    field: RadianceField, camera: Camera, world_from_camera: Float64[np.ndarray, "4 4"], view: View
) -> Float32[np.ndarray, "h w 3"]:
    """Unit normals of what each pixel sees, in world axes; zero where it sees nothing solid."""
    directions = camera.directions(camera.pixel_centres()) @ world_from_camera[:3, :3].T
    with np.errstate(invalid="ignore"):
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    there = ((view.opacity.reshape(-1) >= OPAQUE) & (view.median.reshape(-1) > 0)) & np.isfinite(directions).all(1)
    points = world_from_camera[:3, 3] + view.median.reshape(-1, 1)[there] * directions[there]
    normals = np.zeros((len(directions), 3), np.float32)
    normals[there] = field.normals(points)
    return normals.reshape(camera.height, camera.width, 3)
