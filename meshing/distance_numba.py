"""Distances of points from a mesh, exact, through a tree of boxes in compiled loops.

Faces are sorted along a space-filling curve and four neighbours share a leaf, so the tree is a full binary one that
needs no pointers: node i has the children 2 i + 1 and 2 i + 2.
"""

from functools import partial
from typing import Any, NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64
from numba import njit

from meshing.distance import Tree
from meshing.morton import morton_order

_LEAF = 4  # faces
_DEEP = 64  # places on the stack, more than a tree of 2^31 leaves needs

_compiled = partial(njit, cache=True, error_model="numpy", _nrt=False)


def tree_of(
    vertices: Float32[np.ndarray, "vertices 3"] | Float64[np.ndarray, "vertices 3"],
    faces: Int32[np.ndarray, "faces 3"] | Int64[np.ndarray, "faces 3"],
) -> Tree:
    """A tree over the faces of a mesh; at least one."""
    order = morton_order(_middles(vertices, faces))
    rows = np.empty((len(faces), 9), vertices.dtype)
    n_leaves = 1 << max(0, int(np.ceil(np.log2(-(-len(rows) // _LEAF)))))
    boxes = np.empty((2 * n_leaves - 1, 6), vertices.dtype)
    _fill(boxes, rows, vertices, faces, order)
    return Tree(boxes, rows, order)


def distances(points: Float64[np.ndarray, "points 3"], tree: Tree) -> Float64[np.ndarray, "points"]:
    """Distance of each point from the nearest face."""
    return nearest(points, tree)[0]


def nearest(
    points: Float64[np.ndarray, "points 3"], tree: Tree
) -> tuple[Float64[np.ndarray, "points"], Int64[np.ndarray, "points"]]:
    """Distance of each point from the nearest face, and which that is."""
    found, row = np.empty(len(points)), np.empty(len(points), np.int64)
    _measure(points, morton_order(points), tree.boxes, tree.corners, _new_stack(), found, row)
    return found, tree.faces[row]


def farthest(
    points: Float64[np.ndarray, "points 3"],
    group: Int64[np.ndarray, "points"],
    limit: Float64[np.ndarray, "groups"],
    tree: Tree,
) -> Float64[np.ndarray, "groups"]:
    """How far the farthest point of each group is from the nearest face, or of the points up to one beyond the limit.

    Groups come one after another. Of most points it need not be known how far they are.
    """
    found = np.zeros(len(limit))
    _measure_groups(points, group, (1 + 1e-12) * limit**2, tree.boxes, tree.corners, _new_stack(), found)
    return found


class _Stack(NamedTuple):
    """Boxes to be entered, and how far the point is from each, squared."""

    nodes: np.ndarray
    steps: np.ndarray


def _new_stack() -> _Stack:
    return _Stack(np.empty(_DEEP, np.int64), np.empty(_DEEP))


@njit(cache=True)
@no_type_check
def summed_areas(vertices: Any, faces: Any) -> Any:
    """Twice the area of each face and all before it."""
    total, summed = 0.0, np.empty(len(faces))
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        x, y, z = np.float64(vertices[a, 0]), np.float64(vertices[a, 1]), np.float64(vertices[a, 2])
        ux, uy, uz = vertices[b, 0] - x, vertices[b, 1] - y, vertices[b, 2] - z
        vx, vy, vz = vertices[c, 0] - x, vertices[c, 1] - y, vertices[c, 2] - z
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        total += np.sqrt(nx * nx + ny * ny + nz * nz)
        summed[f] = total
    return summed


@njit(cache=True)
@no_type_check
def _middles(vertices: Any, faces: Any) -> Any:
    middles = np.empty((len(faces), 3))
    for f in range(len(faces)):
        for k in range(3):
            total = np.float64(vertices[faces[f, 0], k]) + vertices[faces[f, 1], k] + vertices[faces[f, 2], k]
            middles[f, k] = total / 3
    return middles


@_compiled()
@no_type_check
def _fill(boxes: Any, corners: Any, vertices: Any, faces: Any, order: Any) -> None:
    for row in range(len(order)):
        for k in range(3):
            v = faces[order[row], k]
            for j in range(3):
                corners[row, 3 * k + j] = vertices[v, j]
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
    best = 0
    for i in order:  # neighbours look at the same boxes
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        least, best = _nearest(x, y, z, best, 0.0, boxes, corners, stack)
        found[i], row[i] = np.sqrt(least), best


@_compiled()
@no_type_check
def _measure_groups(points: Any, group: Any, limit: Any, boxes: Any, corners: Any, stack: Any, found: Any) -> None:
    best = 0
    for i in range(len(points)):
        g = group[i]
        if found[g] <= limit[g]:
            x, y, z = points[i, 0], points[i, 1], points[i, 2]
            least, best = _nearest(x, y, z, best, found[g], boxes, corners, stack)
            found[g] = max(found[g], least)
    for g in range(len(found)):
        found[g] = np.sqrt(found[g])


@_compiled(forceinline=True)
@no_type_check
def _nearest(x: Any, y: Any, z: Any, guess: Any, enough: Any, boxes: Any, corners: Any, stack: Any) -> Any:
    """Squared distance from the nearest face and its row; or from some face that is nearer than `enough`.

    A face's own box is looked at first, which is a fifth faster. What is left of its distance after rounding may be
    less than that of its box: the slack is to have no face missed for it.
    """
    nodes, steps, n_leaves, best = stack.nodes, stack.steps, (len(boxes) + 1) // 2, guess
    least = _from_face(corners, best, x, y, z)  # the last point's face is a good guess
    slack = 1e-28 * (x * x + y * y + z * z)
    bound = (1 + 1e-9) * least + slack
    nodes[0], steps[0], height = 0, _from_box(boxes, 0, x, y, z), 1
    while height > 0 and least >= enough:
        height -= 1
        if steps[height] >= least:
            continue
        node = nodes[height]
        if node >= n_leaves - 1:
            start = _LEAF * (node - n_leaves + 1)
            for f in range(start, min(start + _LEAF, len(corners))):
                if _from_bounds(corners, f, x, y, z) > bound:
                    continue
                distance = _from_face(corners, f, x, y, z)
                if distance < least:
                    least, best = distance, f
                    bound = (1 + 1e-9) * least + slack
            continue
        one, two = 2 * node + 1, 2 * node + 2
        to_one, to_two = _from_box(boxes, one, x, y, z), _from_box(boxes, two, x, y, z)
        if to_one < to_two:
            one, two, to_one, to_two = two, one, to_two, to_one
        if to_one < least:
            nodes[height], steps[height] = one, to_one
            height += 1
        if to_two < least:  # the nearer one is taken first
            nodes[height], steps[height] = two, to_two
            height += 1
    return least, best


@_compiled(forceinline=True)
@no_type_check
def _from_bounds(c: Any, f: Any, x: Any, y: Any, z: Any) -> Any:
    """Squared, from the box around a face."""
    dx = max(min(c[f, 0], c[f, 3], c[f, 6]) - x, x - max(c[f, 0], c[f, 3], c[f, 6]), 0.0)
    dy = max(min(c[f, 1], c[f, 4], c[f, 7]) - y, y - max(c[f, 1], c[f, 4], c[f, 7]), 0.0)
    dz = max(min(c[f, 2], c[f, 5], c[f, 8]) - z, z - max(c[f, 2], c[f, 5], c[f, 8]), 0.0)
    return dx * dx + dy * dy + dz * dz


@_compiled(forceinline=True)
@no_type_check
def _from_box(boxes: Any, node: Any, x: Any, y: Any, z: Any) -> Any:
    """Squared; infinite where the box is empty."""
    dx = max(boxes[node, 0] - x, x - boxes[node, 3], 0.0)
    dy = max(boxes[node, 1] - y, y - boxes[node, 4], 0.0)
    dz = max(boxes[node, 2] - z, z - boxes[node, 5], 0.0)
    return dx * dx + dy * dy + dz * dz


@_compiled(forceinline=True)
@no_type_check
def _from_face(c: Any, f: Any, x: Any, y: Any, z: Any) -> Any:
    """Squared: from the plane where the foot falls inside, else from the nearest side."""
    px, py, pz = np.float64(c[f, 0]), np.float64(c[f, 1]), np.float64(c[f, 2])
    ax, ay, az = px - x, py - y, pz - z
    ux, uy, uz = c[f, 3] - px, c[f, 4] - py, c[f, 5] - pz
    vx, vy, vz = c[f, 6] - px, c[f, 7] - py, c[f, 8] - pz
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


@_compiled(forceinline=True)
@no_type_check
def _from_side(ax: Any, ay: Any, az: Any, ux: Any, uy: Any, uz: Any) -> Any:
    """Squared distance of the origin from the line from a to a + u."""
    square = ux * ux + uy * uy + uz * uz
    along = 0.0
    if square > 0:
        along = min(max(-(ax * ux + ay * uy + az * uz) / square, 0.0), 1.0)
    px, py, pz = ax + along * ux, ay + along * uy, az + along * uz
    return px * px + py * py + pz * pz
