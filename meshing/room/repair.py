"""What is wrong with a plan, put right where that can be done without guessing wildly, and told in plain words.

Owns the shell: floor, height, openings, units. What stands in the room is put right by `arrange.py`.
"""

import math
from dataclasses import replace

import numpy as np

from meshing.room import polygon as outline
from meshing.room.arrange import arranged
from meshing.room.classes import class_of, match, words_of
from meshing.room.plan import Box, Opening, Point2, RoomPlan

LEAST_SIDE = 0.8  # metres; nobody can stand in less
MOST_SIDE = 60.0
LEAST_HEIGHT, MOST_HEIGHT = 1.9, 12.0
MOST_CORNERS = 200
MOST_BOXES = 120
_MARGIN = 0.02  # of wall that stays beside an opening
_UNITS = {"millimetres": 1e-3, "centimetres": 1e-2, "inches": 0.0254, "feet": 0.3048, "hundreds of metres": 100.0}
_DEFAULT_HEIGHT = 2.6


def repair(plan: RoomPlan) -> RoomPlan:
    """A plan that can be built: `plan` with every change named in `repairs`; one that is sound comes back as it is.

    Raises ValueError where there is nothing to build from: no floor and no boxes, or a room too small to stand in.
    """
    notes: list[str] = []
    name = plan.name.strip() or "room"
    plan = replace(plan, name=name, boxes=_named(_measured(plan.boxes, notes), notes))
    plan = _labelled(plan, notes)
    plan = _in_metres(plan, notes)
    plan = _with_floor(plan, notes)
    plan = _with_height(plan, notes)
    plan = replace(plan, openings=_openings(plan, notes))
    plan = _limited(plan, notes)
    plan = replace(plan, boxes=arranged(plan, notes))
    return replace(plan, repairs=(*plan.repairs, *notes))


def _measured(boxes: tuple[Box, ...], notes: list[str]) -> list[Box]:
    """Boxes whose every number is finite and whose sizes are not negative."""
    kept = []
    for box in boxes:
        if not np.isfinite(box.center).all() or not np.isfinite(box.size).all():
            notes.append(f"{box.name}: left out, its place or size is not a number")
            continue
        if not math.isfinite(box.yaw):
            notes.append(f"{box.name}: its turn is not a number, taken as 0")
            box = replace(box, yaw=0.0)
        if min(box.size) < 0:
            notes.append(f"{box.name}: negative size {_metres(box.size)}, the sign was dropped")
            x, y, z = (abs(side) for side in box.size)
            box = replace(box, size=(x, y, z))
        kept.append(box)
    return kept


def _named(boxes: list[Box], notes: list[str]) -> tuple[Box, ...]:
    """Boxes with names that are theirs alone."""
    taken: set[str] = set()
    kept = []
    for box in boxes:
        first = name = box.name.strip() or box.label.strip() or "box"
        number = 2
        while name in taken:
            name, number = f"{first} {number}", number + 1
        if name != first and words_of(first) != words_of(box.label):
            notes.append(f"{first}: there is more than one, one is called {name!r} now")
        taken.add(name)
        kept.append(replace(box, name=name))
    return tuple(kept)


def _labelled(plan: RoomPlan, notes: list[str]) -> RoomPlan:
    """Every label a class; boxes that mean a door or a window become openings, those that mean the shell go."""
    boxes, found = [], []
    for box in plan.boxes:
        label, certain = match(box.label)
        if label in ("wall", "floor", "ceiling"):
            notes.append(f"{box.name}: left out, the room itself makes {label}s")
        elif label in ("door", "window"):
            found.append((box, label))
        else:
            if not certain:
                meant = "a plain box" if label == "box" else f"the nearest kind, {label}"
                notes.append(f"{box.name}: no kind is called {box.label!r}, taken as {meant}")
            boxes.append(replace(box, label=label))
    plan = replace(plan, boxes=tuple(boxes))
    for box, kind in found:
        opening = _opening_at(plan, box, "door" if kind == "door" else "window")
        if opening is None:
            notes.append(f"{box.name}: left out, no wall to put the {kind} in")
            continue
        notes.append(f"{box.name}: a box named {kind} became a {kind} in wall {opening.wall}")
        plan = replace(plan, openings=(*plan.openings, opening))
    return plan


def _opening_at(plan: RoomPlan, box: Box, kind: "str") -> Opening | None:
    corners = np.array(plan.floor, np.float64).reshape(-1, 2)
    if len(corners) < 3 or not np.isfinite(corners).all():
        return None
    return opening_near(plan, box.center, max(box.size[0], box.size[2]), box.size[1], kind)


def opening_near(plan: RoomPlan, center: tuple[float, float, float], width: float, height: float, kind: str) -> Opening:
    """The opening of this width and height whose middle lies nearest to `center` on any wall."""
    spot = np.array([[center[0], center[2]]])
    best, found = np.inf, Opening("window", 0, 0.0, width, height, 0.0)
    for index, wall in enumerate(plan.walls()):
        way = float(np.linalg.norm(outline.to_boundary(np.array([wall.start, wall.end]), spot)))
        along = float((np.array(spot[0]) - wall.start) @ wall.direction()[::2])
        if way < best:
            sill = max(0.0, center[1] - height / 2)
            best = way
            if kind == "door":
                found = Opening("door", index, along - width / 2, width, height + sill, 0.0)
            else:
                found = Opening("window", index, along - width / 2, width, height, sill)
    return found


def _in_metres(plan: RoomPlan, notes: list[str]) -> RoomPlan:
    """The plan in metres: what is written in another unit shows in the sizes of known things, or in the floor's."""
    ratios = [
        math.log(side / usual)
        for box in plan.boxes
        if box.label != "box"
        for side, usual in zip(box.size, class_of(box.label).typical, strict=True)
        if side > 0
    ]
    floor = np.array(plan.floor, np.float64).reshape(-1, 2)
    floor = floor[np.isfinite(floor).all(axis=1)]
    long_side = float(np.ptp(floor, axis=0).max()) if len(floor) else 0.0
    if len(ratios) >= 3:
        off = float(np.median(ratios))
        plausible = abs(off) < math.log(4)
    else:
        off = math.log(long_side / 4.5) if long_side > 0 else 0.0
        plausible = long_side == 0 or LEAST_SIDE <= long_side <= MOST_SIDE
    if plausible:
        return plan
    units = {unit: factor for unit, factor in _UNITS.items() if factor < 1 or len(ratios) >= 3}
    unit = min(units, key=lambda name: abs(off + math.log(units[name])))
    factor = units[unit]
    fits = not long_side or LEAST_SIDE <= long_side * factor <= MOST_SIDE
    if abs(off + math.log(factor)) > math.log(4) or not fits:
        return plan
    notes.append(f"everything looks written in {unit}: all lengths times {factor:g}")
    return scaled(plan, factor)


def scaled(plan: RoomPlan, factor: float) -> RoomPlan:
    """`plan` with every length times `factor`."""
    return replace(
        plan,
        floor=tuple((x * factor, z * factor) for x, z in plan.floor),
        height=plan.height * factor,
        openings=tuple(
            replace(o, offset=o.offset * factor, width=o.width * factor, height=o.height * factor, sill=o.sill * factor)
            for o in plan.openings
        ),
        boxes=tuple(
            replace(
                box,
                center=(box.center[0] * factor, box.center[1] * factor, box.center[2] * factor),
                size=(box.size[0] * factor, box.size[1] * factor, box.size[2] * factor),
            )
            for box in plan.boxes
        ),
    )


def _with_floor(plan: RoomPlan, notes: list[str]) -> RoomPlan:
    """A simple polygon, counter-clockwise, in which a person can stand."""
    given = np.array(plan.floor, np.float64).reshape(-1, 2)
    finite = given[np.isfinite(given).all(axis=1)]
    if len(finite) < len(given):
        notes.append(f"floor: {len(given) - len(finite)} corners that are not numbers were left out")
    if len(finite) > MOST_CORNERS:
        raise ValueError(f"floor: at most {MOST_CORNERS} corners are allowed (got {len(finite)})")
    corners = outline.without_needless(finite)
    if len(corners) >= 3 and not outline.is_simple(corners):
        notes.append("floor: its edges cross each other, the outline around all corners was taken")
        corners = outline.without_needless(outline.hull(corners))
    if len(corners) < 3 or abs(outline.area(corners)) < 1e-9:
        corners = _around(plan.boxes)
        notes.append(f"floor: no usable outline was given ({len(given)} corners), one around the boxes was taken")
    if outline.area(corners) < 0:
        corners = corners[::-1]
        n = len(corners)  # wall i between i and i + 1 becomes wall n - 2 - i, and is counted from its other end
        plan = replace(plan, openings=tuple(_flipped(plan, opening, n) for opening in plan.openings))
    sides = np.ptp(corners, axis=0)
    if sides.min() < LEAST_SIDE or sides.max() > MOST_SIDE:
        raise ValueError(
            f"floor: the room must be {LEAST_SIDE:g} to {MOST_SIDE:g} m wide and deep "
            f"(got {sides[0]:.3g} m by {sides[1]:.3g} m)"
        )
    if len(corners) != len(given) and plan.openings:
        plan = replace(plan, openings=tuple(_moved(plan, opening, corners) for opening in plan.openings))
    if abs(outline.area(corners)) < LEAST_SIDE**2:
        raise ValueError(
            f"floor: at least {LEAST_SIDE**2:.2g} square metres are needed (got {outline.area(corners):.2g})"
        )
    return replace(plan, floor=_points(corners))


def _points(corners: np.ndarray) -> tuple[Point2, ...]:
    return tuple((float(x), float(z)) for x, z in corners)


def _around(boxes: tuple[Box, ...]) -> np.ndarray:
    if not boxes:
        raise ValueError("floor: at least 3 corners that enclose a room are needed (got none, and no boxes to go by)")
    points = np.concatenate([box.footprint() for box in boxes])
    low, high = points.min(axis=0), points.max(axis=0)
    grow = np.maximum(0.3, (2.2 - (high - low)) / 2)
    return outline.rectangle(low - grow, high + grow)


def _flipped(plan: RoomPlan, opening: Opening, n: int) -> Opening:
    if not _exists(plan, opening) or len(plan.floor) != n:
        return opening
    length = plan.wall(opening.wall).length
    return replace(opening, wall=(n - 2 - opening.wall) % n, offset=length - opening.offset - opening.width)


def _exists(plan: RoomPlan, opening: Opening) -> bool:
    """Whether the floor has the wall that an opening names."""
    return 0 <= opening.wall < len(plan.floor)


def _moved(plan: RoomPlan, opening: Opening, corners: np.ndarray) -> Opening:
    """An opening of the floor that was given, on the floor that is left of it."""
    ends = (
        (plan.floor[opening.wall], plan.floor[(opening.wall + 1) % len(plan.floor)]) if _exists(plan, opening) else ()
    )
    measures = (opening.offset, opening.width, opening.height, opening.sill)
    if not ends or not np.isfinite(ends).all() or not np.isfinite(measures).all():
        return replace(opening, wall=-1)
    x, y, z = plan.wall(opening.wall).point(opening.offset + opening.width / 2, opening.sill + opening.height / 2)
    center = (float(x), float(y), float(z))
    return opening_near(replace(plan, floor=_points(corners)), center, opening.width, opening.height, opening.kind)


def _with_height(plan: RoomPlan, notes: list[str]) -> RoomPlan:
    height = plan.height
    if math.isfinite(height) and LEAST_HEIGHT <= height <= MOST_HEIGHT:
        return plan
    standing = [box.top for box in plan.boxes if class_of(box.label).stands == "floor"]
    fitting = min(max([_DEFAULT_HEIGHT, *(top + 0.1 for top in standing)]), 4.0)
    notes.append(f"height: must be {LEAST_HEIGHT:g} to {MOST_HEIGHT:g} m (got {height:.3g}), taken as {fitting:.2f} m")
    return replace(plan, height=fitting)


def _openings(plan: RoomPlan, notes: list[str]) -> tuple[Opening, ...]:
    """Openings that lie within their walls and apart from each other."""
    kept: list[Opening] = []
    for number, opening in enumerate(plan.openings):
        place = f"{opening.kind} {number}"
        numbers = (opening.offset, opening.width, opening.height, opening.sill)
        if not _exists(plan, opening) or not np.isfinite(numbers).all():
            notes.append(f"{place}: left out, there is no wall {opening.wall} or a measure is not a number")
            continue
        fitted = _beside(_fitted(plan, opening), kept)
        if fitted.width < 0.3 or fitted.height < 0.3:
            notes.append(f"{place}: left out, too small or its wall is ({fitted.width:.2f} m by {fitted.height:.2f} m)")
            continue
        if any(_meet(fitted, other) for other in kept):
            notes.append(f"{place}: left out, it meets another opening of wall {opening.wall}")
            continue
        change = np.abs(np.subtract((fitted.offset, fitted.width, fitted.height, fitted.sill), numbers)).max()
        if change > 0.01:
            notes.append(f"{place}: moved or cut by {change:.2f} m to fit into wall {opening.wall}")
        kept.append(fitted)
    return tuple(kept)


def _fitted(plan: RoomPlan, opening: Opening) -> Opening:
    length = plan.wall(opening.wall).length
    width = min(abs(opening.width), length - 2 * _MARGIN)
    offset = min(max(opening.offset, _MARGIN), length - _MARGIN - width)
    sill = 0.0 if opening.kind == "door" else min(max(opening.sill, 0.0), plan.height - 0.6)
    height = min(abs(opening.height), plan.height - 0.05 - sill)
    return replace(opening, offset=offset, width=width, height=height, sill=sill)


def _beside(opening: Opening, others: list[Opening]) -> Opening:
    """The opening cut where it reaches a little into others of its wall."""
    for other in others:
        if not _meet(opening, other):
            continue
        start, end = opening.offset, opening.offset + opening.width
        if other.offset + other.width / 2 < opening.offset + opening.width / 2:
            start = max(start, other.offset + other.width + _MARGIN)
        else:
            end = min(end, other.offset - _MARGIN)
        if end - start > 0.7 * opening.width:
            opening = replace(opening, offset=start, width=end - start)
    return opening


def _meet(one: Opening, two: Opening) -> bool:
    return (
        one.wall == two.wall
        and one.offset < two.offset + two.width
        and two.offset < one.offset + one.width
        and one.sill < two.sill + two.height
        and two.sill < one.sill + one.height
    )


def _limited(plan: RoomPlan, notes: list[str]) -> RoomPlan:
    """At most MOST_BOXES boxes: the largest."""
    if len(plan.boxes) <= MOST_BOXES:
        return plan
    order = sorted(range(len(plan.boxes)), key=lambda i: -math.prod(plan.boxes[i].size))
    kept = sorted(order[:MOST_BOXES])
    notes.append(f"boxes: {len(plan.boxes)} are too many, the {MOST_BOXES} largest were kept")
    return replace(plan, boxes=tuple(plan.boxes[i] for i in kept))


def _metres(size: tuple[float, float, float]) -> str:
    return " x ".join(f"{side:.2f}" for side in size)
