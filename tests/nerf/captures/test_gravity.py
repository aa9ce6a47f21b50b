"""Up is found from level cameras, whatever they look at, and not claimed where they disagree."""

from collections.abc import Callable

import numpy as np
import pytest

from nerf.captures.gravity import estimate_up, rotation_between
from nerf.scenes.sweep import look_at

Ring = Callable[[int], list[np.ndarray]]
AWAY = np.array([0.2, -0.5, 0.84])


def _degrees(first: np.ndarray, second: np.ndarray) -> float:
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _turned(poses: list[np.ndarray]) -> np.ndarray:
    """The same cameras in a world whose up is AWAY."""
    turn = np.eye(4)
    turn[:3, :3] = rotation_between(np.array([0.0, 1.0, 0.0]), AWAY / np.linalg.norm(AWAY))
    return turn @ np.stack(poses)


def test_level_cameras_that_look_down_give_the_exact_up(ring: Ring) -> None:
    poses = _turned(ring(12))
    biased = -poses[:5, :3, 1].mean(axis=0)  # what the mean of the up vectors of a third of the ring would say
    assert _degrees(biased, AWAY) > 5
    for part in (poses, poses[:5]):
        up = estimate_up(part)
        assert up is not None
        assert _degrees(up, AWAY) < 1e-4


def test_a_few_tilted_cameras_hardly_matter(ring: Ring) -> None:
    poses = ring(20)
    for number, tilt in ((3, 0.6), (9, -0.7), (15, 0.5)):
        roll = np.eye(4)
        roll[:2, :2] = [[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]]
        poses[number] = poses[number] @ roll
    up = estimate_up(_turned(poses))
    assert up is not None
    assert _degrees(up, AWAY) < 1.5


def test_cameras_that_all_look_one_way_give_their_mean_up() -> None:
    poses = [look_at(np.array([0.1 * step, 0.0, 2.0]), np.array([0.1 * step, 0.0, 0.0])) for step in range(6)]
    up = estimate_up(_turned(poses))
    assert up is not None
    assert _degrees(up, AWAY) < 1e-4


def test_no_up_is_claimed_for_cameras_that_look_straight_down_from_all_sides() -> None:
    poses = []
    for angle in np.linspace(0, 2 * np.pi, 8, endpoint=False):
        right, down = np.array([np.cos(angle), 0, np.sin(angle)]), np.array([-np.sin(angle), 0, np.cos(angle)])
        pose = np.eye(4)
        pose[:3, :3] = np.stack([right, down, np.cross(right, down)], axis=1)
        poses.append(pose)
    assert estimate_up(np.stack(poses)) is None
    assert estimate_up(np.stack(poses[:2])) is None


@pytest.mark.parametrize("end", [(0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (0.6, 0.0, 0.8), (1e-9, -1.0, 0.0)])
def test_the_smallest_turn_takes_one_direction_to_the_other(end: tuple[float, float, float]) -> None:
    start, goal = np.array([0.0, 1.0, 0.0]), np.array(end) / np.linalg.norm(end)
    turn = rotation_between(start, goal)
    assert np.allclose(turn @ start, goal, atol=1e-8)
    assert np.allclose(turn @ turn.T, np.eye(3), atol=1e-8)
    assert np.linalg.det(turn) == pytest.approx(1.0)
