"""Lens formulas: known values, and the edge of where they can be inverted."""

import numpy as np
import pytest

from nerf import lens


def test_barrel_distortion_pulls_points_in_by_the_cubic_term() -> None:
    moved = lens.distort_opencv(np.array([[0.5, 0.0]]), (-0.2, 0.0, 0.0, 0.0))
    assert np.allclose(moved, [[0.5 * (1 - 0.2 * 0.25), 0.0]], atol=1e-15)


def test_the_fold_is_where_the_cubic_stops_rising() -> None:
    assert lens.opencv_fold((-0.2, 0.0, 0.0, 0.0)) == pytest.approx((1 / 0.6) ** 0.5)  # d/dr (r - 0.2 r^3) = 0
    assert lens.opencv_fold((0.2, 0.0, 0.0, 0.0)) == np.inf
    assert lens.fisheye_fold((-0.1,)) == pytest.approx((1 / 0.3) ** 0.5)
    assert lens.fisheye_fold(()) == np.pi


def test_undistortion_works_up_to_the_fold_and_gives_nan_beyond() -> None:
    coefficients = (-0.2, 0.0, 0.0, 0.0)
    fold = lens.opencv_fold(coefficients)
    highest = fold - 0.2 * fold**3
    inside, outside = lens.undistort_opencv(np.array([[0.999 * highest, 0.0], [1.001 * highest, 0.0]]), coefficients)
    assert inside[0] == pytest.approx(fold, rel=0.04)
    assert inside[0] < fold
    assert np.isnan(outside).all()


def test_newton_inverts_a_strong_rational_lens_to_machine_precision() -> None:
    coefficients = (1.2, 0.5, 2e-3, -1e-3, 0.03, 1.6, 0.9, 0.1)
    plane = np.random.default_rng(0).uniform(-0.8, 0.8, (500, 2))
    assert np.abs(lens.undistort_opencv(lens.distort_opencv(plane, coefficients), coefficients) - plane).max() < 1e-11


def test_a_fisheye_radius_has_one_angle_at_most() -> None:
    coefficients = (-0.1, 0.0, 0.0, 0.0)
    angles = np.linspace(0, 0.99 * lens.fisheye_fold(coefficients), 200)
    assert np.allclose(
        lens.undistort_fisheye(lens.distort_fisheye(angles, coefficients), coefficients), angles, atol=1e-9
    )
    assert np.isnan(lens.undistort_fisheye(np.array([1.3]), coefficients)).all()
