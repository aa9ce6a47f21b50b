"""What a loss asks of the places of samples, by way of the hash encoding; only camera refinement needs it.

The derivative of trilinear interpolation in `encoding.py`, then of the contraction in `march.py`, then summed along
each ray.
"""

from typing import no_type_check

import numpy as np
from numba import prange, uint64

from nerf.ngp.encoding_numba import corners, level_arrays
from nerf.ngp.jit_numba import BLOCK, kernel, parallel_kernel
from nerf.ngp.levels import Levels

ZERO, ONE, TWO, HALF, FOUR = (np.float32(value) for value in (0, 1, 2, 0.5, 4))
CHUNK = 64
X, Y, Z = np.uint64(0), np.uint64(1), np.uint64(2)


def points_gradient(
    points: np.ndarray, table: np.ndarray, levels: Levels, d_features: np.ndarray, says: np.ndarray
) -> np.ndarray:
    """Gradient (n, 3) of points in the unit cube, given that of their blocked features; `says` weighs the levels."""
    out = np.zeros((len(points), 3), np.float32)
    points_kernel(points, table, *level_arrays(levels), d_features, says.astype(np.float32), out)
    return out


def rays_gradient(
    d_points: np.ndarray,
    origins: np.ndarray,
    directions: np.ndarray,
    distances: np.ndarray,
    starts: np.ndarray,
    *,
    contracted: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of origins and directions (rays, 3) in flat coordinates from those of their samples' points."""
    d_origins, d_directions = np.zeros_like(origins), np.zeros_like(directions)
    rays_kernel(d_points, origins, directions, distances, starts, contracted, d_origins, d_directions)
    return d_origins, d_directions


@kernel
@no_type_check
def points_block(
    points, first, count, flat, base, scale, dense, resolution, size, n_features, d_features, row, weight, out
):
    """One level's share of a block's gradients."""
    for j in range(uint64(count)):
        i = first + j
        (i0, i1, i2, i3, i4, i5, i6, i7), fx, fy, fz = corners(points, i, scale, dense, resolution, size)
        ex, ey, ez = ONE - fx, ONE - fy, ONE - fz
        x = y = z = ZERO
        for f in range(n_features):
            g = weight * d_features[row + f, j]
            k = base + f
            v0, v1, v2, v3 = (flat[k + i0 * n_features], flat[k + i1 * n_features],
                              flat[k + i2 * n_features], flat[k + i3 * n_features])  # fmt: skip
            v4, v5, v6, v7 = (flat[k + i4 * n_features], flat[k + i5 * n_features],
                              flat[k + i6 * n_features], flat[k + i7 * n_features])  # fmt: skip
            x += g * (ez * (ey * (v1 - v0) + fy * (v3 - v2)) + fz * (ey * (v5 - v4) + fy * (v7 - v6)))
            y += g * (ez * (ex * (v2 - v0) + fx * (v3 - v1)) + fz * (ex * (v6 - v4) + fx * (v7 - v5)))
            z += g * (ey * (ex * (v4 - v0) + fx * (v5 - v1)) + fy * (ex * (v6 - v2) + fx * (v7 - v3)))
        out[i, X] += x
        out[i, Y] += y
        out[i, Z] += z


@parallel_kernel
@no_type_check
def points_kernel(points, table, scales, resolutions, dense, offsets, sizes, d_features, says, out):
    n, n_features, flat = points.shape[0], uint64(table.shape[1]), table.reshape(-1)
    for k in prange((n + BLOCK - 1) // BLOCK):
        first = k * BLOCK
        for level in range(scales.shape[0]):
            points_block(
                points, uint64(first), min(BLOCK, n - first), flat, offsets[level] * n_features, scales[level],
                dense[level] != 0, resolutions[level], sizes[level], n_features, d_features[k],
                uint64(level) * n_features, scales[level] * says[level], out,
            )  # fmt: skip


@parallel_kernel
@no_type_check
def rays_kernel(d_points, origins, directions, distances, starts, contracted, d_origins, d_directions):
    n = starts.shape[0] - 1
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for r in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            for i in range(uint64(starts[r]), uint64(starts[r + 1])):
                t = distances[i]
                gx, gy, gz = d_points[i, 0], d_points[i, 1], d_points[i, 2]
                if contracted:
                    x = (origins[r, 0] + t * directions[r, 0] - HALF) * FOUR
                    y = (origins[r, 1] + t * directions[r, 1] - HALF) * FOUR
                    z = (origins[r, 2] + t * directions[r, 2] - HALF) * FOUR
                    ax, ay, az = abs(x), abs(y), abs(z)
                    m = max(ax, max(ay, az))
                    if m > ONE:
                        scale = (TWO - ONE / m) / m
                        along = (TWO / (m * m * m) - TWO / (m * m)) * (gx * x + gy * y + gz * z)
                        gx, gy, gz = gx * scale, gy * scale, gz * scale
                        if ax >= ay and ax >= az:
                            gx += along * np.sign(x)
                        elif ay >= az:
                            gy += along * np.sign(y)
                        else:
                            gz += along * np.sign(z)
                d_origins[r, 0] += gx
                d_origins[r, 1] += gy
                d_origins[r, 2] += gz
                d_directions[r, 0] += t * gx
                d_directions[r, 1] += t * gy
                d_directions[r, 2] += t * gz
