"""Distances of points from a mesh, exact, through a tree of boxes in compiled loops.

Faces are sorted along a space-filling curve and four neighbours share a leaf, so the tree is a full binary one that
needs no pointers: node i has the children 2 i + 1 and 2 i + 2.
"""

from functools import partial
from typing import Any, NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float64, Int64
from numba import njit

from meshing.morton import morton_order

_LEAF = 4  # faces
_DEEP = 64  # places on the stack, more than a tree of 2^31 leaves needs

_compiled = partial(njit, cache=True, error_model="numpy", _nrt=False)


class Tree(NamedTuple):
    """Boxes of all nodes as lower and upper bounds; the last `n_leaves` are leaves of `_LEAF` rows of `corners`."""

    boxes: np.ndarray  # (2 n_leaves - 1, 6)
    corners: np.ndarray  # (faces, 9), in the order of the leaves
    faces: np.ndarray  # (faces,), which faces they are


def tree_of(corners: Float64[np.ndarray, "faces 3 3"]) -> Tree:
    """A tree over the faces whose corners are given; at least one."""
    order = morton_order(corners.mean(axis=1))
    rows = np.ascontiguousarray(corners[order].reshape(-1, 9))
    n_leaves = 1 << max(0, int(np.ceil(np.log2(-(-len(rows) // _LEAF)))))
    boxes = np.empty((2 * n_leaves - 1, 6))
    _fill(boxes, rows)
    return Tree(boxes, rows, order)


def distances(points: Float64[np.ndarray, "points 3"], tree: Tree) -> Float64[np.ndarray, "points"]:
    """Distance of each point from the nearest face."""
    return nearest(points, tree)[0]


def nearest(
    points: Float64[np.ndarray, "points 3"], tree: Tree
) -> tuple[Float64[np.ndarray, "points"], Int64[np.ndarray, "points"]]:
    """Distance of each point from the nearest face, and which that is."""
    found, row = np.empty(len(points)), np.empty(len(points), np.int64)
    stack = np.empty(_DEEP, np.int64)
    order = morton_order(points)  # neighbours look at the same boxes
    _measure(points, order, tree.boxes, tree.corners, stack, found, row)
    return found, tree.faces[row]


@_compiled()
@no_type_check
def _fill(boxes: Any, corners: Any) -> None:
    n_leaves = (len(boxes) + 1) // 2
    for node in range(len(boxes) - 1, -1, -1):
        for k in range(3):
            boxes[node, k], boxes[node, 3 + k] = np.inf, -np.inf
        if node >= n_leaves - 1:
            start = _LEAF * (node - n_leaves + 1)
            for f in range(start, min(start + _LEAF, len(corners))):
                for j in range(9):
                    boxes[node, j % 3] = min(boxes[node, j % 3], corners[f, j])
                    boxes[node, 3 + j % 3] = max(boxes[node, 3 + j % 3], corners[f, j])
            continue
        for k in range(3):
            one, two = 2 * node + 1, 2 * node + 2
            boxes[node, k] = min(boxes[one, k], boxes[two, k])
            boxes[node, 3 + k] = max(boxes[one, 3 + k], boxes[two, 3 + k])


@_compiled()
@no_type_check
def _measure(points: Any, order: Any, boxes: Any, corners: Any, stack: Any, found: Any, row: Any) -> None:
    n_leaves = (len(boxes) + 1) // 2
    best = 0
    for i in order:
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        least = _from_face(corners, best, x, y, z)  # the last point's face is a good guess
        stack[0], height = 0, 1
        while height > 0:
            height -= 1
            node = stack[height]
            if _from_box(boxes, node, x, y, z) >= least:
                continue
            if node >= n_leaves - 1:
                start = _LEAF * (node - n_leaves + 1)
                for f in range(start, min(start + _LEAF, len(corners))):
                    distance = _from_face(corners, f, x, y, z)
                    if distance < least:
                        least, best = distance, f
                continue
            one, two = 2 * node + 1, 2 * node + 2
            if _from_box(boxes, one, x, y, z) < _from_box(boxes, two, x, y, z):
                one, two = two, one
            stack[height], stack[height + 1] = one, two  # the nearer one is taken first
            height += 2
        found[i], row[i] = np.sqrt(least), best


@_compiled()
@no_type_check
def _from_box(boxes: Any, node: Any, x: Any, y: Any, z: Any) -> Any:
    """Squared; infinite where the box is empty."""
    dx = max(boxes[node, 0] - x, x - boxes[node, 3], 0.0)
    dy = max(boxes[node, 1] - y, y - boxes[node, 4], 0.0)
    dz = max(boxes[node, 2] - z, z - boxes[node, 5], 0.0)
    return dx * dx + dy * dy + dz * dz


@_compiled()
@no_type_check
def _from_face(c: Any, f: Any, x: Any, y: Any, z: Any) -> Any:
    """Squared: from the plane where the foot falls inside, else from the nearest side."""
    ax, ay, az = c[f, 0] - x, c[f, 1] - y, c[f, 2] - z
    ux, uy, uz = c[f, 3] - c[f, 0], c[f, 4] - c[f, 1], c[f, 5] - c[f, 2]
    vx, vy, vz = c[f, 6] - c[f, 0], c[f, 7] - c[f, 1], c[f, 8] - c[f, 2]
    uu, uv, vv = ux * ux + uy * uy + uz * uz, ux * vx + uy * vy + uz * vz, vx * vx + vy * vy + vz * vz
    au, av = ax * ux + ay * uy + az * uz, ax * vx + ay * vy + az * vz
    area = uu * vv - uv * uv
    s, t = uv * av - vv * au, uv * au - uu * av  # of the foot, times `area`
    if area > 1e-14 * uu * vv and s >= 0 and t >= 0 and s + t <= area:
        s, t = s / area, t / area
        px, py, pz = ax + s * ux + t * vx, ay + s * uy + t * vy, az + s * uz + t * vz
        return px * px + py * py + pz * pz
    wx, wy, wz = vx - ux, vy - uy, vz - uz
    first = min(_from_side(ax, ay, az, ux, uy, uz), _from_side(ax, ay, az, vx, vy, vz))
    return min(first, _from_side(ax + ux, ay + uy, az + uz, wx, wy, wz))


@_compiled()
@no_type_check
def _from_side(ax: Any, ay: Any, az: Any, ux: Any, uy: Any, uz: Any) -> Any:
    """Squared distance of the origin from the line from a to a + u."""
    square = ux * ux + uy * uy + uz * uz
    along = 0.0
    if square > 0:
        along = min(max(-(ax * ux + ay * uy + az * uz) / square, 0.0), 1.0)
    px, py, pz = ax + along * ux, ay + along * uy, az + along * uz
    return px * px + py * py + pz * pz
