"""The compiled noise is the defined one."""

import numpy as np
import pytest

from meshing.room import noise, noise_numba


@pytest.mark.parametrize(("octaves", "seed"), [(1, 0), (4, 3), (6, 123456)])
def test_the_loops_give_the_same_numbers(octaves: int, seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(3000, 3)) * 80
    assert np.abs(noise_numba.layered(points, octaves, seed) - noise.layered(points, octaves, seed)).max() < 1e-12
