import numpy as np

from nerf.ngp.weights import HIDDEN, initial_weights, layer_shapes, n_weights


def test_weights_lie_within_xaviers_limits_and_fill_them() -> None:
    weights, start = initial_weights(32, np.random.default_rng(0)), 0
    assert len(weights) == n_weights(32) == 9472
    for rows, columns in layer_shapes(32):
        part = weights[start : start + rows * columns]
        limit = (6 / (rows + columns)) ** 0.5
        assert 0.95 * limit < np.abs(part).max() <= limit
        start += rows * columns


def test_the_unused_fourth_colour_starts_at_nothing() -> None:
    assert not initial_weights(16, np.random.default_rng(1))[-HIDDEN:].any()
