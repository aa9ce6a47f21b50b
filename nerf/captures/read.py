"""One way in for every kind of capture: the format is recognised by what lies in the folder."""

import atexit
import shutil
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

from nerf.captures import video
from nerf.captures.assemble import assemble
from nerf.captures.colmap import find_model, read_colmap
from nerf.captures.llff import read_llff
from nerf.captures.photos import photo_files, read_photos, read_video
from nerf.captures.raw import CameraAxes, RawCapture, WorldUp
from nerf.captures.rgbd import looks_like_rgbd, read_rgbd
from nerf.captures.transforms import read_nerf_synthetic, read_transforms
from nerf.posed_images import PosedImages

CaptureFormat = Literal["transforms", "nerf_synthetic", "colmap", "llff", "rgbd", "photos", "video"]

READERS: dict[str, Callable[[Path, Path], RawCapture]] = {
    "transforms": lambda path, scratch: read_transforms(path),
    "nerf_synthetic": lambda path, scratch: read_nerf_synthetic(path),
    "colmap": lambda path, scratch: read_colmap(path),
    "llff": lambda path, scratch: read_llff(path),
    "rgbd": lambda path, scratch: read_rgbd(path),
    "photos": read_photos,
    "video": read_video,
}


def read_capture(
    path: Path,
    *,
    format: CaptureFormat | Literal["auto"] = "auto",
    camera_axes: CameraAxes | Literal["auto"] = "auto",
    up: WorldUp | Literal["auto"] = "auto",
    metres_per_unit: float | None = None,
    scratch: Path | None = None,
) -> PosedImages:
    """Posed images in the project's convention, from any capture that the project knows.

    `camera_axes` and `up` overrule what the format usually means by them; `metres_per_unit` gives a scene without a
    unit its size. Photos and videos without poses are placed by structure from motion, and HEIC photos are decoded:
    what that writes goes to `scratch`, which must live as long as the result; by default it lives as long as Python.
    Raises ValueError or FileNotFoundError with one sentence for each thing that is wrong, ImportError without an extra.
    """
    found = detect_format(path) if format == "auto" else format
    if found not in READERS:
        raise ValueError(f"format: must be one of auto, {', '.join(READERS)} (got {found!r})")
    scratch = scratch or _temporary_folder()
    raw = READERS[found](path, scratch)
    if camera_axes != "auto":
        raw = replace(raw, camera_axes=camera_axes)
    return assemble(raw, scratch, up=None if up == "auto" else up, metres_per_unit=metres_per_unit)


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
    if photo_files(path):
        return "photos"
    raise ValueError(
        f"{path}: is no capture that is known (formats: {', '.join(get_args(CaptureFormat))}); it holds {_shown(path)}"
    )


def _detect_file(path: Path) -> CaptureFormat:
    suffix = path.suffix.lower()
    if suffix == ".json":
        return "transforms"
    if suffix == ".npy":
        return "llff"
    if suffix in video.SUFFIXES:
        return "video"
    raise ValueError(
        f"{path}: is no capture that is known (allowed: a folder, transforms.json, poses_bounds.npy, a video)"
    )


def _shown(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir())
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "") if names else "nothing"


def _temporary_folder() -> Path:
    """A path of its own for what must be written, if anything must; whatever is there goes when Python ends."""
    folder = Path(tempfile.gettempdir()) / f"scenewright-{uuid.uuid4().hex}"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
