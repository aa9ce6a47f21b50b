"""One way in for every kind of capture: the format is recognised by what lies in the folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

from nerf.captures.assemble import assemble
from nerf.captures.colmap import find_model, read_colmap
from nerf.captures.llff import read_llff
from nerf.captures.raw import CameraAxes, RawCapture, WorldUp
from nerf.captures.rgbd import looks_like_rgbd, read_rgbd
from nerf.captures.transforms import read_nerf_synthetic, read_transforms
from nerf.posed_images import PosedImages

CaptureFormat = Literal["transforms", "nerf_synthetic", "colmap", "llff", "rgbd", "photos", "video"]

READERS: dict[str, Callable[[Path], RawCapture]] = {
    "transforms": read_transforms,
    "nerf_synthetic": read_nerf_synthetic,
    "colmap": read_colmap,
    "llff": read_llff,
    "rgbd": read_rgbd,
}


def read_capture(
    path: Path,
    *,
    format: CaptureFormat | Literal["auto"] = "auto",
    camera_axes: CameraAxes | Literal["auto"] = "auto",
    up: WorldUp | Literal["auto"] = "auto",
    metres_per_unit: float | None = None,
) -> PosedImages:
    """Posed images in the project's convention, from any capture that the project knows.

    `camera_axes` and `up` overrule what the format usually means by them; `metres_per_unit` gives a scene without a
    unit its size. Raises ValueError or FileNotFoundError with one sentence for each thing that is wrong.
    """
    found = detect_format(path) if format == "auto" else format
    raw = READERS[found](path)
    if camera_axes != "auto":
        raw = replace(raw, camera_axes=camera_axes)
    return assemble(raw, up=None if up == "auto" else up, metres_per_unit=metres_per_unit)


def detect_format(path: Path) -> CaptureFormat:
    """What kind of capture a file or folder is; ValueError with what would be allowed where it is none."""
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such capture")
    if path.is_file():
        return _detect_file(path)
    if (path / "transforms.json").is_file():
        return "transforms"
    if (path / "transforms_train.json").is_file():
        return "nerf_synthetic"
    if find_model(path) is not None:
        return "colmap"
    if (path / "poses_bounds.npy").is_file():
        return "llff"
    if looks_like_rgbd(path):
        return "rgbd"
    raise ValueError(f"{path}: is no capture that is known (formats: {', '.join(get_args(CaptureFormat))})")


def _detect_file(path: Path) -> CaptureFormat:
    if path.suffix.lower() == ".json":
        return "transforms"
    if path.suffix.lower() == ".npy":
        return "llff"
    raise ValueError(f"{path}: is no capture that is known (allowed: a folder, a transforms.json, a video)")
