import numpy as np
import pytest

from meshing import morton, morton_numba


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 5000])
def test_codes_are_those_of_numpy(n: int, kind: type) -> None:
    points = (np.random.default_rng(0).normal(size=(n, 3)) * [3, 1, 0.2]).astype(kind)
    found = morton_numba.morton_code(points)
    assert found.dtype == np.uint64
    np.testing.assert_array_equal(found, morton.morton_code(points.astype(np.float64)))


def test_nothing_has_no_codes() -> None:
    assert morton_numba.morton_code(np.zeros((0, 3))).shape == (0,)
