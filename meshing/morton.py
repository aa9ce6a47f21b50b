"""The order in which points follow one another in space: neighbours in it lie near each other, and so in memory."""

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64, UInt64

_BITS = 21  # an axis


def morton_order(points: Float64[np.ndarray, "points 3"]) -> Int64[np.ndarray, "points"]:
    """The points along Morton's curve through their box; those of one cell keep their order."""
    from meshing import morton_numba

    order: np.ndarray = np.argsort(morton_numba.morton_code(points), kind="stable")
    return order


def welded(rows: Float32[np.ndarray, "n columns"]) -> tuple[Int64[np.ndarray, "unique"], Int64[np.ndarray, "n"]]:
    """The first of each set of equal rows, in the order of their first three columns in space; and each row's place.

    As numpy.unique over rows, which takes several times as long.
    """
    from meshing import morton_numba

    code = morton_numba.morton_code(rows[:, :3])
    order = np.argsort(code, kind="stable")
    differs = _steps(rows, order)
    if (differs & (code[order[1:]] == code[order[:-1]])).any():  # equal ones may lie apart
        order = np.lexsort((*rows.T, code))
        differs = _steps(rows, order)
    starts = np.concatenate([[True], differs])[: len(rows)]
    place = np.empty(len(rows), np.int64)
    place[order] = np.cumsum(starts) - 1
    return order[starts], place


def _steps(rows: Float32[np.ndarray, "n columns"], order: Int64[np.ndarray, "n"]) -> Bool[np.ndarray, "steps"]:
    """Whether each row but the first differs from the one before, in an order; column by column, as numpy is faster."""
    in_order = rows.take(order, axis=0)
    found: np.ndarray = np.logical_or.reduce([column[1:] != column[:-1] for column in in_order.T])
    return found


def morton_code(points: Float64[np.ndarray, "points 3"]) -> UInt64[np.ndarray, "points"]:
    """The bits of each coordinate, in 2^21 steps along the box's longest side, with those of the others between.

    The definition; `morton_numba.py` is what is used.
    """
    low = points.min(axis=0, initial=np.inf)
    extent = max(float((points.max(axis=0, initial=-np.inf) - low).max()), 1e-300)
    steps = ((points - low) * (((1 << _BITS) - 1) / extent)).astype(np.uint64)
    code = np.zeros(len(points), np.uint64)
    for k in range(3):
        code |= _spread(steps[:, k]) << np.uint64(2 - k)
    return code


def _spread(bits: UInt64[np.ndarray, "n"]) -> UInt64[np.ndarray, "n"]:
    """Two zeros after each of the lower 21 bits."""
    for shift, mask in (
        (32, 0x1F00000000FFFF),
        (16, 0x1F0000FF0000FF),
        (8, 0x100F00F00F00F00F),
        (4, 0x10C30C30C30C30C3),
        (2, 0x1249249249249249),
    ):
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return bits
