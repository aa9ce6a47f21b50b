"""The room that a sentence describes before anything stands in it: its floor and height, doors and windows."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from meshing.room.plan import Opening, RoomPlan
from meshing.room.polygon import rectangle
from meshing.room.wishes import Wishes

_AREAS = {"bedroom": 14.0, "living room": 22.0, "kitchen": 12.0, "bathroom": 7.0, "office": 12.0, "dining room": 16.0,
          "kids room": 12.0, "library": 18.0, "hall": 9.0, "room": 14.0}  # fmt: skip
_ASPECT = {"hall": 2.2, "kitchen": 1.35, "bathroom": 1.3}


def bare_room(wishes: Wishes) -> RoomPlan:
    """The empty room with its door and windows."""
    aspect = _ASPECT.get(wishes.kind, 1.2)
    area = wishes.area or _AREAS[wishes.kind] * wishes.scale
    width = wishes.width or math.sqrt(area * aspect)
    depth = wishes.depth or math.sqrt(area / aspect)
    half = np.array([min(max(width, 1.5), 30.0), min(max(depth, 1.5), 30.0)]) / 2
    floor = tuple((float(x), float(z)) for x, z in rectangle(-half, half))
    height = min(max(wishes.height or 2.6, 2.2), 8.0)
    style = " ".join(filter(None, [wishes.style, wishes.kind if wishes.kind != "room" else ""]))
    plan = RoomPlan(wishes.kind, floor, height, style=style)
    doors = max([wish.count for wish in wishes.things if wish.label == "door"], default=1)
    windows = [wish for wish in wishes.things if wish.label == "window"]
    plan = replace(plan, openings=tuple(_doors(plan, 0 if "door" in wishes.refused else doors)))
    if "window" in wishes.refused:
        return plan
    n, scale = (max(windows[0].count, 1), windows[0].scale) if windows else (1, 1.0)
    if wishes.kind == "hall" and not windows:
        return plan
    return replace(plan, openings=(*plan.openings, *_windows(plan, n, scale)))


def _doors(plan: RoomPlan, count: int) -> Iterator[Opening]:
    for number in range(min(count, 3)):
        wall = (0, 1, 3)[number]
        length = plan.wall(wall).length
        yield Opening("door", wall, max(0.15, length - 1.2), min(0.9, length - 0.3), min(2.05, plan.height - 0.1))


def _windows(plan: RoomPlan, count: int, scale: float) -> Iterator[Opening]:
    """Windows opposite the door, then to the left and the right."""
    for number in range(min(count, 6)):
        wall = (2, 2, 1, 3, 1, 3)[number] if count > 1 else 2
        length = plan.wall(wall).length
        shared = sum((2, 2, 1, 3, 1, 3)[k] == wall for k in range(min(count, 6))) if count > 1 else 1
        which = sum((2, 2, 1, 3, 1, 3)[k] == wall for k in range(number))
        width = min(1.6 * scale, 0.7 * length / shared)
        middle = length * (which + 0.5) / shared
        height = min(1.35 * min(scale, 1.3), plan.height - 1.05)
        yield Opening("window", wall, middle - width / 2, width, height, 0.85)
