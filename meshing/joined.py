"""A mesh whose seams are closed: what goes on over its surface does not stop where its texture is cut."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from scipy.sparse import coo_array

from meshing.mesh import Mesh


@dataclass(frozen=True, eq=False)
class Joined:
    """Vertices at one place, on the two sides of a seam, as one point: the `first` of each, the point of each vertex
    (`weld`), faces of points, and what the mean over a point's neighbours takes."""

    first: Int64[np.ndarray, "points"]
    weld: Int64[np.ndarray, "vertices"]
    faces: Int64[np.ndarray, "faces 3"]
    neighbours: coo_array
    edge: float  # mean length


def join(mesh: Mesh) -> Joined:
    """The mesh without its seams."""
    points, first, weld = np.unique(mesh.vertices, axis=0, return_index=True, return_inverse=True)
    faces = weld.ravel()[mesh.faces].astype(np.int64)
    neighbours, edge = _neighbours(points.astype(np.float64), faces)
    return Joined(first.astype(np.int64), weld.ravel().astype(np.int64), faces, neighbours, edge)


def _neighbours(
    points: Float64[np.ndarray, "vertices 3"], faces: Int64[np.ndarray, "faces 3"]
) -> tuple[coo_array, float]:
    """A matrix that takes the mean over each vertex's neighbours, and the mean length of an edge."""
    ends = np.unique(np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1), axis=0)
    both = np.concatenate([ends, ends[:, ::-1]])
    count = np.bincount(both[:, 0], minlength=len(points))
    matrix = coo_array((1 / count[both[:, 0]], (both[:, 0], both[:, 1])), shape=(len(points),) * 2)
    return matrix, float(np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=1).mean())
