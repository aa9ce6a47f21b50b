import numpy as np
import pytest

from meshing.counting_numba import order_of, sides_by_edge


def test_numbers_come_in_the_order_of_numpy() -> None:
    numbers = np.random.default_rng(0).integers(0, 20, 1000)
    np.testing.assert_array_equal(order_of(numbers, 20), np.argsort(numbers, kind="stable"))
    np.testing.assert_array_equal(order_of(numbers[:1], 20), [0])


@pytest.mark.parametrize("n_points", [4, 20, 900])
def test_sides_come_in_the_order_of_numpy(n_points: int) -> None:
    """Also where a point has more edges than are put in order one by one, and a point none."""
    faces = np.random.default_rng(0).integers(0, n_points - 1, (400, 3)).astype(np.int32)
    faces[:60, 0] = 1
    ends = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    sides, start = sides_by_edge(faces, n_points)
    np.testing.assert_array_equal(sides, np.lexsort((ends[:, 1], ends[:, 0])))
    unique, count = np.unique(ends, axis=0, return_counts=True)
    np.testing.assert_array_equal(ends[sides[start[:-1]]], unique)
    np.testing.assert_array_equal(np.diff(start), count)
