"""How far points lie from a mesh, and one mesh from another."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

_CHUNK = 1 << 15  # points measured at once


@dataclass(frozen=True)
class Deviation:
    """Distances of one surface's points from another, in the mesh's unit."""

    mean: float
    maximum: float


def deviation(
    vertices: Float32[np.ndarray, "vertices 3"],
    faces: Int32[np.ndarray, "faces 3"],
    from_vertices: Float32[np.ndarray, "from_vertices 3"],
    from_faces: Int32[np.ndarray, "from_faces 3"],
    *,
    n_samples: int = 100_000,
    seed: int = 0,
) -> Deviation:
    """How far the first mesh lies from the second and the second from the first: mean of all samples, and the worst."""
    rng = np.random.default_rng(seed)
    one, other = (vertices, faces), (from_vertices, from_faces)
    found = [distances(samples(*a, n_samples, rng)[0], *b, rng=rng) for a, b in ((one, other), (other, one))]
    return Deviation(float(np.mean(np.concatenate(found))), float(max(part.max() for part in found)))


def samples(
    vertices: Float32[np.ndarray, "vertices 3"], faces: Int32[np.ndarray, "faces 3"], n: int, rng: np.random.Generator
) -> tuple[Float64[np.ndarray, "n 3"], Int64[np.ndarray, "n"]]:
    """Points spread evenly over a surface, and the faces they lie on."""
    a, b, c = (vertices[faces[:, k]].astype(np.float64) for k in range(3))
    reached = np.cumsum(np.linalg.norm(np.cross(b - a, c - a), axis=1))
    face = np.searchsorted(reached, (np.arange(n) + rng.random(n)) / n * reached[-1])
    face = np.minimum(face, len(faces) - 1)
    r, s = np.sqrt(rng.random((n, 1))), rng.random((n, 1))
    return (1 - r) * a[face] + r * (1 - s) * b[face] + r * s * c[face], face


def distances(
    points: Float64[np.ndarray, "points 3"],
    vertices: Float32[np.ndarray, "vertices 3"],
    faces: Int32[np.ndarray, "faces 3"],
    *,
    rng: np.random.Generator,
) -> Float64[np.ndarray, "points"]:
    """Distance of each point from a mesh.

    Measured to the face with the nearest of many samples (four per face at least, 50 000 in all) and to all faces that
    share a vertex with it: never too small, and too large only where another part of the surface is as near.
    """
    from scipy.spatial import cKDTree

    spread, owner = samples(vertices, faces, max(4 * len(faces), 50_000), rng)
    first = owner[cKDTree(spread).query(points)[1]]
    around = _touching(faces, len(vertices))
    found = np.empty(len(points))
    for start in range(0, len(points), _CHUNK):
        part = slice(start, start + _CHUNK)
        counts = around.indptr[first[part] + 1] - around.indptr[first[part]]
        starts = np.cumsum(counts) - counts
        nth = np.arange(counts.sum()) - np.repeat(starts, counts)
        candidate = around.indices[np.repeat(around.indptr[first[part]], counts) + nth]
        distance = _point_triangle(
            np.repeat(points[part], counts, axis=0), vertices[faces[candidate]].astype(np.float64)
        )
        found[part] = np.minimum.reduceat(distance, starts)
    return found


def _touching(faces: Int32[np.ndarray, "faces 3"], n_vertices: int):  # type: ignore[no-untyped-def]
    """A sparse matrix whose row of a face names the faces that share a vertex with it, itself among them."""
    from scipy.sparse import csr_array

    n = len(faces)
    corner = csr_array((np.ones(3 * n, np.int32), (np.repeat(np.arange(n), 3), faces.ravel())), shape=(n, n_vertices))
    return (corner @ corner.T).tocsr()


def _point_triangle(
    point: Float64[np.ndarray, "n 3"], corners: Float64[np.ndarray, "n 3 3"]
) -> Float64[np.ndarray, "n"]:
    """Distance from the plane where the foot falls inside the triangle, else from the nearest side."""
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1)
    normal = normal / np.maximum(area, 1e-30)[:, None]
    inside = area > 1e-30
    nearest = np.full(len(point), np.inf)
    for k in range(3):
        a, b = corners[:, k], corners[:, (k + 1) % 3]
        side, way = b - a, point - a
        inside &= (np.cross(side, way) * normal).sum(axis=1) >= 0
        along = (way * side).sum(axis=1) / np.maximum((side * side).sum(axis=1), 1e-30)
        foot = a + np.clip(along, 0, 1)[:, None] * side
        nearest = np.minimum(nearest, np.linalg.norm(point - foot, axis=1))
    from_plane = np.abs(((point - corners[:, 0]) * normal).sum(axis=1))
    distance: np.ndarray = np.where(inside, from_plane, nearest)
    return distance
