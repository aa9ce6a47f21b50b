"""LLFF's `poses_bounds.npy`: a row of 3x5 pose and size and two depth bounds for each photo, in the photos' order.

The pose's columns are down, right, backwards and position, then height, width and focal length (Mildenhall et al.
2019, the README of Fyusion/LLFF).
"""

import io
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from nerf.camera import Camera
from nerf.captures.assemble import all_or_errors
from nerf.captures.paths import inside, natural_order
from nerf.captures.raw import RawCapture, RawFrame
from nerf.photo import SUFFIXES

Array = np.ndarray

IMAGE_FOLDERS = ("images", "images_2", "images_4", "images_8")


def read_llff(path: Path) -> RawCapture:
    """A `poses_bounds.npy`, given itself or as its folder, with the photos in `images` beside it."""
    file = path / "poses_bounds.npy" if path.is_dir() else path
    rows = _read_rows(file)
    photos = _photos(file.parent)
    if len(photos) != len(rows):
        raise ValueError(f"{file}: has {len(rows)} poses, which must be as many as the photos (got {len(photos)})")
    numbered = list(enumerate(zip(photos, rows, strict=True)))
    return RawCapture(
        folder=file.parent,
        format="llff",
        frames=tuple(all_or_errors(lambda item: _frame(file, item[0], *item[1]), numbered)),
        camera_axes="opencv",
        up="-y",
    )


def _frame(file: Path, number: int, photo: Path, row: Float64[Array, "17"]) -> RawFrame:
    place = f"{file}: row {number}"
    columns = row[:15].reshape(3, 5)
    if not np.isfinite(columns).all():
        raise ValueError(f"{place}: every number must be finite (got NaN or infinity)")
    height, width, focal = columns[:, 4]
    try:
        camera = Camera(round(width), round(height), float(focal), float(focal), width / 2, height / 2)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    down, right, backwards, position = columns[:, :4].T
    pose = np.eye(4)
    pose[:3] = np.stack([right, down, -backwards, position], axis=1)
    name = photo.relative_to(file.parent).as_posix()
    return RawFrame(name, place, inside(file.parent, name, place), camera, pose)


def _read_rows(file: Path) -> Float64[Array, "views 17"]:
    if not file.is_file():
        raise FileNotFoundError(f"{file}: no such file")
    try:
        rows = np.load(io.BytesIO(file.read_bytes()), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f"{file}: is not a plain .npy array") from error
    if not isinstance(rows, np.ndarray) or rows.ndim != 2 or rows.shape[1] != 17 or rows.dtype.kind != "f":
        raise ValueError(f"{file}: must be rows of 17 numbers (got {getattr(rows, 'shape', 'an archive')})")
    return rows.astype(np.float64)


def _photos(folder: Path) -> list[Path]:
    for name in IMAGE_FOLDERS:
        if (folder / name).is_dir():
            found = [path for path in (folder / name).iterdir() if path.suffix.lower() in SUFFIXES]
            return sorted(found, key=natural_order)
    raise FileNotFoundError(f"{folder}: has no photos (looked for {', '.join(IMAGE_FOLDERS)})")
