"""`noise.py` in compiled loops: the same numbers."""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Float, Float64
from numba import njit

_MASK = 0xFFFFFFFF


def layered(points: Float[np.ndarray, "n 3"], octaves: int = 4, seed: int = 0) -> Float64[np.ndarray, "n"]:
    """Value noise of cells of size 1, then of 1/2, 1/4 ..., each half as strong; from 0 to 1 with mean 1/2."""
    numbers: np.ndarray = _layered(np.ascontiguousarray(points, np.float64), octaves, seed)
    return numbers


@njit(cache=True)
@no_type_check
def _layered(points: Any, octaves: int, seed: int) -> Any:
    n = points.shape[0]
    result = np.empty(n)
    for k in range(n):
        total, weight, share, scale = 0.0, 0.0, 1.0, 1.0
        for octave in range(octaves):
            x = points[k, 0] * scale + 17.3 * octave
            y = points[k, 1] * scale + 17.3 * octave
            z = points[k, 2] * scale + 17.3 * octave
            total += share * _noise(x, y, z, seed + octave)
            weight += share
            share *= 0.5
            scale *= 2.0
        result[k] = total / weight
    return result


@njit(cache=True, inline="always")
@no_type_check
def _noise(x: float, y: float, z: float, seed: int) -> float:
    ix, iy, iz = np.int64(np.floor(x)), np.int64(np.floor(y)), np.int64(np.floor(z))
    fx, fy, fz = x - ix, y - iy, z - iz
    fx, fy, fz = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy), fz * fz * (3 - 2 * fz)
    total = 0.0
    for a in range(2):
        for b in range(2):
            for c in range(2):
                state = ((ix + a) * 73856093) ^ ((iy + b) * 19349663) ^ ((iz + c) * 83492791) ^ (seed * 40503)
                state = state & _MASK
                state = ((state ^ (state >> 13)) * 1274126177) & _MASK
                state = ((state ^ (state >> 15)) * 739699) & _MASK
                weight = (fx if a else 1 - fx) * (fy if b else 1 - fy) * (fz if c else 1 - fz)
                total += weight * (((state ^ (state >> 16)) & 0xFFFF) / 65535.0)
    return total
