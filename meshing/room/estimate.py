"""Distances for a panorama from whatever tells the depth of plain pictures, one perspective view after another."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Float32, UInt8

from meshing.room.panorama import around, merged, perspective
from meshing.room.pictures import RoomPicture
from meshing.room.proxy import ProxyRenderer

Inverse = Callable[[UInt8[np.ndarray, "h w 3"]], Float[np.ndarray, "h w"]]
"""Inverse depth of a picture, up to scale and shift."""

_LEAST = 0.2  # metres: nothing in a room is shown from nearer


def estimated_distance(
    picture: RoomPicture, renderer: ProxyRenderer, inverse: Inverse, *, views: int = 8, size: int = 256
) -> Float32[np.ndarray, "h w"]:
    """Distances of a panorama's pixels: overlapping views, each fitted to the plan's walls, blended on the sphere.

    Views see walls at different scales, so each is fitted by itself: scale and shift of the inverse depth, robustly.
    Depth along z becomes distance along the ray before views are blended, because it is the same for all of them.
    """
    cameras = around(views, size)
    logs = []
    for camera, rotation in cameras:
        guess = np.asarray(inverse(perspective(picture.color, camera, rotation)), np.float64)
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = rotation, picture.position
        proxy = renderer.perspective(camera, pose)
        depth = _fitted(guess, proxy.near, proxy.is_plain)
        length = np.linalg.norm(camera.rays(), axis=-1)
        logs.append(np.log(depth * length)[..., None])
    height, width = picture.distance.shape
    return np.asarray(np.exp(merged(logs, cameras, height, width)[..., 0]), np.float32)


def _fitted(
    guess: Float[np.ndarray, "h w"], near: Float32[np.ndarray, "h w"], shell: np.ndarray
) -> Float[np.ndarray, "h w"]:
    """Depth whose inverse is affine in `guess` and lies, on the shell, at the plan's; without shell, at what shows."""
    use = shell & np.isfinite(near) if shell.mean() > 0.03 else np.isfinite(near)
    if not use.any() or np.ptp(guess[use]) < 1e-9:
        return np.where(np.isfinite(near), near, 3.0).astype(np.float64)
    x, y = guess[use], 1 / near[use].astype(np.float64)
    weight = np.ones_like(x)
    a, b = 0.0, float(np.median(y))
    for _ in range(10):
        mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
        spread = np.average((x - mean_x) ** 2, weights=weight)
        a = max(0.0, float(np.average((x - mean_x) * (y - mean_y), weights=weight) / max(spread, 1e-12)))
        b = float(mean_y - a * mean_x)
        weight = 1 / (1 + ((a * x + b - y) / 0.06) ** 2)
    return np.asarray(1 / np.clip(a * guess + b, 1 / 50, 1 / _LEAST))
