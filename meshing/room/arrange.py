"""Boxes brought to where such things can stand: inside the room, on something, out of each other and of the doors' way.

A box that is sound keeps its place to the millimetre. One that is not goes to the nearest place that is free.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float64

from meshing.room import polygon as outline
from meshing.room.classes import RoomClass, class_of
from meshing.room.plan import Box, Opening, Point3, RoomPlan, Wall

OUTSIDE = 0.01  # metres that a box may reach through a wall before it is moved
OVERLAP = 0.05  # metres that two boxes may reach into each other: captured rooms are no more exact
DOOR_ROOM = 0.6  # metres in front of a door that stay free
_CONTACT = 0.02  # heights closer than this touch
_MAY_HANG = {"shelf", "cabinet", "kitchen_unit", "screen", "lamp", "sink", "toilet", "plant"}
_TUCKED = {"chair", "stool", "bench"}
_OVER = {"table", "coffee_table", "desk", "kitchen_unit"}


@dataclass(frozen=True, eq=False)
class _Taken:
    """What already has its place, as it is in the way of others."""

    footprint: Float64[np.ndarray, "4 2"]
    bottom: float
    top: float
    label: str


def arranged(plan: RoomPlan, notes: list[str]) -> tuple[Box, ...]:
    """The boxes of `plan`, each where it can stand; `notes` gets a line for each change."""
    boxes = [_turned(_sized(box, plan, notes), plan, notes) for box in plan.boxes]
    boxes, carrier = _grounded(boxes, plan, notes)
    place: dict[int, Box] = {}
    taken = [_Taken(door_room(plan, door), 0.0, door.height, "door") for door in plan.openings if door.kind == "door"]
    for index in _order(boxes, carrier):
        box = boxes[index]
        if carrier[index] in place:  # what stands on a moved table moves with it
            before, after = boxes[carrier[index]], place[carrier[index]]
            box = _shifted(box, np.subtract(after.center, before.center)[::2])
        elif carrier[index] >= 0:
            box = replace(box, center=(box.center[0], box.size[1] / 2, box.center[2]))
        put = _on_wall(box, plan, taken, notes) if _hangs(box, plan) else _in_room(box, plan, taken, notes)
        if put is None:
            continue
        place[index] = put
        taken.append(_Taken(put.footprint(), put.bottom, put.top, put.label))
    return tuple(place[index] for index in sorted(place))


def problems(plan: RoomPlan) -> list[str]:
    """What is still wrong with the boxes of a plan: outside the room, in each other, in a door's way, in the air."""
    return [line for index, box in enumerate(plan.boxes) for line in conflicts(plan, box, plan.boxes[:index])]


def conflicts(plan: RoomPlan, box: Box, others: Sequence[Box]) -> list[str]:
    """What is wrong with the place of one box in a room where `others` have theirs."""
    found = []
    out = float(np.linalg.norm(outline.push_inside(plan.polygon(), _shrunk(box.footprint(), 0.002))))
    if out > OUTSIDE or box.bottom < -OUTSIDE or box.top > plan.height + OUTSIDE:
        found.append(f"{box.name}: reaches out of the room")
    me = _Taken(box.footprint(), box.bottom, box.top, box.label)
    for other in others:
        if _collide(me, _Taken(other.footprint(), other.bottom, other.top, other.label), OVERLAP):
            found.append(f"{box.name}: overlaps {other.name}")
    for door in plan.openings:
        zone = _Taken(door_room(plan, door), 0.0, door.height, "door")
        if door.kind == "door" and _collide(me, zone, OVERLAP):
            found.append(f"{box.name}: stands in a door's way")
    return found


def door_room(plan: RoomPlan, door: Opening) -> Float64[np.ndarray, "4 2"]:
    """The floor in front of a door that has to stay free."""
    wall = plan.wall(door.wall)
    ends = [wall.point(door.offset, 0.0)[::2], wall.point(door.offset + door.width, 0.0)[::2]]
    into = wall.inward()[::2] * DOOR_ROOM
    return np.array([ends[0], ends[1], ends[1] + into, ends[0] + into])


def _sized(box: Box, plan: RoomPlan, notes: list[str]) -> Box:
    """The box with a size that such a thing can have and that fits under the ceiling."""
    kind = class_of(box.label)
    limits = zip(box.size, kind.typical, kind.least, kind.most, strict=True)
    sides = [typical if side == 0 else min(max(side, least / 2), 1.5 * most) for side, typical, least, most in limits]
    across = float(np.hypot(*np.ptp(plan.polygon(), axis=0)))
    size: Point3 = (min(sides[0], across), min(sides[1], plan.height), min(sides[2], across))
    if np.abs(np.subtract(size, box.size)).max() > 0.005:
        notes.append(
            f"{box.name}: {_metres(box.size)} m is no size for a {_word(kind)} here, taken as {_metres(size)} m"
        )
    yaw = math.remainder(box.yaw, 2 * math.pi)
    return replace(box, size=size, yaw=yaw)


def _turned(box: Box, plan: RoomPlan, notes: list[str]) -> Box:
    """A bed whose box is wider than it is long has its head at another side: at that nearest to a wall."""
    width, height, depth = box.size
    if box.label != "bed" or width <= 1.15 * depth:
        return box
    turns = [replace(box, size=(depth, height, width), yaw=box.yaw + sign * math.pi / 2) for sign in (1, -1)]
    best = min(turns, key=lambda turn: back_distance(turn, plan))
    notes.append(f"{box.name}: lay across its box, its head is at the wall now")
    return replace(best, yaw=math.remainder(best.yaw, 2 * math.pi))


def back_distance(box: Box, plan: RoomPlan) -> float:
    """How far the middle of a box's back is from the nearest wall."""
    back = (np.array(box.center) - box.axes()[2] * box.size[2] / 2)[::2]
    return float(np.linalg.norm(outline.to_boundary(plan.polygon(), back[None])))


def _grounded(boxes: list[Box], plan: RoomPlan, notes: list[str]) -> tuple[list[Box], list[int]]:
    """Boxes at a height where something carries them, and which other box does; -1 for floor, wall or ceiling."""
    order = sorted(range(len(boxes)), key=lambda i: (boxes[i].bottom, -boxes[i].size[0] * boxes[i].size[2]))
    done: list[int] = []
    carrier = [-1] * len(boxes)
    result = list(boxes)
    for index in order:
        box, kind = boxes[index], class_of(boxes[index].label)
        if kind.stands == "ceiling":
            height, why = plan.height - box.size[1], "under the ceiling"
        elif _hangs(box, plan) or kind.stands == "wall":
            height, why = min(max(box.bottom, 0.0), plan.height - box.size[1]), "between floor and ceiling"
        else:
            carrier[index] = _carrier(box, [(other, result[other]) for other in done])
            under = carrier[index]
            height = result[under].top if under >= 0 else 0.0
            why = f"on {result[under].name}" if under >= 0 else "on the floor"
            if height + box.size[1] > plan.height:
                height, why, carrier[index] = 0.0, "on the floor", -1
        if abs(height - box.bottom) > _CONTACT:
            notes.append(f"{box.name}: put {why}, {abs(height - box.bottom):.2f} m {_sense(height - box.bottom)}")
        if height != box.bottom:
            x, _, z = box.center
            result[index] = replace(box, center=(x, height + box.size[1] / 2, z))
        done.append(index)
    return result, carrier


def _carrier(box: Box, others: list[tuple[int, Box]]) -> int:
    """The highest of the other boxes that ends just below `box` under its middle."""
    middle = np.array([[box.center[0], box.center[2]]])
    best, height = -1, 0.05
    for index, other in others:
        below = other.top <= box.bottom + max(0.1, 0.2 * box.size[1]) and other.top > height
        carries = other.label not in ("rug", "lamp", "ceiling_lamp", "plant", "picture", "curtain", "mirror", "stairs")
        if below and carries and box.bottom > 0.1 and outline.contains(other.footprint(), middle)[0]:
            best, height = index, other.top
    return best


def _hangs(box: Box, plan: RoomPlan) -> bool:
    """Whether a wall carries it: by its class, or because it is the kind that may and is high up at a wall."""
    kind = class_of(box.label)
    if kind.stands == "wall" and box.label != "screen":
        return True
    return box.label in _MAY_HANG and box.bottom > 0.3 and back_distance(box, plan) < 0.12


def _order(boxes: list[Box], carrier: list[int]) -> list[int]:
    """What carries before what is carried; large before small; rugs, hanging things and lamps after the rest."""

    def depth(index: int) -> int:
        return 0 if carrier[index] < 0 else 1 + depth(carrier[index])

    def late(box: Box) -> int:
        return int(class_of(box.label).stands in ("wall", "ceiling") or box.label == "rug")

    return sorted(range(len(boxes)), key=lambda i: (late(boxes[i]), depth(i), -boxes[i].size[0] * boxes[i].size[2], i))


def _in_room(box: Box, plan: RoomPlan, taken: list[_Taken], notes: list[str]) -> Box | None:
    """The box at the nearest free place; made smaller where there is none; None where that does not help."""
    least = class_of(box.label).least
    for factor in (1.0, 0.85, 0.7, 0.55):
        width, height, depth = box.size
        smaller = replace(box, size=(max(least[0], width * factor), height, max(least[2], depth * factor)))
        if factor == 1.0:
            smaller = box
        shift = _nearest_free(smaller, plan.polygon(), taken)
        if shift is None:
            continue
        moved = float(np.linalg.norm(shift))
        made = "" if smaller.size == box.size else f", made smaller ({_metres(smaller.size)} m)"
        if moved > 0 or made:
            notes.append(f"{box.name}: moved {moved:.2f} m {_reason(box, plan, taken)}{made}")
        return _shifted(smaller, shift)
    notes.append(f"{box.name}: left out, there is no free place for it")
    return None


def _reason(box: Box, plan: RoomPlan, taken: list[_Taken]) -> str:
    if np.linalg.norm(outline.push_inside(plan.polygon(), box.footprint())) > OUTSIDE:
        return "to stand inside the room"
    me = _Taken(box.footprint(), box.bottom, box.top, box.label)
    met = [other.label for other in taken if _collide(me, other, OVERLAP)]
    return "out of a door's way" if "door" in met else f"off a {met[0].replace('_', ' ')}" if met else "to be free"


def _nearest_free(box: Box, corners: Float64[np.ndarray, "points 2"], taken: list[_Taken]) -> np.ndarray | None:
    """The shortest step on the floor after which the box is inside the room and in nobody's way."""
    footprint = box.footprint()
    me = _Taken(footprint, box.bottom, box.top, box.label)
    others = [other for other in taken if _could_collide(me, other)]
    rims = np.array([other.footprint for other in others]).reshape(-1, 4, 2)
    stays = np.linalg.norm(outline.push_inside(corners, footprint)) <= OUTSIDE
    if stays and not (_depths(footprint, np.zeros((1, 2)), rims) > OVERLAP).any():
        return np.zeros(2)
    base = np.zeros(2)
    for _ in range(12):
        step = outline.push_inside(corners, footprint + base)
        base = base + step
        if np.linalg.norm(step) < 1e-6:
            break
    steps = [base]
    for met in np.flatnonzero(_depths(footprint, base[None], rims)[0]):
        depth, direction = outline.overlap(footprint + base, rims[met])
        steps.append(base + depth * direction)
    span = float(np.ptp(corners, axis=0).max())
    fine, coarse = np.arange(-20, 21) * 0.05, np.arange(-30, 31) * (span / 30)
    grids = [np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2) for line in (fine, coarse)]
    shifts = np.concatenate([steps, base + grids[0], grids[1]])
    shifts = shifts[np.argsort((shifts**2).sum(axis=1), kind="stable")]
    for chunk in np.array_split(shifts, max(1, len(shifts) // 500)):
        chunk = chunk[_inside(corners, _shrunk(footprint, 0.001), chunk)]
        chunk = chunk[(_depths(footprint, chunk, rims) < 1e-3).all(axis=1)]
        if len(chunk):
            return np.asarray(chunk[0])
    return None


def _inside(
    corners: Float64[np.ndarray, "points 2"], footprint: Float64[np.ndarray, "4 2"], shifts: Float64[np.ndarray, "n 2"]
) -> Bool[np.ndarray, "n"]:
    """After which shifts a footprint lies inside the room: all along its rim, and with no corner of the room in it."""
    share = np.linspace(0, 1, 4, endpoint=False)[:, None, None]
    rim = (footprint * (1 - share) + np.roll(footprint, -1, axis=0) * share).reshape(-1, 2)
    points = (shifts[:, None] + rim).reshape(-1, 2)
    inside = outline.contains(corners, points).reshape(len(shifts), -1).all(axis=1)
    intruding = outline.contains(footprint, (corners - shifts[:, None]).reshape(-1, 2)).reshape(len(shifts), -1)
    return np.asarray(inside & ~intruding.any(axis=1))


def _depths(
    footprint: Float64[np.ndarray, "4 2"], shifts: Float64[np.ndarray, "n 2"], others: Float64[np.ndarray, "m 4 2"]
) -> Float64[np.ndarray, "n m"]:
    """How deep a shifted rectangle reaches into each of other rectangles, by separating axes."""
    depth = np.full((len(shifts), len(others)), np.inf)
    own = np.stack([footprint[1] - footprint[0], footprint[2] - footprint[1]])[None].repeat(len(others), axis=0)
    theirs = np.stack([others[:, 1] - others[:, 0], others[:, 2] - others[:, 1]], axis=1)
    axes = np.concatenate([own, theirs], axis=1)  # (m, 4, 2)
    axes = axes / np.maximum(np.linalg.norm(axes, axis=2, keepdims=True), 1e-12)
    for k in range(4):
        axis = axes[:, k]  # (m, 2)
        a = footprint @ axis.T  # (4, m)
        b = np.einsum("mcd,md->cm", others, axis)
        along = shifts @ axis.T  # (n, m)
        reach = np.minimum(a.max(0) + along - b.min(0), b.max(0) - a.min(0) - along)
        depth = np.minimum(depth, reach)
    return np.asarray(np.maximum(depth, 0))


def _could_collide(one: _Taken, two: _Taken) -> bool:
    """Whether the two are at the same height and of kinds that cannot share a place."""
    labels = {one.label, two.label}
    if labels & {"rug", "picture", "mirror", "clock", "curtain", "radiator"}:
        return False
    if labels & _TUCKED and labels & _OVER:
        return False
    return min(one.top, two.top) - max(one.bottom, two.bottom) > _CONTACT


def _collide(one: _Taken, two: _Taken, tolerance: float) -> bool:
    return _could_collide(one, two) and outline.overlap(one.footprint, two.footprint)[0] > tolerance


def _on_wall(box: Box, plan: RoomPlan, taken: list[_Taken], notes: list[str]) -> Box | None:
    """The box with its back at the nearest wall where nothing else hangs and no opening is."""
    spot = np.array([[box.center[0], box.center[2]]])
    near = [np.linalg.norm(outline.to_boundary(np.array([w.start, w.end]), spot)) for w in plan.walls()]
    for index in np.argsort(near, kind="stable"):
        wall = plan.wall(int(index))
        width = min(box.size[0], wall.length - 0.02)
        if width < min(box.size[0], class_of(box.label).least[0]):
            continue
        fitting = replace(box, size=(width, *box.size[1:]))
        wanted = float((spot[0] - wall.start) @ wall.direction()[::2])
        low, high = width / 2 + 0.01, wall.length - width / 2 - 0.01
        tries = np.clip([wanted, *np.arange(low, high, 0.05)], low, max(low, high))
        for along in sorted(tries, key=lambda t: abs(t - wanted)):
            put = _against(fitting, wall, float(along))
            if _hangs_free(put, int(index), float(along), plan, taken):
                moved = float(np.linalg.norm(np.subtract(put.center, box.center)))
                turned = abs(math.remainder(put.yaw - box.yaw, 2 * math.pi))
                if moved < 0.03 and turned < 0.1 and put.size == box.size:
                    return put
                notes.append(f"{box.name}: hung on wall {index}, {moved:.2f} m from where it was")
                return put
    notes.append(f"{box.name}: left out, no wall has a free place for it")
    return None


def _against(box: Box, wall: Wall, along: float) -> Box:
    x, y, z = wall.point(along, box.center[1], box.size[2] / 2 + 0.001)
    into = wall.inward()
    return replace(box, center=(float(x), float(y), float(z)), yaw=float(np.arctan2(into[0], into[2])))


def _hangs_free(box: Box, index: int, along: float, plan: RoomPlan, taken: list[_Taken]) -> bool:
    if box.label != "curtain":
        for opening in plan.openings:
            beside = abs(along - opening.offset - opening.width / 2) >= (box.size[0] + opening.width) / 2
            over = box.bottom >= opening.sill + opening.height or box.top <= opening.sill
            if opening.wall == index and not beside and not over:
                return False
    if np.linalg.norm(outline.push_inside(plan.polygon(), _shrunk(box.footprint(), 0.004))) > OUTSIDE:
        return False
    flat = {"picture", "mirror", "clock", "radiator", "screen", "curtain"}
    me = _Taken(box.footprint(), box.bottom, box.top, box.label)
    for other in taken:
        same_kind = box.label in flat and other.label in flat and "curtain" not in (box.label, other.label)
        apart = min(me.top, other.top) - max(me.bottom, other.bottom) <= _CONTACT
        if same_kind and not apart and outline.overlap(me.footprint, other.footprint)[0] > 1e-3:
            return False
        if _collide(me, other, OVERLAP):
            return False
    return True


def _shifted(box: Box, step: Iterable[float]) -> Box:
    dx, dz = step
    return replace(box, center=(box.center[0] + float(dx), box.center[1], box.center[2] + float(dz)))


def _shrunk(footprint: Float64[np.ndarray, "4 2"], by: float) -> Float64[np.ndarray, "4 2"]:
    middle = footprint.mean(axis=0)
    way = footprint - middle
    return np.asarray(middle + way * (1 - by / np.maximum(np.abs(way).max(), 2 * by)))


def _metres(size: Point3) -> str:
    return " x ".join(f"{side:.2f}" for side in size)


def _word(kind: RoomClass) -> str:
    return kind.name.replace("_", " ")


def _sense(change: float) -> str:
    return "higher" if change > 0 else "lower"
