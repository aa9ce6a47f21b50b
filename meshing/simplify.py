"""Fewer triangles for the same shape, before a texture is laid on it."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, UInt8

from meshing.clean import face_areas, keep_faces
from meshing.distance import Deviation, deviation
from meshing.mesh import Mesh, check_mesh

# How fast fast-simplification raises the error it allows. It is absolute, so the mesh is brought to a size of 2 first.
# Its default of 7 ends three times as far from the input as 3 at the same count; 3 alone does not always get there.
_CAUTION = (3.0, 4.0, 5.0, 7.0, 10.0)


@dataclass(frozen=True, eq=False)
class Simplified:
    """The mesh with fewer faces, and how far it and the input lie apart."""

    mesh: Mesh
    deviation: Deviation


def simplify(mesh: Mesh, n_faces: int, *, n_samples: int = 30_000) -> Simplified:
    """`mesh` with about `n_faces` faces or fewer, edges collapsed in the order of their quadric error (Garland 1997).

    Vertex colours follow from the nearest vertices of the input; normals are dropped. Raises ValueError for a mesh
    with a texture, which would tear: simplify first, then unwrap.
    """
    import fast_simplification

    check_mesh(mesh)
    if mesh.uv is not None:
        raise ValueError("mesh.uv: a texture would tear; simplify the mesh before unwrapping it")
    if n_faces < 4:
        raise ValueError(f"n_faces: must be at least 4 (got {n_faces})")
    if n_faces >= len(mesh.faces):
        return Simplified(mesh, Deviation(0.0, 0.0))
    center = mesh.vertices.mean(axis=0, dtype=np.float64)
    extent = float(np.ptp(mesh.vertices, axis=0).max()) / 2
    vertices, faces = ((mesh.vertices - center) / max(extent, 1e-30)).astype(np.float64), mesh.faces
    for caution in _CAUTION:
        if len(faces) > n_faces:
            vertices, faces = fast_simplification.simplify(vertices, faces, target_count=n_faces, agg=caution)[:2]
    vertices = (extent * vertices + center).astype(np.float32)
    colors = None if mesh.vertex_colors is None else _nearest_colors(vertices, mesh.vertices, mesh.vertex_colors)
    fewer = replace(mesh, vertices=vertices, faces=faces.astype(np.int32), vertex_colors=colors, normals=None)
    fewer = keep_faces(fewer, face_areas(fewer) > 0)
    if len(fewer.faces) == 0:
        raise ValueError(f"n_faces: nothing of the mesh is left at {n_faces} faces; allow more")
    apart = deviation(fewer.vertices, fewer.faces, mesh.vertices, mesh.faces, n_samples=n_samples)
    return Simplified(fewer, apart)


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
