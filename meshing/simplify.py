"""Fewer triangles for the same shape: with a texture or without, open or closed."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64, UInt8

from meshing.clean import components, face_areas, keep_faces
from meshing.distance import Deviation, Tree, deviation
from meshing.mesh import Mesh, check_mesh
from meshing.morton import welded
from meshing.sheets import parted

_SPLITS = 0.002  # points put in where the result lies farthest off, for each face


@dataclass(frozen=True, eq=False)
class Simplified:
    """The mesh with fewer faces, and how far it and the input lie apart."""

    mesh: Mesh
    deviation: Deviation


def simplify(mesh: Mesh, n_faces: int, *, lock_border: bool = False, n_samples: int = 30_000) -> Simplified:
    """`mesh` with `n_faces` faces, or one less where they go in pairs; edges are collapsed in the order of their error.

    A closed mesh stays closed and a manifold one manifold; open borders shrink along themselves only, or not at all
    with `lock_border`. That gives way only where the count cannot be reached otherwise. A texture stays where it is, at
    any count that its seams allow. Vertex colours follow from the nearest vertices of the input; normals are dropped.
    Many loose pieces lose the smallest of them. Without a texture the last 0.4 % of the faces go where the result
    lies farthest off. Raises ValueError where the shape does not allow so few faces.
    """
    from meshing.distance_numba import tree_of

    n_splits = 0 if mesh.uv is not None or n_faces >= len(mesh.faces) else int(_SPLITS * n_faces)
    fewer = reduced(mesh, n_faces - 2 * n_splits, lock_border=lock_border)
    if fewer is mesh:
        return Simplified(mesh, Deviation(0.0, 0.0))
    tree = tree_of(mesh.vertices, mesh.faces)
    if n_splits:
        fewer = _mended(fewer, mesh, n_splits, tree)
    apart = deviation(fewer.vertices, fewer.faces, mesh.vertices, mesh.faces, n_samples=n_samples, from_tree=tree)
    return Simplified(fewer, apart)


def reduced(mesh: Mesh, n_faces: int, *, lock_border: bool = False) -> Mesh:
    """As `simplify`, but what lies farthest off is not mended, and how far that is, which takes as long again, not
    measured."""
    check_mesh(mesh)
    if n_faces < 4:
        raise ValueError(f"n_faces: must be at least 4 (got {n_faces})")
    if n_faces >= len(mesh.faces):
        return mesh
    fewer = _collapsed(mesh, n_faces, lock_border)
    fewer = keep_faces(fewer, face_areas(fewer) > 0)
    if len(fewer.faces) > n_faces:
        fewer = _largest_pieces(fewer, n_faces)
    if len(fewer.faces) == 0:
        raise ValueError(f"n_faces: nothing of the mesh is left at {n_faces} faces; allow more")
    return fewer


def _mended(fewer: Mesh, mesh: Mesh, n_splits: int, tree: Tree) -> Mesh:
    from meshing.outliers import with_outliers_split

    original = (mesh.vertices, mesh.faces)
    vertices, faces = with_outliers_split(fewer.vertices, fewer.faces, original, n_splits, tree=tree)
    colors = fewer.vertex_colors
    if colors is not None and mesh.vertex_colors is not None:
        added = _nearest_colors(vertices[len(colors) :], mesh.vertices, mesh.vertex_colors)
        colors = np.concatenate([colors, added])
    return replace(fewer, vertices=vertices, faces=faces, vertex_colors=colors)


def _collapsed(mesh: Mesh, n_faces: int, lock_border: bool) -> Mesh:
    from meshing.collapse import collapse

    center, extent = _frame(mesh.vertices)
    first, point = welded(mesh.vertices)
    points = (mesh.vertices.take(first, axis=0) - center) / extent
    corners = point.astype(np.int32).take(mesh.faces)
    solid = _solid_in_order(corners, len(points))
    if len(solid) == 0:
        raise ValueError(f"n_faces: nothing of the mesh is left at {n_faces} faces; no face has an area")
    points, corners, edges = parted(points, corners.take(solid, axis=0))
    if mesh.uv is None:
        left = collapse(points, corners, n_faces, edges=edges, lock_border=lock_border)
        if len(left.faces) > n_faces and not lock_border:  # tangles hold each other: undo them
            left = collapse(left.points, left.faces, n_faces, careful=False)
        index, row = _used(left.faces)
        uv = None
    else:
        one, wedge = welded(np.concatenate([mesh.vertices, mesh.uv], axis=1))
        wedges = wedge[mesh.faces[solid]].astype(np.int32)
        texture = mesh.uv[one].astype(np.float64)
        left = collapse(points, corners, n_faces, wedges=wedges, uv=texture, edges=edges, lock_border=lock_border)
        index, row = _used(left.wedges)
        uv = left.uv[index].astype(np.float32)
    place = np.zeros(len(index), np.int64)
    place[row] = left.faces
    vertices = (extent * left.points[place] + center).astype(np.float32)
    colors = None if mesh.vertex_colors is None else _nearest_colors(vertices, mesh.vertices, mesh.vertex_colors)
    return replace(mesh, vertices=vertices, faces=row.astype(np.int32), uv=uv, vertex_colors=colors, normals=None)


def _frame(vertices: Float32[np.ndarray, "vertices 3"]) -> tuple[Float64[np.ndarray, "3"], float]:
    """Center and half the longest side."""
    center: np.ndarray = vertices.mean(axis=0, dtype=np.float64)
    return center, max(float(max(np.ptp(axis) for axis in vertices.T)) / 2, 1e-30)  # 20 times as fast as in one


def _solid_in_order(corners: Int32[np.ndarray, "faces 3"], n_points: int) -> Int64[np.ndarray, "solid"]:
    """Faces with three different corners; they lie, as points do, beside their neighbours."""
    from meshing.counting_numba import order_of

    a, b, c = np.ascontiguousarray(corners.T)
    order: np.ndarray = order_of(np.minimum(np.minimum(a, b), c), n_points)
    is_solid = (a != b) & (b != c) & (c != a)
    return order if is_solid.all() else order[is_solid[order]]


def _used(corners: np.ndarray) -> tuple[Int64[np.ndarray, "used"], Int64[np.ndarray, "faces 3"]]:
    """The numbers that `corners` names, and where each corner's stands among them."""
    is_used = np.zeros(int(corners.max(initial=-1)) + 1, bool)
    is_used[corners] = True
    number = np.cumsum(is_used) - 1
    return np.flatnonzero(is_used), number[corners]


def _largest_pieces(mesh: Mesh, n_faces: int) -> Mesh:
    """As many connected pieces as `n_faces` allow, the largest first."""
    piece = components(welded(mesh.vertices)[1][mesh.faces].astype(np.int32), len(mesh.vertices))
    order = np.argsort(-np.bincount(piece, weights=face_areas(mesh)), kind="stable")
    within = np.cumsum(np.bincount(piece)[order]) <= n_faces
    if not within[0]:
        least = f"n_faces: the mesh keeps its shape down to {len(mesh.faces):,} faces (got {n_faces:,})"
        why = "; corners where seams of its texture meet stay: simplify it further before it is unwrapped"
        raise ValueError(least + ("" if mesh.uv is None else why))
    keep = np.zeros(len(order), bool)
    keep[order[within]] = True
    return keep_faces(mesh, keep[piece])


def _nearest_colors(
    points: Float32[np.ndarray, "points 3"],
    vertices: Float32[np.ndarray, "vertices 3"],
    colors: UInt8[np.ndarray, "vertices 3"],
) -> UInt8[np.ndarray, "points 3"]:
    """Colours of the four nearest vertices, nearer ones counting more."""
    from scipy.spatial import cKDTree

    distance, index = cKDTree(vertices).query(points, min(4, len(vertices)))
    distance, index = distance.reshape(len(points), -1), index.reshape(len(points), -1)
    weight = 1 / np.maximum(distance, 1e-9 + 1e-3 * distance.mean())
    mixed = (weight[..., None] * colors[index]).sum(axis=1) / weight.sum(axis=1, keepdims=True)
    rounded: np.ndarray = np.rint(mixed)
    return rounded.astype(np.uint8)
