"""Film cameras look where they should, go around once and never jump."""

import numpy as np
import pytest

from nerf.camera_path import look_at, past, turntable


def test_the_target_is_in_the_middle_and_up_is_up() -> None:
    eye, target = np.array([2.0, 1.0, -3.0]), np.array([0.5, 0.2, 0.1])
    pose = look_at(eye, target)
    inverse = np.linalg.inv(pose)
    seen = inverse[:3, :3] @ target + inverse[:3, 3]
    np.testing.assert_allclose(seen, [0, 0, np.linalg.norm(target - eye)], atol=1e-12)
    above = inverse[:3, :3] @ (target + np.array([0, 0.1, 0])) + inverse[:3, 3]
    assert above[1] < 0
    assert above[0] == pytest.approx(0)
    np.testing.assert_allclose(np.linalg.det(pose[:3, :3]), 1)


def test_looking_straight_down_is_a_pose_too() -> None:
    pose = look_at(np.array([0.0, 3.0, 0.0]), np.zeros(3))
    np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(pose[:3, 2], [0, -1, 0])


def test_a_camera_in_its_target_is_an_error() -> None:
    with pytest.raises(ValueError, match="stands in the point"):
        look_at(np.ones(3), np.ones(3))


def test_a_turntable_goes_round_once_at_one_distance_and_height() -> None:
    centre = np.array([1.0, 2.0, 3.0])
    poses = turntable(centre, 2.0, 0.5, 8)
    places = poses[:, :3, 3] - centre
    np.testing.assert_allclose(np.linalg.norm(places, axis=1), 2)
    np.testing.assert_allclose(places[:, 1], 2 * np.sin(0.5))
    np.testing.assert_allclose(places[0, [0, 2]], [0, 2 * np.cos(0.5)], atol=1e-12)
    assert places[2, 0] > 1.7
    np.testing.assert_allclose(np.unwrap(np.arctan2(places[:, 0], places[:, 2])), np.arange(8) * np.pi / 4, atol=1e-9)


def test_a_path_passes_unordered_poses_without_a_jump() -> None:
    circle = turntable(np.zeros(3), 3.0, 0.2, 40)[:20]
    path = past(circle[np.random.default_rng(0).permutation(20)], 100)
    steps = np.linalg.norm(np.diff(path[:, :3, 3], axis=0), axis=1)
    assert steps.max() < 3 * np.median(steps)
    assert np.abs(np.linalg.norm(path[:, :3, 3], axis=1) - 3).max() < 0.2
    np.testing.assert_allclose(path[:, :3, :3] @ path[:, :3, :3].transpose(0, 2, 1), np.tile(np.eye(3), (100, 1, 1)),
                               atol=1e-9)  # fmt: skip
    np.testing.assert_allclose(np.linalg.det(path[:, :3, :3]), 1)
    toward = -(path[:, :3, 2] * path[:, :3, 3]).sum(1) / np.linalg.norm(path[:, :3, 3], axis=1)
    assert toward.min() > 0.95
    assert np.linalg.norm(path[0, :3, 3] - path[-1, :3, 3]) > 5


def test_a_path_past_one_pose_stays_there() -> None:
    pose = look_at(np.array([0.0, 0, 2]), np.zeros(3))
    assert (past(pose[None], 3) == pose).all()
