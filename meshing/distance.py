"""How far points lie from a mesh, and one mesh from another."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64


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
    found = [distances(samples(*a, n_samples, rng)[0], *b) for a, b in ((one, other), (other, one))]
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
) -> Float64[np.ndarray, "points"]:
    """Distance of each point from the nearest face of a mesh."""
    from meshing.distance_numba import distances as measured
    from meshing.distance_numba import tree_of

    return measured(points, tree_of(vertices[faces].astype(np.float64)))
