"""Colour corrections that make photos of different exposure meet without a visible seam (Lempitsky and Ivanov 2007)."""

import numpy as np
from jaxtyping import Float64, Int64

_SMOOTH = 0.1  # weight of neighbours' equal correction against an equal colour on both sides of a seam
_SMALL = 1e-4  # weight of no correction, so that the mean colour stays


def corrections(
    vertex: Int64[np.ndarray, "n"],
    view: Int64[np.ndarray, "n"],
    color: Float64[np.ndarray, "n 3"],
    edges: Int64[np.ndarray, "edges 2"],
    n_vertices: int,
) -> Float64[np.ndarray, "n 3"]:
    """What to add to each photo's colour at each vertex.

    Row `i` says that photo `view[i]` paints around `vertex[i]` and has `color[i]` there. Where several photos meet at a
    vertex their corrected colours are to agree; along mesh edges inside a photo's patch corrections change slowly.
    """
    from scipy.sparse import coo_array, diags_array
    from scipy.sparse.linalg import splu

    n = len(vertex)
    if n == 0:
        return np.zeros((0, 3))
    order = np.lexsort((view, vertex))
    meet = np.flatnonzero(vertex[order][1:] == vertex[order][:-1])
    first, second = order[meet], order[meet + 1]
    inner = _within_patches(vertex, view, edges, n_vertices)
    pairs = np.concatenate([np.stack([first, second], axis=1), inner])
    weight = np.concatenate([np.ones(len(first)), np.full(len(inner), np.sqrt(_SMOOTH))])
    rows = np.repeat(np.arange(len(pairs)), 2)
    signs = (weight[:, None] * [1.0, -1.0]).ravel()
    matrix = coo_array((signs, (rows, pairs.ravel())), shape=(len(pairs), n)).tocsr()
    wanted = np.zeros((len(pairs), 3))
    wanted[: len(first)] = color[second] - color[first]
    normal = (matrix.T @ matrix + diags_array(np.full(n, _SMALL))).tocsc()
    solved: np.ndarray = splu(normal).solve(matrix.T @ wanted)
    return solved


def _within_patches(
    vertex: Int64[np.ndarray, "n"], view: Int64[np.ndarray, "n"], edges: Int64[np.ndarray, "edges 2"], n_vertices: int
) -> Int64[np.ndarray, "pairs 2"]:
    """Pairs of rows that stand for the two ends of a mesh edge in the same photo."""
    key = view * n_vertices + vertex
    order = np.argsort(key)
    found = []
    for number in np.unique(view):
        index = np.full(n_vertices, -1, np.int64)
        mine = order[
            np.searchsorted(key[order], number * n_vertices) : np.searchsorted(key[order], (number + 1) * n_vertices)
        ]
        index[vertex[mine]] = mine
        ends = index[edges]
        found.append(ends[(ends >= 0).all(axis=1)])
    return np.concatenate(found)
