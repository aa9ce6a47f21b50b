"""Marching on the CPU: the compiled twin of `march.py`, over a two-level bit field.

Empty cells, and empty blocks of 4^3 cells, are stepped over on the same lattice of distances, so that the samples
are those of the definition. The first pass keeps the distances of a ray's samples, the second writes them packed.
"""

import math
from typing import no_type_check

import numpy as np
from numba import int32, int64, prange, uint32, uint64

from nerf.ngp.jit_numba import inlined, kernel, parallel_kernel
from nerf.ngp.march import Marching, Samples

ZERO, ONE, HALF, QUARTER = np.float32(0), np.float32(1), np.float32(0.5), np.float32(0.25)
TINY = np.float32(1e-8)
CHUNK = 64


def march(
    origins: np.ndarray, directions: np.ndarray, jitter: np.ndarray, occupied: np.ndarray, settings: Marching
) -> Samples:
    """Samples in occupied cells (bool, indexed z, y, x), as `march.march`."""
    bits, coarse = bit_fields(occupied)
    distances = np.empty((len(origins), settings.max_samples), np.float32)
    counts = np.empty(len(origins), np.int64)
    begin = np.zeros(len(origins), np.float32)
    size, values = occupied.shape[0], numbers(settings)
    count_kernel(origins, directions, jitter, begin, values, bits, coarse, size, distances, counts)
    starts = np.concatenate([[0], np.cumsum(counts)])
    n = int(starts[-1])
    samples = Samples(np.empty((n, 3), np.float32), np.empty(n, np.float32), np.empty(n, np.float32), starts)
    along = np.empty((n, 3), np.float32)
    write_kernel(
        origins,
        directions,
        numbers(settings),
        distances,
        starts,
        samples.points,
        samples.distances,
        samples.steps,
        along,
    )
    return samples


def numbers(settings: Marching) -> tuple[np.float32, np.float32, np.float32, np.float32, np.float32, bool]:
    """The settings as the kernels take them."""
    values = (settings.step, settings.cone, settings.step_max, settings.near, settings.far)
    step, cone, step_max, near, far = (np.float32(value) for value in values)
    return step, cone, step_max, near, far, settings.contracted


def bit_fields(occupied: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One bit per cell and one per block of 4^3 cells; x fastest."""
    size = occupied.shape[0]
    blocks = occupied.reshape(size // 4, 4, size // 4, 4, size // 4, 4).any((1, 3, 5))
    return np.packbits(occupied.reshape(-1), bitorder="little"), np.packbits(blocks.reshape(-1), bitorder="little")


@inlined
@no_type_check
def contracted_point(x, y, z):
    """`march.contract` of one point."""
    x, y, z = (x - HALF) * np.float32(4), (y - HALF) * np.float32(4), (z - HALF) * np.float32(4)
    m = max(max(abs(x), abs(y)), max(abs(z), ONE))
    scale = QUARTER * (np.float32(2) - ONE / m) / m
    return HALF + scale * x, HALF + scale * y, HALF + scale * z


@inlined
@no_type_check
def cell_of(x, size):
    """Index of the cell that holds a coordinate."""
    return uint32(min(max(int32(x * np.float32(size)), int32(0)), int32(size - 1)))


@inlined
@no_type_check
def has_bit(bits, index):
    return (bits[index >> uint64(3)] >> (index & uint64(7))) & 1


@inlined
@no_type_check
def leave_cell(x, cell, width, size, inverse):
    """Distance along a ray from coordinate x to the far side of its cell."""
    side = cell + uint32(width) if inverse > ZERO else cell
    return (np.float32(side) / np.float32(size) - x) * inverse


@inlined
@no_type_check
def safe_inverse(d):
    return ONE / (d if abs(d) > TINY else TINY)


@inlined
@no_type_check
def span(ox, oy, oz, ix, iy, iz, near, far, contracted):
    """Distances between which a ray is marched."""
    if contracted:
        return near, far
    ax, bx, ay, by, az, bz = -ox * ix, (ONE - ox) * ix, -oy * iy, (ONE - oy) * iy, -oz * iz, (ONE - oz) * iz
    enter = max(max(min(ax, bx), min(ay, by)), min(az, bz))
    leave = min(min(max(ax, bx), max(ay, by)), max(az, bz))
    return max(enter, near), min(leave, far)


@kernel
@no_type_check
def march_ray(ox, oy, oz, dx, dy, dz, jitter, begin, settings, bits, coarse, size, distances):
    """Distances of one ray's samples from `begin` on (0: from where it enters); returns how many."""
    step, cone, step_max, near, far, contracted = settings
    ix, iy, iz = safe_inverse(dx), safe_inverse(dy), safe_inverse(dz)
    enter, leave = span(ox, oy, oz, ix, iy, iz, near, far, contracted)
    first = begin if begin > ZERO else enter + jitter * min(max(enter * cone, step), step_max)
    t, k, n, limit = first, 0, 0, distances.shape[0]
    quarter = uint64(size // 4)
    while t < leave and n < limit:
        px, py, pz = ox + t * dx, oy + t * dy, oz + t * dz
        x, y, z = px, py, pz
        if contracted:
            x, y, z = contracted_point(px, py, pz)
        cx, cy, cz = cell_of(x, size), cell_of(y, size), cell_of(z, size)
        block = uint64(cx >> 2) + quarter * (uint64(cy >> 2) + quarter * uint64(cz >> 2))
        width = uint32(4)
        if has_bit(coarse, block):
            width = uint32(1)
            if has_bit(bits, uint64(cx) + uint64(size) * (uint64(cy) + uint64(size) * uint64(cz))):
                distances[n] = t
                n += 1
                width = uint32(0)
        target = t
        if width > 0 and (not contracted or (x == px and y == py and z == pz)):
            cx, cy, cz = cx & ~(width - uint32(1)), cy & ~(width - uint32(1)), cz & ~(width - uint32(1))
            out = min(min(leave_cell(x, cx, width, size, ix), leave_cell(y, cy, width, size, iy)),
                      leave_cell(z, cz, width, size, iz))  # fmt: skip
            target = t + max(out, ZERO)
        if cone == ZERO:
            k = max(k + 1, int64(math.ceil((target - first) / step)))  # on CUDA a ceiling is a float
            t = first + np.float32(k) * step
        else:
            t += min(max(t * cone, step), step_max)
            while t < target:
                t += min(max(t * cone, step), step_max)
    return n


@parallel_kernel
@no_type_check
def count_kernel(origins, directions, jitter, begin, settings, bits, coarse, size, distances, counts):
    n = origins.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for r in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            counts[r] = march_ray(
                origins[r, 0], origins[r, 1], origins[r, 2], directions[r, 0], directions[r, 1], directions[r, 2],
                jitter[r], begin[r], settings, bits, coarse, size, distances[r],
            )  # fmt: skip


@parallel_kernel
@no_type_check
def write_kernel(origins, directions, settings, distances, starts, points, t_out, steps, along):
    step, cone, step_max, _, _, contracted = settings
    n = starts.shape[0] - 1
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for r in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            ox, oy, oz = origins[r, 0], origins[r, 1], origins[r, 2]
            dx, dy, dz = directions[r, 0], directions[r, 1], directions[r, 2]
            for i in range(starts[r + 1] - starts[r]):
                t, k = distances[r, i], starts[r] + i
                x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
                if contracted:
                    x, y, z = contracted_point(x, y, z)
                points[k, 0] = min(max(x, ZERO), ONE)
                points[k, 1] = min(max(y, ZERO), ONE)
                points[k, 2] = min(max(z, ZERO), ONE)
                t_out[k] = t
                steps[k] = min(max(t * cone, step), step_max)
                along[k, 0], along[k, 1], along[k, 2] = dx, dy, dz
