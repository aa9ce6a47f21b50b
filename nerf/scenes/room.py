"""The room of the demo capture: a corner with a table, toys, a plant and a shelf; metres, y up, floor at 0."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from nerf.scenes import paint, shapes
from nerf.scenes.paint import HALF_ROOM, TABLE, TABLE_TOP
from nerf.scenes.shapes import Vector
from nerf.scenes.textures import random_of, wood

Array = np.ndarray
Points = Float64[Array, "points 3"]

WALL_HEIGHT = 2.1


@dataclass(frozen=True)
class Solid:
    """One thing in the room: its signed distance, its colour, and a ball around it that saves looking closer."""

    name: str
    distance: Callable[[Points], Float64[Array, "points"]]
    albedo: Callable[[Points], Points]
    centre: Vector | None = None
    radius: float = 0.0


def demo_room() -> tuple[Solid, ...]:
    """Everything in the room."""
    return (*_shell(), *_furniture(), *_toys(), *_plant(), *_pictures())


def _shell() -> list[Solid]:
    half, tall = HALF_ROOM, WALL_HEIGHT / 2
    return [
        Solid("floor", lambda p: shapes.box(p, (0.0, -0.05, 0.0), (half + 0.1, 0.05, half + 0.1)), paint.floor),
        Solid(
            "back wall", lambda p: shapes.box(p, (0.0, tall, -half - 0.05), (half + 0.1, tall, 0.05)), paint.back_wall
        ),
        Solid(
            "left wall", lambda p: shapes.box(p, (-half - 0.05, tall, 0.0), (0.05, tall, half + 0.1)), paint.left_wall
        ),
        Solid("skirting", _skirting, lambda p: paint.plain(p, (0.93, 0.91, 0.86))),
    ]


def _furniture() -> list[Solid]:
    x, _, z = TABLE
    return [
        Solid("table", _table, lambda p: wood(p, (0.35, 0.19, 0.1), (0.66, 0.42, 0.25)), (x, 0.33, z), 0.78),
        Solid("pouf", _pouf, paint.pouf, (1.1, 0.17, -1.05), 0.36),
        Solid(
            "shelf", _shelf, lambda p: wood(p, (0.55, 0.4, 0.24), (0.83, 0.68, 0.48), along=2), (-1.68, 1.2, 0.55), 0.62
        ),
        Solid("books", _books, paint.book, (-1.68, 1.34, 0.5), 0.55),
    ]


def _toys() -> list[Solid]:
    x, top, z = TABLE[0], TABLE_TOP, TABLE[2]
    ball, plate, block = (x + 0.3, top + 0.11, z + 0.2), (x, top + 0.012, z + 0.22), (x + 0.37, top + 0.08, z - 0.16)
    small, ring = (x + 0.36, top + 0.21, z - 0.15), (x, top + 0.058, z + 0.22)
    return [
        Solid("mug", _mug, paint.mug, (x - 0.36, top + 0.07, z + 0.22), 0.2),
        Solid("house", _house, paint.house, (x - 0.12, top + 0.2, z - 0.16), 0.34),
        Solid("ball", lambda p: shapes.sphere(p, ball, 0.11), paint.ball, ball, 0.12),
        Solid("plate", lambda p: shapes.cylinder(p, plate, 0.14, 0.012, 0.008), paint.plate, plate, 0.18),
        Solid("doughnut", lambda p: shapes.torus(p, ring, 0.072, 0.042), paint.doughnut, ring, 0.14),
        Solid("block", lambda p: shapes.box(p, block, (0.08, 0.08, 0.08), 0.012), paint.block, block, 0.15),
        Solid("small block", lambda p: shapes.box(p, small, (0.05, 0.05, 0.05), 0.01), paint.small_block, small, 0.1),
    ]


def _plant() -> list[Solid]:
    return [
        Solid("pot", _pot, paint.pot, (-1.2, 0.2, -1.2), 0.38),
        Solid("leaves", _leaves, paint.leaf, (-1.2, 0.72, -1.2), 0.5),
    ]


def _pictures() -> list[Solid]:
    clock = (-0.85, 1.5, -HALF_ROOM + 0.02)
    return [
        Solid("frame", _frame, paint.picture, (0.25, 1.35, -HALF_ROOM), 0.64),
        Solid("clock", lambda p: _upright_disc(p, clock, 0.19, 0.02), paint.clock, clock, 0.24),
    ]


def _skirting(points: Points) -> Float64[Array, "points"]:
    half = HALF_ROOM
    back = shapes.box(points, (0.0, 0.05, -half), (half, 0.05, 0.018), 0.006)
    left = shapes.box(points, (-half, 0.05, 0.0), (0.018, 0.05, half), 0.006)
    return np.asarray(np.minimum(back, left))


def _table(points: Points) -> Float64[Array, "points"]:
    x, _, z = TABLE
    best = shapes.box(points, (x, TABLE_TOP - 0.025, z), (0.58, 0.025, 0.42), 0.012)
    mirrored = np.stack([np.abs(points[:, 0] - x), points[:, 1], np.abs(points[:, 2] - z)], axis=1)
    legs = shapes.box(mirrored, (0.5, (TABLE_TOP - 0.04) / 2, 0.34), (0.035, (TABLE_TOP - 0.04) / 2, 0.035), 0.008)
    return np.asarray(np.minimum(best, legs))


def _pouf(points: Points) -> Float64[Array, "points"]:
    body = shapes.cylinder(points, (1.1, 0.17, -1.05), 0.27, 0.17, 0.1)
    angle = np.arctan2(points[:, 2] + 1.05, points[:, 0] - 1.1)
    return np.asarray(body + 0.006 * np.cos(14 * angle))


def _shelf(points: Points) -> Float64[Array, "points"]:
    return shapes.box(points, (-HALF_ROOM + 0.11, 1.2, 0.55), (0.11, 0.018, 0.5), 0.004)


def _books(points: Points) -> Float64[Array, "points"]:
    """Twelve books of different heights and depths, side by side along z."""
    number = np.clip(np.floor((points[:, 2] - 0.12) / 0.06), 0, 11)
    best = np.full(len(points), np.inf)
    for step in (-1, 0, 1):
        book = np.clip(number + step, 0, 11)
        wild = random_of(np.stack([book, book * 3 + 1], axis=1).astype(np.int64))
        half_height = 0.085 + 0.045 * wild
        local = np.stack(
            [
                points[:, 0] - (-HALF_ROOM + 0.09),
                points[:, 1] - 1.218 - half_height,
                points[:, 2] - (0.12 + 0.06 * (book + 0.5)),
            ],
            axis=1,
        )
        beyond = np.abs(local) - np.stack(
            [np.full(len(points), 0.075), half_height, np.full(len(points), 0.027)], axis=1
        )
        best = np.minimum(best, shapes.corner(beyond))
    return best


def _mug(points: Points) -> Float64[Array, "points"]:
    x, z = TABLE[0] - 0.36, TABLE[2] + 0.22
    outside = shapes.cylinder(points, (x, TABLE_TOP + 0.07, z), 0.062, 0.07, 0.008)
    hollow = shapes.cylinder(points, (x, TABLE_TOP + 0.09, z), 0.05, 0.075, 0.008)
    body = np.maximum(outside, -hollow)
    handle = shapes.torus(points, (x - 0.065, TABLE_TOP + 0.07, z), 0.038, 0.011, axis=2)
    return np.asarray(np.minimum(body, np.maximum(handle, -outside)))


def _house(points: Points) -> Float64[Array, "points"]:
    x, top, z = TABLE[0] - 0.12, TABLE_TOP, TABLE[2] - 0.16
    walls = shapes.box(points, (x, top + 0.1, z), (0.13, 0.1, 0.16), 0.004)
    roof = shapes.gable(points, (x, top + 0.19, z), 0.17, 0.15, 0.18)
    chimney = shapes.box(points, (x + 0.07, top + 0.29, z + 0.07), (0.025, 0.06, 0.025), 0.003)
    return np.asarray(np.minimum(np.minimum(walls, roof), chimney))


def _pot(points: Points) -> Float64[Array, "points"]:
    local = points - (-1.2, 0.17, -1.2)
    taper = 0.16 + 0.22 * np.clip(local[:, 1] + 0.17, 0, 0.34) / 1.6
    side = np.hypot(local[:, 0], local[:, 2]) - taper
    return np.maximum(side, np.abs(local[:, 1]) - 0.17) * 0.96


def _leaves(points: Points) -> Float64[Array, "points"]:
    best = np.full(len(points), np.inf)
    for number in range(9):
        angle, height = 2.4 * number, 0.5 + 0.05 * number
        spread = 0.16 * (1 - 0.06 * number)
        centre = (-1.2 + spread * float(np.cos(angle)), height, -1.2 + spread * float(np.sin(angle)))
        best = _smooth_union(best, shapes.sphere(points, centre, 0.17 - 0.007 * number), 0.03)
    return np.asarray(
        (best + 0.02 * np.sin(38 * points[:, 0]) * np.sin(38 * points[:, 1]) * np.sin(38 * points[:, 2])) * 0.75
    )


def _frame(points: Points) -> Float64[Array, "points"]:
    outer = shapes.box(points, (0.25, 1.35, -HALF_ROOM + 0.015), (0.5, 0.36, 0.03), 0.006)
    inner = shapes.box(points, (0.25, 1.35, -HALF_ROOM + 0.045), (0.45, 0.31, 0.015))
    return np.asarray(np.maximum(outer, -inner))


def _upright_disc(points: Points, centre: Vector, radius: float, half_depth: float) -> Float64[Array, "points"]:
    turned = points[:, [0, 2, 1]]
    return shapes.cylinder(turned, (centre[0], centre[2], centre[1]), radius, half_depth, 0.008)


def _smooth_union(first: Array, second: Array, width: float) -> Float64[Array, "points"]:
    blend = np.maximum(width - np.abs(first - second), 0) / width
    return np.asarray(np.minimum(first, second) - np.where(np.isfinite(first), 0.25 * width * blend * blend, 0))
