"""A sparse grid from any function of space: a density, a signed distance. Only blocks near the surface are kept.

Each lattice point is asked for once, in slabs across x, so blocks meet without seams even when the function rounds
differently from batch to batch, and memory is two slabs (16 r^2 floats) and the surface.
"""

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Float64, Shaped

from meshing.grid import SIDE, SparseGrid, pack

Field = Callable[[np.ndarray], np.ndarray]
_BATCH = 1 << 18  # points asked for at once
_COARSE = 96  # points a side from which a level is chosen


def sample_field(
    field: Field,
    low: Float64[np.ndarray, "3"],
    high: Float64[np.ndarray, "3"],
    resolution: int,
    *,
    level: float,
    inside: Literal["below", "above"],
    closed: bool = True,
) -> SparseGrid:
    """Samples of `field` (float32 (n, 3) to (n,)) in a box, `resolution` along its longest side, near `level`.

    With `closed` the box's own border counts as outside, so that what reaches it is capped and not left open.
    """
    _check(low, high, resolution)
    voxel = float((high - low).max() / (resolution - 1))
    shape = np.ceil((high - low) / voxel - 1e-9).astype(np.int64) + 1
    outside = np.float32(level + (1 if inside == "below" else -1) * max(1.0, abs(level)))
    found_blocks, found_values = [], []
    wanted = np.zeros(0, bool)  # blocks of this slab that the one before needs
    slabs = _slabs(field, low, voxel, shape, outside if closed else None)
    here = next(slabs)
    for number in range(-(-int(shape[0]) // SIDE)):
        after = next(slabs, np.full_like(here, np.nan))
        mixed = _mixed(np.concatenate([here, after[:1]]), level)
        keep = _forward(mixed) | (wanted if wanted.size else False)
        wanted = _forward(mixed)
        y, z = np.nonzero(keep)
        found_blocks.append(np.stack([np.full(len(y), number), y, z], axis=1))
        found_values.append(_cut(here)[y, z])
        here = after
    blocks = np.concatenate(found_blocks).astype(np.int32)
    order = np.argsort(pack(blocks))
    return SparseGrid(low.astype(np.float64), voxel, blocks[order], np.concatenate(found_values)[order])


def choose_level(field: Field, low: Float64[np.ndarray, "3"], high: Float64[np.ndarray, "3"]) -> float:
    """The density that best parts space into empty and full: Otsu 1979 on the logarithm of coarse samples."""
    _check(low, high, _COARSE)
    axes = [np.linspace(a, b, _COARSE, dtype=np.float32) for a, b in zip(low, high, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    values = np.concatenate([_asked(field, points[i : i + _BATCH]) for i in range(0, len(points), _BATCH)])
    values = values[values > 0]
    if len(values) == 0 or values.min() == values.max():
        raise ValueError(
            f"field: holds nothing to cut between {low.tolist()} and {high.tolist()} (one value everywhere)"
        )
    logs = np.log(np.maximum(values, values.max() * 1e-6)).astype(np.float64)
    counts, edges = np.histogram(logs, bins=256)
    centers = 0.5 * (edges[1:] + edges[:-1])
    below = np.cumsum(counts)
    above = below[-1] - below
    moment = np.cumsum(counts * centers)
    apart = moment / np.maximum(below, 1) - (moment[-1] - moment) / np.maximum(above, 1)
    between = below.astype(np.float64) * above * apart**2
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))  # an empty gap is equally good all along: its middle
    return float(np.exp(edges[1:][best].mean()))


def _slabs(
    field: Field, low: Float64[np.ndarray, "3"], voxel: float, shape: Shaped[np.ndarray, "3"], border: np.float32 | None
) -> Iterator[Float32[np.ndarray, "8 y z"]]:
    """Eight layers at a time across x, padded with NaN to whole blocks."""
    nx, ny, nz = (int(n) for n in shape)
    y, z = (np.float64(low[k]) + voxel * np.arange(n) for k, n in ((1, ny), (2, nz)))
    for start in range(0, nx, SIDE):
        slab = np.full((SIDE, -(-ny // SIDE) * SIDE, -(-nz // SIDE) * SIDE), np.nan, np.float32)
        for layer in range(min(SIDE, nx - start)):
            x = low[0] + voxel * (start + layer)
            points = np.stack([np.full((ny, nz), x), *np.meshgrid(y, z, indexing="ij")], axis=-1)
            points = points.reshape(-1, 3).astype(np.float32)
            parts = [_asked(field, points[i : i + _BATCH]) for i in range(0, len(points), _BATCH)]
            values = np.concatenate(parts).reshape(ny, nz)
            if border is not None:
                if start + layer in (0, nx - 1):
                    values[:] = border
                values[[0, -1]] = border
                values[:, [0, -1]] = border
            slab[layer, :ny, :nz] = values
        yield slab


def _asked(field: Field, points: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n"]:
    values = np.array(field(points), dtype=np.float32)
    if values.shape != (len(points),):
        raise ValueError(f"field: must give one number per point, ({len(points)},) (got {values.shape})")
    if not np.isfinite(values).all():
        where = points[~np.isfinite(values)][0].tolist()
        raise ValueError(f"field: must be finite (got {values[~np.isfinite(values)][0]} at {where})")
    return values


def _mixed(padded: Float32[np.ndarray, "9 y z"], level: float) -> Bool[np.ndarray, "by bz"]:
    """Which blocks of a slab, with one layer more on the far sides, hold samples on both sides of the level."""
    rim = np.full((padded.shape[0], padded.shape[1] + 1, padded.shape[2] + 1), np.nan, np.float32)
    rim[:, :-1, :-1] = padded
    found = []
    for is_side in (rim < level, rim >= level):
        any_x: np.ndarray = np.any(is_side, axis=0)
        any_y = np.add.reduceat(any_x[:-1], np.arange(0, any_x.shape[0] - 1, SIDE), axis=0) + any_x[SIDE::SIDE]
        any_z = np.add.reduceat(any_y[:, :-1], np.arange(0, any_y.shape[1] - 1, SIDE), axis=1) + any_y[:, SIDE::SIDE]
        found.append(any_z > 0)
    mixed: np.ndarray = found[0] & found[1]
    return mixed


def _forward(mixed: Bool[np.ndarray, "by bz"]) -> Bool[np.ndarray, "by bz"]:
    """Blocks and their neighbours on the far sides, whose first layers they need."""
    keep = mixed.copy()
    keep[1:] |= mixed[:-1]
    keep[:, 1:] |= mixed[:, :-1]
    keep[1:, 1:] |= mixed[:-1, :-1]
    return keep


def _cut(slab: Float32[np.ndarray, "8 y z"]) -> Float32[np.ndarray, "by bz 8 8 8"]:
    _, y, z = slab.shape
    return slab.reshape(SIDE, y // SIDE, SIDE, z // SIDE, SIDE).transpose(1, 3, 0, 2, 4)


def _check(low: Float64[np.ndarray, "3"], high: Float64[np.ndarray, "3"], resolution: int) -> None:
    if not (np.isfinite(low).all() and np.isfinite(high).all() and (high > low).all()):
        raise ValueError(f"bounds: low must lie below high on each axis (got {low.tolist()} and {high.tolist()})")
    if not 8 <= resolution <= 4096:
        raise ValueError(f"resolution: must be 8 to 4096 (got {resolution})")
