import numpy as np
import pytest

from meshing.morton import morton_code, morton_order, welded


def test_bits_of_the_axes_alternate() -> None:
    """On a lattice of 2^21 steps the code is what a loop over the bits makes of it."""
    points = np.random.default_rng(0).integers(0, 1 << 21, (50, 3))
    points[0], points[1] = 0, (1 << 21) - 1  # the box
    for point, code in zip(points, morton_code(points.astype(np.float64)), strict=True):
        expected = 0
        for bit in range(20, -1, -1):
            for k in range(3):
                expected = (expected << 1) | (int(point[k]) >> bit & 1)
        assert int(code) == expected


def test_neighbours_in_the_order_are_neighbours_in_space() -> None:
    points = np.random.default_rng(0).random((4000, 3))
    steps = np.linalg.norm(np.diff(points[morton_order(points)], axis=0), axis=1)
    assert steps.mean() < 0.1  # about two of a cell's sides, 4000^(-1/3); by chance it is 0.66


@pytest.mark.parametrize("columns", [3, 5])
def test_equal_rows_become_one_as_numpy_finds_them(columns: int) -> None:
    """Also where rows differ in a bit that the code does not see, or in a column that it does not look at."""
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 3, (500, columns)).astype(np.float32)
    rows[::7, 0] += np.float32(2.0**-23)
    rows[:2, 0] = [0.0, -0.0]
    first, place = welded(rows)
    np.testing.assert_array_equal(rows[first][place], rows)
    unique, where = np.unique(rows, axis=0, return_index=True)
    assert len(first) == len(unique)
    assert sorted(first) == sorted(where)


def test_nothing_is_ordered_too() -> None:
    first, place = welded(np.zeros((0, 3), np.float32))
    assert len(first) == len(place) == 0
