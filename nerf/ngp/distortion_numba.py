"""The gradient of the distortion loss on the CPU: compiled twin of `distortion.py`, by prefix sums along each ray."""

from typing import no_type_check

import numpy as np
from numba import prange, uint64

from nerf.ngp.jit_numba import parallel_kernel

ZERO, ONE, TWO, THIRD = np.float32(0), np.float32(1), np.float32(2), np.float32(1 / 3)
CHUNK = 64


def distortion_gradient(
    weights: np.ndarray, distances: np.ndarray, steps: np.ndarray, starts: np.ndarray, scale: float, factor: float
) -> np.ndarray:
    """What `factor` times the sum of all rays' distortion asks of each weight."""
    out = np.zeros(len(weights), np.float32)
    distortion_kernel(weights, distances, steps, starts, np.float32(scale), np.float32(factor), out)
    return out


@parallel_kernel
@no_type_check
def distortion_kernel(weights, distances, steps, starts, scale, factor, out):
    n = starts.shape[0] - 1
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for r in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            after, s_after, before, s_before = ZERO, ZERO, ZERO, ZERO
            for i in range(uint64(starts[r]), uint64(starts[r + 1])):
                after += weights[i]
                s_after += weights[i] * distances[i] / (distances[i] + scale)
            for i in range(uint64(starts[r]), uint64(starts[r + 1])):
                w, bend = weights[i], ONE / (distances[i] + scale)
                s = distances[i] * bend
                after -= w
                s_after -= w * s
                pairs = s * (before - after) - (s_before - s_after)
                out[i] = factor * TWO * (pairs + THIRD * w * steps[i] * scale * bend * bend)
                before += w
                s_before += w * s
