"""Smooth random numbers in space, the same on every machine: the definition, in numpy. The fast twin:
`noise_numba.py`."""

import numpy as np
from jaxtyping import Float, Float64, Real

_MASK = 0xFFFFFFFF


def random_of(first: Real[np.ndarray, "n"], second: Real[np.ndarray, "n"], seed: int = 0) -> Float64[np.ndarray, "n"]:
    """A number from 0 to 1 for each pair of whole numbers."""
    return _hashed(first.astype(np.int64), second.astype(np.int64), np.zeros(len(first), np.int64), seed)


def layered(points: Float[np.ndarray, "n 3"], octaves: int = 4, seed: int = 0) -> Float64[np.ndarray, "n"]:
    """Value noise of cells of size 1, then of 1/2, 1/4 ..., each half as strong; from 0 to 1 with mean 1/2."""
    total, weight, share = np.zeros(len(points)), 0.0, 1.0
    for octave in range(octaves):
        total += share * _noise(points.astype(np.float64) * 2.0**octave + 17.3 * octave, seed + octave)
        weight += share
        share *= 0.5
    return total / weight


def _noise(points: Float64[np.ndarray, "n 3"], seed: int) -> Float64[np.ndarray, "n"]:
    corner = np.floor(points).astype(np.int64)
    share = points - corner
    share = share * share * (3 - 2 * share)
    total = np.zeros(len(points))
    for offset in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(np.array(offset), share, 1 - share), axis=1)
        x, y, z = (corner + offset).T
        total += weight * _hashed(x, y, z, seed)
    return total


def _hashed(x: np.ndarray, y: np.ndarray, z: np.ndarray, seed: int) -> np.ndarray:
    state = ((x * 73856093) ^ (y * 19349663) ^ (z * 83492791) ^ (seed * 40503)) & _MASK
    state = ((state ^ (state >> 13)) * 1274126177) & _MASK
    state = ((state ^ (state >> 15)) * 739699) & _MASK
    numbers: np.ndarray = ((state ^ (state >> 16)) & 0xFFFF) / 65535.0
    return numbers
