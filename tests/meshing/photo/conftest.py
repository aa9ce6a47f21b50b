"""Small scenes whose layers are known by hand."""

import numpy as np
import pytest

RED, BLUE = (250, 0, 0), (0, 0, 250)


@pytest.fixture
def square() -> tuple[np.ndarray, np.ndarray]:
    """A red square (rows and columns 12 to 27) 16 pixels of disparity before a blue wall, 40 x 48 pixels."""
    disparity = np.full((40, 48), 4.0, np.float32)
    disparity[12:28, 12:28] = 20.0
    rgb = np.where((disparity > 10)[..., None], RED, BLUE).astype(np.uint8)
    return rgb, disparity


@pytest.fixture
def bumpy() -> tuple[np.ndarray, np.ndarray]:
    """Random blobs at random heights with random colours: cuts, thin parts, and three surfaces at one place."""
    rng = np.random.default_rng(4)
    disparity = np.full((48, 56), 3.0)
    v, u = np.mgrid[:48, :56]
    for _ in range(9):
        y, x, r = rng.integers(4, 44), rng.integers(4, 52), rng.integers(3, 11)
        inside = (v - y) ** 2 + (u - x) ** 2 < r * r
        disparity[inside] = rng.uniform(4, 30) + 0.1 * (u - x)[inside]
    rgb = rng.integers(0, 255, (48, 56, 3), dtype=np.uint8)
    return rgb, disparity.astype(np.float32)
