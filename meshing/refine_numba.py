"""`drawn` and `spread` of `refine.py` in compiled loops: no copies of the texture for each photo."""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Float32
from numba import njit


def drawn(texture: Float32[np.ndarray, "h w 3"], grid: Float32[np.ndarray, "n 2"]) -> Float32[np.ndarray, "n 3"]:
    """The texture's colours at places, bilinear."""
    out = np.empty((len(grid), 3), np.float32)
    _gather(texture, grid, out)
    return out


def spread(
    values: Float32[np.ndarray, "n channels"],
    weight: Float32[np.ndarray, "n"],
    grid: Float32[np.ndarray, "n 2"],
    total: Float32[np.ndarray, "h w channels"],
) -> None:
    """Add each value to its four texels, in place."""
    _scatter(values, weight, grid, total)


@njit(cache=True, inline="always")
@no_type_check
def _place(at: float, size: int) -> Any:
    """The two texels that a coordinate from -1 to 1 lies between, and how near the second; the border continues."""
    x = min(max(np.float32(0.5) * ((at + np.float32(1)) * np.float32(size) - np.float32(1)), np.float32(0)), size - 1)
    low = int(x)
    return low, min(low + 1, size - 1), np.float32(x - low)


@njit(cache=True)
@no_type_check
def _gather(texture: Any, grid: Any, out: Any) -> None:
    height, width = texture.shape[:2]
    for n in range(grid.shape[0]):
        x0, x1, fx = _place(grid[n, 0], width)
        y0, y1, fy = _place(grid[n, 1], height)
        for c in range(3):
            top = texture[y0, x0, c] + fx * (texture[y0, x1, c] - texture[y0, x0, c])
            low = texture[y1, x0, c] + fx * (texture[y1, x1, c] - texture[y1, x0, c])
            out[n, c] = top + fy * (low - top)


@njit(cache=True)
@no_type_check
def _scatter(values: Any, weight: Any, grid: Any, total: Any) -> None:
    height, width, channels = total.shape
    for n in range(grid.shape[0]):
        x0, x1, fx = _place(grid[n, 0], width)
        y0, y1, fy = _place(grid[n, 1], height)
        one = np.float32(1)
        for c in range(channels):
            value = weight[n] * values[n, c]
            total[y0, x0, c] += (one - fx) * (one - fy) * value
            total[y0, x1, c] += fx * (one - fy) * value
            total[y1, x0, c] += (one - fx) * fy * value
            total[y1, x1, c] += fx * fy * value
