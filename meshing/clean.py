"""What does not belong to a surface: loose bits, and vertices that nothing uses."""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from meshing.mesh import Mesh


def face_areas(mesh: Mesh) -> Float64[np.ndarray, "faces"]:
    """Area of each face."""
    x, y, z = np.ascontiguousarray(mesh.vertices.T, np.float64)
    a, b, c = np.ascontiguousarray(mesh.faces.T)
    one, other = ([axis[end] - axis[a] for axis in (x, y, z)] for end in (b, c))  # twice as fast as rows of three
    across = [one[k - 2] * other[k - 1] - one[k - 1] * other[k - 2] for k in range(3)]
    areas: np.ndarray = 0.5 * np.sqrt(across[0] ** 2 + across[1] ** 2 + across[2] ** 2)
    return areas


def components(faces: Int32[np.ndarray, "faces 3"], n_vertices: int) -> Int64[np.ndarray, "faces"]:
    """For each face the number of the connected piece it belongs to; pieces are joined by shared vertices."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, columns = faces[:, [0, 1]].T.ravel(), faces[:, [1, 2]].T.ravel()
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(n_vertices, n_vertices))
    piece: np.ndarray = connected_components(graph, directed=False)[1][faces[:, 0]]
    return piece.astype(np.int64)


def remove_small_components(mesh: Mesh, *, min_share: float = 0.001) -> Mesh:
    """`mesh` without the connected pieces whose area is under `min_share` of the largest piece's."""
    if len(mesh.faces) == 0:
        return mesh
    piece = components(mesh.faces, len(mesh.vertices))
    area = np.bincount(piece, weights=face_areas(mesh))
    return keep_faces(mesh, (area >= min_share * area.max())[piece])


def keep_faces(mesh: Mesh, keep: Bool[np.ndarray, "faces"]) -> Mesh:
    """`mesh` with the marked faces and the vertices they use, both in their old order."""
    faces = mesh.faces[keep]
    used = np.zeros(len(mesh.vertices), bool)
    used[faces] = True
    if keep.all() and used.all():
        return mesh
    number = np.cumsum(used, dtype=np.int64) - 1
    rows = {key: getattr(mesh, key) for key in ("vertices", "vertex_colors", "normals", "uv")}
    rows = {key: array[used] for key, array in rows.items() if array is not None}
    return replace(mesh, faces=number[faces].astype(np.int32), **rows)
