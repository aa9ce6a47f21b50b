"""Poses read the wrong way are found out by depth, by points, and by where the cameras look."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nerf.captures.agreement import READINGS, Reading, check_overlap, check_poses_against_photos, common_point
from nerf.captures.read import read_capture
from nerf.frame import transform
from nerf.posed_images import PosedImages, SparsePoints
from nerf.scenes.sweep import look_at

OPENGL = Reading((1, -1, -1), False)


def _cloud(views: PosedImages) -> SparsePoints:
    """Coloured points on what the views see."""
    xyz, rgb = [], []
    for view in range(len(views)):
        camera, depth = views.camera(view), views.depth(view)
        pixels = camera.pixel_centres()[np.random.default_rng(view).integers(0, depth.size, 150)]
        columns, rows = pixels.T.astype(int)
        known = depth[rows, columns] > 0
        points = camera.directions(pixels[known]) * depth[rows, columns][known, None]
        xyz.append(transform(views.world_from_camera[view], points))
        rgb.append(views.image(view)[rows, columns][known])
    return SparsePoints(np.concatenate(xyz), np.concatenate(rgb))


def _without_depth(views: PosedImages) -> PosedImages:
    return replace(views, photos=tuple(replace(photo, depth=None) for photo in views.photos))


def test_sixteen_readings_are_told_apart_in_words() -> None:
    assert len(READINGS) == 16
    assert len({str(reading) for reading in READINGS}) == 16
    assert "OpenGL" in str(OPENGL)
    assert "left-handed" in str(Reading((-1, 1, 1), False))


@pytest.mark.parametrize("wrong", [reading for reading in READINGS if str(reading)], ids=str)
def test_depth_finds_every_wrong_reading_of_the_poses(small_room: Path, wrong: Reading) -> None:
    views = read_capture(small_room)
    misread = replace(views, world_from_camera=np.ascontiguousarray(wrong.applied(views.world_from_camera)))
    findings = check_poses_against_photos(misread)
    assert [finding.severity for finding in findings] == ["error"]
    assert str(wrong) in findings[0].message or wrong.inverse  # an inverse of flipped axes has several names
    assert findings[0].advice


def test_depth_is_content_with_the_right_poses(small_room: Path) -> None:
    views = read_capture(small_room)
    assert check_poses_against_photos(views) == []
    assert check_overlap(views) == []


@pytest.mark.parametrize("colours", [True, False])
def test_points_find_opencv_taken_for_opengl(small_room: Path, colours: bool) -> None:
    views = read_capture(small_room)
    cloud = _cloud(views) if colours else replace(_cloud(views), rgb=None)
    views = replace(_without_depth(views), points=cloud)
    assert check_poses_against_photos(views) == []
    misread = replace(views, world_from_camera=OPENGL.applied(views.world_from_camera))
    findings = check_poses_against_photos(misread)
    assert [finding.severity for finding in findings] == ["error"]
    assert "OpenGL" in findings[0].message
    assert "camera_axes" in findings[0].advice


def test_without_depth_or_points_cameras_that_look_away_are_told(
    transforms_folder: Callable[..., Path],
) -> None:
    right, wrong = (read_capture(transforms_folder(12), camera_axes=axes) for axes in ("opengl", "opencv"))
    assert check_poses_against_photos(right) == []
    findings = check_poses_against_photos(wrong)
    assert [finding.severity for finding in findings] == ["error"]
    assert "look away" in findings[0].message
    assert "camera_axes" in findings[0].advice


def test_fox_read_with_the_wrong_axes_is_found_out(shared_data: Path) -> None:
    assert check_poses_against_photos(read_capture(shared_data / "fox")) == []
    wrong = read_capture(shared_data / "fox", camera_axes="opencv")
    assert [finding.severity for finding in check_poses_against_photos(wrong)] == ["error"]


def test_depth_in_the_wrong_unit_is_told(small_room: Path) -> None:
    views = read_capture(small_room)
    encoding = replace(views.depth_encoding, units_per_step=0.01)
    findings = check_poses_against_photos(replace(views, depth_encoding=encoding))
    assert [finding.severity for finding in findings] == ["warning"]
    assert "unit" in findings[0].advice


def test_the_common_point_is_where_a_ring_looks(ring: Callable[[int], list[np.ndarray]]) -> None:
    point = common_point(np.stack(ring(9)))
    assert point is not None
    assert np.allclose(point, [0, 0.3, 0])
    parallel = [look_at(np.array([0.1 * step, 0.0, 2.0]), np.array([0.1 * step, 0.0, 0.0])) for step in range(6)]
    assert common_point(np.stack(parallel)) is None


def test_views_that_share_too_little_are_named(transforms_folder: Callable[..., Path]) -> None:
    views = read_capture(transforms_folder(12, fl_x=60.0, fl_y=60.0))  # eleven degrees wide, twenty-five apart
    lonely = replace(views, world_from_camera=views.world_from_camera.copy())
    lonely.world_from_camera[4] = look_at(np.array([0.0, 1.0, 2.0]), np.array([0.0, 5.0, 9.0]))
    findings = check_overlap(lonely)
    assert [finding.severity for finding in findings] == ["warning"]
    assert "images/0004.png" in findings[0].message
    assert "1 of 12" in findings[0].message


def test_cameras_that_only_turn_are_told(transforms_folder: Callable[..., Path]) -> None:
    views = read_capture(transforms_folder(8))
    poses = views.world_from_camera.copy()
    poses[:, :3, 3] *= 1e-3
    points = SparsePoints(np.random.default_rng(0).uniform(-3, 3, (200, 3)))
    findings = check_overlap(replace(views, world_from_camera=poses, points=points))
    assert any("depth cannot be told" in finding.message and finding.severity == "error" for finding in findings)
