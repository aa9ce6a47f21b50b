"""Captures made for the tests: a part of the shipped one, and folders of tiny photos written by hand."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nerf.scenes.sweep import look_at

WIDTH, HEIGHT = 12, 8


@pytest.fixture(scope="session")
def small_room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first sixteen frames of the shipped capture, once round the table: an RGB-D folder."""
    folder = tmp_path_factory.mktemp("room") / "capture"
    late = shutil.ignore_patterns("frame-00001[6-9]*", "frame-0000[23]*")
    shutil.copytree(Path(__file__).resolve().parents[3] / "assets/captures/demo", folder, ignore=late)
    return folder


@pytest.fixture
def write_photo() -> Callable[..., Path]:
    """A function that writes a small photo whose red rises to the right and whose green rises downwards."""

    def write(path: Path, width: int = WIDTH, height: int = HEIGHT, **options: Any) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        y, x = np.mgrid[0:height, 0:width]
        pixels = np.stack([255 * x // width, 255 * y // height, np.full_like(x, 90)], axis=2).astype(np.uint8)
        Image.fromarray(pixels).save(path, **options)
        return path

    return write


def ring_of_poses(count: int) -> list[np.ndarray]:
    """Level cameras (OpenCV axes, y up) on a circle, looking at a point 0.3 above its middle."""
    angles = np.linspace(0, 1.5 * np.pi, count)
    eyes = [np.array([2 * np.cos(angle), 1.0, 2 * np.sin(angle)]) for angle in angles]
    return [look_at(eye, np.array([0.0, 0.3, 0.0])) for eye in eyes]


@pytest.fixture
def ring() -> Callable[[int], list[np.ndarray]]:
    """A function that gives level cameras around a point, in the project's convention."""
    return ring_of_poses


@pytest.fixture
def transforms_folder(tmp_path: Path, write_photo: Callable[..., Path]) -> Callable[..., Path]:
    """A function that writes a nerfstudio capture of a ring of cameras, changed by what is given."""

    def write(count: int = 4, frames: dict[int, dict[str, Any]] | None = None, **fields: Any) -> Path:
        y_from_z = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1.0]])
        records = []
        for number, pose in enumerate(ring_of_poses(count)):
            name = f"images/{number:04d}.png"
            write_photo(tmp_path / name)
            matrix = np.linalg.inv(y_from_z) @ pose @ np.diag([1.0, -1.0, -1.0, 1.0])
            record: dict[str, Any] = {"file_path": name, "transform_matrix": matrix.tolist()}
            records.append(record | (frames or {}).get(number, {}))
        content = {"fl_x": 10.0, "fl_y": 10.0, "cx": 6.0, "cy": 4.0, "w": WIDTH, "h": HEIGHT, "frames": records}
        given = {name: value for name, value in (content | fields).items() if value is not None}
        (tmp_path / "transforms.json").write_text(json.dumps(given))
        return tmp_path

    return write
