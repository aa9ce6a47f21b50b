"""Hash encoding on CUDA: `encoding.py` by the CPU kernels' own scalar functions, one thread per sample and level.

Neighbouring threads take neighbouring samples of one level, whose corners are close in memory. The backward adds
atomically: sums round differently from run to run.
"""

from functools import cache
from typing import Any, no_type_check

import numpy as np
import torch
from jaxtyping import Float
from numba import cuda, uint32, uint64

from nerf.ngp.encoding_numba import corners, level_arrays
from nerf.ngp.jit_cuda import constants, device_twin, kernel, launch
from nerf.ngp.levels import Levels

ONE = np.float32(1)
corners_of = device_twin(corners)


@kernel
@no_type_check
def encode_kernel(points, table, scales, resolutions, dense, offsets, sizes, out):
    """One level's features of one sample."""
    n, thread = points.shape[0], cuda.grid(1)
    level, i = thread // n, thread % n
    if level >= scales.shape[0]:
        return
    entries, fx, fy, fz = corners_of(
        points, i, scales[level], dense[level] != 0, uint32(resolutions[level]), uint32(sizes[level])
    )
    i0, i1, i2, i3, i4, i5, i6, i7 = entries
    ex, ey, ez = ONE - fx, ONE - fy, ONE - fz
    w0, w1, w2, w3 = ey * ez, fy * ez, ey * fz, fy * fz
    base, n_features = uint64(offsets[level]), table.shape[1]
    for f in range(n_features):
        out[i, level * n_features + f] = (
            w0 * (ex * table[base + i0, f] + fx * table[base + i1, f])
            + w1 * (ex * table[base + i2, f] + fx * table[base + i3, f])
            + w2 * (ex * table[base + i4, f] + fx * table[base + i5, f])
            + w3 * (ex * table[base + i6, f] + fx * table[base + i7, f])
        )


@kernel
@no_type_check
def encode_backward_kernel(points, d_features, scales, resolutions, dense, offsets, sizes, d_table):
    """What one sample asks of one level's entries."""
    n, thread = points.shape[0], cuda.grid(1)
    level, i = thread // n, thread % n
    if level >= scales.shape[0]:
        return
    entries, fx, fy, fz = corners_of(
        points, i, scales[level], dense[level] != 0, uint32(resolutions[level]), uint32(sizes[level])
    )
    i0, i1, i2, i3, i4, i5, i6, i7 = entries
    ex, ey, ez = ONE - fx, ONE - fy, ONE - fz
    w0, w1, w2, w3 = ey * ez, fy * ez, ey * fz, fy * fz
    base, n_features = uint64(offsets[level]), d_table.shape[1]
    for f in range(n_features):
        g = d_features[i, level * n_features + f]
        cuda.atomic.add(d_table, (base + i0, f), g * w0 * ex)
        cuda.atomic.add(d_table, (base + i1, f), g * w0 * fx)
        cuda.atomic.add(d_table, (base + i2, f), g * w1 * ex)
        cuda.atomic.add(d_table, (base + i3, f), g * w1 * fx)
        cuda.atomic.add(d_table, (base + i4, f), g * w2 * ex)
        cuda.atomic.add(d_table, (base + i5, f), g * w2 * fx)
        cuda.atomic.add(d_table, (base + i6, f), g * w3 * ex)
        cuda.atomic.add(d_table, (base + i7, f), g * w3 * fx)


@cache
def level_tables(levels: Levels, device: torch.device) -> tuple[torch.Tensor, ...]:
    """The levels' geometry on the device; copied once, because nothing may be copied while a graph is recorded."""
    return constants(*level_arrays(levels), device=device)


class Encode(torch.autograd.Function):
    """Features of points, with the gradient of the table (not that of the points)."""

    @staticmethod
    def forward(ctx: Any, points: torch.Tensor, table: torch.Tensor, levels: Levels) -> torch.Tensor:
        tables = level_tables(levels, points.device)
        out = points.new_empty(len(points), levels.width)
        launch(encode_kernel, len(points) * levels.n_levels, points, table, *tables, out)
        ctx.save_for_backward(points, *tables)
        ctx.shape, ctx.n_levels = table.shape, levels.n_levels
        return out

    @staticmethod
    def backward(ctx: Any, d_features: torch.Tensor) -> tuple[None, torch.Tensor, None]:  # type: ignore[override]
        points, *tables = ctx.saved_tensors
        d_table = points.new_zeros(ctx.shape)
        arguments = points, d_features.contiguous().float(), *tables, d_table
        launch(encode_backward_kernel, len(points) * ctx.n_levels, *arguments)
        return None, d_table, None


def encode(
    points: Float[torch.Tensor, "points 3"], table: Float[torch.Tensor, "entries features"], levels: Levels
) -> Float[torch.Tensor, "points width"]:
    """Features of points in the unit cube, as `encoding.encode`."""
    result: torch.Tensor = Encode.apply(points.contiguous(), table, levels)  # type: ignore[no-untyped-call]
    return result
