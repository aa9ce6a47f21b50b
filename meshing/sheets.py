"""Surfaces that touch along an edge, as those of a grid do, told apart, so that each edge has its own two faces."""

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from meshing.edges import Edges, edges_of, ends


def parted(
    points: Float64[np.ndarray, "points 3"], faces: Int32[np.ndarray, "faces 3"]
) -> tuple[Float64[np.ndarray, "all 3"], Int32[np.ndarray, "faces 3"], Edges]:
    """The same surface, its points doubled along edges of four faces: two bodies that touch there, no longer one; and
    its edges.

    Around such an edge the faces with the inside between them go together. Where faces do not look out and in by turns
    that cannot be told, and all stays as it is; so it does along edges of any other number of faces.
    """
    edges = edges_of(faces, len(points))
    fours = np.flatnonzero(edges.count == 4)
    if not len(fours):
        return points, faces, edges
    pairs, is_told = _around(points, faces, edges.sides[edges.start[fours][:, None] + np.arange(4)].astype(np.int64))
    if not is_told.any():
        return points, faces, edges
    told, pairs = fours[is_told], pairs[is_told].reshape(-1, 2)
    points, faces = _split(points, faces, edges, told, pairs)
    return points, faces, edges_of(faces, len(points))


def _around(
    points: Float64[np.ndarray, "points 3"],
    faces: Int32[np.ndarray, "faces 3"],
    fours: Int64[np.ndarray, "edges 4"],
) -> tuple[Int64[np.ndarray, "edges 2 2"], Bool[np.ndarray, "edges"]]:
    """For each edge its four sides in two pairs with the inside between them, and whether that can be told."""
    f, k = np.divmod(fours, 3)
    here, there, apex = (points[faces[f, (k + step) % 3]] for step in range(3))
    is_up = faces[f, k] < faces[f, (k + 1) % 3]
    axis = np.where(is_up[..., None], there - here, here - there)
    axis /= np.maximum(np.linalg.norm(axis, axis=2, keepdims=True), 1e-300)
    away = apex - np.where(is_up[..., None], here, there)
    away -= (away * axis).sum(axis=2, keepdims=True) * axis
    across = np.cross(axis[:, :1], away[:, :1])
    angle = np.arctan2((away * across).sum(axis=2), (away * away[:, :1]).sum(axis=2))
    turn = np.argsort(angle, axis=1, kind="stable")
    ups, fours = np.take_along_axis(is_up, turn, 1), np.take_along_axis(fours, turn, 1)
    # A face that goes up the edge looks towards greater angles: what lies before it is inside.
    fours = np.where(ups[:, :1], np.roll(fours, 1, axis=1), fours)
    is_told = (ups[:, 0] != ups[:, 1]) & (ups[:, 1] != ups[:, 2]) & (ups[:, 2] != ups[:, 3])
    return fours.reshape(-1, 2, 2), is_told


def _split(
    points: Float64[np.ndarray, "points 3"],
    faces: Int32[np.ndarray, "faces 3"],
    edges: Edges,
    told: Int64[np.ndarray, "edges"],
    pairs: Int64[np.ndarray, "pairs 2"],
) -> tuple[Float64[np.ndarray, "all 3"], Int32[np.ndarray, "faces 3"]]:
    """A point for each set of corners that go together around the ends of edges `told`, whose sides do in `pairs`."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    doubled = np.zeros(len(points), bool)
    doubled[ends(faces, edges.sides[edges.start[told]])] = True
    corner = faces.ravel().copy()
    at = np.flatnonzero(doubled[corner])
    joined = _joined(faces, np.concatenate([pairs, _beside(faces, doubled, edges, told)]))
    one, other = np.searchsorted(at, joined[doubled[corner[joined[:, 0]]]]).T
    graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(len(at),) * 2)
    label = connected_components(graph, directed=False)[1]
    _, first, which = np.unique(label, return_index=True, return_inverse=True)
    point = corner[at][first]
    number = np.empty(len(point), np.int64)
    keeps = np.unique(point, return_index=True)[1]
    number[keeps] = point[keeps]
    added = np.setdiff1d(np.arange(len(point)), keeps)
    number[added] = len(points) + np.arange(len(added))
    corner[at] = number[which]
    return np.concatenate([points, points[point[added]]]), corner.reshape(-1, 3).astype(np.int32)


def _beside(
    faces: Int32[np.ndarray, "faces 3"],
    doubled: Bool[np.ndarray, "points"],
    edges: Edges,
    told: Int64[np.ndarray, "edges"],
) -> Int64[np.ndarray, "pairs 2"]:
    """Sides of one edge, two by two: of edges that have a doubled end, and some more, but not of those `told`."""
    a, b, c = (doubled[faces[:, k]] for k in range(3))
    is_near = (a | b | c)[edges.first // 3]
    is_near[told] = False
    near = np.flatnonzero(is_near)
    more = edges.count[near] - 1
    step = np.arange(more.sum()) - np.repeat(np.cumsum(more) - more, more)
    before = np.repeat(edges.start[near], more) + step
    return np.stack([edges.sides[before], edges.sides[before + 1]], axis=1).astype(np.int64)


def _joined(faces: Int32[np.ndarray, "faces 3"], pairs: Int64[np.ndarray, "pairs 2"]) -> Int64[np.ndarray, "joined 2"]:
    """Of sides that go together the corners, 3 x face + k, at their lower ends, and then at their higher ones."""
    face, k = np.divmod(pairs, 3)
    after = 3 * face + (k + 1) % 3
    is_up = faces[face, k] < faces[face, (k + 1) % 3]
    return np.concatenate([np.where(is_up, pairs, after), np.where(is_up, after, pairs)])
