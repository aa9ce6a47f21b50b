"""The three files of a COLMAP model, cameras, images and points3D, as text and as binary.

Binary layout after COLMAP's src/colmap/scene/reconstruction_io_binary.cc; parameters after src/colmap/sensor/models.h.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nerf.camera import Camera, CameraModel, equirect
from nerf.captures.paths import read_text
from nerf.posed_images import SparsePoints

OPENCV_NAMES = ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6")
FARTHEST = 1e15  # units from the origin beyond which a point is damage
FISHEYE_NAMES = ("k1", "k2", "k3", "k4")


@dataclass(frozen=True)
class _Model:
    """How one of COLMAP's camera models spells its parameters: names, and which of our models that is."""

    parameters: tuple[str, ...]
    model: CameraModel


FOCAL, FOCALS = ("f", "cx", "cy"), ("fx", "fy", "cx", "cy")
MODELS: dict[str, _Model] = {
    "SIMPLE_PINHOLE": _Model(FOCAL, "pinhole"),
    "PINHOLE": _Model(FOCALS, "pinhole"),
    "SIMPLE_RADIAL": _Model((*FOCAL, "k1"), "opencv"),
    "RADIAL": _Model((*FOCAL, "k1", "k2"), "opencv"),
    "OPENCV": _Model((*FOCALS, "k1", "k2", "p1", "p2"), "opencv"),
    "OPENCV_FISHEYE": _Model((*FOCALS, "k1", "k2", "k3", "k4"), "fisheye"),
    "FULL_OPENCV": _Model((*FOCALS, "k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6"), "opencv"),
    "SIMPLE_RADIAL_FISHEYE": _Model((*FOCAL, "k1"), "fisheye"),
    "RADIAL_FISHEYE": _Model((*FOCAL, "k1", "k2"), "fisheye"),
    "SIMPLE_FISHEYE": _Model(FOCAL, "fisheye"),
    "FISHEYE": _Model(FOCALS, "fisheye"),
    "EQUIRECTANGULAR": _Model(("width", "height"), "equirect"),
}
PARAMETER_COUNTS: dict[str, int] = {  # in the order of COLMAP's numbers for them
    "SIMPLE_PINHOLE": 3, "PINHOLE": 4, "SIMPLE_RADIAL": 4, "RADIAL": 5, "OPENCV": 8, "OPENCV_FISHEYE": 8,
    "FULL_OPENCV": 12, "FOV": 5, "SIMPLE_RADIAL_FISHEYE": 4, "RADIAL_FISHEYE": 5, "THIN_PRISM_FISHEYE": 12,
    "RAD_TAN_THIN_PRISM_FISHEYE": 16, "SIMPLE_DIVISION": 4, "DIVISION": 5, "SIMPLE_FISHEYE": 3, "FISHEYE": 4,
    "EUCM": 6, "EQUIRECTANGULAR": 2,
}  # fmt: skip


@dataclass(frozen=True)
class ModelImage:
    """A photo of the model; the quaternion, real part first, and the translation take the world to the camera."""

    name: str
    camera: int
    quaternion: tuple[float, ...]
    translation: tuple[float, ...]


def _camera(name: str, width: int, height: int, values: tuple[float, ...], place: str) -> Camera:
    if name not in MODELS:
        raise ValueError(
            f"{place}: camera model {name} is not supported (allowed: {', '.join(MODELS)}); undistort first"
        )
    model = MODELS[name]
    if len(values) != len(model.parameters):
        raise ValueError(f"{place}: {name} takes {len(model.parameters)} parameters (got {len(values)})")
    if model.model == "equirect":
        return equirect(width, height)
    given = dict(zip(model.parameters, values, strict=True))
    fx, fy = given.get("fx", given.get("f", 0.0)), given.get("fy", given.get("f", 0.0))
    names = {"pinhole": (), "fisheye": FISHEYE_NAMES, "opencv": OPENCV_NAMES}
    length = 8 if "k6" in given else 4
    distortion = tuple(given.get(coefficient, 0.0) for coefficient in names[model.model][:length])
    try:
        return Camera(width, height, fx, fy, given["cx"], given["cy"], model.model, distortion)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


def read_cameras(path: Path) -> dict[int, Camera]:
    """Cameras by number."""
    cameras = {}
    if path.suffix == ".bin":
        reader = _Binary(path)
        for _ in range(reader.count(24)):
            number, model, width, height = reader.take("<iiQQ")
            if not 0 <= model < len(PARAMETER_COUNTS):
                raise ValueError(f"{path}: camera {number} has the unknown model number {model}")
            name = list(PARAMETER_COUNTS)[model]
            values = reader.take(f"<{PARAMETER_COUNTS[name]}d")
            cameras[number] = _camera(name, width, height, values, f"{path}: camera {number}")
        return cameras
    for place, words in _rows(path):
        number, width, height = _int(words, 0, place), _int(words, 2, place), _int(words, 3, place)
        cameras[number] = _camera(words[1], width, height, _floats(words[4:], place), f"{place}: camera {number}")
    return cameras


def read_images(path: Path) -> list[ModelImage]:
    """The photos that have a pose."""
    images = []
    if path.suffix == ".bin":
        reader = _Binary(path)
        for _ in range(reader.count(73)):
            _, *numbers, camera = reader.take("<i7di")
            pose = tuple(numbers)
            name = reader.text()
            reader.skip(24 * reader.count(24))
            images.append(ModelImage(name, camera, pose[:4], pose[4:]))
        return images
    for number, (place, words) in enumerate(_rows(path, keep_empty=True)):
        if number % 2:  # every second line lists the photo's key points
            continue
        if len(words) < 10:
            raise ValueError(f"{place}: must be IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME (got {len(words)} words)")
        pose = _floats(words[1:8], place)
        images.append(ModelImage(" ".join(words[9:]), _int(words, 8, place), pose[:4], pose[4:]))
    return images


def read_points(path: Path) -> SparsePoints | None:
    """The sparse points; None where there are none."""
    rows = list(_binary_points(path) if path.suffix == ".bin" else _text_points(path))
    table = np.array(rows, np.float64).reshape(-1, 7)
    table = table[(np.abs(table) < FARTHEST).all(axis=1)]  # neither NaN nor infinity is
    if not len(table):
        return None
    rgb = np.clip(table[:, 3:6], 0, 255).astype(np.uint8)
    return SparsePoints(np.ascontiguousarray(table[:, :3]), rgb, table[:, 6].astype(np.float32))


def _binary_points(path: Path) -> Iterator[tuple[float, ...]]:
    reader = _Binary(path)
    for _ in range(reader.count(51)):
        _, *values = reader.take("<Q3d3Bd")
        yield tuple(values)
        reader.skip(8 * reader.count(8))


def _text_points(path: Path) -> Iterator[tuple[float, ...]]:
    for place, words in _rows(path):
        if len(words) < 8:
            raise ValueError(f"{place}: must be POINT3D_ID X Y Z R G B ERROR (got {len(words)} words)")
        yield _floats(words[1:8], place)


class _Binary:
    """A little-endian file read from front to back; running past its end is a ValueError."""

    def __init__(self, path: Path) -> None:
        self.path, self.content, self.offset = path, path.read_bytes(), 0

    def take(self, layout: str) -> tuple[Any, ...]:
        size = struct.calcsize(layout)
        return struct.unpack(layout, self._bytes(size))

    def count(self, item_size: int) -> int:
        """A number of items, which must fit into what is left of the file."""
        count = int(self.take("<Q")[0])
        if count * item_size > len(self.content) - self.offset:
            raise ValueError(
                f"{self.path}: is cut short, or no COLMAP file ({count} items do not fit at {self.offset})"
            )
        return count

    def text(self) -> str:
        end = self.content.find(b"\0", self.offset)
        if end < 0:
            raise ValueError(f"{self.path}: is cut short in a photo's name at byte {self.offset}")
        name, self.offset = self.content[self.offset : end], end + 1
        return name.decode("utf-8", errors="replace")

    def skip(self, size: int) -> None:
        self._bytes(size)

    def _bytes(self, size: int) -> bytes:
        if self.offset + size > len(self.content):
            raise ValueError(f"{self.path}: is cut short ({len(self.content)} bytes)")
        self.offset += size
        return self.content[self.offset - size : self.offset]


def _rows(path: Path, *, keep_empty: bool = False) -> Iterator[tuple[str, list[str]]]:
    """Lines without comments, each with its place; image lists keep empty lines, which stand for no key points."""
    lines = [
        (number, line.split())
        for number, line in enumerate(read_text(path).splitlines(), 1)
        if not line.lstrip().startswith("#")
    ]
    while lines and not lines[0][1]:
        lines.pop(0)
    return ((f"{path}: line {number}", words) for number, words in lines if words or keep_empty)


def _floats(words: list[str], place: str) -> tuple[float, ...]:
    try:
        return tuple(map(float, words))
    except ValueError as error:
        raise ValueError(f"{place}: must hold numbers ({error})") from error


def _int(words: list[str], column: int, place: str) -> int:
    try:
        return int(words[column])
    except (ValueError, IndexError) as error:
        raise ValueError(f"{place}: word {column + 1} must be a whole number") from error
