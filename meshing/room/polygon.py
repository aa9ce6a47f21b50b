"""Polygons on the floor: x and z of their corners, counter-clockwise seen from above."""

import numpy as np
from jaxtyping import Bool, Float64

Polygon = Float64[np.ndarray, "_ 2"]
Vector = Float64[np.ndarray, "2"]

_CLOSE = 1e-3  # corners nearer than this are one


def area(polygon: Polygon) -> float:
    """Square metres; negative where the corners run clockwise seen from above."""
    x, z = polygon[:, 0], polygon[:, 1]
    return float(np.sum(z * np.roll(x, -1) - x * np.roll(z, -1)) / 2)


def is_simple(polygon: Polygon) -> bool:
    """Whether no two edges cross or touch, but for neighbours in their corner."""
    start, end = polygon, np.roll(polygon, -1, axis=0)
    n = len(polygon)
    for i in range(n):
        for j in range(i + 2, n - (i == 0)):
            if _cross(start[i], end[i], start[j], end[j]):
                return False
    return True


def _cross(a: Vector, b: Vector, c: Vector, d: Vector) -> bool:
    sides = [_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)]
    return sides[0] * sides[1] <= 0 and sides[2] * sides[3] <= 0 and any(side != 0 for side in sides)


def _turn(a: Vector, b: Vector, c: Vector) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def hull(points: Polygon) -> Polygon:
    """The smallest convex polygon around `points`; without corners where they lie on one line."""
    from scipy.spatial import ConvexHull, QhullError  # slow to load, and a plan that is only handed on needs none

    try:
        corners = points[ConvexHull(points).vertices]
    except (QhullError, ValueError):
        return np.zeros((0, 2))
    return np.asarray(corners if area(corners) > 0 else corners[::-1])


def without_needless(polygon: Polygon) -> Polygon:
    """The same outline without repeated corners and without corners on a straight wall."""
    kept = polygon
    while len(kept) > 2:
        before, after = np.roll(kept, 1, axis=0), np.roll(kept, -1, axis=0)
        length = np.linalg.norm(after - before, axis=1)
        turn = np.abs((kept - before)[:, 0] * (after - before)[:, 1] - (kept - before)[:, 1] * (after - before)[:, 0])
        same = np.linalg.norm(after - kept, axis=1) < _CLOSE
        needless = same | (turn < _CLOSE * length)
        if not needless.any():
            break
        kept = np.delete(kept, int(np.argmax(needless)), axis=0)
    return kept


def rectangle(low: Vector, high: Vector) -> Polygon:
    """The rectangle between two corners."""
    return np.array([[low[0], high[1]], [high[0], high[1]], [high[0], low[1]], [low[0], low[1]]])


def contains(polygon: Polygon, points: Float64[np.ndarray, "n 2"]) -> Bool[np.ndarray, "n"]:
    """Which points lie inside, by counting edges to their right."""
    start, end = polygon[None], np.roll(polygon, -1, axis=0)[None]
    x, z = points[:, None, 0], points[:, None, 1]
    spans = (start[..., 1] > z) != (end[..., 1] > z)
    rise = np.where(spans, end[..., 1] - start[..., 1], 1.0)
    at = start[..., 0] + (z - start[..., 1]) / rise * (end[..., 0] - start[..., 0])
    inside: np.ndarray = (spans & (x < at)).sum(axis=1) % 2 == 1
    return inside


def to_boundary(polygon: Polygon, points: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, "n 2"]:
    """For each point the way to the nearest point of the outline."""
    start, end = polygon[None], np.roll(polygon, -1, axis=0)[None]
    along = end - start
    share = ((points[:, None] - start) * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-18)
    way = start + np.clip(share, 0, 1)[..., None] * along - points[:, None]
    nearest = np.argmin((way**2).sum(-1), axis=1)
    return np.asarray(way[np.arange(len(points)), nearest])


def push_inside(polygon: Polygon, footprint: Polygon) -> Vector:
    """The longest single step that some part of a convex `footprint` needs to get back into `polygon`; 0 inside it."""
    steps = [np.zeros(2)]
    outside = ~contains(polygon, footprint)
    if outside.any():
        steps += list(to_boundary(polygon, footprint[outside]))
    intruding = polygon[contains(footprint, polygon)]  # a corner of the room that sticks into the footprint
    if len(intruding):
        steps += list(-to_boundary(footprint, intruding))
    return np.asarray(max(steps, key=lambda step: float(step @ step)))


def overlap(one: Polygon, two: Polygon) -> tuple[float, Vector]:
    """How deep two convex polygons overlap and the direction in which `one` leaves `two` soonest; 0 where apart.

    By separating axes.
    """
    best, direction = np.inf, np.zeros(2)
    for polygon in (one, two):
        edges = np.roll(polygon, -1, axis=0) - polygon
        for x, z in edges / np.maximum(np.linalg.norm(edges, axis=1, keepdims=True), 1e-12):
            axis = np.array([z, -x])
            a, b = one @ axis, two @ axis
            for depth, sign in ((a.max() - b.min(), -1.0), (b.max() - a.min(), 1.0)):
                if depth <= 0:
                    return 0.0, np.zeros(2)
                if depth < best:
                    best, direction = float(depth), sign * axis
    return best, direction
