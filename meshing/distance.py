"""How far points lie from a mesh, and one mesh from another."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64


class Tree(NamedTuple):
    """A mesh as boxes in boxes, by `distance_numba.tree_of`: lower and upper bounds of all nodes, of which the last
    `n_leaves` are leaves of so many rows of `corners` each.

    Numbers are as precise as the vertices were, and nothing is rounded: half the memory is met for most meshes.
    """

    boxes: np.ndarray  # (2 n_leaves - 1, 6)
    corners: np.ndarray  # (faces, 9), in the order of the leaves
    faces: np.ndarray  # (faces,), which faces they are


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
    from_tree: Tree | None = None,
) -> Deviation:
    """How far the first mesh lies from the second and the second from the first: mean of all samples, and the worst.

    `from_tree` is that of the second, where it is there already.
    """
    from meshing.distance_numba import distances as measured
    from meshing.distance_numba import tree_of

    rng = np.random.default_rng(seed)
    tree = tree_of(from_vertices, from_faces) if from_tree is None else from_tree
    off = measured(samples(vertices, faces, n_samples, rng)[0], tree)
    other_off = measured(samples(from_vertices, from_faces, n_samples, rng)[0], tree_of(vertices, faces))
    mean = float(np.mean(np.concatenate([off, other_off])))
    return Deviation(mean, float(max(off.max(), other_off.max())))


def samples(
    vertices: Float32[np.ndarray, "vertices 3"], faces: Int32[np.ndarray, "faces 3"], n: int, rng: np.random.Generator
) -> tuple[Float64[np.ndarray, "n 3"], Int64[np.ndarray, "n"]]:
    """Points spread evenly over a surface, and the faces they lie on."""
    from meshing.distance_numba import summed_areas

    reached = summed_areas(vertices, faces)
    face = np.searchsorted(reached, (np.arange(n) + rng.random(n)) / n * reached[-1])
    face = np.minimum(face, len(faces) - 1)
    r, s = np.sqrt(rng.random((n, 1))), rng.random((n, 1))
    a, b, c = (vertices[faces[face, k]].astype(np.float64) for k in range(3))
    return (1 - r) * a + r * (1 - s) * b + r * s * c, face


def distances(
    points: Float64[np.ndarray, "points 3"],
    vertices: Float32[np.ndarray, "vertices 3"],
    faces: Int32[np.ndarray, "faces 3"],
) -> Float64[np.ndarray, "points"]:
    """Distance of each point from the nearest face of a mesh."""
    from meshing.distance_numba import distances as measured
    from meshing.distance_numba import tree_of

    return measured(points, tree_of(vertices, faces))
