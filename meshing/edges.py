"""The edges of a mesh and the faces beside each, looked up once for all that asks for them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, Int64


@dataclass(frozen=True, eq=False)
class Edges:
    """The sides of the faces with those of each edge together, the lowest first.

    Side 3 x face + k leads from the face's corner k to its next. Edges come in the order of their lower and then
    their higher point; `start` is where the sides of each begin among all, and how many sides there are.
    """

    sides: Int32[np.ndarray, "sides"]
    start: Int32[np.ndarray, "starts"]

    @property
    def first(self) -> Int32[np.ndarray, "edges"]:
        """One side of each edge."""
        found: np.ndarray = self.sides[self.start[:-1]]
        return found

    @property
    def count(self) -> Int32[np.ndarray, "edges"]:
        """How many faces each edge has."""
        return np.diff(self.start)


def edges_of(faces: Int32[np.ndarray, "faces 3"], n_points: int) -> Edges:
    """The edges of faces whose points are all below `n_points`."""
    from meshing.counting_numba import sides_by_edge

    return Edges(*sides_by_edge(faces, n_points))


def ends(
    faces: Int32[np.ndarray, "faces 3"], sides: Int32[np.ndarray, "n"] | Int64[np.ndarray, "n"]
) -> Int32[np.ndarray, "n 2"]:
    """The lower and the higher point of each side."""
    face, k = np.divmod(sides, 3)
    both = np.stack([faces[face, k], faces[face, (k + 1) % 3]], axis=1)
    both.sort(axis=1)
    return both
