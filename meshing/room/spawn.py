"""Where somebody who enters the room stands, and where they look."""

import numpy as np
from jaxtyping import Bool, Float64

from meshing.room.plan import RoomPlan

_STEP = 0.1
_BODY = 0.3  # metres around a person
_PASSED_OVER = ("rug", "ceiling_lamp", "picture", "mirror", "clock", "curtain")


def standing_place(plan: RoomPlan) -> tuple[tuple[float, float], float]:
    """x and z of the free place that sees most of the furniture, and the yaw to look at it (0 along +z)."""
    polygon = plan.polygon()
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    axes = [
        np.arange(a + _STEP / 2, b, _STEP) if b - a > _STEP else np.array([(a + b) / 2])
        for a, b in zip(low, high, strict=True)
    ]
    places = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    room = np.where(_inside(places, polygon), _to_edges(places, polygon), -1.0)
    things = [thing for thing in plan.boxes if thing.label not in _PASSED_OVER and thing.bottom < 1.8]
    for thing in things:
        axes_ = thing.axes()[[0, 2]][:, [0, 2]]
        away = np.abs((places - np.array(thing.center)[[0, 2]]) @ axes_.T) - np.array(thing.size)[[0, 2]] / 2
        outside = np.linalg.norm(np.maximum(away, 0), axis=1)
        room = np.minimum(room, np.where((away < 0).all(axis=1), away.max(axis=1), outside))
    middle = np.array([np.array(thing.center)[[0, 2]] for thing in things] or [polygon.mean(axis=0)]).mean(axis=0)
    far = np.linalg.norm(places - middle, axis=1)
    score = np.minimum(room, 2 * _BODY) + 0.12 * np.minimum(far, 2.5) * (room > _BODY)
    best = places[int(np.argmax(score))]
    look = middle - best
    yaw = float(np.arctan2(look[0], look[1])) if np.linalg.norm(look) > 1e-6 else 0.0
    return (round(float(best[0]), 3), round(float(best[1]), 3)), round(yaw, 4)


def _inside(points: Float64[np.ndarray, "n 2"], polygon: Float64[np.ndarray, "corners 2"]) -> Bool[np.ndarray, "n"]:
    """Even-odd rule."""
    inside = np.zeros(len(points), bool)
    for a, b in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        crosses = (a[1] > points[:, 1]) != (b[1] > points[:, 1])
        at = a[0] + (points[:, 1] - a[1]) / np.where(b[1] == a[1], 1.0, b[1] - a[1]) * (b[0] - a[0])
        inside ^= crosses & (points[:, 0] < at)
    return inside


def _to_edges(
    points: Float64[np.ndarray, "n 2"], polygon: Float64[np.ndarray, "corners 2"]
) -> Float64[np.ndarray, "n"]:
    nearest = np.full(len(points), np.inf)
    for a, b in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        way = b - a
        share = np.clip((points - a) @ way / max(float(way @ way), 1e-12), 0, 1)
        nearest = np.minimum(nearest, np.linalg.norm(points - a - share[:, None] * way, axis=1))
    return nearest
