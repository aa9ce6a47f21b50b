"""`transforms.json` as nerfstudio and instant-ngp write it, and NeRF's synthetic scenes.

Poses are OpenGL camera-to-world in a world with z up, and are taken as they stand: `applied_transform` is not undone.
Intrinsics may stand in the file or in each frame. Depth files are nerfstudio's (`depth_file_path`, millimetres unless
`depth_unit_scale_factor` says otherwise) or instant-ngp's (`depth_path`, times `integer_depth_scale` in scene units).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nerf.camera import Camera, CameraModel, equirect
from nerf.captures.assemble import together
from nerf.captures.fields import Fields, read_object
from nerf.captures.paths import inside
from nerf.captures.ply import read_points
from nerf.captures.raw import RawCapture, RawFrame
from nerf.photo import SUFFIXES, read_header
from nerf.posed_images import DepthEncoding, Skipped, SparsePoints

SPLITS = ("train", "val", "test")
MODELS: dict[str, CameraModel] = {
    "PINHOLE": "pinhole",
    "SIMPLE_PINHOLE": "pinhole",
    "PERSPECTIVE": "opencv",
    "SIMPLE_RADIAL": "opencv",
    "RADIAL": "opencv",
    "OPENCV": "opencv",
    "FULL_OPENCV": "opencv",
    "OPENCV_FISHEYE": "fisheye",
    "FISHEYE": "fisheye",
    "EQUIRECTANGULAR": "equirect",
}
OPENCV_NAMES = ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6")


@dataclass(frozen=True)
class _File:
    """One transforms file while it is read."""

    path: Path
    split: str | None
    content: dict[str, Any]
    problems: list[str]

    @property
    def folder(self) -> Path:
        return self.path.parent


def read_transforms(path: Path) -> RawCapture:
    """A `transforms.json`, given itself or as the folder that holds it."""
    path = path / "transforms.json" if path.is_dir() else path
    file = _File(path, None, read_object(path), [])
    frames, skipped = _read_frames(file)
    encoding, metric = _depth_encoding(file, any(frame.depth for frame in frames))
    points = _read_points(file)
    if file.problems:
        raise ValueError(together(file.problems))
    return RawCapture(
        folder=path.parent,
        format="transforms",
        frames=frames,
        camera_axes="opengl",
        up="z",
        unit="metre" if metric else "unknown",
        depth_encoding=encoding,
        points=points,
        skipped=skipped,
        notes=_missing_depths(file, frames),
    )


def read_nerf_synthetic(folder: Path) -> RawCapture:
    """NeRF's synthetic scenes: `transforms_train.json` with val and test beside it, RGBA pictures, certainly z up."""
    frames: list[RawFrame] = []
    skipped: list[Skipped] = []
    for split in SPLITS:
        path = folder / f"transforms_{split}.json"
        if path.is_file():
            file = _File(path, split, read_object(path), [])
            found, left_out = _read_frames(file)
            if file.problems:
                raise ValueError(together(file.problems))
            frames.extend(found)
            skipped.extend(left_out)
    return RawCapture(
        folder=folder,
        format="nerf_synthetic",
        frames=tuple(frames),
        camera_axes="opengl",
        up="z",
        up_is_known=True,
        skipped=tuple(skipped),
    )


def _read_frames(file: _File) -> tuple[tuple[RawFrame, ...], tuple[Skipped, ...]]:
    records = file.content.get("frames")
    if not isinstance(records, list):
        raise ValueError(f"{file.path}: frames: must be a list (got {type(records).__name__})")
    outer = {name: value for name, value in file.content.items() if name != "frames"}
    splits = _split_of(file)
    frames, skipped = [], []
    for number, record in enumerate(records):
        place = f"{file.path}: frames[{number}]"
        if not isinstance(record, dict):
            file.problems.append(f"{place}: must be an object (got {type(record).__name__})")
            continue
        read = _read_frame(file, Fields(record, f"{place}.", file.problems, outer), splits)
        if isinstance(read, RawFrame):
            frames.append(read)
        elif isinstance(read, Skipped):
            skipped.append(read)
    return tuple(frames), tuple(skipped)


def _read_frame(file: _File, fields: Fields, splits: dict[str, str]) -> RawFrame | Skipped | None:
    """One frame; None where it has a mistake, which is then among the problems."""
    name = fields.text("file_path")
    pose = fields.matrix("transform_matrix", rows=3)
    if name is None:
        if "file_path" not in fields.record:
            file.problems.append(f"{fields.place}file_path: is missing")
        return None
    image = _collect(file, lambda: _find_image(file.folder, name, f"{fields.place}file_path"))
    if image is None or pose is None:
        return None
    if not image.is_file():
        return Skipped(name, f"the file {image.relative_to(file.folder).as_posix()} is missing")
    camera = _collect(file, lambda: _read_camera(fields, image))
    if camera is None:
        return None
    return RawFrame(
        name=name,
        place=fields.place.rstrip("."),
        image=image,
        camera=camera,
        pose=pose,
        depth=_existing(file, fields, "depth_file_path") or _existing(file, fields, "depth_path"),
        mask=_existing(file, fields, "mask_path"),
        time=fields.number("time"),
        split=file.split or splits.get(name),
    )


def _read_camera(fields: Fields, image: Path) -> Camera | None:
    before = len(fields.problems)
    word = fields.text("camera_model") or ("OPENCV_FISHEYE" if fields.record.get("is_fisheye") is True else "OPENCV")
    if word not in MODELS:
        fields.problems.append(f"{fields.place}camera_model: must be one of {', '.join(MODELS)} (got {word!r})")
        return None
    width, height = fields.positive("w"), fields.positive("h")
    if width is None or height is None:
        header = read_header(image)
        width, height = float(header.width), float(header.height)
    if MODELS[word] == "equirect":
        return equirect(round(width), round(height))
    focal_x, focal_y = _focal_lengths(fields, width, height)
    model, distortion = _distortion(fields, MODELS[word])
    centre_x, centre_y = fields.number("cx", width / 2), fields.number("cy", height / 2)
    if len(fields.problems) > before or focal_x is None or focal_y is None or centre_x is None or centre_y is None:
        return None
    return Camera(round(width), round(height), focal_x, focal_y, centre_x, centre_y, model, distortion)


def _focal_lengths(fields: Fields, width: float, height: float) -> tuple[float | None, float | None]:
    """fl_x and fl_y, else from the fields of view camera_angle_x and camera_angle_y in radians."""
    before = len(fields.problems)
    focal_x = fields.positive("fl_x") or _focal_from_angle(fields, "camera_angle_x", width)
    focal_y = fields.positive("fl_y") or _focal_from_angle(fields, "camera_angle_y", height)
    if focal_x is None and focal_y is None and len(fields.problems) == before:
        fields.problems.append(f"{fields.place}fl_x: is missing, and so is camera_angle_x; one of them is needed")
    return focal_x or focal_y, focal_y or focal_x


def _focal_from_angle(fields: Fields, name: str, size: float) -> float | None:
    angle = fields.positive(name)
    if angle is None:
        return None
    if angle >= math.pi:
        fields.problems.append(f"{fields.place}{name}: must be less than pi radians (got {angle:g})")
        return None
    return 0.5 * size / math.tan(0.5 * angle)


def _distortion(fields: Fields, model: CameraModel) -> tuple[CameraModel, tuple[float, ...]]:
    if model == "pinhole":
        return model, ()
    names = ("k1", "k2", "k3", "k4") if model == "fisheye" else OPENCV_NAMES
    values = tuple(fields.number(name, 0.0) or 0.0 for name in names)
    if model == "fisheye":
        return model, values
    if values[5] and not (values[6] or values[7]):
        fields.problems.append(
            f"{fields.place}k4: the term r^8 has no counterpart in OpenCV's model (got {values[5]:g}, allowed: 0)"
        )
    return ("opencv", _without_trailing_zeros(values)) if any(values) else ("pinhole", ())


def _without_trailing_zeros(values: tuple[float, ...]) -> tuple[float, ...]:
    length = max([4, *(number + 1 for number, value in enumerate(values) if value)])
    return values[:length]


def _find_image(folder: Path, name: str, place: str) -> Path:
    """The picture; NeRF's synthetic scenes leave out its suffix."""
    path = inside(folder, name, place)
    if path.is_file():
        return path
    for suffix in SUFFIXES:
        with_suffix = inside(folder, f"{name}{suffix}", place)
        if with_suffix.is_file():
            return with_suffix
    return path


def _existing(file: _File, fields: Fields, name: str) -> Path | None:
    given = fields.text(name)
    if given is None:
        return None
    path = _collect(file, lambda: inside(file.folder, given, f"{fields.place}{name}"))
    return path if path is not None and path.is_file() else None


def _missing_depths(file: _File, frames: tuple[RawFrame, ...]) -> tuple[str, ...]:
    named = sum(isinstance(record, dict) and "depth_file_path" in record for record in file.content["frames"])
    found = sum(frame.depth is not None for frame in frames)
    return (f"{named - found} of {named} depth files are missing",) if named > found else ()


def _depth_encoding(file: _File, has_depth: bool) -> tuple[DepthEncoding, bool]:
    """How depth files are counted, and whether that makes the scene metric."""
    fields = Fields(file.content, f"{file.path}: ", file.problems)
    if "integer_depth_scale" in file.content:
        return DepthEncoding(fields.positive("integer_depth_scale") or 1.0), False
    return DepthEncoding(fields.positive("depth_unit_scale_factor") or 0.001), has_depth


def _read_points(file: _File) -> SparsePoints | None:
    fields = Fields(file.content, f"{file.path}: ", file.problems)
    if file.content.get("applied_transform") is not None:
        fields.matrix("applied_transform", rows=3)
    given = fields.text("ply_file_path")
    if given is None:
        return None
    path = _collect(file, lambda: inside(file.folder, given, f"{file.path}: ply_file_path"))
    return None if path is None else _collect(file, lambda: read_points(path))


def _split_of(file: _File) -> dict[str, str]:
    """nerfstudio's lists of file names by split."""
    lists = {split: file.content.get(f"{split}_filenames") for split in SPLITS}
    return {name: split for split, names in lists.items() if isinstance(names, list) for name in map(str, names)}


def _collect(file: _File, read: Callable[[], Any]) -> Any:
    """What `read` gives; its mistake goes to the file's problems."""
    try:
        return read()
    except (ValueError, OSError) as error:
        file.problems.append(str(error))
        return None
