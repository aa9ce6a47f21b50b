import math

import numpy as np
import pytest

from nerf.objects import viewpoints


def test_a_quarter_turn_sees_the_right_side_and_up_stays_up() -> None:
    pose = viewpoints.pose(math.pi / 2, 0.3)
    assert np.allclose(pose[:3, 3], [2.7 * math.cos(0.3), 2.7 * math.sin(0.3), 0])
    assert np.allclose(pose[:3, :3].T @ pose[:3, :3], np.eye(3))
    assert np.isclose(np.linalg.det(pose[:3, :3]), 1)
    assert pose[1, 1] < 0, "y points down in the picture"
    assert np.allclose(pose[:3, 3] + 2.7 * pose[:3, 2], 0), "it looks at the origin"


def test_angles_come_back() -> None:
    azimuth, elevation = viewpoints.angles_of(np.stack([viewpoints.pose(1.2, -0.1), viewpoints.pose(-2.0, 0.6)]))
    assert np.allclose(azimuth, [1.2, -2.0])
    assert np.allclose(elevation, [-0.1, 0.6])


def test_random_poses_stay_within_their_range() -> None:
    poses = viewpoints.random_poses(np.random.default_rng(0), 200)
    azimuth, elevation = viewpoints.angles_of(poses)
    assert np.allclose(np.linalg.norm(poses[:, :3, 3], axis=1), viewpoints.DISTANCE)
    assert viewpoints.ELEVATION[0] <= elevation.min() < 0 < elevation.max() <= viewpoints.ELEVATION[1]
    assert np.histogram(azimuth, 4, (-math.pi, math.pi))[0].min() > 30


def test_a_ring_goes_once_around() -> None:
    azimuth, _ = viewpoints.angles_of(viewpoints.ring_of_poses(4))
    assert np.allclose(np.sort(azimuth % (2 * math.pi)), [0, math.pi / 2, math.pi, 1.5 * math.pi])


def test_unknown_view_is_named() -> None:
    with pytest.raises(ValueError, match="must be one of front, side"):
        viewpoints.canonical(["top"])
