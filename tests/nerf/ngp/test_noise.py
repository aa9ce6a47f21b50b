import numpy as np
import pytest

from nerf.ngp.noise import clean


def _sphere(n: int, noise: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True) + rng.normal(size=(n, 3)) * noise


@pytest.mark.parametrize(("noise", "n"), [(0.005, 5000), (0.02, 5000), (0.06, 20_000)])
def test_noise_is_found_and_cleaning_brings_points_closer_to_the_surface(noise: float, n: int) -> None:
    points = _sphere(n, noise)
    cloud = clean(points)
    assert cloud.noise == pytest.approx(noise, rel=0.35)
    before, after = (np.median(np.abs(np.linalg.norm(p, axis=1) - 1)) for p in (points, cloud.points))
    assert after < 0.75 * before
    assert after < 1.5 * cloud.residual


def test_outliers_are_dropped_and_counted() -> None:
    rng = np.random.default_rng(1)
    points = np.concatenate([_sphere(4500, 0.01), rng.uniform(-3, 3, (500, 3))])
    cloud = clean(points)
    assert 0.07 < cloud.outliers < 0.14
    assert np.abs(np.linalg.norm(cloud.points, axis=1) - 1).max() < 0.6


def test_points_that_fill_space_are_not_flat() -> None:
    flat, full = clean(_sphere(5000, 0.01)), clean(np.random.default_rng(2).uniform(-1, 1, (5000, 3)))
    assert flat.flatness < 0.5 < 0.8 < full.flatness


def test_a_handful_of_points_passes_through() -> None:
    points = np.eye(3)
    assert np.array_equal(np.sort(clean(points).points, axis=0), np.sort(points, axis=0))
