"""Fewer triangles by edge collapse: exact in number, a closed mesh stays closed, borders and textures stay in place.

Owns what a point may do (`kind`) and the quadrics that price a collapse; `collapse_numba.py` is the loop over them.

Free points merge where the error is least. Those on an open border merge along it. Those on a texture seam, where the
two sides have coordinates of their own, merge along it onto one of the two. Where borders or seams meet or end, and
where more than two faces share an edge, points are fixed: others may merge into them.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int32, UInt8

from meshing.collapse_numba import BORDER, FIXED, FREE, SEAM, run, surface_of
from meshing.edges import Edges, edges_of, ends
from meshing.quadrics_numba import N_ATTRIBUTE, add_faces

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
    edges: Edges | None = None,
    lock_border: bool = False,
    careful: bool = True,
) -> Collapsed:
    """Edges collapsed, cheapest first, until `n_faces` are left, or as few as its shape allows.

    A vertex with several texture coordinates is one point with several wedges; `wedges` names each corner's. Points
    should span about 1: thresholds are absolute. `edges`, where they are known, spare looking them up. What is not
    `careful` goes further: every point is free, faces may turn over and pieces that were apart may join; it takes no
    texture.
    """
    corner = (faces if wedges is None else wedges).astype(np.int32).copy()
    texture = np.empty((0, 2)) if uv is None else uv.copy()
    edges = edges_of(faces, len(points)) if edges is None else edges
    rims = _rims(faces, None if wedges is None else corner, edges)
    kind = _kinds(len(points), rims, lock_border) if careful else np.full(len(points), FREE, np.uint8)
    attribute = np.zeros((1, N_ATTRIBUTE)) if uv is None else _attributes(points, faces, corner, texture)
    mesh = surface_of(points, faces, corner, texture, kind, attribute)
    _add_geometry(mesh.geometry, points, faces, rims)
    run(mesh, edges.first, n_faces, careful)
    alive = mesh.faces[:, 3] == 1
    if uv is None:
        corner[:] = 0
    return Collapsed(mesh.points.copy(), mesh.faces[alive, :3], corner[alive], texture)


@dataclass(frozen=True, eq=False)
class _Rims:
    """Edges that are not inside of the surface and its texture: of each the lower and higher point, and one face."""

    border: Int32[np.ndarray, "borders 2"]
    border_face: Int32[np.ndarray, "borders"]
    seam: Int32[np.ndarray, "seams 2"]
    seam_face: Int32[np.ndarray, "seams"]
    crowded: Int32[np.ndarray, "crowds 2"]  # of more than two faces


def _rims(faces: Int32[np.ndarray, "faces 3"], wedges: Int32[np.ndarray, "faces 3"] | None, edges: Edges) -> _Rims:
    count, first = edges.count, edges.first
    border, pairs = first[count == 1], np.flatnonzero(count == 2)
    seam = first[:0]
    if wedges is not None:
        beside = edges.sides[edges.start[pairs] + 1]
        seam = first[pairs]
        seam = seam[(_along(faces, wedges, seam) != _along(faces, wedges, beside)).any(axis=1)]
    crowded = ends(faces, first[count > 2])
    return _Rims(ends(faces, border), border // 3, ends(faces, seam), seam // 3, crowded)


def _along(
    faces: Int32[np.ndarray, "faces 3"], wedges: Int32[np.ndarray, "faces 3"], sides: Int32[np.ndarray, "sides"]
) -> Int32[np.ndarray, "sides 2"]:
    """The wedges of sides at their lower and their higher points."""
    face, k = np.divmod(sides, 3)
    after = (k + 1) % 3
    both = np.stack([wedges[face, k], wedges[face, after]], axis=1)
    return np.where((faces[face, k] < faces[face, after])[:, None], both, both[:, ::-1])


def _kinds(n_points: int, rims: _Rims, lock_border: bool) -> UInt8[np.ndarray, "points"]:
    border, seam, crowded = (
        np.bincount(marked.ravel(), minlength=n_points) for marked in (rims.border, rims.seam, rims.crowded)
    )
    kind = np.full(n_points, FREE, np.uint8)
    kind[border == 2] = FIXED if lock_border else BORDER
    kind[seam == 2] = SEAM
    odd = (crowded > 0) | ((border > 0) & (seam > 0)) | ((border > 0) & (border != 2)) | ((seam > 0) & (seam != 2))
    kind[odd] = FIXED
    return kind


def _add_geometry(
    total: Float64[np.ndarray, "points numbers"],
    points: Float64[np.ndarray, "points 3"],
    faces: Int32[np.ndarray, "faces 3"],
    rims: _Rims,
) -> None:
    """Add each point's squared distance from the planes of its faces, by area, and from those that stand on its
    borders, in place. The area is that of the faces alone."""
    normal = np.empty((len(faces), 3))
    add_faces(points, faces, total, normal)
    for ends_of, face, weight in (
        (rims.border, rims.border_face, _BORDER_WEIGHT),
        (rims.seam, rims.seam_face, _SEAM_WEIGHT),
    ):
        if not len(face):
            continue
        start, side = points[ends_of[:, 0]], points[ends_of[:, 1]] - points[ends_of[:, 0]]
        upright = np.cross(side, normal[face])
        upright /= np.maximum(np.linalg.norm(upright, axis=1), 1e-300)[:, None]
        _add(total, ends_of, _planes(upright, start, weight * (side**2).sum(axis=1)))


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
