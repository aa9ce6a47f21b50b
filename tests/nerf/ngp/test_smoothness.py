"""What the loss says of shapes whose normals are known."""

import math

import numpy as np
import torch

from nerf.ngp.smoothness import REACH, STEP, drawn, smoothness, stencil


def _loss(log_density: np.ndarray) -> float:
    return float(smoothness(torch.from_numpy(log_density.reshape(-1, 2, 4))))


def test_a_plane_is_smooth_and_a_ball_the_less_the_smaller_it_is() -> None:
    rng = np.random.default_rng(0)
    toward = rng.normal(size=(4000, 3))
    toward /= np.linalg.norm(toward, axis=1, keepdims=True)
    losses = []
    for radius in (0.2, 0.4):
        points = (0.5 + radius * toward).astype(np.float32)
        places = stencil(points, rng.normal(size=points.shape).astype(np.float32) * REACH).astype(np.float64)
        losses.append(_loss(-400 * np.linalg.norm(places - 0.5, axis=1)))
        expected = 2 * (REACH / radius) ** 2  # two tangential offsets turn the normal by their share of the radius
        assert math.isclose(losses[-1], expected, rel_tol=0.15)
        assert _loss(400 * places @ np.array([0.6, 0.0, -0.8])) < 1e-9
    assert losses[1] < losses[0] / 3


def test_points_are_drawn_where_rays_end_and_the_same_ones_again() -> None:
    weights = np.zeros(100, np.float32)
    weights[[20, 70]] = 0.25, 0.75
    index, offsets = drawn(weights, 3, 17)
    assert set(index.tolist()) == {20, 70}
    assert abs((index == 70).mean() - 0.75) < 0.01
    assert np.array_equal(drawn(weights, 3, 17)[1], offsets)
    assert not np.array_equal(drawn(weights, 3, 18)[1], offsets)
    assert len(drawn(np.zeros(5, np.float32), 0, 0)[0]) == 0


def test_places_lie_in_the_cube_a_step_apart() -> None:
    points = np.array([[0, 0.5, 1], [1, 1, 1]], np.float32)
    places = stencil(points, np.full((2, 3), 0.1, np.float32)).reshape(2, 2, 4, 3)
    assert places.min() >= 0
    assert places.max() <= 1
    np.testing.assert_allclose(
        places[:, :, 1:] - places[:, :, :1], np.broadcast_to(np.eye(3) * STEP, (2, 2, 3, 3)), atol=1e-7
    )
