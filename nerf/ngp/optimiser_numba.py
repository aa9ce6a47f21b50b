"""Adam over flat arrays, compiled: one pass that also clears the gradient (Kingma and Ba 2015)."""

from typing import no_type_check

import numpy as np
from numba import prange, uint64

from nerf.ngp.jit_numba import kernel, parallel_kernel

CHUNK = 1 << 15
BETA_1, BETA_2, EPSILON = 0.9, 0.99, 1e-15


class Adam:
    """First and second moments of a float32 array."""

    def __init__(self, parameters: np.ndarray) -> None:
        self.first, self.second = np.zeros(parameters.size, np.float32), np.zeros(parameters.size, np.float32)

    def step(self, parameters: np.ndarray, gradient: np.ndarray, *, number: int, rate: float, decay: float = 0) -> None:
        """Update in place with the gradient of step `number` (from 1), and set the gradient to zero."""
        alpha = np.float32(rate / (1 - BETA_1**number))
        correction = np.float32(1 / (1 - BETA_2**number) ** 0.5)
        adam_kernel(
            parameters.reshape(-1), gradient.reshape(-1), self.first, self.second, alpha, correction, np.float32(decay)
        )


@kernel
@no_type_check
def adam_range(p, g, m, v, start, stop, alpha, correction, decay):
    b1, b2 = np.float32(BETA_1), np.float32(BETA_2)
    for i in range(uint64(start), uint64(stop)):
        gradient = g[i] + decay * p[i]
        first = b1 * m[i] + (np.float32(1) - b1) * gradient
        second = b2 * v[i] + (np.float32(1) - b2) * gradient * gradient
        m[i] = first
        v[i] = second
        p[i] -= alpha * first / (np.sqrt(second) * correction + np.float32(EPSILON))
        g[i] = np.float32(0)


@parallel_kernel
@no_type_check
def adam_kernel(p, g, m, v, alpha, correction, decay):
    n = p.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        adam_range(p, g, m, v, chunk * CHUNK, min(n, (chunk + 1) * CHUNK), alpha, correction, decay)


@parallel_kernel
@no_type_check
def average_kernel(average, p, keep):
    """average = keep * average + (1 - keep) * p."""
    n = p.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for i in range(uint64(chunk * CHUNK), uint64(min(n, (chunk + 1) * CHUNK))):
            average[i] += (np.float32(1) - keep) * (p[i] - average[i])
