"""LLFF's poses_bounds.npy: columns down, right, backwards."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nerf.captures.llff import read_llff
from nerf.captures.read import read_capture


def _write(folder: Path, write_photo: Callable[..., Path], poses: list[np.ndarray]) -> Path:
    rows = []
    for number, pose in enumerate(poses):
        write_photo(folder / f"images/IMG_{number}.jpg", 24, 16)
        right, down, forward, position = pose[:3].T
        columns = np.stack([down, right, -forward, position, (32.0, 48.0, 40.0)], axis=1)  # h, w, f at twice the size
        rows.append([*columns.ravel(), 1.0, 9.0])
    np.save(folder / "poses_bounds.npy", np.array(rows))
    return folder


def test_convention_down_right_backwards_becomes_right_down_forward(
    tmp_path: Path, write_photo: Callable[..., Path], ring: Callable[[int], list[np.ndarray]]
) -> None:
    poses = [np.diag([1.0, -1.0, -1.0, 1.0]) @ pose for pose in ring(5)]  # COLMAP's world is about y down
    raw = read_llff(_write(tmp_path, write_photo, poses))
    assert np.allclose([frame.pose for frame in raw.frames], poses)
    views = read_capture(tmp_path)
    assert np.allclose(views.world_from_camera, np.stack(ring(5)), atol=1e-9)
    camera = views.cameras[0]
    assert (camera.width, camera.height, camera.fx, camera.cx, camera.cy) == (24, 16, 20.0, 12.0, 8.0)


def test_as_many_photos_as_poses_are_needed(
    tmp_path: Path, write_photo: Callable[..., Path], ring: Callable[[int], list[np.ndarray]]
) -> None:
    folder = _write(tmp_path, write_photo, ring(4))
    (folder / "images/IMG_2.jpg").unlink()
    with pytest.raises(ValueError, match=r"has 4 poses, which must be as many as the photos \(got 3\)"):
        read_capture(folder)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (np.zeros((3, 16)), "rows of 17 numbers"),
        (np.zeros(17), "rows of 17 numbers"),
        (np.full((2, 17), np.nan), "row 0: every number must be finite"),
        (np.zeros((2, 17)), "row 0: camera: the image size"),
        (np.array([[{}] * 17] * 2, object), "is not a plain .npy"),
    ],
)
def test_wrong_arrays_are_refused(
    tmp_path: Path, write_photo: Callable[..., Path], rows: np.ndarray, message: str
) -> None:
    for number in range(2):
        write_photo(tmp_path / f"images/{number}.jpg")
    np.save(tmp_path / "poses_bounds.npy", rows, allow_pickle=True)
    with pytest.raises(ValueError, match=message):
        read_capture(tmp_path)
