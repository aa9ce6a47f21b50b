"""Which way is up, estimated from how people hold cameras: level, and with the top of the picture upwards."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

Array = np.ndarray

AGREEMENT = 0.6  # length of the mean of the cameras' up vectors (1: all the same) from which it is evidence
YAW_SPREAD = 0.05  # share of the cameras' right vectors off their main direction, from which level cameras fix the up
LEVEL = 0.05  # sine of the roll below which a camera counts fully as level
MAX_CORRECTION = 50.0  # degrees between the mean up and what level cameras say, beyond which neither is believed
MIN_CAMERAS = 3
ROUNDS = 20


def estimate_up(world_from_camera: Float64[Array, "views 4 4"]) -> Float64[Array, "3"] | None:
    """The unit vector in world coordinates that the cameras agree to be up; None where they do not.

    The mean of the cameras' up vectors is biased where most look down. Cameras held level have their right vectors in
    the horizontal plane whatever their pitch, so where they look in different directions the normal of that plane,
    fitted robustly, is the better estimate.
    """
    if len(world_from_camera) < MIN_CAMERAS:
        return None
    right, up = world_from_camera[:, :3, 0], -world_from_camera[:, :3, 1]
    mean = up.mean(axis=0)
    if np.linalg.norm(mean) < AGREEMENT:
        return None
    mean = mean / np.linalg.norm(mean)
    normal = _robust_normal(right, mean)
    if normal is None:
        return np.asarray(mean)
    angle = np.degrees(np.arccos(np.clip(normal @ mean, -1, 1)))
    return np.asarray(normal) if angle < MAX_CORRECTION else None


def rotation_between(start: Float64[Array, "3"], end: Float64[Array, "3"]) -> Float64[Array, "3 3"]:
    """The smallest rotation that takes one unit vector to another (Rodrigues)."""
    cosine = float(start @ end)
    if cosine < -1 + 1e-12:
        axis = np.cross(start, np.eye(3)[np.argmin(np.abs(start))])
        axis /= np.linalg.norm(axis)
        return np.asarray(2 * np.outer(axis, axis) - np.eye(3))
    cross = _cross_matrix(np.cross(start, end))
    return np.asarray(np.eye(3) + cross + cross @ cross / (1 + cosine))


def _robust_normal(right: Float64[Array, "views 3"], start: Float64[Array, "3"]) -> Float64[Array, "3"] | None:
    """The normal of the plane of the right vectors, by reweighted least squares; None where they span no plane."""
    normal = start
    for _ in range(ROUNDS):
        weights = 1 / np.maximum(np.abs(right @ normal), LEVEL)
        spread, axes = np.linalg.eigh((right * weights[:, None]).T @ right / weights.sum())
        if spread[1] < YAW_SPREAD or spread[0] > 0.25 * spread[1]:
            return None
        normal = axes[:, 0] * np.sign(axes[:, 0] @ start or 1.0)
    return np.asarray(normal)


def _cross_matrix(vector: Sequence[float] | Float64[Array, "3"]) -> Float64[Array, "3 3"]:
    x, y, z = vector
    return np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]], np.float64)
