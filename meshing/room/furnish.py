"""A plan from a sentence: the room it names, what such a room holds, and the things it asks for, placed by rules."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from meshing.room import polygon as outline
from meshing.room.arrange import back_distance, conflicts
from meshing.room.classes import class_of
from meshing.room.plan import Box, Opening, Point3, RoomPlan
from meshing.room.polygon import rectangle
from meshing.room.repair import repair
from meshing.room.wishes import Wish, Wishes, understand

_AREAS = {"bedroom": 14.0, "living room": 22.0, "kitchen": 12.0, "bathroom": 7.0, "office": 12.0, "dining room": 16.0,
          "kids room": 12.0, "library": 18.0, "hall": 9.0, "room": 14.0}  # fmt: skip
_ASPECT = {"hall": 2.2, "kitchen": 1.35, "bathroom": 1.3}
_FURNITURE: dict[str, tuple[Wish, ...]] = {
    "bedroom": (
        Wish("bed"), Wish("nightstand", 2, relation="beside", target="bed"), Wish("wardrobe"),
        Wish("rug", relation="front", target="bed"), Wish("picture", relation="above", target="bed"),
        Wish("ceiling_lamp"), Wish("curtain", relation="beside", target="window"), Wish("plant", relation="corner"),
    ),
    "living room": (
        Wish("sofa"), Wish("tv_stand", relation="opposite", target="sofa"),
        Wish("screen", relation="on", target="tv_stand"), Wish("coffee_table", relation="front", target="sofa"),
        Wish("rug", relation="front", target="sofa"), Wish("armchair", relation="beside", target="coffee_table"),
        Wish("shelf"), Wish("lamp", relation="beside", target="sofa"), Wish("plant", relation="corner"),
        Wish("picture", relation="above", target="sofa"), Wish("curtain", relation="beside", target="window"),
        Wish("ceiling_lamp"),
    ),
    "kitchen": (
        Wish("kitchen_unit"), Wish("stove", relation="beside", target="kitchen_unit"),
        Wish("fridge", relation="beside", target="stove"), Wish("sink", relation="beside", target="kitchen_unit"),
        Wish("table", relation="middle", scale=0.8), Wish("chair", 4, relation="around", target="table"),
        Wish("ceiling_lamp"),
    ),
    "bathroom": (
        Wish("bath"), Wish("toilet"), Wish("sink"), Wish("mirror", relation="above", target="sink"),
        Wish("rug", relation="front", target="bath", scale=0.5), Wish("ceiling_lamp"),
    ),
    "office": (
        Wish("desk", relation="beside", target="window"), Wish("chair", relation="front", target="desk"),
        Wish("screen", relation="on", target="desk", scale=0.6), Wish("shelf", 2), Wish("cabinet"),
        Wish("plant", relation="corner"), Wish("ceiling_lamp"), Wish("rug", relation="middle"),
    ),
    "dining room": (
        Wish("table", relation="middle"), Wish("chair", 6, relation="around", target="table"), Wish("cabinet"),
        Wish("ceiling_lamp"), Wish("vase", relation="on", target="table"), Wish("picture"),
        Wish("curtain", relation="beside", target="window"), Wish("rug", relation="middle"),
    ),
    "kids room": (
        Wish("bed", scale=0.75), Wish("desk", relation="beside", target="window", scale=0.8),
        Wish("chair", relation="front", target="desk"), Wish("wardrobe", scale=0.8), Wish("shelf"),
        Wish("rug", relation="middle"), Wish("ceiling_lamp"), Wish("picture"),
    ),
    "library": (
        Wish("shelf", 5), Wish("armchair", 2, relation="beside", target="coffee_table"),
        Wish("coffee_table", relation="middle"), Wish("lamp", relation="beside", target="armchair"),
        Wish("rug", relation="middle"), Wish("ceiling_lamp"),
    ),
    "hall": (Wish("cabinet", scale=0.8), Wish("mirror"), Wish("rug", relation="middle"), Wish("ceiling_lamp")),
    "room": (Wish("ceiling_lamp"), Wish("rug", relation="middle"), Wish("plant", relation="corner")),
}  # fmt: skip
_RANK = (
    "bath", "kitchen_unit", "bed", "sofa", "fireplace", "stairs", "wardrobe", "desk", "tv_stand", "table", "shower",
    "stove", "fridge", "sink", "toilet", "washing_machine", "shelf", "cabinet", "drawers", "coffee_table",
    "nightstand", "armchair", "bench", "chair", "stool", "box", "lamp", "plant", "screen", "vase", "radiator",
    "mirror", "picture", "clock", "curtain", "ceiling_lamp", "rug",
)  # fmt: skip
_FREE_STANDING = {"table", "coffee_table", "chair", "stool", "rug", "armchair", "box", "plant", "lamp"}
_STEP, _GRID = 0.15, 0.25  # metres between places that are tried along walls and on the floor


@dataclass(frozen=True)
class _Spot:
    """A place that a thing could have and what speaks for it."""

    box: Box
    score: float


def furnish(text: str, *, seed: int = 0, furniture: bool = True) -> RoomPlan:
    """The plan of the room that a sentence describes.

    What the sentence does not mention comes from what such a room usually holds (nothing, with `furniture` False).
    Words that mean nothing here are named in `repairs`, as is everything that found no place. `seed` chooses among
    places that are about as good.
    """
    if not text.strip():
        raise ValueError("text: must describe a room in words (got nothing)")
    if len(text) > 2000:
        raise ValueError(f"text: at most 2000 letters are read (got {len(text)})")
    wishes = understand(text)
    notes = _notes(wishes)
    plan = _shell(wishes)
    random = np.random.default_rng(seed)
    for wish in _wanted(wishes, furniture=furniture):
        for _ in range(wish.count):
            plan = _with(plan, wish, random, notes)
    made = repair(plan)
    return replace(made, repairs=(*notes, *made.repairs))


def _notes(wishes: Wishes) -> list[str]:
    notes = []
    if wishes.unknown:
        words = ", ".join(repr(word) for word in wishes.unknown)
        notes.append(f"not understood, and left to the style: {words}")
    if wishes.kind == "room" and not wishes.things:
        notes.append("no kind of room and no thing was recognised; the room is nearly empty")
    return notes


def _shell(wishes: Wishes) -> RoomPlan:
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


def _wanted(wishes: Wishes, *, furniture: bool) -> list[Wish]:
    """The things to place, the sentence's own and those of such a room, what others refer to first."""
    named = {wish.label: wish for wish in wishes.things if wish.label not in ("door", "window")}
    own = [wish for wish in wishes.things if wish.label not in ("door", "window")]
    usual = _FURNITURE[wishes.kind] if furniture else ()
    habits = {wish.label: wish for kind in (wishes.kind, "living room", "bedroom", "office", "bathroom", "dining room")
              for wish in reversed(_FURNITURE[kind])}  # fmt: skip
    habits |= {wish.label: wish for wish in _FURNITURE[wishes.kind]}
    asked = [_completed(wish, habits) for wish in own]
    rest = [wish for wish in usual if wish.label not in named and wish.label not in wishes.refused]
    present = {wish.label for wish in (*asked, *rest)} | {"window", "door", ""}
    rest = [wish if wish.target in present else replace(wish, relation="", target="") for wish in rest]
    return _sorted([*asked, *rest])


def _completed(wish: Wish, habits: dict[str, Wish]) -> Wish:
    """A wish that says nothing of its place stands where such things usually do."""
    habit = habits.get(wish.label)
    if wish.relation or habit is None:
        return wish
    return replace(wish, relation=habit.relation, target=habit.target)


def _sorted(wishes: list[Wish]) -> list[Wish]:
    """What belongs to a window or door first, then by rank, but each after what it refers to."""
    left = sorted(wishes, key=lambda wish: (wish.target not in ("window", "door"), _RANK.index(wish.label)))
    done: list[Wish] = []
    while left:
        waiting = {wish.label for wish in left}
        ready = [wish for wish in left if wish.target not in waiting or wish.target == wish.label] or left[:1]
        done.append(ready[0])
        left.remove(ready[0])
    return done


def _with(plan: RoomPlan, wish: Wish, random: np.random.Generator, notes: list[str]) -> RoomPlan:
    """The plan with one more thing at its best free place."""
    size = _size(wish, plan)
    number = sum(box.label == wish.label for box in plan.boxes) + 1
    name = wish.label.replace("_", " ") + (f" {number}" if number > 1 else "")
    thing = Box(name, wish.label, (0.0, size[1] / 2, 0.0), size, style=wish.style)
    targets = [box for box in plan.boxes if box.label == wish.target]
    spots = list(_spots(plan, thing, wish, targets))
    jitter = random.uniform(0, 0.15, len(spots))
    order = np.argsort([-(spot.score + extra) for spot, extra in zip(spots, jitter, strict=True)], kind="stable")
    for index in order[:300]:
        if not conflicts(plan, spots[index].box, plan.boxes):
            return replace(plan, boxes=(*plan.boxes, spots[index].box))
    notes.append(f"{name}: found no free place")
    return plan


def _size(wish: Wish, plan: RoomPlan) -> Point3:
    kind = class_of(wish.label)
    width, height, depth = kind.typical
    span = float(np.ptp(plan.polygon(), axis=0).min())
    scale = wish.scale
    if wish.label == "curtain":
        windows = [opening for opening in plan.openings if opening.kind == "window"]
        if windows:
            return (windows[0].width + 0.5, min(windows[0].sill + windows[0].height + 0.15, plan.height - 0.05), depth)
    if wish.label in ("sofa", "kitchen_unit", "wardrobe", "rug", "table"):
        scale *= min(1.0, max(0.6, span / (2.0 * width)))
    side = math.sqrt(scale)
    sizes = (width * side, height * (side if kind.stands == "wall" else 1.0), depth * side)
    limits = zip(sizes, kind.least, kind.most, strict=True)
    w, h, d = (min(max(value, least), most) for value, least, most in limits)
    return (w, min(h, plan.height - 0.05), d)


def _spots(plan: RoomPlan, thing: Box, wish: Wish, targets: Sequence[Box]) -> Iterator[_Spot]:
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


def _at_walls(plan: RoomPlan, thing: Box, wish: Wish, targets: Sequence[Box], *, height: float) -> Iterator[_Spot]:
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
            score = _score(plan, box, wish, targets, corner=corner, centred=-abs(along - middle) / wall.length)
            over = _before_opening(plan, index, float(along), box)
            if wish.relation in ("beside", "under") and wish.target == "window":
                if box.label != "picture":
                    score += 4.0 * over if box.bottom < 0.3 else 0.0
                    score -= 0.6 * _to_opening(plan, box, "window")
            elif over:
                score -= (4.0 if box.top > 1.0 else 1.0) * over
            yield _Spot(box, score)


def _score(plan: RoomPlan, box: Box, wish: Wish, targets: Sequence[Box], *, corner: float, centred: float) -> float:
    """How well a place at a wall suits: by what was asked, else in a corner or in the middle as such things do."""
    score = 0.0
    if targets and wish.relation in ("beside", "around", "under", ""):
        near = min(abs(_gap(box, target) - _distance(box)) for target in targets)
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
        score -= _to_opening(plan, box, "door")
    elif wish.relation == "corner" or box.label in ("wardrobe", "shelf", "fridge", "bath", "toilet", "lamp", "plant"):
        score -= 1.5 * corner
    elif box.label in ("bed", "sofa", "tv_stand", "fireplace", "picture", "mirror", "desk", "cabinet"):
        score += 2.0 * centred
    if box.label in ("bed", "sofa"):
        score += 0.25 * min(4.0, _to_opening(plan, box, "door"))
    return score


def _distance(box: Box) -> float:
    """How far a thing stands from what it is beside."""
    return 0.35 if box.label in ("armchair", "sofa", "chair") else 0.03


def _gap(one: Box, two: Box) -> float:
    """Metres between two boxes seen from above."""
    a, b = one.footprint(), two.footprint()
    if outline.overlap(a, b)[0] > 0:
        return 0.0
    ways = [np.linalg.norm(outline.to_boundary(polygon, points), axis=1).min() for polygon, points in ((a, b), (b, a))]
    return float(min(ways))


def _to_opening(plan: RoomPlan, box: Box, kind: str) -> float:
    ways = [
        float(np.hypot(point[0] - box.center[0], point[2] - box.center[2]))
        for opening in plan.openings
        if opening.kind == kind
        for point in [plan.wall(opening.wall).point(opening.offset + opening.width / 2, 0.0)]
    ]
    return min(ways, default=0.0)


def _before_opening(plan: RoomPlan, index: int, along: float, box: Box) -> float:
    """The share of a box's width that has a window or door of the wall behind it."""
    half, share = box.size[0] / 2, 0.0
    for opening in plan.openings:
        if opening.wall == index and box.top > opening.sill * 0.5:
            common = min(along + half, opening.offset + opening.width) - max(along - half, opening.offset)
            share = max(share, common / min(2 * half, opening.width))
    return max(0.0, share)


def _on_grid(
    plan: RoomPlan, thing: Box, targets: Sequence[Box], wanted: str, *, height: float = 0.0, penalty: float = 0.0
) -> Iterator[_Spot]:
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
                score = -2.0 * min(abs(_gap(box, target) - _distance(box)) for target in targets)
            else:
                score = -0.5 * back_distance(box, plan)
            yield _Spot(box, score - penalty)


def _before(plan: RoomPlan, thing: Box, targets: Sequence[Box]) -> Iterator[_Spot]:
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
                    yield _Spot(box, score)


def _on_top(plan: RoomPlan, thing: Box, targets: Sequence[Box]) -> Iterator[_Spot]:
    """On another thing; without one, on any table, cabinet or shelf that is low enough."""
    carriers = {"table", "coffee_table", "desk", "cabinet", "drawers", "nightstand", "tv_stand", "kitchen_unit"}
    below = list(targets) or [box for box in plan.boxes if box.label in carriers and box.top < 1.3]
    for target in below:
        axes = target.axes()
        for aside in (0.0, -0.25, 0.25):
            for along in (0.0, -0.2, 0.2) if thing.label != "screen" else (-0.25, 0.0):
                x, _, z = np.array(target.center) + axes[0] * aside * target.size[0] + axes[2] * along * target.size[2]
                yield _Spot(_placed(thing, x, target.top, z, target.yaw), -abs(aside) - 0.2 * abs(along))


def _at_windows(plan: RoomPlan, thing: Box) -> Iterator[_Spot]:
    hung = {(round(box.center[0], 1), round(box.center[2], 1)) for box in plan.boxes if box.label == "curtain"}
    for opening in plan.openings:
        if opening.kind == "window":
            wall = plan.wall(opening.wall)
            into = wall.inward()
            x, _, z = wall.point(opening.offset + opening.width / 2, 0.0, thing.size[2] / 2 + 0.003)
            free = (round(float(x), 1), round(float(z), 1)) not in hung
            yield _Spot(_placed(thing, x, 0.03, z, math.atan2(into[0], into[2])), float(free))
