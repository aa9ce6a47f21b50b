"""A capture on disk becomes posed images."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from nerf.posed_images import PosedImages
from pipeline.stage import Context, Finding, InputPath, StageConfig

LOGGED = 20
"""Frames named in the log before it says how many more there are."""


class LoadCaptureConfig(StageConfig):
    path: InputPath
    """A capture: a folder or transforms.json of nerfstudio or instant-ngp, a NeRF-synthetic, COLMAP, LLFF or RGB-D
    folder, a folder of photos, or a video."""
    format: Literal["auto", "transforms", "nerf_synthetic", "colmap", "llff", "rgbd", "photos", "video"] = "auto"
    """What kind of capture it is; "auto" looks at the files."""
    camera_axes: Literal["auto", "opencv", "opengl"] = "auto"
    """How the capture's poses turn a camera: opencv looks along +z with y down, opengl along -z with y up; "auto" takes
    the format's own."""
    up: Literal["auto", "x", "-x", "y", "-y", "z", "-z"] = "auto"
    """The axis that points up in the capture; "auto" takes the format's own, or estimates it from the cameras."""
    metres_per_unit: float | None = Field(None, gt=0)
    """The size of the capture's unit, where the format does not say; it makes the result metric."""
    every: int = Field(1, ge=1)
    """Take only every n-th frame."""
    licence: str = ""
    """The licence of the photos, where the capture does not say; it travels into every file made from them."""


def load_capture(config: LoadCaptureConfig, context: Context) -> PosedImages:
    """Read posed photos, with depth where there is some, into the project's one convention.

    Frames that the capture names but that have no file, or no pose, are left out and named in the log.
    """
    from dataclasses import replace

    views = _read(config, context.folder)
    views = views.subset(range(0, len(views), config.every)) if config.every > 1 else views
    total = len(views) + len(views.skipped)
    if config.licence:
        views = replace(views, source=replace(views.source, licence=config.licence))
    context.log(f"{len(views)} of {total} frames")
    for skipped in views.skipped[:LOGGED]:
        context.log(f"left out {skipped.name}: {skipped.reason}")
    if len(views.skipped) > LOGGED:
        context.log(f"left out {len(views.skipped) - LOGGED} more, named under `left_out` in run.json")
    for note in views.source.notes:
        context.log(note)
    context.metric("frames", len(views))
    context.metric("frames_named", total)
    context.metric("left_out", [skipped.name for skipped in views.skipped])
    context.metric("format", views.source.format)
    context.metric("unit", views.scene.unit)
    context.metric("gravity", views.scene.gravity)
    context.licence(views.source.licence)
    return views


def packages_for(config: LoadCaptureConfig) -> Sequence[str]:
    """What photos and videos without poses need: structure from motion, and for a video a decoder."""
    from nerf.captures.read import detect_format

    try:
        found = detect_format(config.path) if config.format == "auto" else config.format
    except (ValueError, OSError):
        return []
    return {"photos": ["pycolmap"], "video": ["pycolmap", "av"]}.get(found, [])


def capture_sources(config: LoadCaptureConfig) -> Sequence[Path]:
    """A file such as transforms.json leads to its neighbours: the whole folder counts."""
    return [config.path.parent] if config.path.is_file() and config.path.suffix.lower() in (".json", ".npy") else []


def examine_capture(config: LoadCaptureConfig) -> Sequence[Finding]:
    """What the capture doctor says of the frames, before anything is computed from them."""
    from nerf.captures.doctor import examine

    if packages_for(config):
        return [Finding("note", str(config.path), "its cameras are placed when the job runs, and looked at then")]
    try:
        views = _read(config)
    except (ValueError, OSError, ImportError) as error:
        return [Finding("error", str(config.path), str(error))]
    found = [Finding(finding.severity, finding.place, finding.message, finding.advice) for finding in examine(views)]
    summary = f"{len(views)} frames, {views.source.format}, unit {views.scene.unit}, gravity {views.scene.gravity}"
    return [Finding("note", str(config.path), summary), *found]


def _read(config: LoadCaptureConfig, scratch: Path | None = None) -> PosedImages:
    from nerf.captures.read import read_capture

    return read_capture(
        config.path,
        format=config.format,
        camera_axes=config.camera_axes,
        up=config.up,
        metres_per_unit=config.metres_per_unit,
        scratch=scratch,
    )
