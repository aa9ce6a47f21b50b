"""Signed distances: known values, and never more than the true distance, which sphere tracing relies on."""

from collections.abc import Callable

import numpy as np
import pytest

from nerf.scenes import shapes

ORIGIN = (0.0, 0.0, 0.0)
SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sphere": lambda p: shapes.sphere(p, ORIGIN, 0.5),
    "box": lambda p: shapes.box(p, ORIGIN, (0.5, 0.3, 0.4)),
    "round box": lambda p: shapes.box(p, ORIGIN, (0.5, 0.3, 0.4), 0.1),
    "cylinder": lambda p: shapes.cylinder(p, ORIGIN, 0.4, 0.5, 0.05),
    "torus": lambda p: shapes.torus(p, ORIGIN, 0.4, 0.1, axis=2),
    "gable": lambda p: shapes.gable(p, ORIGIN, 0.4, 0.5, 0.6),
}


def test_distances_at_points_that_can_be_reckoned_by_hand() -> None:
    at = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.8, 0.7, 0.0]])
    assert np.allclose(SHAPES["sphere"](at)[:2], [0.5, -0.5])
    assert np.allclose(SHAPES["box"](at), [0.5, -0.3, 0.5])  # the last: 3-4-5 from an edge
    assert np.allclose(SHAPES["round box"](at)[:2], [0.5, -0.3])
    assert np.allclose(SHAPES["cylinder"](at)[:2], [0.6, -0.4])
    assert np.allclose(SHAPES["torus"](at)[:2], [0.5, 0.3])
    assert np.allclose(SHAPES["gable"](np.array([[0.0, 0.6, 0.0], [0.0, -0.2, 0.0], [0.0, 0.1, 0.8]]))[1:], [0.2, 0.2])


@pytest.mark.parametrize("name", SHAPES)
def test_no_distance_is_further_than_it_says_nor_changes_faster_than_the_point_moves(name: str) -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (4000, 3))
    others = points + rng.normal(scale=0.05, size=points.shape)
    change = np.abs(SHAPES[name](points) - SHAPES[name](others))
    assert np.all(change <= np.linalg.norm(points - others, axis=1) + 1e-12)
    assert SHAPES[name](points).min() < 0 < SHAPES[name](points).max()


def test_lengths_are_those_of_rows() -> None:
    vectors = np.random.default_rng(0).normal(size=(9, 3))
    assert np.allclose(shapes.length(vectors), np.linalg.norm(vectors, axis=1))
