"""A plan from a sentence: the room it names, with the things it asks for and those of such a room, placed by rules."""

import math
from dataclasses import replace

import numpy as np

from meshing.room.arrange import conflicts
from meshing.room.bare_room import bare_room
from meshing.room.classes import class_of
from meshing.room.inventory import things_wanted
from meshing.room.plan import Box, Point3, RoomPlan
from meshing.room.repair import repair
from meshing.room.spots import spots
from meshing.room.wishes import Wish, Wishes, understand


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
    plan = bare_room(wishes)
    random = np.random.default_rng(seed)
    for wish in things_wanted(wishes, furniture=furniture):
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


def _with(plan: RoomPlan, wish: Wish, random: np.random.Generator, notes: list[str]) -> RoomPlan:
    """The plan with one more thing at its best free place."""
    size = _size(wish, plan)
    number = sum(box.label == wish.label for box in plan.boxes) + 1
    name = wish.label.replace("_", " ") + (f" {number}" if number > 1 else "")
    thing = Box(name, wish.label, (0.0, size[1] / 2, 0.0), size, style=wish.style)
    targets = [box for box in plan.boxes if box.label == wish.target]
    places = list(spots(plan, thing, wish, targets))
    jitter = random.uniform(0, 0.15, len(places))
    order = np.argsort([-(spot.score + extra) for spot, extra in zip(places, jitter, strict=True)], kind="stable")
    for index in order[:300]:
        if not conflicts(plan, places[index].box, plan.boxes):
            return replace(plan, boxes=(*plan.boxes, places[index].box))
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
