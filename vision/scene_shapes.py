"""The shapes that a made-up scene consists of, and things made of several: tables, seats, trees, people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from vision.scene_cast_numba import BOX, CYLINDER, ELLIPSOID

Numbers = Sequence[float | int]


@dataclass
class Shapes:
    """Shapes while a scene is put together: kind, middle, half sizes, turn about y, and the texture's number."""

    kind: list[int] = field(default_factory=list)
    middle: list[tuple[float, float, float]] = field(default_factory=list)
    half: list[tuple[float, float, float]] = field(default_factory=list)
    turn: list[float] = field(default_factory=list)
    texture: list[int] = field(default_factory=list)

    def add(self, kind: int, middle: Numbers, half: Numbers, turn: float | int, texture: int) -> None:
        self.kind.append(kind)
        self.middle.append((float(middle[0]), float(middle[1]), float(middle[2])))
        self.half.append((float(half[0]), float(half[1]), float(half[2])))
        self.turn.append(float(turn))
        self.texture.append(texture)


def fresh_look(rng: np.random.Generator) -> int:
    """The number of a look that hardly another surface has."""
    return int(rng.integers(0, 1 << 20))


def add_thing(rng: np.random.Generator, shapes: Shapes, foot: Numbers, size: float | int) -> None:
    """Something that stands on the ground: a block, ball, post, table, seat, tree or person."""
    (x, y, z), turn, look = foot, rng.uniform(0, 6.3), fresh_look(rng)

    def size_of(low: float, high: float) -> float:
        return float(size * rng.uniform(low, high))

    choice = rng.integers(0, 7)
    if choice == 0:
        h = size_of(0.1, 0.6)
        shapes.add(BOX, (x, y + h, z), (size_of(0.15, 0.5), h, size_of(0.15, 0.5)), turn, look)
    elif choice == 1:
        h = size_of(0.15, 0.5)
        shapes.add(ELLIPSOID, (x, y + h, z), (size_of(0.15, 0.5), h, size_of(0.15, 0.5)), turn, look)
    elif choice == 2:
        h, r = size_of(0.15, 0.8), size_of(0.05, 0.35)
        shapes.add(CYLINDER, (x, y + h, z), (r, h, r), 0, look)
    elif choice == 3:
        w, d, h = size_of(0.3, 0.8), size_of(0.25, 0.6), size_of(0.4, 0.75)
        shapes.add(BOX, (x, y + h, z), (w, 0.03 * size, d), turn, look)
        for a, b in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            u, v = a * w * 0.9, b * d * 0.9
            leg = (x + u * np.cos(turn) + v * np.sin(turn), y + h / 2, z - u * np.sin(turn) + v * np.cos(turn))
            shapes.add(BOX, leg, (0.03 * size, h / 2, 0.03 * size), turn, look)
    elif choice == 4:
        w, h = size_of(0.25, 0.6), size_of(0.15, 0.3)
        shapes.add(BOX, (x, y + h, z), (w, h, w * 0.8), turn, look)
        behind = (x + np.sin(turn) * w * 0.8, y + 2 * h, z + np.cos(turn) * w * 0.8)
        shapes.add(BOX, behind, (w, 2 * h, 0.1 * w), turn, look)
    elif choice == 5:
        h = size_of(0.5, 0.9)
        shapes.add(CYLINDER, (x, y + h / 2, z), (0.05 * size, h / 2, 0.05 * size), 0, look)
        for _ in range(4):
            place = (x + size_of(-0.25, 0.25), y + h + size_of(-0.1, 0.4), z + size_of(-0.25, 0.25))
            shapes.add(ELLIPSOID, place, (size_of(0.15, 0.35),) * 3, 0, look + 1)
    else:
        shapes.add(ELLIPSOID, (x, y + 0.45 * size, z), (0.16 * size, 0.46 * size, 0.12 * size), turn, look)
        shapes.add(ELLIPSOID, (x, y + size, z), (0.08 * size, 0.11 * size, 0.09 * size), turn, look + 1)
