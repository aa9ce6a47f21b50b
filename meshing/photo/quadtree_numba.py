"""`quadtree.py` in compiled loops: the same squares and triangles."""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Int64
from numba import njit

from meshing.photo.quadtree import LARGEST


def blocks(
    disparity: Float32[np.ndarray, "h w"],
    right: Bool[np.ndarray, "h w"],
    down: Bool[np.ndarray, "h w"],
    tolerance: float,
) -> tuple[Int64[np.ndarray, "blocks 3"], Bool[np.ndarray, "h w"]]:
    """See `meshing.photo.quadtree.blocks`."""
    found, covered = _blocks(disparity, right, down, tolerance, LARGEST)
    return found, covered


def triangles(squares: Int64[np.ndarray, "blocks 3"], used: Bool[np.ndarray, "h w"]) -> Int64[np.ndarray, "faces 3"]:
    """See `meshing.photo.quadtree.triangles`."""
    return np.asarray(_triangles(squares, used.copy()))


@njit(cache=True)
@no_type_check
def _blocks(disparity: Any, right: Any, down: Any, tolerance: Any, largest: Any) -> Any:
    height, width = disparity.shape
    covered = np.zeros((height, width), np.bool_)
    found = np.empty((height * width // 4 + 1, 3), np.int64)
    n = 0
    side = largest
    while side >= 2:
        for y in range(0, height - side, side):
            for x in range(0, width - side, side):
                if not covered[y, x] and _flat(disparity, right, down, x, y, side, tolerance):
                    covered[y : y + side, x : x + side] = True
                    found[n, 0], found[n, 1], found[n, 2] = x, y, side
                    n += 1
        side //= 2
    return found[:n].copy(), covered


@njit(cache=True)
@no_type_check
def _flat(disparity: Any, right: Any, down: Any, x: Any, y: Any, side: Any, tolerance: Any) -> Any:
    for v in range(y, y + side + 1):
        for u in range(x, x + side + 1):
            if (u < x + side and not right[v, u]) or (v < y + side and not down[v, u]):
                return False
    a, b = np.float64(disparity[y, x]), np.float64(disparity[y, x + side])
    c, d = np.float64(disparity[y + side, x]), np.float64(disparity[y + side, x + side])
    for v in range(side + 1):
        t = v / side
        for u in range(side + 1):
            s = u / side
            plane = a * (1 - s) * (1 - t) + b * s * (1 - t) + c * (1 - s) * t + d * s * t
            if abs(disparity[y + v, x + u] - plane) > tolerance:
                return False
    return True


@njit(cache=True)
@no_type_check
def _triangles(squares: Any, used: Any) -> Any:
    width = used.shape[1]
    most = 0
    for q in range(squares.shape[0]):
        x, y, side = squares[q, 0], squares[q, 1], squares[q, 2]
        used[y, x] = used[y, x + side] = used[y + side, x] = used[y + side, x + side] = True
        most += 4 * side
    faces = np.empty((most, 3), np.int64)
    rim = np.empty(4 * 64, np.int64)
    n = 0
    for q in range(squares.shape[0]):
        x, y, side = squares[q, 0], squares[q, 1], squares[q, 2]
        m = 0
        for k in range(4 * side):
            edge, along = k // side, k % side
            u = x + (along if edge == 0 else side if edge == 1 else side - along if edge == 2 else 0)
            v = y + (0 if edge == 0 else along if edge == 1 else side if edge == 2 else side - along)
            if used[v, u]:
                rim[m] = v * width + u
                m += 1
        if m == 4:
            faces[n, 0], faces[n, 1], faces[n, 2] = rim[0], rim[3], rim[1]
            faces[n + 1, 0], faces[n + 1, 1], faces[n + 1, 2] = rim[1], rim[3], rim[2]
            n += 2
            continue
        middle = (y + side // 2) * width + x + side // 2
        for k in range(m):
            faces[n, 0], faces[n, 1], faces[n, 2] = middle, rim[(k + 1) % m], rim[k]
            n += 1
    return faces[:n].copy()
