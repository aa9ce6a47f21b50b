"""A mesh where a sampled field crosses a level: marching cubes or surface nets over sparse blocks, without seams.

Every vertex belongs to one lattice edge (marching cubes) or one cell (surface nets) and is found by that name, so what
neighbouring blocks make is joined exactly. Cells with an unknown corner are left open.
"""

from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from meshing.cubes import CORNERS, EDGES, triangle_table
from meshing.grid import SIDE, SparseGrid, corner_values, find, pack

Method = Literal["marching_cubes", "surface_nets"]
_CHUNK = 8192  # blocks whose padded samples are held at once: 24 MB

Cells = tuple[Int64[np.ndarray, "cells 3"], Float64[np.ndarray, "cells 8"]]
Surface = tuple[Float32[np.ndarray, "vertices 3"], Int32[np.ndarray, "faces 3"]]


def extract_surface(
    grid: SparseGrid, level: float = 0.0, *, inside: Literal["below", "above"], method: Method
) -> Surface:
    """Vertices and faces where `grid` crosses `level`, front faces seen from outside.

    `inside` says on which side of the level matter is: "below" for signed distances, "above" for densities. Vertices
    come in the grid's world units.
    """
    cells, corners = _crossed_cells(grid, level)
    corners = corners - level if inside == "below" else level - corners
    points, faces = (_marching_cubes if method == "marching_cubes" else _surface_nets)(cells, corners)
    vertices = grid.origin + grid.voxel * points
    return vertices.astype(np.float32), faces.astype(np.int32)


def _crossed_cells(grid: SparseGrid, level: float) -> Cells:
    """Lattice coordinates and the eight corner values (order of `CORNERS`) of all cells with both signs."""
    keys = pack(grid.blocks)
    found_cells, found_corners = [np.zeros((0, 3), np.int64)], [np.zeros((0, 8))]
    steps = CORNERS @ np.array([(SIDE + 1) ** 2, SIDE + 1, 1])  # from a cell's first corner to the others
    for start in range(0, len(grid.blocks), _CHUNK):
        some = slice(start, start + _CHUNK)
        padded = corner_values(grid, some, keys)
        below = padded < level
        block, *cell = np.nonzero(_over_corners(np.logical_or, below) & ~_over_corners(np.logical_and, below))
        first = np.ravel_multi_index((block, *cell), padded.shape)
        corners = padded.ravel()[first[:, None] + steps].astype(np.float64)
        known = ~np.isnan(corners).any(axis=1)
        cells = grid.blocks[some][block].astype(np.int64) * SIDE + np.stack(cell, axis=1)
        found_cells.append(cells[known])
        found_corners.append(corners[known])
    return np.concatenate(found_cells), np.concatenate(found_corners)


def _over_corners(join: np.ufunc, padded: np.ndarray) -> np.ndarray:
    """For each cell what joins its eight corners' values, axis by axis."""
    padded = join(padded[:, :-1], padded[:, 1:])
    padded = join(padded[:, :, :-1], padded[:, :, 1:])
    joined: np.ndarray = join(padded[..., :-1], padded[..., 1:])
    return joined


def _marching_cubes(
    cells: Int64[np.ndarray, "cells 3"], corners: Float64[np.ndarray, "cells 8"]
) -> tuple[Float64[np.ndarray, "vertices 3"], Int64[np.ndarray, "faces 3"]]:
    """Lorensen and Cline 1987 with a table whose ambiguous faces agree between neighbours."""
    table, counts = triangle_table()
    case = np.packbits(corners < 0, axis=1, bitorder="little")[:, 0]
    n_faces = counts[case]
    cell = np.repeat(np.arange(len(cells)), n_faces)
    nth = np.arange(len(cell)) - np.repeat(np.cumsum(n_faces) - n_faces, n_faces)
    edge = table[case[cell], nth]  # (faces, 3)
    steps = 3 * (pack(CORNERS[EDGES[:, 0]]) - pack(CORNERS[:1])) + EDGES[:, 2]
    names = (3 * pack(cells))[cell, None] + steps[edge]
    _, where, faces = np.unique(names.ravel(), return_index=True, return_inverse=True)
    cell, edge = np.repeat(cell, 3)[where], edge.ravel()[where]
    low, high = corners[cell, EDGES[edge, 0]], corners[cell, EDGES[edge, 1]]
    points = cells[cell] + CORNERS[EDGES[edge, 0]].astype(np.float64)
    # Kept off the lattice points, where several vertices would fall together and leave faces without area.
    points[np.arange(len(points)), EDGES[edge, 2]] += np.clip(low / (low - high), 1e-3, 1 - 1e-3)
    return points, faces.reshape(-1, 3)


def _surface_nets(
    cells: Int64[np.ndarray, "cells 3"], corners: Float64[np.ndarray, "cells 8"]
) -> tuple[Float64[np.ndarray, "vertices 3"], Int64[np.ndarray, "faces 3"]]:
    """Gibson 1998: a vertex in each cell at the mean of its edges' crossings, a quad across each crossed edge."""
    order = np.argsort(pack(cells))
    cells, corners = cells[order], corners[order]
    keys = pack(cells)
    points = cells + _mean_crossing(corners)
    quads = [np.zeros((0, 4), np.int64)]
    for axis in range(3):
        u, v = np.eye(3, dtype=np.int64)[(axis + 1) % 3], np.eye(3, dtype=np.int64)[(axis + 2) % 3]
        far = int(np.flatnonzero((np.eye(3, dtype=np.int64)[axis] == CORNERS).all(axis=1))[0])
        inside = corners[:, 0] < 0
        own = np.flatnonzero(inside != (corners[:, far] < 0))
        around = np.stack([find(keys, pack(cells[own] - shift)) for shift in (u + v, v, 0 * u, u)], axis=1)
        flipped = ~inside[own]
        around[flipped] = around[flipped][:, ::-1]
        quads.append(around[(around >= 0).all(axis=1)])
    return points, _split_quads(points, np.concatenate(quads))


def _mean_crossing(corners: Float64[np.ndarray, "cells 8"]) -> Float64[np.ndarray, "cells 3"]:
    total, count = np.zeros((3, len(corners))), np.zeros(len(corners))
    value = np.ascontiguousarray(corners.T)
    inside = value < 0
    for a, b, axis in EDGES:
        crossed = inside[a] != inside[b]
        count += crossed
        for k in np.flatnonzero(CORNERS[a]):
            total[k] += crossed
        total[axis] += np.divide(value[a], value[a] - value[b], out=np.zeros(len(corners)), where=crossed)
    return (total / np.maximum(count, 1)).T


def _split_quads(
    points: Float64[np.ndarray, "vertices 3"], quads: Int64[np.ndarray, "quads 4"]
) -> Int64[np.ndarray, "faces 3"]:
    """Two triangles per quad, cut along the shorter diagonal."""
    p = points[quads]
    turned = ((p[:, 1] - p[:, 3]) ** 2).sum(axis=1) < ((p[:, 0] - p[:, 2]) ** 2).sum(axis=1)
    quads = np.where(turned[:, None], np.roll(quads, 1, axis=1), quads)
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]], axis=1).reshape(-1, 3)
