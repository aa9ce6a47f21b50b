"""Where a film's camera stands: once around a point, or smoothly past places where photos were taken."""

import math

import numpy as np
from jaxtyping import Float64

UP = np.array([0.0, 1.0, 0.0])
SMOOTHING = 0.04  # of the path, over which places and directions are averaged


def look_at(eye: Float64[np.ndarray, "3"], target: Float64[np.ndarray, "3"]) -> Float64[np.ndarray, "4 4"]:
    """The pose of an upright camera at `eye` with `target` in the middle of its picture."""
    forward = target - eye
    length = float(np.linalg.norm(forward))
    if not length > 0:
        raise ValueError(f"camera path: the camera stands in the point it looks at {target.tolist()}")
    forward = forward / length
    right = np.cross(forward, UP)
    if np.linalg.norm(right) < 1e-6:  # straight up or down: any side will do
        right = np.array([1.0, 0.0, 0.0])
    right = right / np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward], -1)
    pose[:3, 3] = eye
    return pose


def turntable(
    centre: Float64[np.ndarray, "3"], distance: float, elevation: float, frames: int
) -> Float64[np.ndarray, "frames 4 4"]:
    """Once around a point at a height of `elevation` radians, from the front (+z) to the right; the last frame is one
    step before the first."""
    angles = 2 * math.pi * np.arange(frames) / frames
    across, height = math.cos(elevation), math.sin(elevation)
    places = np.stack([across * np.sin(angles), np.full(frames, height), across * np.cos(angles)], -1)
    return np.stack([look_at(centre + distance * place, centre) for place in places])


def past(poses: Float64[np.ndarray, "views 4 4"], frames: int) -> Float64[np.ndarray, "frames 4 4"]:
    """A smooth path at even speed past given poses, each joined to its nearest neighbour, from one end to the other."""
    if len(poses) < 2:
        return np.repeat(poses, frames, 0)
    ordered = poses[_order(poses[:, :3, 3])]
    steps = np.linalg.norm(np.diff(ordered[:, :3, 3], axis=0), axis=1)
    turns = np.arccos(np.clip((ordered[1:, :3, 2] * ordered[:-1, :3, 2]).sum(1), -1, 1))
    mean = max(float(steps.mean()), 1e-12)
    at = np.concatenate([[0], np.cumsum(steps / mean + turns + 1e-6)])
    dense = np.linspace(0, at[-1], max(frames, 2) * 8)
    places = _smooth(np.stack([np.interp(dense, at, ordered[:, axis, 3]) for axis in range(3)], -1))
    sides = [np.interp(dense, at, ordered[:, i, j]) for i in range(3) for j in range(3)]
    rotations = _rotations(_smooth(np.stack(sides, -1)).reshape(-1, 3, 3))
    chosen = np.linspace(0, len(dense) - 1, frames).round().astype(np.int64)
    result = np.tile(np.eye(4), (frames, 1, 1))
    result[:, :3, :3], result[:, :3, 3] = rotations[chosen], places[chosen]
    return result


def _order(places: Float64[np.ndarray, "views 3"]) -> np.ndarray:
    """A walk that always goes on to the nearest place left, from the place farthest from the middle."""
    left = np.ones(len(places), bool)
    here = int(np.linalg.norm(places - places.mean(0), axis=1).argmax())
    walk = [here]
    for _ in range(len(places) - 1):
        left[here] = False
        apart = np.where(left, np.linalg.norm(places - places[here], axis=1), np.inf)
        here = int(apart.argmin())
        walk.append(here)
    return np.array(walk)


def _smooth(values: Float64[np.ndarray, "frames numbers"]) -> Float64[np.ndarray, "frames numbers"]:
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(values, SMOOTHING * len(values), axis=0, mode="nearest"), np.float64)


def _rotations(matrices: Float64[np.ndarray, "frames 3 3"]) -> Float64[np.ndarray, "frames 3 3"]:
    """The nearest rotation to each matrix."""
    u, _, v = np.linalg.svd(matrices)
    flip = np.sign(np.linalg.det(u @ v))
    u[:, :, 2] *= flip[:, None]
    return np.asarray(u @ v)
