"""Photos or a video without poses become posed images."""

from typing import Literal

from pydantic import Field

from nerf.posed_images import PosedImages
from pipeline.stage import Context, InputPath, StageConfig


class EstimatePosesConfig(StageConfig):
    path: InputPath
    """A folder of photos, or a video."""
    metres_per_unit: float | None = Field(None, gt=0)
    """The size of the estimated scene's unit, where it is known; it makes the result metric."""
    up: Literal["auto", "x", "-x", "y", "-y", "z", "-z"] = "auto"
    """The axis of the estimate that points up; "auto" estimates it from how the cameras were held."""
    licence: str = ""
    """The licence of the photos; it travels into every file made from them."""


def estimate_poses(config: EstimatePosesConfig, context: Context) -> PosedImages:
    """Place photos or the sharpest frames of a video by structure from motion, whatever poses lie beside them.

    Photos that could not be placed are left out and named in the log. The sparse points come along.
    """
    from dataclasses import replace

    from nerf.captures.read import read_capture
    from nerf.captures.video import SUFFIXES

    kind: Literal["photos", "video"] = "video" if config.path.suffix.lower() in SUFFIXES else "photos"
    context.progress(0.0, "looks for matching points")
    views = read_capture(
        config.path, format=kind, up=config.up, metres_per_unit=config.metres_per_unit, scratch=context.folder
    )
    if config.licence:
        views = replace(views, source=replace(views.source, licence=config.licence))
    for skipped in views.skipped:
        context.log(f"left out {skipped.name}: {skipped.reason}")
    context.metric("frames", len(views))
    context.metric("frames_named", len(views) + len(views.skipped))
    context.metric("points", 0 if views.points is None else len(views.points.xyz))
    context.licence(views.source.licence)
    return views


def packages_for_poses(config: EstimatePosesConfig) -> list[str]:
    """Structure from motion, and for a video a decoder."""
    from nerf.captures.video import SUFFIXES

    return ["pycolmap", "av"] if config.path.suffix.lower() in SUFFIXES else ["pycolmap"]
