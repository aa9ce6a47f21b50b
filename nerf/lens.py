"""Lens distortion on the plane z = 1 (OpenCV's rational model) and by angle (OpenCV's fisheye model), and its inverse.

Owns the formulas and the range in which they can be inverted; does not own pixels or focal lengths (`nerf.camera`).
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float
from numpy.polynomial import Polynomial

Array = np.ndarray

NEWTON_STEPS = 30
CONVERGED = 1e-13  # on the plane z = 1, or radians


def distort_opencv(plane: Float[Array, "points 2"], coefficients: tuple[float, ...]) -> Float[Array, "points 2"]:
    """Where an ideal point of the plane z = 1 lands through the lens; coefficients k1, k2, p1, p2[, k3, k4, k5, k6]."""
    return _opencv_with_jacobian(plane, coefficients)[0]


def undistort_opencv(distorted: Float[Array, "points 2"], coefficients: tuple[float, ...]) -> Float[Array, "points 2"]:
    """The ideal point of the plane z = 1 that the lens sends to `distorted`, by Newton; NaN where there is none."""
    plane = distorted.astype(np.float64, copy=True)
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            reached, jacobian = _opencv_with_jacobian(plane, coefficients)
            missing = distorted - reached
            if not np.any(np.abs(missing) > CONVERGED):
                break
            plane += _solve_2x2(jacobian, missing)
        reached, _ = _opencv_with_jacobian(plane, coefficients)
        found = _close(reached, distorted) & (np.hypot(*plane.T) < opencv_fold(coefficients))
    plane[~found] = np.nan
    return plane


def opencv_fold(coefficients: tuple[float, ...]) -> float:
    """The radius on z = 1 from which on the radial polynomial folds back on itself; infinite where it never does."""
    k1, k2, _, _, k3, k4, k5, k6 = _padded(coefficients)
    numerator, denominator, s = Polynomial([1, k1, k2, k3]), Polynomial([1, k4, k5, k6]), Polynomial([0, 1])
    slope = numerator * denominator + 2 * s * (numerator.deriv() * denominator - numerator * denominator.deriv())
    return float(np.sqrt(min(_first_positive_root(slope), _first_positive_root(denominator))))


def distort_fisheye(angle: Float[Array, "points"], coefficients: tuple[float, ...]) -> Float[Array, "points"]:
    """The image radius, in focal lengths, of rays at these angles (radians) from the axis; coefficients k1 to k4."""
    return np.asarray(_fisheye(coefficients)(angle))


def undistort_fisheye(radius: Float[Array, "points"], coefficients: tuple[float, ...]) -> Float[Array, "points"]:
    """The angle from the axis (radians) of image radii in focal lengths, by Newton; NaN where there is none."""
    polynomial: Callable[..., Array] = _fisheye(coefficients)
    slope: Callable[..., Array] = _fisheye(coefficients).deriv()
    fold = fisheye_fold(coefficients)
    angle = np.minimum(radius.astype(np.float64), fold)
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            missing = radius - polynomial(angle)
            if not np.any(np.abs(missing) > CONVERGED):
                break
            angle = angle + missing / slope(angle)
        found = (np.abs(polynomial(angle) - radius) < 100 * CONVERGED) & (angle >= 0) & (angle <= fold)
    return np.where(found, angle, np.nan)


def fisheye_fold(coefficients: tuple[float, ...]) -> float:
    """The angle (radians, at most pi) from which on the fisheye polynomial folds back on itself."""
    return min(_first_positive_root(_fisheye(coefficients).deriv()), np.pi)


def _opencv_with_jacobian(
    plane: Float[Array, "points 2"], coefficients: tuple[float, ...]
) -> tuple[Float[Array, "points 2"], tuple[Array, Array, Array, Array]]:
    """OpenCV 4 documentation, "Camera calibration and 3D reconstruction", with its derivative row by row."""
    k1, k2, p1, p2, k3, k4, k5, k6 = _padded(coefficients)
    x, y = plane[:, 0], plane[:, 1]
    r2 = x * x + y * y
    top, bottom = 1 + r2 * (k1 + r2 * (k2 + r2 * k3)), 1 + r2 * (k4 + r2 * (k5 + r2 * k6))
    radial = top / bottom
    bend = 2 * (k1 + r2 * (2 * k2 + r2 * 3 * k3) - radial * (k4 + r2 * (2 * k5 + r2 * 3 * k6))) / bottom
    distorted = np.stack(
        [
            x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
            y * radial + 2 * p2 * x * y + p1 * (r2 + 2 * y * y),
        ],
        axis=1,
    )
    mixed = x * y * bend + 2 * p1 * x + 2 * p2 * y
    xx = radial + x * x * bend + 2 * p1 * y + 6 * p2 * x
    yy = radial + y * y * bend + 2 * p2 * x + 6 * p1 * y
    return distorted, (xx, mixed, mixed, yy)


def _fisheye(coefficients: tuple[float, ...]) -> Polynomial:
    k1, k2, k3, k4 = coefficients + (0.0,) * (4 - len(coefficients))
    return Polynomial([0, 1, 0, k1, 0, k2, 0, k3, 0, k4])


def _solve_2x2(
    jacobian: tuple[Array, Array, Array, Array], right: Float[Array, "points 2"]
) -> Float[Array, "points 2"]:
    a, b, c, d = jacobian
    determinant = a * d - b * c
    u, v = right[:, 0], right[:, 1]
    return np.stack([(d * u - b * v) / determinant, (a * v - c * u) / determinant], axis=1)


def _close(reached: Float[Array, "points 2"], wanted: Float[Array, "points 2"]) -> Bool[Array, "points"]:
    return np.asarray(np.all(np.abs(reached - wanted) < 100 * CONVERGED, axis=1))


def _first_positive_root(polynomial: Polynomial) -> float:
    roots = polynomial.trim().roots()
    real = roots[np.abs(roots.imag) < 1e-9].real
    return float(np.min(real[real > 0], initial=np.inf))


def _padded(coefficients: tuple[float, ...]) -> tuple[float, ...]:
    return coefficients + (0.0,) * (8 - len(coefficients))
