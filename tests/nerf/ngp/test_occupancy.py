import numpy as np
import pytest

from nerf.ngp.occupancy import DECAY, OccupancyGrid


def _ball(points: np.ndarray) -> np.ndarray:
    return np.where(np.linalg.norm(points - 0.5, axis=1) < 0.25, 50, 0).astype(np.float32)


def test_updates_find_what_is_there_and_forget_what_went() -> None:
    grid = OccupancyGrid(16)
    for step in range(20):
        grid.update(_ball, 0, step, n_uniform=4096)
    centres = (np.stack(np.meshgrid(*[np.arange(16)] * 3, indexing="ij"), -1).reshape(-1, 3) + 0.5) / 16
    radius = np.linalg.norm(centres - 0.5, axis=1)
    assert grid.occupied[radius < 0.2].all()
    assert not grid.occupied[radius > 0.32].any()
    for step in range(20, 200):
        grid.update(lambda points: np.zeros(len(points), np.float32), 0, step, n_uniform=4096)
    assert grid.density.max() < 0.5


def test_a_cell_decays_once_per_update_however_often_it_is_drawn() -> None:
    grid = OccupancyGrid(8)
    grid.density[:] = 100
    grid.update(lambda points: np.zeros(len(points), np.float32), 0, 0, n_uniform=10_000)
    np.testing.assert_allclose(grid.density, 100 * DECAY, rtol=1e-6)


def test_cells_that_are_not_allowed_stay_empty() -> None:
    grid = OccupancyGrid(8)
    allowed = np.arange(512) % 2 == 0
    grid.restrict(allowed)
    grid.update(lambda points: np.full(len(points), 99, np.float32), 1, 0)
    assert not grid.occupied[~allowed].any()
    assert grid.occupied[allowed].mean() > 0.9


def test_bits_say_the_same_as_cells() -> None:
    grid = OccupancyGrid(8)
    occupied = np.random.default_rng(0).random(512) < 0.1
    grid.set_occupied(occupied)
    assert np.array_equal(np.unpackbits(grid.bits, bitorder="little").astype(bool), occupied)
    blocks = occupied.reshape(2, 4, 2, 4, 2, 4).any((1, 3, 5)).reshape(-1)
    assert np.array_equal(np.unpackbits(grid.coarse, bitorder="little")[:8].astype(bool), blocks)
    with pytest.raises(ValueError, match="multiple of 4"):
        OccupancyGrid(10)
