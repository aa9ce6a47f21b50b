"""How well a place suits a thing: its distance from what it belongs to, from doors and windows, from corners."""

from collections.abc import Sequence

import numpy as np

from meshing.room import polygon as outline
from meshing.room.plan import Box, RoomPlan
from meshing.room.wishes import Wish


def wall_score(plan: RoomPlan, box: Box, wish: Wish, targets: Sequence[Box], *, corner: float, centred: float) -> float:
    """How well a place at a wall suits: by what was asked, else in a corner or in the middle as such things do.

    `corner` is how far from the wall's nearer end it is, in metres; `centred` 0 in the wall's middle, less elsewhere.
    """
    score = 0.0
    if targets and wish.relation in ("beside", "around", "under", ""):
        near = min(abs(gap(box, target) - usual_distance(box)) for target in targets)
        alike = max(float(box.axes()[2] @ target.axes()[2]) for target in targets)
        score += -2.0 * near + (0.5 * alike if box.label == "nightstand" else 0.0)
    elif targets and wish.relation == "opposite":
        target = targets[0]
        way = np.subtract(box.center, target.center)
        aside = abs(float(way @ target.axes()[0]))
        score += -2.0 * aside + 2.0 * float(-(box.axes()[2] @ target.axes()[2]))
        score += 1.0 if way @ target.axes()[2] > 0 else -2.0
    elif targets and wish.relation == "above":
        way = np.subtract(box.center, targets[0].center)
        score += -3.0 * float(np.hypot(way[0], way[2]))
    elif wish.relation == "beside" and wish.target == "door":
        score -= opening_distance(plan, box, "door")
    elif wish.relation == "corner" or box.label in ("wardrobe", "shelf", "fridge", "bath", "toilet", "lamp", "plant"):
        score -= 1.5 * corner
    elif box.label in ("bed", "sofa", "tv_stand", "fireplace", "picture", "mirror", "desk", "cabinet"):
        score += 2.0 * centred
    if box.label in ("bed", "sofa"):
        score += 0.25 * min(4.0, opening_distance(plan, box, "door"))
    return score


def usual_distance(box: Box) -> float:
    """How far a thing stands from what it is beside."""
    return 0.35 if box.label in ("armchair", "sofa", "chair") else 0.03


def gap(one: Box, two: Box) -> float:
    """Metres between two boxes seen from above."""
    a, b = one.footprint(), two.footprint()
    if outline.overlap(a, b)[0] > 0:
        return 0.0
    ways = [np.linalg.norm(outline.to_boundary(polygon, points), axis=1).min() for polygon, points in ((a, b), (b, a))]
    return float(min(ways))


def opening_distance(plan: RoomPlan, box: Box, kind: str) -> float:
    """Metres to the middle of the nearest door or window; 0 where the room has none."""
    ways = [
        float(np.hypot(point[0] - box.center[0], point[2] - box.center[2]))
        for opening in plan.openings
        if opening.kind == kind
        for point in [plan.wall(opening.wall).point(opening.offset + opening.width / 2, 0.0)]
    ]
    return min(ways, default=0.0)


def share_before_opening(plan: RoomPlan, index: int, along: float, box: Box) -> float:
    """The share of a box's width that has a window or door of the wall behind it."""
    half, share = box.size[0] / 2, 0.0
    for opening in plan.openings:
        if opening.wall == index and box.top > opening.sill * 0.5:
            common = min(along + half, opening.offset + opening.width) - max(along - half, opening.offset)
            share = max(share, common / min(2 * half, opening.width))
    return max(0.0, share)
