"""Which function makes which class of thing, and how its patches are brought into their box.

Owns the table. The designs are in `seats.py`, `storage.py`, `fixtures.py` and `decor.py`.
"""

import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from meshing.room import decor, fixtures, seats, storage
from meshing.room.patch import Patch, bounds_of
from meshing.room.plan import Box

Maker = Callable[[tuple[float, float, float], np.random.Generator], list[Patch]]

MAKERS: dict[str, Maker] = {
    "bed": seats.bed,
    "sofa": seats.sofa,
    "armchair": seats.armchair,
    "chair": seats.chair,
    "stool": seats.stool,
    "bench": seats.bench,
    "table": storage.table,
    "coffee_table": storage.coffee_table,
    "desk": storage.desk,
    "nightstand": storage.nightstand,
    "wardrobe": storage.wardrobe,
    "shelf": storage.shelf,
    "cabinet": storage.cabinet,
    "drawers": storage.drawers,
    "tv_stand": storage.tv_stand,
    "kitchen_unit": fixtures.kitchen_unit,
    "sink": fixtures.sink,
    "stove": fixtures.stove,
    "fridge": fixtures.fridge,
    "washing_machine": fixtures.washing_machine,
    "bath": fixtures.bath,
    "shower": fixtures.shower,
    "toilet": fixtures.toilet,
    "lamp": decor.lamp,
    "ceiling_lamp": decor.ceiling_lamp,
    "rug": decor.rug,
    "picture": decor.picture,
    "mirror": decor.mirror,
    "clock": decor.clock,
    "screen": decor.screen,
    "plant": decor.plant,
    "curtain": decor.curtain,
    "radiator": fixtures.radiator,
    "stairs": fixtures.stairs,
    "fireplace": fixtures.fireplace,
    "vase": storage.vase,
    "box": decor.plain_box,
}
"""Every class of `classes.py`."""


_SETS = ("chair", "stool", "nightstand", "armchair", "bench")  # of these, all in a room have one design


def furniture_in(box: Box, seed: int) -> list[Patch]:
    """The thing that a box stands for, in room coordinates; the same box and seed give the same thing.

    A class without a design of its own becomes a plain box.
    """
    alike = "" if box.label in _SETS else box.name
    random = np.random.default_rng([seed, zlib.crc32(alike.encode()), zlib.crc32(box.label.encode())])
    make = MAKERS.get(box.label, decor.plain_box)
    width, height, depth = (float(side) for side in box.size)
    patches = fitted(make((width, height, depth), random), (width, height, depth))
    matrix = box.room_from_box()
    shift = matrix[:3, 3] - matrix[:3, 1] * height / 2
    return [replace(patch, points=patch.points @ matrix[:3, :3].T + shift) for patch in patches]


def fitted(patches: list[Patch], size: tuple[float, float, float]) -> list[Patch]:
    """The patches stretched until they touch all six sides of the box, origin at the middle of its bottom."""
    low, high = bounds_of(patches)
    goal_low = np.array([-size[0] / 2, 0.0, -size[2] / 2])
    factor = np.array(size) / np.maximum(high - low, 1e-9)
    return [replace(patch, points=goal_low + (patch.points - low) * factor) for patch in patches]
