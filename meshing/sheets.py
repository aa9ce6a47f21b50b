"""Surfaces that touch along an edge, as those of a grid do, told apart, so that each edge has its own two faces."""

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64


def parted(
    points: Float64[np.ndarray, "points 3"], faces: Int32[np.ndarray, "faces 3"]
) -> tuple[Float64[np.ndarray, "all 3"], Int32[np.ndarray, "faces 3"]]:
    """The same surface, its points doubled along edges of four faces: two bodies that touch there, no longer one.

    Around such an edge the faces with the inside between them go together. Where faces do not look out and in by turns
    that cannot be told, and all stays as it is; so it does along edges of any other number of faces.
    """
    from meshing.counting_numba import order_of_pairs

    corner = faces.ravel()
    sides = np.arange(len(corner)).reshape(-1, 3)
    after = np.roll(sides, -1, axis=1).ravel()  # a side leads from its corner to that of the next
    is_up = corner < corner[after]
    low, high = np.where(is_up, corner, corner[after]), np.where(is_up, corner[after], corner)
    order = order_of_pairs(low, high, len(points))
    is_same = (np.diff(low[order]) == 0) & (np.diff(high[order]) == 0)
    start = np.flatnonzero(np.concatenate([[True], ~is_same]))
    fours = start[np.diff(np.append(start, len(order))) == 4]
    pairs, is_told = _around(points, faces, order[fours[:, None] + np.arange(4)], is_up)
    if not is_told.any():
        return points, faces
    kept = is_same.copy()
    kept[(fours[is_told][:, None] + np.arange(3)).ravel()] = False
    beside = np.stack([order[:-1], order[1:]], axis=1)[kept]
    one, other = np.concatenate([beside, pairs[is_told].reshape(-1, 2)]).T
    at_low, at_high = np.where(is_up, sides.ravel(), after), np.where(is_up, after, sides.ravel())
    doubled = np.zeros(len(points), bool)
    doubled[low[order[fours[is_told]]]] = doubled[high[order[fours[is_told]]]] = True
    joined = np.concatenate([np.stack([at[one], at[other]], axis=1) for at in (at_low, at_high)])
    return _split(points, faces, doubled, joined[doubled[corner[joined[:, 0]]]])


def _around(
    points: Float64[np.ndarray, "points 3"],
    faces: Int32[np.ndarray, "faces 3"],
    fours: Int64[np.ndarray, "edges 4"],
    is_up: Bool[np.ndarray, "sides"],
) -> tuple[Int64[np.ndarray, "edges 2 2"], Bool[np.ndarray, "edges"]]:
    """For each edge its four sides in two pairs with the inside between them, and whether that can be told."""
    f, k = np.divmod(fours, 3)
    here, there, apex = (points[faces[f, (k + step) % 3]] for step in range(3))
    axis = np.where(is_up[fours][..., None], there - here, here - there)
    axis /= np.maximum(np.linalg.norm(axis, axis=2, keepdims=True), 1e-300)
    away = apex - np.where(is_up[fours][..., None], here, there)
    away -= (away * axis).sum(axis=2, keepdims=True) * axis
    across = np.cross(axis[:, :1], away[:, :1])
    angle = np.arctan2((away * across).sum(axis=2), (away * away[:, :1]).sum(axis=2))
    turn = np.argsort(angle, axis=1, kind="stable")
    ups, fours = np.take_along_axis(is_up[fours], turn, 1), np.take_along_axis(fours, turn, 1)
    # A face that goes up the edge looks towards greater angles: what lies before it is inside.
    fours = np.where(ups[:, :1], np.roll(fours, 1, axis=1), fours)
    is_told = (ups[:, 0] != ups[:, 1]) & (ups[:, 1] != ups[:, 2]) & (ups[:, 2] != ups[:, 3])
    return fours.reshape(-1, 2, 2), is_told


def _split(
    points: Float64[np.ndarray, "points 3"],
    faces: Int32[np.ndarray, "faces 3"],
    doubled: Bool[np.ndarray, "points"],
    joined: Int64[np.ndarray, "pairs 2"],
) -> tuple[Float64[np.ndarray, "all 3"], Int32[np.ndarray, "faces 3"]]:
    """A point for each set of corners that are joined, where points are to be doubled."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    corner = faces.ravel().copy()
    graph = coo_array((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(len(corner),) * 2)
    _, label = connected_components(graph, directed=False)
    at = np.flatnonzero(doubled[corner])
    _, first, which = np.unique(label[at], return_index=True, return_inverse=True)
    point = corner[at][first]
    number = np.empty(len(point), np.int64)
    keeps = np.unique(point, return_index=True)[1]
    number[keeps] = point[keeps]
    added = np.setdiff1d(np.arange(len(point)), keeps)
    number[added] = len(points) + np.arange(len(added))
    corner[at] = number[which]
    return np.concatenate([points, points[point[added]]]), corner.reshape(-1, 3).astype(np.int32)
