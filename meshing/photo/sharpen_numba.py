"""`sharpen.py` in compiled loops, rows side by side: the same disparity."""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Float32, UInt8
from numba import njit, prange

from meshing.photo.sharpen import RADIUS, SIGMA, STRIDES


def sharpen(
    disparity: Float32[np.ndarray, "h w"],
    rgb: UInt8[np.ndarray, "h w 3"],
    threshold: float,
    strides: tuple[int, ...] = STRIDES,
) -> Float32[np.ndarray, "h w"]:
    """See `meshing.photo.sharpen.sharpen`."""
    weights = np.exp(-np.arange(443) / SIGMA)  # by distance of colours, 0 ... 255 * sqrt(3)
    sharp = np.ascontiguousarray(disparity)
    for stride in strides:
        sharp = _median_pass(sharp, np.ascontiguousarray(rgb), np.float32(threshold), stride, RADIUS, weights)
    return sharp


@njit(cache=True, parallel=True)
@no_type_check
def _median_pass(source: Any, rgb: Any, threshold: Any, stride: Any, radius: Any, weights: Any) -> Any:
    height, width = source.shape
    out = source.copy()
    reach = radius * stride
    for y in prange(height):
        values = np.empty((2 * radius + 1) ** 2, np.float32)
        shares = np.empty((2 * radius + 1) ** 2, np.float64)
        for x in range(width):
            here = source[y, x]
            if not (
                (x + reach < width and abs(source[y, x + reach] - here) > threshold)
                or (x >= reach and abs(source[y, x - reach] - here) > threshold)
                or (y + reach < height and abs(source[y + reach, x] - here) > threshold)
                or (y >= reach and abs(source[y - reach, x] - here) > threshold)
            ):
                continue
            n, total = 0, 0.0
            red, green, blue = np.int64(rgb[y, x, 0]), np.int64(rgb[y, x, 1]), np.int64(rgb[y, x, 2])
            for dy in range(-radius, radius + 1):
                v = y + dy * stride
                if v < 0 or v >= height:
                    continue
                for dx in range(-radius, radius + 1):
                    u = x + dx * stride
                    if u < 0 or u >= width:
                        continue
                    r, g, b = rgb[v, u, 0] - red, rgb[v, u, 1] - green, rgb[v, u, 2] - blue
                    share = weights[int(np.sqrt(r * r + g * g + b * b))]
                    value = source[v, u]
                    k = n  # insertion keeps the values in order
                    while k > 0 and values[k - 1] > value:
                        values[k] = values[k - 1]
                        shares[k] = shares[k - 1]
                        k -= 1
                    values[k] = value
                    shares[k] = share
                    n += 1
                    total += share
            half, reached = 0.5 * total, 0.0
            for k in range(n):
                reached += shares[k]
                if reached >= half:
                    out[y, x] = values[k]
                    break
    return out
