"""Cameras around an object: where training pictures are taken from, and where finished objects are looked at from."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Float64

from nerf.camera import Camera, from_field_of_view

Array = np.ndarray

DISTANCE, FIELD_OF_VIEW = 2.7, math.radians(28)
ELEVATION = (math.radians(-8), math.radians(50))


def camera(size: int) -> Camera:
    """The square camera of all views: an object of radius 0.6 fills it but for a small margin."""
    return from_field_of_view(size, size, FIELD_OF_VIEW)


def spread(count: int) -> Float64[Array, "count 2"]:
    """Shares of two angles, 0 to 1, that cover the square evenly however many are taken; the first is its middle.

    The sequence R2 (Roberts 2018). Golden angles with a sine for the height put all cameras on one tilted circle.
    """
    plastic = 1.32471795724474602596
    steps = np.arange(count)[:, None] * np.array([1 / plastic, 1 / plastic**2])
    shares: Array = (0.5 + steps) % 1
    return shares


def pose(azimuth: float, elevation: float, distance: float = DISTANCE) -> Float64[Array, "4 4"]:
    """`world_from_camera` of a camera that looks at the origin; azimuth 0 sees the front (+z), a quarter turn sees +x.

    Angles are in radians.
    """
    flat = math.cos(elevation)
    position = distance * np.array([flat * math.sin(azimuth), math.sin(elevation), flat * math.cos(azimuth)])
    ahead = -position / distance
    right = np.array([math.cos(azimuth), 0.0, -math.sin(azimuth)])
    result = np.eye(4)
    result[:3, 0], result[:3, 1], result[:3, 2] = right, np.cross(ahead, right), ahead
    result[:3, 3] = position
    return result


def random_poses(rng: np.random.Generator, n: int) -> Float64[Array, "views 4 4"]:
    """From all around, a little from below to well above."""
    azimuths, elevations = rng.uniform(0, 2 * math.pi, n), rng.uniform(*ELEVATION, n)
    return np.stack([pose(a, e) for a, e in zip(azimuths, elevations, strict=True)])


def ring_of_poses(n: int, elevation: float = math.radians(20), start: float = 0.0) -> Float64[Array, "views 4 4"]:
    """Evenly around, all from the same height."""
    return np.stack([pose(start + 2 * math.pi * i / n, elevation) for i in range(n)])


def angles_of(poses: Float[Array, "views 4 4"]) -> tuple[Float64[Array, "views"], Float64[Array, "views"]]:
    """Azimuths and elevations of cameras that look at the origin."""
    position = np.asarray(poses, np.float64)[:, :3, 3]
    return np.arctan2(position[:, 0], position[:, 2]), np.arctan2(
        position[:, 1], np.hypot(position[:, 0], position[:, 2])
    )


def canonical(names: Sequence[str] = ("front", "side")) -> Float64[Array, "views 4 4"]:
    """The views that sheets show: seen from slightly above, from one side of the front or the other."""
    angles = {"front": (math.radians(35), math.radians(22)), "side": (math.radians(-50), math.radians(22))}
    unknown = [name for name in names if name not in angles]
    if unknown:
        raise ValueError(f"canonical view: must be one of {', '.join(angles)} (got {unknown[0]!r})")
    return np.stack([pose(*angles[name]) for name in names])
