"""A piece of surface as a grid of points: what furniture and walls are made of.

Owns the grid, its triangles and moving it. A grid is its own texture chart, so nothing has to be unwrapped: the
columns lie
at `shares` of the chart's width, the rows at shares of its height. Does not own shapes (`solids.py`) nor colours
(`materials.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float64, Int32

Number = int | float


@dataclass(frozen=True, eq=False)
class Cut:
    """The part of a flat patch that is there, as triangles over the chart: corners are shares from 0 to 1 (x, y)."""

    corners: Float64[np.ndarray, "corners 2"]
    faces: Int32[np.ndarray, "faces 3"]

    def covers(self, shares: Float64[np.ndarray, "n 2"]) -> Bool[np.ndarray, "n"]:
        """Which points of the chart are there."""
        inside = np.zeros(len(shares), bool)
        for a, b, c in self.corners[self.faces]:
            signs = [_cross(b - a, shares - a), _cross(c - b, shares - b), _cross(a - c, shares - c)]
            inside |= (np.min(signs, axis=0) >= -1e-12) | (np.max(signs, axis=0) <= 1e-12)
        return inside


@dataclass(frozen=True, eq=False)
class Patch:
    """Rows run down and columns to the right for whoever looks at the front. `uv` is in metres; materials paint by it.

    The outward normal is (next row - this row) x (next column - this column). A flat patch of 2 x 2 points may be cut.
    """

    points: Float64[np.ndarray, "rows columns 3"]
    uv: Float64[np.ndarray, "rows columns 2"]
    material: str
    number: int = 0  # what makes one of many alike pieces differ, such as a book from its neighbour
    cut: Cut | None = None

    @property
    def size(self) -> tuple[float, float]:
        """Greatest length along the columns (u) and along the rows (v), in metres."""
        return float(_lengths(self.points, 1).max()), float(_lengths(self.points, 0).max())

    def shares(self) -> tuple[Float64[np.ndarray, "columns"], Float64[np.ndarray, "rows"]]:
        """Where the columns and the rows lie in the chart, from 0 to 1 in proportion to their mean distances."""
        return _shares(self.points, 1), _shares(self.points, 0)


def triangles_of(
    patch: Patch,
) -> tuple[Float64[np.ndarray, "vertices 3"], Float64[np.ndarray, "vertices 2"], Int32[np.ndarray, "faces 3"]]:
    """Positions and chart shares of the vertices, and counter-clockwise triangles: two a cell, or those of the cut."""
    if patch.cut is not None:
        positions = sampled(patch, patch.points, patch.cut.corners)
        return positions, patch.cut.corners, patch.cut.faces
    rows, columns = patch.points.shape[:2]
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    down, right = first + columns, first + 1
    corners = np.stack([first, down, down + 1, first, down + 1, right], axis=1)
    shares = np.stack(np.meshgrid(*patch.shares()), axis=-1).reshape(-1, 2)
    return patch.points.reshape(-1, 3), shares, corners.reshape(-1, 3).astype(np.int32)


def sampled(
    patch: Patch, grid: Float64[np.ndarray, "rows columns c"], shares: Float64[np.ndarray, "n 2"]
) -> Float64[np.ndarray, "n c"]:
    """Values of a grid over the patch at places of its chart, bilinear in each cell."""
    across, down = patch.shares()
    j, fx = _cell(across, shares[:, 0])
    i, fy = _cell(down, shares[:, 1])
    top = grid[i, j] * (1 - fx) + grid[i, j + 1] * fx
    bottom = grid[i + 1, j] * (1 - fx) + grid[i + 1, j + 1] * fx
    blended: np.ndarray = top * (1 - fy) + bottom * fy
    return blended


def moved(patches: Iterable[Patch], by: Sequence[Number] | Float64[np.ndarray, "3"]) -> list[Patch]:
    """The patches, shifted."""
    return [replace(patch, points=patch.points + np.asarray(by, np.float64)) for patch in patches]


def turned(patches: Iterable[Patch], axis: str, radians: float) -> list[Patch]:
    """The patches, turned about an axis through the origin, counter-clockwise for whoever it points at."""
    matrix = rotation(axis, radians)
    return [replace(patch, points=patch.points @ matrix.T) for patch in patches]


def rotation(axis: str, radians: float) -> Float64[np.ndarray, "3 3"]:
    """The matrix that turns about `axis`: x, y or z."""
    c, s = np.cos(radians), np.sin(radians)
    second, third = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.eye(3)
    matrix[second, second] = matrix[third, third] = c
    matrix[third, second], matrix[second, third] = s, -s
    return matrix


def painted(patches: Iterable[Patch], material: str) -> list[Patch]:
    """The patches in another material."""
    return [replace(patch, material=material) for patch in patches]


def numbered(patches: Iterable[Patch], number: int) -> list[Patch]:
    """The patches as one of many alike."""
    return [replace(patch, number=number) for patch in patches]


def bounds_of(patches: Iterable[Patch]) -> Float64[np.ndarray, "2 3"]:
    """Lowest and highest coordinates."""
    points = np.concatenate([patch.points.reshape(-1, 3) for patch in patches])
    return np.stack([points.min(axis=0), points.max(axis=0)])


def grid_normals(points: Float64[np.ndarray, "rows columns 3"]) -> Float64[np.ndarray, "rows columns 3"]:
    """Unit normals of a grid at its points; a row that is one point, such as a pole, takes its neighbour's mean."""
    normal = np.cross(np.gradient(points, axis=0), np.gradient(points, axis=1))
    length = np.linalg.norm(normal, axis=2)
    for row, beside in ((0, 1), (-1, -2)):
        if length[row].max() <= 1e-3 * max(length.max(), 1e-15):
            normal[row] = normal[beside].mean(axis=0) if len(normal) > 2 else (0.0, 1.0, 0.0)
    length = np.linalg.norm(normal, axis=2, keepdims=True)
    unit: np.ndarray = np.where(length > 1e-15, normal / np.maximum(length, 1e-15), (0.0, 1.0, 0.0))
    return unit


def _cell(shares: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The interval each value lies in, and how far into it, as a column."""
    index = np.clip(np.searchsorted(shares, value, side="right") - 1, 0, len(shares) - 2)
    width = shares[index + 1] - shares[index]
    inside = np.where(width > 0, (value - shares[index]) / np.maximum(width, 1e-12), 0.0)
    return index, np.clip(inside, 0, 1)[:, None]


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    result: np.ndarray = a[0] * b[:, 1] - a[1] * b[:, 0]
    return result


def _lengths(points: np.ndarray, axis: int) -> np.ndarray:
    steps = np.linalg.norm(np.diff(points, axis=axis), axis=2)
    total: np.ndarray = steps.sum(axis=axis)
    return total


def _shares(points: np.ndarray, axis: int) -> np.ndarray:
    steps = np.linalg.norm(np.diff(points, axis=axis), axis=2).mean(axis=1 - axis)
    ends = np.concatenate([[0.0], np.cumsum(steps)])
    if ends[-1] <= 0:
        return np.linspace(0, 1, len(ends))
    shares: np.ndarray = ends / ends[-1]
    return shares
