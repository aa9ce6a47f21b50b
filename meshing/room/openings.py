"""A door and a window for a room that came without: nobody walks in through a wall, and light needs a way."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from meshing.room import polygon as outline
from meshing.room.arrange import door_room
from meshing.room.plan import Box, Opening, RoomPlan

_DOOR = (0.9, 2.05)  # width, height
_WINDOW = (1.6, 1.35, 0.85)  # width, height, sill
_STEP = 0.1  # metres between the places that are tried


def with_openings(plan: RoomPlan, *, door: bool = True, window: bool = True) -> RoomPlan:
    """`plan` with a door where it has none and a window where it has none, as far as furniture leaves a place."""
    kinds = {opening.kind for opening in plan.openings}
    if door and "door" not in kinds:
        plan = _with(plan, _door(plan), "a door was added: none was given", "no door: no wall has a free place for one")
    if window and "window" not in kinds:
        plan = _with(
            plan, _window(plan), "a window was added: none was given", "no window: no wall has a free place for one"
        )
    return plan


def _with(plan: RoomPlan, opening: Opening | None, added: str, none: str) -> RoomPlan:
    if opening is None:
        return replace(plan, repairs=(*plan.repairs, none))
    return replace(plan, openings=(*plan.openings, opening), repairs=(*plan.repairs, added))


def _door(plan: RoomPlan) -> Opening | None:
    """A door with free floor before it, as near to a corner as can be."""
    height = min(_DOOR[1], plan.height - 0.1)
    best, found = np.inf, None
    for index, wall in enumerate(plan.walls()):
        for offset in np.arange(0.15, wall.length - _DOOR[0] - 0.1, _STEP):
            door = Opening("door", index, float(offset), _DOOR[0], height)
            corner = min(offset, wall.length - offset - _DOOR[0])
            if corner < best - 1e-9 and _is_free(plan, door, door_room(plan, door), 0.05):
                best, found = corner, door
    return found


def _window(plan: RoomPlan) -> Opening | None:
    """A window on the longest free stretch, in the middle of its wall if possible, with nothing tall before it."""
    sill = min(_WINDOW[2], plan.height - 1.0)
    height = min(_WINDOW[1], plan.height - sill - 0.2)
    for width in (_WINDOW[0], 1.2, 0.9, 0.6):
        best, found = np.inf, None
        for index, wall in enumerate(plan.walls()):
            for offset in np.arange(0.2, wall.length - width - 0.15, _STEP):
                window = Opening("window", index, float(offset), width, height, sill)
                zone = door_room(plan, window)
                aside = abs(offset + width / 2 - wall.length / 2) - wall.length / 4
                if aside < best - 1e-9 and _is_free(plan, window, zone, sill + 0.1):
                    best, found = aside, window
        if found:
            return found
    return None


def _is_free(plan: RoomPlan, opening: Opening, zone: Float64[np.ndarray, "4 2"], height: float) -> bool:
    """Whether no other opening of the wall meets this one and nothing in `zone` is higher than `height`."""
    for other in plan.openings:
        apart = abs(other.offset + other.width / 2 - opening.offset - opening.width / 2)
        if other.wall == opening.wall and apart < (other.width + opening.width) / 2 + 0.1:
            return False
    return not any(_stands_before(box, zone, height) for box in plan.boxes)


def _stands_before(box: Box, zone: Float64[np.ndarray, "4 2"], height: float) -> bool:
    if box.top <= height or box.label in ("rug", "ceiling_lamp", "curtain"):
        return False
    return outline.overlap(box.footprint(), zone)[0] > 0.01
