import numpy as np
import pytest

from nerf.ngp import march_numba, mlp_numba
from nerf.ngp.encoding_numba import encode
from nerf.ngp.jit_numba import to_rows
from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.occupancy import OccupancyGrid
from nerf.ngp.tracer_numba import Bias, Tracer
from nerf.ngp.weights import initial_weights

LEVELS = Levels(4, 4, 10, 4, 32)


def _rays(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    origins = rng.uniform(-0.5, 1.5, (n, 3)).astype(np.float32)
    toward = 0.5 - origins + rng.normal(size=(n, 3)).astype(np.float32) * 0.2
    return origins, (toward / np.linalg.norm(toward, axis=1, keepdims=True)).astype(np.float32), np.zeros(n, np.float32)


def test_kept_samples_are_the_first_of_each_ray_up_to_where_light_ends() -> None:
    rng = np.random.default_rng(1)
    tracer, grid, settings = Tracer(LEVELS, capacity=1 << 14), OccupancyGrid(16), Marching(step=0.02)
    grid.set_occupied(rng.random(16**3) < 0.4)
    table = rng.normal(size=(LEVELS.n_entries, 4)).astype(np.float32)
    weights = initial_weights(LEVELS.width, rng)
    rays = _rays(300)
    starts = tracer.march(*rays, grid, settings)
    expected = march_numba.march(*rays, grid.occupied.reshape((16,) * 3), settings)
    assert np.array_equal(starts, expected.starts)
    n = int(starts[-1])
    np.testing.assert_array_equal(tracer.raw.points[:n], expected.points)

    bias = Bias(np.full(16**3, 3.0, np.float32), 0.5)
    density = tracer.look_up(table, weights, bias, n).copy()
    plain = mlp_numba.density(
        encode(expected.points, table, LEVELS),
        weights,
        np.full(n, 1.5, np.float32),
        tracer.workspace,
        np.empty(n, np.float32),
    )
    np.testing.assert_allclose(density, plain, rtol=1e-5)

    kept = tracer.keep(starts, 0.3)
    for r in range(300):
        optical = np.cumsum(density[starts[r] : starts[r + 1]] * 0.02)
        wanted = min(len(optical), int((optical <= -np.log(0.3)).sum()) + 1)
        assert abs(int(kept[r + 1] - kept[r]) - wanted) <= 1
    source = np.concatenate([np.arange(starts[r], starts[r] + kept[r + 1] - kept[r]) for r in range(300)])
    np.testing.assert_array_equal(tracer.kept.distances[: kept[-1]], expected.distances[source])
    features = to_rows(tracer.kept.features, int(kept[-1]))
    np.testing.assert_array_equal(features, to_rows(tracer.raw.features, n)[source])


def test_rays_that_do_not_fit_wait_for_the_next_call() -> None:
    tracer, grid = Tracer(LEVELS, capacity=512), OccupancyGrid(16)
    starts = tracer.march(*_rays(300), grid, Marching(step=0.02))
    assert 0 < len(starts) - 1 < 300
    assert starts[-1] <= 512


def _field(density: float) -> tuple[np.ndarray, np.ndarray, Bias]:
    """A field of random detail, and of about so much density."""
    rng = np.random.default_rng(1)
    table = rng.normal(size=(LEVELS.n_entries, 4)).astype(np.float32)
    return table, initial_weights(LEVELS.width, rng), Bias(np.full(16**3, np.log(density), np.float32), 1.0)


@pytest.mark.parametrize("density", [0.1, 5.0, 50.0])
def test_waves_keep_what_one_look_at_everything_keeps(density: float) -> None:
    grid, settings, rays, field = OccupancyGrid(16), Marching(step=0.02), _rays(300), _field(density)
    grid.set_occupied(np.random.default_rng(1).random(16**3) < 0.4)
    whole, waves = Tracer(LEVELS, capacity=1 << 14), Tracer(LEVELS, capacity=1 << 15)
    starts = whole.march(*rays, grid, settings)
    whole.look_up(*field, int(starts[-1]))
    wanted = whole.keep(starts, 0.3)
    kept, looked = waves.see(rays, grid, settings, field, 0.3, first_wave=2)
    assert (np.diff(kept) == np.diff(wanted)).mean() > 0.99  # light may end a sample sooner by rounding
    assert looked < starts[-1] if density > 1 else looked == starts[-1]
    if np.array_equal(kept, wanted):
        ours, theirs = waves.kept.first(int(kept[-1])), whole.kept.first(int(kept[-1]))
        np.testing.assert_allclose(ours.points, theirs.points, atol=1e-5)
        np.testing.assert_allclose(ours.distances, theirs.distances, atol=1e-5)
        np.testing.assert_array_equal(ours.along, theirs.along)


def test_waves_that_do_not_fit_become_one_look_at_fewer_rays() -> None:
    tracer, grid, field = Tracer(LEVELS, capacity=1024), OccupancyGrid(16), _field(0.01)
    kept, looked = tracer.see(_rays(300), grid, Marching(step=0.02), field, 0.3, first_wave=2)
    starts = tracer.march(*_rays(300), grid, Marching(step=0.02))
    assert np.array_equal(kept, starts)
    assert looked == starts[-1] <= 1024
