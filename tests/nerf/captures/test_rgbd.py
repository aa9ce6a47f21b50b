"""RGB-D folders: 7-Scenes and the demo's layout, ScanNet's, lost tracking, and real depth that agrees with itself."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.captures.read import read_capture
from nerf.frame import transform
from nerf.posed_images import PosedImages

WritePhoto = Callable[..., Path]


def _write_flat(folder: Path, write_photo: WritePhoto, count: int = 3) -> Path:
    for number in range(count):
        write_photo(folder / f"frame-{number:06d}.color.jpg")
        Image.fromarray(np.full((8, 12), 1000 + number, np.uint16)).save(folder / f"frame-{number:06d}.depth.png")
        pose = np.eye(4)
        pose[0, 3] = number
        np.savetxt(folder / f"frame-{number:06d}.pose.txt", pose)
    np.savetxt(folder / "camera-intrinsics.txt", np.array([[10, 0, 6], [0, 11, 4], [0, 0, 1]]))
    return folder


def _depth_differences(views: PosedImages, first: int, second: int) -> np.ndarray:
    """How far the depth of one view is from what another view, looking at the same points, measured."""
    camera = views.camera(first)
    pixels = camera.pixel_centres()[:: max(1, camera.width * camera.height // 4000)]
    depth = views.depth(first)[pixels[:, 1].astype(int), pixels[:, 0].astype(int)]
    points = (camera.directions(pixels) * depth[:, None])[depth > 0]
    moved = transform(np.linalg.inv(views.world_from_camera[second]) @ views.world_from_camera[first], points)
    landed = views.camera(second).project(moved)
    inside = np.all((landed >= 0) & (landed < (camera.width, camera.height)), axis=1)
    seen = views.depth(second)[landed[inside, 1].astype(int), landed[inside, 0].astype(int)]
    return np.abs(seen - moved[inside, 2])[seen > 0]


def test_7_scenes_loads_whole_and_its_depth_agrees_between_neighbours(shared_data: Path) -> None:
    views = read_capture(shared_data / "rgbd_7scenes")
    assert len(views) == 100
    assert not views.skipped
    assert views.names[:2] == ("frame-000000", "frame-000010")
    assert (views.cameras[0].fx, views.cameras[0].cx, views.cameras[0].width) == (585.0, 320.0, 640)
    assert views.scene.unit == "metre"
    differences = [_depth_differences(views, first, first + 1) for first in range(0, 99, 12)]
    assert min(map(len, differences)) > 500
    assert max(float(np.median(part)) for part in differences) < 0.02
    assert not (views.depth(0) > 60).any()  # 65535 is none


def test_7_scenes_floor_is_level_though_its_world_is_tilted(shared_data: Path) -> None:
    """The measured floor, which the estimate of up never saw, is within four degrees of it."""
    views = read_capture(shared_data / "rgbd_7scenes")
    tilt = views.scene.capture_from_scene[:3, 1] @ [0, -1, 0]
    assert np.degrees(np.arccos(tilt)) > 20  # the capture's own -y is far from up
    normals = np.concatenate([_normals(views, view) for view in range(0, 100, 10)])
    flat = normals[np.abs(normals[:, 1]) > 0.85]
    flat *= np.sign(flat[:, 1:2])
    mean = np.median(flat, axis=0)
    assert len(flat) > 0.1 * len(normals)
    assert np.degrees(np.arccos(mean[1] / np.linalg.norm(mean))) < 4


def _normals(views: PosedImages, view: int) -> np.ndarray:
    camera, depth = views.camera(view), views.depth(view)
    points = (camera.directions(camera.pixel_centres()) * depth.reshape(-1, 1)).reshape(*depth.shape, 3)[::6, ::6]
    down, right = points[2:, 1:-1] - points[:-2, 1:-1], points[1:-1, 2:] - points[1:-1, :-2]
    normals = np.cross(down, right)
    small = depth[::6, ::6]
    known = (small[2:, 1:-1] > 0) & (small[:-2, 1:-1] > 0) & (small[1:-1, 2:] > 0) & (small[1:-1, :-2] > 0)
    normals = normals[known]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    return normals @ views.world_from_camera[view, :3, :3].T


def test_the_rendered_room_is_level_metric_and_agrees_with_itself(small_room: Path) -> None:
    views = read_capture(small_room)
    assert np.array_equal(views.scene.capture_from_scene, np.eye(4))  # it was y up and level already
    assert (views.scene.unit, views.scene.gravity) == ("metre", "estimated")
    assert views.source.licence.startswith("Apache-2.0")
    assert np.median(_depth_differences(views, 0, 1)) < 0.02


def test_frames_that_lost_tracking_or_have_no_pose_are_left_out_and_named(
    tmp_path: Path, write_photo: WritePhoto
) -> None:
    folder = _write_flat(tmp_path, write_photo, 4)
    np.savetxt(folder / "frame-000001.pose.txt", np.full((4, 4), -np.inf))
    (folder / "frame-000003.pose.txt").unlink()
    views = read_capture(folder)
    assert views.names == ("frame-000000", "frame-000002")
    assert [(skipped.name, skipped.reason) for skipped in views.skipped] == [
        ("frame-000001", "its pose is not finite"),
        ("frame-000003", "it has no pose file"),
    ]


def test_a_capture_without_any_pose_that_is_finite_is_an_error(tmp_path: Path, write_photo: WritePhoto) -> None:
    folder = _write_flat(tmp_path, write_photo, 2)
    for number in range(2):
        np.savetxt(folder / f"frame-{number:06d}.pose.txt", np.full((4, 4), np.nan))
    with pytest.raises(ValueError, match="no usable frame is left of 2"):
        read_capture(folder)


@pytest.mark.parametrize("names", [("color", "depth", "pose"), ("rgb", "depth", "poses"), ("colour", "depth", "pose")])
def test_folders_of_colour_depth_and_pose_are_read_in_the_order_of_their_numbers(
    tmp_path: Path, write_photo: WritePhoto, names: tuple[str, str, str]
) -> None:
    colour, depth, pose = names
    for number in (2, 10, 9):
        write_photo(tmp_path / colour / f"{number}.jpg")
        (tmp_path / depth).mkdir(exist_ok=True)
        (tmp_path / pose).mkdir(exist_ok=True)
        Image.fromarray(np.full((4, 6), 100 * number, np.uint16)).save(tmp_path / depth / f"{number}.png")
        np.savetxt(tmp_path / pose / f"{number}.txt", np.eye(4))
    (tmp_path / "intrinsic").mkdir()
    np.savetxt(tmp_path / "intrinsic/intrinsic_color.txt", np.diag([10.0, 10.0, 1.0, 1.0]))
    views = read_capture(tmp_path)
    assert views.names == ("2", "9", "10")
    assert np.allclose([views.depth(view).max() for view in range(3)], [0.2, 0.9, 1.0])
    assert views.depth(0).shape == (8, 12)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("camera-intrinsics.txt", "585 0\n0 585", "must hold 3x3 finite numbers"),
        ("camera-intrinsics.txt", "nan 0 1\n0 1 1\n0 0 1", "must hold 3x3 finite numbers"),
        ("camera-intrinsics.txt", "-5 0 1\n0 5 1\n0 0 1", "focal lengths must be positive"),
        ("camera-intrinsics.txt", "one two three four", "rows of numbers"),
        ("frame-000001.pose.txt", "1 0 0\n0 1 0\n0 0 1", "must hold a pose of 4x4"),
        ("frame-000001.pose.txt", "", "the file is empty"),
        ("frame-000001.pose.txt", "1 0 0 0\n0 2 0 0\n0 0 1 0\n0 0 0 1", "scale or shear"),
        ("frame-000001.pose.txt", "1 0 0 0\n0 1 0\n0 0 1 0\n0 0 0 1", "rows of numbers"),
        ("frame-000001.color.jpg", "no picture", "not a readable image"),
    ],
)
def test_a_damaged_file_is_named(
    tmp_path: Path, write_photo: WritePhoto, file: str, content: str, message: str
) -> None:
    folder = _write_flat(tmp_path, write_photo)
    (folder / file).write_text(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_capture(folder)
    assert file in str(caught.value)


def test_one_line_of_intrinsics_is_enough(tmp_path: Path, write_photo: WritePhoto) -> None:
    folder = _write_flat(tmp_path, write_photo)
    (folder / "camera-intrinsics.txt").write_text("10, 11, 6, 4\n")
    camera = read_capture(folder).cameras[0]
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (10.0, 11.0, 6.0, 4.0)


def test_a_linked_file_out_of_the_capture_is_refused(tmp_path: Path, write_photo: WritePhoto) -> None:
    folder = _write_flat(tmp_path / "capture", write_photo)
    shutil.move(folder / "frame-000001.color.jpg", tmp_path / "secret.jpg")
    (folder / "frame-000001.color.jpg").symlink_to(tmp_path / "secret.jpg")
    with pytest.raises(ValueError, match="inside the capture's folder"):
        read_capture(folder)


def test_missing_intrinsics_are_told(tmp_path: Path, write_photo: WritePhoto) -> None:
    folder = _write_flat(tmp_path, write_photo)
    (folder / "camera-intrinsics.txt").unlink()
    with pytest.raises(FileNotFoundError, match="has no intrinsics"):
        read_capture(folder)
