"""Places where a thing could stand or hang, with what speaks for each: at walls, on the floor, before and on others."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from meshing.room.arrange import back_distance
from meshing.room.classes import class_of
from meshing.room.plan import Box, RoomPlan
from meshing.room.suitability import gap, opening_distance, share_before_opening, usual_distance, wall_score
from meshing.room.wishes import Wish

_FREE_STANDING = {"table", "coffee_table", "chair", "stool", "rug", "armchair", "box", "plant", "lamp"}
_STEP, _GRID = 0.15, 0.25  # metres between places that are tried along walls and on the floor


@dataclass(frozen=True)
class Spot:
    """A place that a thing could have and what speaks for it."""

    box: Box
    score: float


def spots(plan: RoomPlan, thing: Box, wish: Wish, targets: Sequence[Box]) -> Iterator[Spot]:
    """Places for a thing with their scores: higher is better; whether they are free is not looked at."""
    stands = class_of(thing.label).stands
    if thing.label == "curtain":
        yield from _at_windows(plan, thing)
    elif (wish.relation == "on" and targets) or stands == "top":
        yield from _on_top(plan, thing, targets)
    elif stands == "ceiling":
        yield from _on_grid(plan, thing, targets, "around" if targets else "middle", height=plan.height - thing.size[1])
    elif stands == "wall":
        yield from _at_walls(plan, thing, wish, targets, height=_hanging_height(thing, targets))
    elif wish.relation in ("front", "around") and targets:
        yield from _before(plan, thing, targets)
        yield from _on_grid(plan, thing, targets, "beside", penalty=3.0)
    else:
        free = thing.label in _FREE_STANDING and wish.relation in ("middle", "beside", "", "corner", "opposite")
        if wish.relation == "middle" or free:
            wanted = "middle" if thing.label in ("rug", "table", "coffee_table") and not targets else "beside"
            yield from _on_grid(
                plan, thing, targets, wish.relation or wanted, penalty=0.5 * (wish.relation != "middle")
            )
        if wish.relation != "middle":
            yield from _at_walls(plan, thing, wish, targets, height=0.0)


def _hanging_height(thing: Box, targets: Sequence[Box]) -> float:
    if thing.label == "radiator":
        return 0.12
    above = max((target.top for target in targets), default=0.0) + 0.2
    return max(above, 1.55 - thing.size[1] / 2)


def _placed(thing: Box, x: float, bottom: float, z: float, yaw: float) -> Box:
    center = (float(x), float(bottom + thing.size[1] / 2), float(z))
    return replace(thing, center=center, yaw=math.remainder(float(yaw), 2 * math.pi))


def _at_walls(plan: RoomPlan, thing: Box, wish: Wish, targets: Sequence[Box], *, height: float) -> Iterator[Spot]:
    """With its back to a wall, all along all walls."""
    width, tall, depth = thing.size
    if height + tall > plan.height:
        height = plan.height - tall - 0.02
    for index, wall in enumerate(plan.walls()):
        into = wall.inward()
        yaw = math.atan2(into[0], into[2])
        low, high = width / 2 + 0.01, wall.length - width / 2 - 0.01
        if low > high:
            continue
        middle = wall.length / 2
        for along in {low, high, min(max(middle, low), high), *np.arange(low, high, _STEP).tolist()}:
            x, _, z = wall.point(float(along), 0.0, depth / 2 + 0.003)
            box = _placed(thing, x, height, z, yaw)
            corner = min(along - low, high - along)
            score = wall_score(plan, box, wish, targets, corner=corner, centred=-abs(along - middle) / wall.length)
            over = share_before_opening(plan, index, float(along), box)
            if wish.relation in ("beside", "under") and wish.target == "window":
                if box.label != "picture":
                    score += 4.0 * over if box.bottom < 0.3 else 0.0
                    score -= 0.6 * opening_distance(plan, box, "window")
            elif over:
                score -= (4.0 if box.top > 1.0 else 1.0) * over
            yield Spot(box, score)


def _on_grid(
    plan: RoomPlan, thing: Box, targets: Sequence[Box], wanted: str, *, height: float = 0.0, penalty: float = 0.0
) -> Iterator[Spot]:
    """Anywhere on the floor, turned by quarters to what it belongs to; long things along the room's long side."""
    corners = plan.polygon()
    low, high = corners.min(axis=0), corners.max(axis=0)
    middle = (low + high) / 2
    aim = np.mean([target.center for target in targets], axis=0)[::2] if targets else middle
    lying = thing.label in ("rug", "table", "coffee_table", "ceiling_lamp")
    long = math.pi / 2 * bool((high - low)[0] < (high - low)[1])
    for x in np.arange(low[0] + 0.2, high[0] - 0.1, _GRID):
        for z in np.arange(low[1] + 0.2, high[1] - 0.1, _GRID):
            spot = np.array([x, z])
            way = aim - spot
            turn = long if lying else round(math.atan2(way[0], way[1]) / (math.pi / 2)) * math.pi / 2
            box = _placed(thing, x, height, z, turn)
            if wanted == "middle":
                score = -1.5 * float(np.linalg.norm(spot - middle))
            elif wanted == "corner":
                score = -1.5 * float(np.linalg.norm(corners - spot, axis=1).min())
            elif targets:
                score = -2.0 * min(abs(gap(box, target) - usual_distance(box)) for target in targets)
            else:
                score = -0.5 * back_distance(box, plan)
            yield Spot(box, score - penalty)


def _before(plan: RoomPlan, thing: Box, targets: Sequence[Box]) -> Iterator[Spot]:
    """In front of another thing, or around it, and looking at it: a chair at a desk, a rug before a bed."""
    for target in targets:
        axes = target.axes()
        seated = [box for box in plan.boxes if box.label == thing.label]
        sides = (0, 1, 2, 3) if target.label in ("table", "coffee_table") else (0,)
        for side in sides:
            angle = target.yaw + side * math.pi / 2
            out = np.array([math.sin(angle), 0.0, math.cos(angle)])
            reach = abs(axes[0] @ out) * target.size[0] / 2 + abs(axes[2] @ out) * target.size[2] / 2
            width = abs(axes[2] @ out) * target.size[0] + abs(axes[0] @ out) * target.size[2]
            across = np.array([out[2], 0.0, -out[0]])
            tucked = thing.label in ("chair", "stool") and target.label in ("desk", "table")
            gap = {"coffee_table": 0.4, "chair": 0.05, "stool": 0.05}.get(thing.label, 0.3)
            if thing.label == "rug":
                gap = -0.6 if target.label in ("bed", "sofa") else 0.05
            half = thing.size[2] / 2
            for aside in (0.0, -width / 4, width / 4, -width / 3, width / 3):
                for extra in (0.0, 0.15, 0.3):
                    away = reach + half + (extra - 0.12 if tucked else gap + extra)
                    x, _, z = np.array(target.center) + out * away + across * aside
                    yaw = angle + (0.0 if thing.label == "rug" else math.pi)
                    box = _placed(thing, x, 0.0, z, yaw)
                    beside = sum(abs(math.remainder(other.yaw - box.yaw, 2 * math.pi)) < 0.1 for other in seated)
                    score = 3.0 - extra - 0.3 * abs(aside) / max(width, 0.1) - 0.6 * beside - 0.4 * (width < 1.0)
                    yield Spot(box, score)


def _on_top(plan: RoomPlan, thing: Box, targets: Sequence[Box]) -> Iterator[Spot]:
    """On another thing; without one, on any table, cabinet or shelf that is low enough."""
    carriers = {"table", "coffee_table", "desk", "cabinet", "drawers", "nightstand", "tv_stand", "kitchen_unit"}
    below = list(targets) or [box for box in plan.boxes if box.label in carriers and box.top < 1.3]
    for target in below:
        axes = target.axes()
        for aside in (0.0, -0.25, 0.25):
            for along in (0.0, -0.2, 0.2) if thing.label != "screen" else (-0.25, 0.0):
                x, _, z = np.array(target.center) + axes[0] * aside * target.size[0] + axes[2] * along * target.size[2]
                yield Spot(_placed(thing, x, target.top, z, target.yaw), -abs(aside) - 0.2 * abs(along))


def _at_windows(plan: RoomPlan, thing: Box) -> Iterator[Spot]:
    hung = {(round(box.center[0], 1), round(box.center[2], 1)) for box in plan.boxes if box.label == "curtain"}
    for opening in plan.openings:
        if opening.kind == "window":
            wall = plan.wall(opening.wall)
            into = wall.inward()
            x, _, z = wall.point(opening.offset + opening.width / 2, 0.0, thing.size[2] / 2 + 0.003)
            free = (round(float(x), 1), round(float(z), 1)) not in hung
            yield Spot(_placed(thing, x, 0.03, z, math.atan2(into[0], into[2])), float(free))
