"""COLMAP models, text and binary: cameras, images and points, beside the folder of the photos.

COLMAP's cameras have OpenCV's axes and pixel centres at half, as ours; its world is that of the first pair of photos,
so about y down.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float64

from nerf.camera import Camera
from nerf.captures.assemble import all_or_errors
from nerf.captures.colmap_files import ModelImage, read_cameras, read_images, read_points
from nerf.captures.paths import inside
from nerf.captures.raw import RawCapture, RawFrame
from nerf.posed_images import Skipped

Array = np.ndarray

MODEL_FOLDERS = ("", "sparse", "sparse/0", "colmap/sparse/0", "colmap/sparse", "colmap")
IMAGE_FOLDERS = ("images", "image", "rgb", "color", "input", "")


def find_model(folder: Path) -> Path | None:
    """The folder of the COLMAP model with the most to say; None where there is none."""
    numbered = sorted(path for path in (folder / "sparse").glob("*") if path.is_dir() and path.name.isdigit())
    candidates = [folder / name for name in MODEL_FOLDERS] + numbered
    models = [path for path in candidates if _images_file(path) and _file(path, "cameras")]
    return max(models, key=lambda path: _size(_images_file(path)), default=None)


def read_colmap(folder: Path) -> RawCapture:
    """A COLMAP model with its photos; photos that are missing are skipped and named."""
    model = find_model(folder)
    if model is None:
        raise FileNotFoundError(f"{folder}: has no COLMAP model (cameras and images as .bin or .txt, such as sparse/0)")
    cameras_file, images_file = _file(model, "cameras"), _images_file(model)
    assert cameras_file is not None
    assert images_file is not None
    images = sorted(read_images(images_file), key=lambda image: image.name)
    photos = _photo_folder(folder, model, images)
    paths = all_or_errors(lambda image: _photo(folder, photos, image.name, f"{images_file}: {image.name}"), images)
    skipped = [
        Skipped(image.name, "its file is missing")
        for image, path in zip(images, paths, strict=True)
        if not path.is_file()
    ]
    present = [(image, path) for image, path in zip(images, paths, strict=True) if path.is_file()]
    cameras = read_cameras(cameras_file)
    frames = all_or_errors(lambda item: _frame(photos, *item, cameras, str(images_file)), present)
    points_file = _file(model, "points3D")
    return RawCapture(
        folder=folder,
        format="colmap",
        frames=tuple(frames),
        camera_axes="opencv",
        up="-y",
        points=read_points(points_file) if points_file else None,
        skipped=tuple(skipped),
        notes=_other_models(folder, model),
    )


def _frame(photos: Path, image: ModelImage, path: Path, cameras: dict[int, Camera], file: str) -> RawFrame:
    place = f"{file}: {image.name}"
    if image.camera not in cameras:
        raise ValueError(f"{place}: camera {image.camera} does not exist (there are {sorted(cameras)[:8]})")
    mask = photos.parent / "masks" / f"{image.name}.png"
    return RawFrame(
        name=image.name,
        place=place,
        image=path,
        camera=cameras[image.camera],
        pose=_camera_to_world(image, place),
        mask=mask if mask.is_file() else None,
    )


def _camera_to_world(image: ModelImage, place: str) -> Float64[Array, "4 4"]:
    """COLMAP stores world to camera, with the quaternion's real part first."""
    quaternion, translation = np.array(image.quaternion), np.array(image.translation)
    length = float(np.linalg.norm(quaternion))
    if not (np.isfinite(quaternion).all() and np.isfinite(translation).all() and abs(length - 1) < 0.01):
        raise ValueError(f"{place}: the pose must be finite with a unit quaternion (its length is {length:.3g})")
    w, x, y, z = quaternion / length
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation.T, -rotation.T @ translation
    return pose


def _file(model: Path, name: str) -> Path | None:
    """The binary file of this name, else the text file."""
    return next(
        (model / f"{name}{suffix}" for suffix in (".bin", ".txt") if (model / f"{name}{suffix}").is_file()), None
    )


def _images_file(model: Path) -> Path | None:
    return _file(model, "images")


def _size(path: Path | None) -> int:
    return path.stat().st_size if path else 0


def _photo_folder(folder: Path, model: Path, images: list[ModelImage]) -> Path:
    """Where the photos lie: the first of the usual places that has one of them."""
    places = [place / name for place in (folder, model) for name in IMAGE_FOLDERS]
    for place in places:
        if any((place / image.name).is_file() for image in images):
            return place
    raise FileNotFoundError(
        f"{folder}: none of the {len(images)} photos that the model names is there (looked in images/)"
    )


def _photo(folder: Path, photos: Path, name: str, place: str) -> Path:
    path = inside(photos, name, place)
    return inside(folder, path.relative_to(folder).as_posix(), place)


def _other_models(folder: Path, model: Path) -> tuple[str, ...]:
    others = [path.name for path in (folder / "sparse").glob("*") if path.name.isdigit() and path != model]
    return (f"{len(others)} smaller models beside {model.name} were left out",) if others else ()
