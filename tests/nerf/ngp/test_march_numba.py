import numpy as np
import pytest

from nerf.ngp import march, march_numba
from nerf.ngp.march import Marching

SETTINGS = [
    Marching(step=0.01),
    Marching(step=0.02, near=0.3, max_samples=20),
    Marching(step=0.01, cone=1 / 64, near=0.1),
    Marching(step=0.005, cone=1 / 32, near=0.05, contracted=True),
]


def _rays(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rays from around and within the cube; some along axes, some that miss."""
    rng = np.random.default_rng(0)
    origins = rng.uniform(-0.8, 1.8, (n, 3)).astype(np.float32)
    directions = rng.normal(size=(n, 3)).astype(np.float32)
    directions[:6] = np.concatenate([np.eye(3), -np.eye(3)])
    origins[:6] = 0.5 - 1.2 * directions[:6]
    return origins, directions / np.linalg.norm(directions, axis=1, keepdims=True), rng.random(n, dtype=np.float32)


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("share", [0.0, 0.02, 0.4, 1.0])
def test_samples_are_those_of_the_definition(settings: Marching, share: float) -> None:
    occupied = np.random.default_rng(1).random((16, 16, 16)) < share
    rays = _rays(400)
    expected, got = march.march(*rays, occupied, settings), march_numba.march(*rays, occupied, settings)
    counts, expected_counts = np.diff(got.starts), np.diff(expected.starts)
    assert (counts != expected_counts).mean() <= 0.03  # a sample on a cell's face may flip
    for r in np.flatnonzero(counts == expected_counts):
        a, b = (s.distances[s.starts[r] : s.starts[r + 1]] for s in (got, expected))
        assert (np.abs(a - b) > 1e-5).sum() <= 1 + 0.1 * len(a)
    total, expected_total = int(got.starts[-1]), int(expected.starts[-1])
    assert abs(total - expected_total) <= 2 + 0.002 * expected_total


def test_points_lie_where_the_distances_say() -> None:
    origins, directions, jitter = _rays(100)
    samples = march_numba.march(origins, directions, jitter, np.ones((8, 8, 8), bool), Marching(step=0.05))
    rays = np.repeat(np.arange(100), np.diff(samples.starts))
    expected = origins[rays] + samples.distances[:, None] * directions[rays]
    np.testing.assert_allclose(samples.points, np.clip(expected, 0, 1), atol=1e-5)


def test_skipping_empty_blocks_loses_nothing() -> None:
    occupied = np.zeros((64, 64, 64), bool)
    occupied[30:34, 30:34, 30:34] = True
    rays = _rays(3000)
    settings = Marching(step=0.003)
    expected, got = march.march(*rays, occupied, settings), march_numba.march(*rays, occupied, settings)
    assert expected.starts[-1] > 100
    assert (np.diff(got.starts) != np.diff(expected.starts)).mean() < 0.005
