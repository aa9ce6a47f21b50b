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
    models = [path for path in candidates if _file(path, "images") and _file(path, "cameras")]
    return max(models, key=lambda path: _size(_file(path, "images")), default=None)


def read_colmap(folder: Path) -> RawCapture:
    """A COLMAP model with its photos; photos that are missing are skipped and named."""
    model = find_model(folder)
    if model is None:
        raise FileNotFoundError(f"{folder}: has no COLMAP model (cameras and images as .bin or .txt, such as sparse/0)")
    photos = _photo_folder(folder, model)
    named = model_frames(model, photos)
    frames = all_or_errors(lambda frame: _own(folder, frame), named)
    points_file = _file(model, "points3D")
    return RawCapture(
        folder=folder,
        format="colmap",
        frames=tuple(frame for frame in frames if frame.image.is_file()),
        camera_axes="opencv",
        up="-y",
        points=read_points(points_file) if points_file else None,
        skipped=tuple(Skipped(frame.name, "its file is missing") for frame in frames if not frame.image.is_file()),
        notes=_other_models(folder, model),
    )


def model_frames(model: Path, photos: Path) -> list[RawFrame]:
    """The frames of the model in a folder, by name; their photos lie in `photos`, or should."""
    cameras_file, images_file = _file(model, "cameras"), _file(model, "images")
    if cameras_file is None or images_file is None:
        raise FileNotFoundError(f"{model}: has no cameras and images, as .bin or .txt")
    cameras = read_cameras(cameras_file)
    images = sorted(read_images(images_file), key=lambda image: image.name)
    return all_or_errors(lambda image: _frame(photos, image, cameras, f"{images_file}: {image.name}"), images)


def _frame(photos: Path, image: ModelImage, cameras: dict[int, Camera], place: str) -> RawFrame:
    if image.camera not in cameras:
        raise ValueError(f"{place}: camera {image.camera} does not exist (there are {sorted(cameras)[:8]})")
    mask = photos.parent / "masks" / f"{image.name}.png"
    return RawFrame(
        name=image.name,
        place=place,
        image=inside(photos, image.name, place),
        camera=cameras[image.camera],
        pose=_camera_to_world(image, place),
        mask=mask if mask.is_file() else None,
    )


def _own(folder: Path, frame: RawFrame) -> RawFrame:
    """The frame, after making sure that no link leads out of the capture."""
    for path in (frame.image, frame.mask):
        if path is not None:
            inside(folder, path.relative_to(folder).as_posix(), frame.place)
    return frame


def _camera_to_world(image: ModelImage, place: str) -> Float64[Array, "4 4"]:
    """COLMAP stores world to camera, with the quaternion's real part first."""
    quaternion, translation = np.array(image.quaternion), np.array(image.translation)
    with np.errstate(over="ignore"):
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


def _size(path: Path | None) -> int:
    return path.stat().st_size if path else 0


def _photo_folder(folder: Path, model: Path) -> Path:
    """Where the photos lie: the first of the usual places that has one of them."""
    file = _file(model, "images")
    names = [image.name for image in read_images(file)] if file else []
    for place in (place / name for place in (folder, model) for name in IMAGE_FOLDERS):
        if any((place / name).is_file() for name in names):
            return place
    raise FileNotFoundError(
        f"{folder}: none of the {len(names)} photos that the model names is there (looked in images)"
    )


def _other_models(folder: Path, model: Path) -> tuple[str, ...]:
    others = [path.name for path in (folder / "sparse").glob("*") if path.name.isdigit() and path != model]
    return (f"{len(others)} smaller models beside {model.name} were left out",) if others else ()
