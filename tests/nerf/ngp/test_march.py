import numpy as np
import pytest

from nerf.ngp.march import Marching, contract, expand, march


def _ray(origin: tuple[float, float, float], direction: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    d = np.array([direction], np.float32)
    return np.array([origin], np.float32), d / np.linalg.norm(d)


def test_a_full_cube_is_sampled_at_equal_steps_from_where_the_ray_enters() -> None:
    origins, directions = _ray((-1, 0.5, 0.5), (1, 0, 0))
    samples = march(origins, directions, np.zeros(1, np.float32), np.ones((4, 4, 4), bool), Marching(step=0.1))
    np.testing.assert_allclose(samples.distances, 1 + 0.1 * np.arange(10), atol=1e-5)
    np.testing.assert_allclose(samples.points[:, 0], 0.1 * np.arange(10), atol=1e-5)
    assert samples.starts.tolist() == [0, 10]


def test_only_occupied_cells_are_sampled() -> None:
    origins, directions = _ray((-1, 0.5, 0.5), (1, 0, 0))
    occupied = np.zeros((4, 4, 4), bool)
    occupied[2, 2, 1] = True  # z, y, x
    samples = march(origins, directions, np.full(1, 0.5, np.float32), occupied, Marching(step=0.01))
    assert len(samples.distances) == 25
    assert samples.points[:, 0].min() > 0.25
    assert samples.points[:, 0].max() < 0.5


def test_steps_grow_with_distance_under_a_cone() -> None:
    origins, directions = _ray((0.5, 0.5, 0.5), (1, 0, 0))
    settings = Marching(step=0.01, cone=0.1, near=0.2, far=4.0, contracted=True)
    samples = march(origins, directions, np.zeros(1, np.float32), np.ones((8, 8, 8), bool), settings)
    np.testing.assert_allclose(samples.steps, samples.distances * 0.1, rtol=1e-5)
    np.testing.assert_allclose(samples.distances[1:], (samples.distances + samples.steps)[:-1], rtol=1e-5)
    assert samples.distances[-1] + samples.steps[-1] == pytest.approx(4, rel=0.1)
    assert samples.points.max() < 1


def test_contraction_keeps_the_middle_and_has_an_inverse() -> None:
    rng = np.random.default_rng(0)
    inside, outside = rng.uniform(0.25, 0.75, (50, 3)), rng.uniform(-5, 5, (50, 3))
    np.testing.assert_allclose(contract(inside), inside)
    np.testing.assert_allclose(expand(contract(outside)), outside, rtol=1e-6, atol=1e-6)
    assert np.abs(contract(rng.normal(size=(50, 3)) * 1e6) - 0.5).max() <= 0.5


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"marching.step"):
        Marching(step=0.0)
    with pytest.raises(ValueError, match="near < far"):
        Marching(near=3.0, far=2.0)
