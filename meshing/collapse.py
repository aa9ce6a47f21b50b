"""Fewer triangles by edge collapse: exact in number, a closed mesh stays closed, borders and textures stay in place.

Owns what a point may do (`kind`) and the quadrics that price a collapse; `collapse_numba.py` is the loop over them.

Free points merge where the error is least. Those on an open border merge along it. Those on a texture seam, where the
two sides have coordinates of their own, merge along it onto one of the two. Where borders or seams meet or end, and
where more than two faces share an edge, points are fixed: others may merge into them.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64, UInt8

from meshing.collapse_numba import BORDER, FIXED, FREE, SEAM, run
from meshing.counting_numba import order_of_pairs
from meshing.quadrics_numba import N_ATTRIBUTE, N_GEOMETRY, add_faces

_BORDER_WEIGHT = 4.0  # of a border's quadric against that of the faces beside it
_SEAM_WEIGHT = 0.3
_TEXTURE_WEIGHT = 0.5  # of a slide of the texture along the surface against the same distance from it, both squared


@dataclass(frozen=True, eq=False)
class Collapsed:
    """The faces that are left: their points (into `points`) and, of the same shape, their wedges (into `uv`)."""

    points: Float64[np.ndarray, "points 3"]
    faces: Int32[np.ndarray, "faces 3"]
    wedges: Int32[np.ndarray, "faces 3"]
    uv: Float64[np.ndarray, "wedges 2"]


def collapse(
    points: Float64[np.ndarray, "points 3"],
    faces: Int32[np.ndarray, "faces 3"],
    n_faces: int,
    *,
    wedges: Int32[np.ndarray, "faces 3"] | None = None,
    uv: Float64[np.ndarray, "wedges 2"] | None = None,
    lock_border: bool = False,
    careful: bool = True,
) -> Collapsed:
    """Edges collapsed, cheapest first, until `n_faces` are left, or as few as its shape allows.

    A vertex with several texture coordinates is one point with several wedges; `wedges` names each corner's. Points
    should span about 1: thresholds are absolute. What is not `careful` goes further: every point is free, faces may
    turn over and pieces that were apart may join; it takes no texture.
    """
    corner = (faces if wedges is None else wedges).astype(np.int32).copy()
    texture = np.empty((0, 2)) if uv is None else uv.copy()
    edges = _edges(faces, faces if wedges is None else corner)
    kind = _kinds(len(points), edges, lock_border) if careful else np.full(len(points), FREE, np.uint8)
    geometry = _geometry(points, faces, edges)
    attribute = np.zeros((1, N_ATTRIBUTE)) if uv is None else _attributes(points, faces, corner, texture)
    moved, left = points.copy(), np.ones((len(faces), 4), np.int32)
    left[:, :3] = faces
    run(moved, geometry, left, corner, texture, kind, attribute, n_faces, careful)
    alive = left[:, 3] == 1
    if uv is None:
        corner[:] = 0
    return Collapsed(moved, left[alive, :3], corner[alive], texture)


@dataclass(frozen=True, eq=False)
class _Edges:
    """Edges of a mesh, each once: its lower and higher point, one face of it, how many, whether a seam runs along."""

    ends: Int32[np.ndarray, "edges 2"]
    face: Int64[np.ndarray, "edges"]
    count: Int64[np.ndarray, "edges"]
    seam: Bool[np.ndarray, "edges"]


def _edges(faces: Int32[np.ndarray, "faces 3"], wedges: Int32[np.ndarray, "faces 3"]) -> _Edges:
    following = np.roll(faces, -1, axis=1).ravel()
    turned = faces.ravel() > following
    low, high = np.minimum(faces.ravel(), following), np.maximum(faces.ravel(), following)
    order = order_of_pairs(low, high, int(faces.max()) + 1)
    low, high = low[order], high[order]
    first = np.concatenate([[True], (low[1:] != low[:-1]) | (high[1:] != high[:-1])])
    start = np.flatnonzero(first)
    count = np.diff(np.append(start, len(low)))
    seam = np.zeros(len(start), bool)
    if wedges is not faces:
        after = np.roll(wedges, -1, axis=1).ravel()
        wedge_low, wedge_high = np.where(turned, after, wedges.ravel()), np.where(turned, wedges.ravel(), after)
        differs = np.zeros(len(low), bool)
        differs[1:] = np.diff(wedge_low[order]) != 0
        differs[1:] |= np.diff(wedge_high[order]) != 0
        seam = np.bitwise_or.reduceat(differs & ~first, start)
    return _Edges(np.stack([low[start], high[start]], axis=1), order[start] // 3, count, seam)


def _kinds(n_points: int, edges: _Edges, lock_border: bool) -> UInt8[np.ndarray, "points"]:
    def at(marked: np.ndarray) -> np.ndarray:
        return np.bincount(edges.ends[marked].ravel(), minlength=n_points)

    border, seam, crowded = at(edges.count == 1), at((edges.count == 2) & edges.seam), at(edges.count > 2)
    kind = np.full(n_points, FREE, np.uint8)
    kind[border == 2] = FIXED if lock_border else BORDER
    kind[seam == 2] = SEAM
    odd = (crowded > 0) | ((border > 0) & (seam > 0)) | ((border > 0) & (border != 2)) | ((seam > 0) & (seam != 2))
    kind[odd] = FIXED
    return kind


def _geometry(
    points: Float64[np.ndarray, "points 3"], faces: Int32[np.ndarray, "faces 3"], edges: _Edges
) -> Float64[np.ndarray, "points numbers"]:
    """Each point's squared distance from the planes of its faces, by area, and from those that stand on its borders.

    The area is that of the faces alone.
    """
    total, normal = np.zeros((len(points), N_GEOMETRY)), np.empty((len(faces), 3))
    add_faces(points, faces, total, normal)
    for marked, weight in ((edges.count == 1, _BORDER_WEIGHT), ((edges.count == 2) & edges.seam, _SEAM_WEIGHT)):
        ends, face = edges.ends[marked], edges.face[marked]
        start, side = points[ends[:, 0]], points[ends[:, 1]] - points[ends[:, 0]]
        upright = np.cross(side, normal[face])
        upright /= np.maximum(np.linalg.norm(upright, axis=1), 1e-300)[:, None]
        _add(total, ends, _planes(upright, start, weight * (side**2).sum(axis=1)))
    return total


def _planes(
    normal: Float64[np.ndarray, "n 3"], point: Float64[np.ndarray, "n 3"], weight: Float64[np.ndarray, "n"]
) -> Float64[np.ndarray, "n numbers"]:
    d = -(normal * point).sum(axis=1, keepdims=True)
    rows = np.concatenate([_squares(normal), d * normal, d * d, np.zeros_like(d)], axis=1)
    weighted: np.ndarray = weight[:, None] * rows
    return weighted


def _squares(g: Float64[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 6"]:
    """The upper triangle of g gᵀ."""
    x, y, z = g.T
    return np.stack([x * x, x * y, x * z, y * y, y * z, z * z], axis=1)


def _attributes(
    points: Float64[np.ndarray, "points 3"],
    faces: Int32[np.ndarray, "faces 3"],
    wedges: Int32[np.ndarray, "faces 3"],
    uv: Float64[np.ndarray, "wedges 2"],
) -> Float64[np.ndarray, "wedges numbers"]:
    """How far a wedge's coordinates are from those its faces have at its place, squared, in the surface's own unit.

    Hoppe 1999: over a face a coordinate is g · p + d, with g in the face's plane.
    """
    a, b, c = (points[faces[:, k]] for k in range(3))
    ua, ub, uc = (uv[wedges[:, k]] for k in range(3))
    e, f = b - a, c - a
    cross = np.cross(e, f)
    area = np.linalg.norm(cross, axis=1) / 2
    s, t = ub - ua, uc - ua
    flat = np.abs(s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]) / 2
    scale = np.sqrt(area.sum() / max(float(flat.sum()), 1e-300))
    solid = (area > 1e-14).astype(np.float64)
    toward = cross / np.maximum(4 * area**2, 1e-300)[:, None]
    along_e, along_f = np.cross(f, toward), np.cross(toward, e)  # e · along_e = 1, f · along_e = 0, and so on
    weight = _TEXTURE_WEIGHT * area * solid
    rows = np.zeros((len(faces), N_ATTRIBUTE))
    for j in range(2):
        g = scale * (s[:, j, None] * along_e + t[:, j, None] * along_f)
        d = scale * ua[:, j] - (g * a).sum(axis=1)
        rows[:, :6] += _squares(g)
        rows[:, 6:9] += d[:, None] * g
        rows[:, 9] += d * d
        # Stored coordinates are in texture units: value · scale takes their part.
        rows[:, 10 + 3 * j : 13 + 3 * j] = scale * g
        rows[:, 16 + j] = scale * d
    rows[:, 18] = scale**2
    total = np.zeros((len(uv), N_ATTRIBUTE))
    _add(total, wedges, weight[:, None] * rows)
    return total


def _add(total: Float64[np.ndarray, "n k"], index: np.ndarray, rows: Float64[np.ndarray, "m k"]) -> None:
    """Add each row at all the places that `index` names for it, in place."""
    from scipy.sparse import csr_array

    m, width = index.shape
    spread = csr_array((np.ones(m * width), index.ravel(), np.arange(0, m * width + 1, width)), shape=(m, len(total)))
    total += spread.T @ rows
