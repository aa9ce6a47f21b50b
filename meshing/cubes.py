"""The unit cell of a lattice: its corners, edges, and how each pattern of inside corners is cut into triangles.

The table is derived, not typed in: on each of the cell's six sides the inside corners are cut off by directed segments,
the segments are joined to loops, the loops to triangles. Where a side is ambiguous (two inside corners that only
touch by a diagonal) its inside corners are always separated; two cells that share a side therefore cut it alike, and
no holes open.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
from jaxtyping import Int64

CORNERS: Int64[np.ndarray, "8 3"] = np.array(
    [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]], np.int64
)


def _edges() -> Int64[np.ndarray, "12 3"]:
    """Corner at the low end, corner at the high end, axis."""
    pairs = [(a, b) for a in range(8) for b in range(8) if (CORNERS[b] - CORNERS[a]).tolist().count(0) == 2]
    rising = [(a, b) for a, b in pairs if (CORNERS[b] - CORNERS[a]).sum() == 1]
    return np.array([(a, b, int(np.argmax(CORNERS[b] - CORNERS[a]))) for a, b in rising], np.int64)


EDGES = _edges()


def _sides() -> list[list[int]]:
    """The corners of each side, counter-clockwise seen from outside the cell."""
    sides = []
    for axis, high in np.ndindex(3, 2):
        u, v = (np.eye(3, dtype=np.int64)[(axis + k) % 3] for k in (1, 2))
        start = high * np.eye(3, dtype=np.int64)[axis]
        ring = [start, start + u, start + u + v, start + v]
        ring = ring if high else ring[::-1]
        sides.append([int(np.flatnonzero((corner == CORNERS).all(axis=1))[0]) for corner in ring])
    return sides


def _edge_between(a: int, b: int) -> int:
    return int(np.flatnonzero((np.sort(EDGES[:, :2], axis=1) == sorted((a, b))).all(axis=1))[0])


def _segments(case: int) -> dict[int, int]:
    """From each crossed edge to the next, with the inside corners on the right as seen from outside."""
    follows = {}
    for ring in _sides():
        inside = [bool(case >> corner & 1) for corner in ring]
        for k in range(4):
            if inside[k] and not inside[k - 1]:  # the run of inside corners that starts at k
                end = k
                while inside[(end + 1) % 4]:
                    end += 1
                entry = _edge_between(ring[k - 1], ring[k])
                follows[entry] = _edge_between(ring[end % 4], ring[(end + 1) % 4])
    return follows


def _triangles(case: int) -> list[tuple[int, int, int]]:
    follows, found = _segments(case), []
    while follows:
        start, edge = next(iter(follows.items()))
        loop = [start]
        while edge != start:
            loop.append(edge)
            edge = follows[edge]
        follows = {a: b for a, b in follows.items() if a not in loop}
        found += next(cut for cut in _cuts(tuple(loop)) if not _lies_in_a_side(cut, loop))
    return found


def _cuts(loop: tuple[int, ...]) -> Iterator[list[tuple[int, int, int]]]:
    """Every way to cut a loop into triangles."""
    if len(loop) < 3:
        yield []
        return
    for k in range(1, len(loop) - 1):
        for left in _cuts(loop[: k + 1]):
            for right in _cuts(loop[k:]):
                yield [*left, (loop[0], loop[k], loop[-1]), *right]


def _lies_in_a_side(cut: list[tuple[int, int, int]], loop: list[int]) -> bool:
    """Whether a new line of the cut lies in a side of the cell, where the neighbour may have the same line."""
    rim = {frozenset((loop[k - 1], loop[k])) for k in range(len(loop))}
    lines = {frozenset((t[k - 1], t[k])) for t in cut for k in range(3)} - rim
    return any(_common_sides(*line) for line in lines)


def _common_sides(a: int, b: int) -> int:
    corners = CORNERS[np.concatenate([EDGES[a, :2], EDGES[b, :2]])]
    return int((corners == corners[0]).all(axis=0).sum())


@cache
def triangle_table() -> tuple[Int64[np.ndarray, "256 5 3"], Int64[np.ndarray, "256"]]:
    """For each pattern of inside corners (bit c = corner c): the edges its triangles join, and how many there are."""
    cases = [_triangles(case) for case in range(256)]
    table = np.full((256, max(map(len, cases)), 3), -1, np.int64)
    for case, triangles in enumerate(cases):
        table[case, : len(triangles)] = np.array(triangles, np.int64).reshape(-1, 3)
    return table, np.array([len(triangles) for triangles in cases], np.int64)
