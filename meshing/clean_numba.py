"""The connected pieces of a mesh and their areas, in loops over its faces."""

from typing import Any, no_type_check

import numpy as np
from numba import njit


@njit(cache=True)
@no_type_check
def components(faces: Any, n_vertices: Any) -> Any:
    """The piece of each face, by shared vertices, and how many there are, a vertex without a face being one.

    Numbers are those of scipy.sparse.csgraph.connected_components.
    """
    lower = np.arange(n_vertices).astype(np.int32)  # a vertex of the same piece, none but the lowest is its own
    for f in range(len(faces)):
        a = _lowest(lower, faces[f, 0])
        for k in (1, 2):
            b = _lowest(lower, faces[f, k])
            lower[max(a, b)] = a = min(a, b)
    n = 0
    for v in range(n_vertices):
        if lower[v] == v:
            lower[v] = n
            n += 1
        else:
            lower[v] = lower[lower[v]]  # which is its number already
    piece = np.empty(len(faces), np.int64)
    for f in range(len(faces)):
        piece[f] = lower[faces[f, 0]]
    return piece, n


@njit(cache=True)
@no_type_check
def _lowest(lower: Any, v: Any) -> Any:
    """The lowest vertex that is known to belong to the piece of `v`; the way there is halved for the next."""
    while lower[v] != v:
        lower[v] = lower[lower[v]]
        v = lower[v]
    return v


@njit(cache=True)
@no_type_check
def piece_areas(vertices: Any, faces: Any, piece: Any, n: Any) -> Any:
    """As numpy.bincount(piece, weights=face_areas(mesh), minlength=n)."""
    areas = np.zeros(n)
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        x, y, z = np.float64(vertices[a, 0]), np.float64(vertices[a, 1]), np.float64(vertices[a, 2])
        ux, uy, uz = vertices[b, 0] - x, vertices[b, 1] - y, vertices[b, 2] - z
        vx, vy, vz = vertices[c, 0] - x, vertices[c, 1] - y, vertices[c, 2] - z
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        areas[piece[f]] += 0.5 * np.sqrt(nx * nx + ny * ny + nz * nz)
    return areas
