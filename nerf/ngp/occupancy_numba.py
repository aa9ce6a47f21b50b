"""The loops of the occupancy grid, compiled: points in cells, densities into cells, what cameras see."""

from typing import no_type_check

import numpy as np
from numba import prange

from nerf.ngp.jit_numba import kernel, parallel_kernel

CHUNK = 4096
ZERO, ONE = np.float32(0), np.float32(1)
AGREED = 0.8  # share of the depth pictures that must look through what counts as empty


def cell_points(cells: np.ndarray, size: int, draws: np.ndarray) -> np.ndarray:
    """Points of the unit cube in each cell, given three numbers in [0, 1) each."""
    out = np.empty((len(cells), 3), np.float32)
    points_kernel(cells, size, draws, out)
    return out


@parallel_kernel
@no_type_check
def points_kernel(cells, size, draws, out):
    n, width = cells.shape[0], np.float32(1 / size)
    for i in prange(n):
        z, rest = cells[i] // (size * size), cells[i] % (size * size)
        out[i, 0] = (np.float32(rest % size) + draws[i, 0]) * width
        out[i, 1] = (np.float32(rest // size) + draws[i, 1]) * width
        out[i, 2] = (np.float32(z) + draws[i, 2]) * width


@kernel
@no_type_check
def raise_cells(density, stamps, cells, found, stamp, decay):
    """Decay each cell once per stamp, then density[cell] = max(density[cell], found)."""
    for i in range(cells.shape[0]):
        cell = cells[i]
        if stamps[cell] != stamp:
            stamps[cell] = stamp
            density[cell] *= decay
        density[cell] = max(density[cell], found[i])


@parallel_kernel
@no_type_check
def seen_kernel(points, radius, camera_from_flat, tangents, near, out):
    """Whether a ball around each point reaches into any camera's pyramid (half widths given as tangents)."""
    n = points.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for i in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            seen = False
            for c in range(camera_from_flat.shape[0]):
                m = camera_from_flat[c]
                x = m[0, 0] * points[i, 0] + m[0, 1] * points[i, 1] + m[0, 2] * points[i, 2] + m[0, 3]
                y = m[1, 0] * points[i, 0] + m[1, 1] * points[i, 1] + m[1, 2] * points[i, 2] + m[1, 3]
                z = m[2, 0] * points[i, 0] + m[2, 1] * points[i, 1] + m[2, 2] * points[i, 2] + m[2, 3]
                left, right, top, bottom = tangents[c, 0], tangents[c, 1], tangents[c, 2], tangents[c, 3]
                r = radius[i]
                if z + r > near and (
                    right <= left  # a lens too wide for a pyramid sees everything
                    or (
                        x - left * z > -r * np.sqrt(1 + left * left)
                        and right * z - x > -r * np.sqrt(1 + right * right)
                        and y - top * z > -r * np.sqrt(1 + top * top)
                        and bottom * z - y > -r * np.sqrt(1 + bottom * bottom)
                    )
                ):
                    seen = True
                    break
            out[i] = seen


@parallel_kernel
@no_type_check
def freed_kernel(points, radius, camera_from_flat, lenses, nearest, farthest, slack, out):
    """Whether measured depth shows the ball around each point to be empty: two pictures look through it, and of all
    that look through it or meet something in it at least `AGREED`.

    `nearest` and `farthest` are the least and the greatest depth of each block of pixels, 0 where none is known, and
    `lenses` focal lengths and centres in blocks; `slack` is the share of the depth by which it may be wrong.
    """
    n, (views, height, width) = points.shape[0], nearest.shape
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for i in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            through, met, r = 0, 0, radius[i]
            for c in range(views):
                m = camera_from_flat[c]
                z = m[2, 0] * points[i, 0] + m[2, 1] * points[i, 1] + m[2, 2] * points[i, 2] + m[2, 3]
                if z <= r:
                    continue
                x = m[0, 0] * points[i, 0] + m[0, 1] * points[i, 1] + m[0, 2] * points[i, 2] + m[0, 3]
                y = m[1, 0] * points[i, 0] + m[1, 1] * points[i, 1] + m[1, 2] * points[i, 2] + m[1, 3]
                u, v = lenses[c, 0] * x / z + lenses[c, 2], lenses[c, 1] * y / z + lenses[c, 3]
                reach_x, reach_y = lenses[c, 0] * r / z, lenses[c, 1] * r / z
                if u < reach_x or v < reach_y or u > width - reach_x or v > height - reach_y:
                    continue
                low, high = np.float32(np.inf), np.float32(0)
                for b in range(int(v - reach_y), min(int(v + reach_y) + 1, height)):
                    for a in range(int(u - reach_x), min(int(u + reach_x) + 1, width)):
                        low, high = min(low, nearest[c, b, a]), max(high, farthest[c, b, a])
                if low > ZERO and z + r < low * (ONE - slack):
                    through += 1
                elif high > ZERO and z - r < high * (ONE + slack):
                    met += 1
            out[i] = through >= 2 and through >= AGREED * (through + met)
