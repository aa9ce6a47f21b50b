"""Random numbers without a state: a hash of seed, step, stream and index, the same whatever thread asks.

A training run that resumes at a step needs no generator's state to go on as if it had never stopped.
"""

from typing import no_type_check

import numpy as np
from numba import prange, uint32

from nerf.ngp.jit_numba import inlined, parallel_kernel

RAYS, BACKGROUND, JITTER, CELLS, POINTS, GUIDED, EXPLORE = range(7)  # streams


@inlined
@no_type_check
def scramble(x):
    """Integer hash with an avalanche bias of 0.1 % (lowbias32 of hash-prospector)."""
    x = uint32(x ^ (x >> uint32(16)))
    x = uint32(x * uint32(0x7FEB352D))
    x = uint32(x ^ (x >> uint32(15)))
    x = uint32(x * uint32(0x846CA68B))
    return uint32(x ^ (x >> uint32(16)))


@inlined
@no_type_check
def bits(seed, step, stream, index):
    """32 random bits."""
    key = scramble(uint32(uint32(seed) + uint32(0x9E3779B9) * uint32(stream + 1)))
    key = scramble(uint32(key ^ uint32(uint32(step) * uint32(0x85EBCA6B) + uint32(1))))
    return scramble(uint32(key ^ scramble(uint32(uint32(index) + uint32(0x27D4EB2F)))))


@inlined
@no_type_check
def uniform(seed, step, stream, index):
    """A number in [0, 1)."""
    return np.float32(bits(seed, step, stream, index) >> uint32(8)) * np.float32(1 / (1 << 24))


@parallel_kernel
@no_type_check
def fill_uniform(seed, step, stream, out):
    """Fill a flat array with numbers in [0, 1)."""
    for i in prange(out.shape[0]):
        out[i] = uniform(seed, step, stream, i)
