"""Where the front of a thing must be, when all that is known is its box."""

import math
from dataclasses import replace

from meshing.room.arrange import back_distance
from meshing.room.classes import SHELL, class_of, match
from meshing.room.plan import Box, RoomPlan

_SQUARE = 1.15  # a box less oblong than this may face any of its four sides
_AT_WALL = 0.5  # metres from a wall up to which a thing turns its back to it


def faced(box: Box, plan: RoomPlan) -> Box:
    """The same box turned in quarters so that its back is to a wall and its long side is where such things have it.

    A sofa is wider than deep, a bed deeper than wide. Where no wall is near, the side towards the middle is its front.
    """
    named = match(box.label)[0]
    if named in SHELL:
        return box
    typical = class_of(named).typical
    turns = [_quarters(box, count) for count in range(4)]
    long, short = max(typical[0], typical[2]), min(typical[0], typical[2])
    if long > _SQUARE * short and max(box.size[0], box.size[2]) > _SQUARE * min(box.size[0], box.size[2]):
        turns = [turn for turn in turns if (turn.size[0] > turn.size[2]) == (typical[0] > typical[2])]
    nearest = min(turns, key=lambda turn: round(back_distance(turn, plan), 3))
    if back_distance(nearest, plan) <= _AT_WALL:
        return nearest
    return min(turns, key=lambda turn: round(_to_middle(turn, plan), 3))


def _quarters(box: Box, count: int) -> Box:
    width, height, depth = box.size
    size = (width, height, depth) if count % 2 == 0 else (depth, height, width)
    return replace(box, size=size, yaw=math.remainder(box.yaw + count * math.pi / 2, 2 * math.pi))


def _to_middle(box: Box, plan: RoomPlan) -> float:
    """How far the front of a box is from the middle of the room."""
    x, z = plan.polygon().mean(axis=0)
    front = box.axes()[2] * box.size[2] / 2
    return math.hypot(box.center[0] + front[0] - x, box.center[2] + front[2] - z)
