"""A radiance field becomes pictures and a film."""

import importlib.util
import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field

from nerf.ngp.radiance_field import RadianceField
from nerf.posed_images import PosedImages
from nerf.rendered_views import RenderedViews
from pipeline.stage import Context, StageConfig

STOOD = 1.43
"""Cameras of a capture stand about this many half sizes of the box from its middle."""


class RenderFieldConfig(StageConfig):
    path: Literal["auto", "turntable", "past_cameras", "cameras"] = "auto"
    """Where the pictures are taken from: once around the scene, smoothly past the views' cameras, or from each of those
    cameras; "auto" goes past the cameras where views are given."""
    frames: int = Field(48, ge=1, le=5000)
    """How many pictures a turntable or a path has; with "cameras" every camera is used."""
    width: int = Field(480, ge=16, le=8192)
    """Pixels across; pictures from the views' cameras are reduced to it."""
    height: int = Field(480, ge=16, le=8192)
    """Pixels down, where no camera gives the shape."""
    field_of_view: float = Field(45.0, gt=1, lt=170)
    """Of a turntable's camera, across, in degrees."""
    elevation: float = Field(20.0, gt=-90, lt=90)
    """How high a turntable's camera stands over the horizon, in degrees."""
    distance: float | None = Field(None, gt=0)
    """From a turntable's camera to the middle; left out, the whole box is seen, or what the capture's cameras saw."""
    background: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Behind everything, red, green and blue from 0 to 1."""
    depth: bool = True
    """Write depth beside each picture."""
    normals: bool = False
    """Write the direction of each surface beside each picture."""
    film: Literal["auto", "mp4", "webp", "none"] = "auto"
    """A film of all pictures: MP4 where PyAV is installed, else an animated WebP."""
    frames_per_second: float = Field(24.0, gt=0, le=120)
    """The speed of the film."""


def render_field(
    config: RenderFieldConfig, context: Context, *, field: RadianceField, views: PosedImages | None = None
) -> RenderedViews:
    """Take pictures of a radiance field, with depth and normals, and make a film of them.

    The result is a set of views with depth like any capture: it can be fused into a mesh or trained on.
    """
    from nerf.ngp.shots import Shots, shoot

    cameras, poses = _cameras(config, field, views)
    shots = Shots(
        depth=config.depth,
        normals=config.normals,
        film=None if config.film == "none" else "mp4" if config.film == "mp4" else "webp",
        per_second=config.frames_per_second,
        background=config.background,
    )

    def tell(done: int) -> None:
        context.progress(done / len(poses), f"{done} of {len(poses)} pictures")

    context.metric("pictures", len(poses))
    return shoot(field, cameras, poses, context.folder / "shots", shots, progress=tell)


def film_kind(device: str) -> str:
    """MP4 where it can be written."""
    return "mp4" if importlib.util.find_spec("av") else "webp"


def packages_for_film(config: RenderFieldConfig) -> Sequence[str]:
    """What an MP4 needs."""
    return ["av"] if config.film == "mp4" else []


def _cameras(
    config: RenderFieldConfig, field: RadianceField, views: PosedImages | None
) -> tuple[list[Any], np.ndarray]:
    """The camera and the pose of each picture."""
    from nerf.camera import from_field_of_view
    from nerf.camera_path import past, turntable
    from nerf.ngp.refinement import refined_views

    path = config.path if config.path != "auto" else "turntable" if views is None else "past_cameras"
    if path == "turntable":
        angle = math.radians(config.field_of_view)
        low, high = field.bounds
        half = float((high - low).max()) / 2
        narrow = math.atan(math.tan(angle / 2) * min(1.0, config.height / config.width))
        distance = config.distance or (STOOD * half if field.volume.contracted else 1.1 * half / math.sin(narrow))
        camera = from_field_of_view(config.width, config.height, angle)
        poses = turntable((low + high) / 2, distance, math.radians(config.elevation), config.frames)
        return [camera] * len(poses), poses
    if views is None:
        raise ValueError(f"render_field.path: {path} needs the input views, whose cameras it follows (got none)")
    views = refined_views(views, field)
    seen = [_fitted(views.camera(view), config.width) for view in range(len(views))]
    if path == "cameras":
        return seen, views.world_from_camera
    poses = past(views.world_from_camera, config.frames)
    return [seen[0].undistorted() if seen[0].model != "equirect" else seen[0]] * len(poses), poses


def _fitted(camera: Any, width: int) -> Any:
    factor = min(1.0, width / camera.width)
    return camera.resized(max(1, round(camera.width * factor)), max(1, round(camera.height * factor)))
