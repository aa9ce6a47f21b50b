"""What stands where in made-up scenes: rooms, streets, landscapes, people close up, things on tables, a thing close by.

Each layout adds its shapes and gives the eye, and yaw and pitch of where it looks; y is up, z ahead, in metres.
"""

import numpy as np

from vision.scene_cast_numba import BOX, CYLINDER, ELLIPSOID
from vision.scene_shapes import Shapes, add_thing, fresh_look


def _room(rng: np.random.Generator, shapes: Shapes) -> tuple[np.ndarray, np.ndarray]:
    w, h, d = rng.uniform(2.5, 7), rng.uniform(2.3, 3.4), rng.uniform(3, 8)
    for k, (middle, half) in enumerate(
        (
            ((0, -0.05, d / 2), (w, 0.05, d)),
            ((0, h + 0.05, d / 2), (w, 0.05, d)),
            ((-w / 2 - 0.05, h / 2, d / 2), (0.05, h, d)),
            ((w / 2 + 0.05, h / 2, d / 2), (0.05, h, d)),
            ((0, h / 2, d + 0.05), (w, h, 0.05)),
        )
    ):
        shapes.add(BOX, middle, half, 0, k)
    for _ in range(rng.integers(4, 15)):
        add_thing(rng, shapes, (rng.uniform(-w / 2, w / 2), 0, rng.uniform(1.2, d)), rng.uniform(0.5, 1.7))
    for _ in range(rng.integers(0, 6)):  # pictures and shelves on the walls
        a, b, t = rng.uniform(0.15, 0.6), rng.uniform(0.1, 0.5), rng.uniform(0.01, 0.2)
        y, side = rng.uniform(1.0, 2.0), rng.integers(0, 3)
        if side == 0:
            shapes.add(BOX, (rng.uniform(-w / 2, w / 2), y, d - t), (a, b, t), 0, fresh_look(rng))
        else:
            shapes.add(BOX, ((2 * side - 3) * (w / 2 - t), y, rng.uniform(1, d)), (t, b, a), 0, fresh_look(rng))
    eye = np.array([rng.uniform(-0.3, 0.3) * w, rng.uniform(0.9, 1.8), rng.uniform(0, 0.6)])
    return eye, np.array([np.arctan2(-eye[0], d) + rng.normal() * 0.3, rng.uniform(-0.35, 0.05)])


def _street(rng: np.random.Generator, shapes: Shapes) -> tuple[np.ndarray, np.ndarray]:
    shapes.add(BOX, (0, -0.5, 0), (500, 0.5, 500), 0, 0)
    gap = rng.uniform(3, 9)
    for side in (-1, 1):
        z = rng.uniform(-4, 4)
        while z < 120:
            long, high, back = rng.uniform(3, 9), rng.uniform(3, 14), rng.uniform(0, 1.5)
            shapes.add(BOX, (side * (gap + 4 + back), high, z + long), (4, high, long), 0, fresh_look(rng))
            z += 2 * long + (rng.uniform(0, 6) if rng.random() < 0.3 else 0)
    for _ in range(rng.integers(3, 14)):
        add_thing(rng, shapes, (rng.uniform(-gap, gap), 0, np.exp(rng.uniform(0.9, 3.8))), rng.uniform(1.2, 2.2))
    return np.array([rng.uniform(-1, 1), rng.uniform(1.2, 2.2), 0]), np.array([0, rng.uniform(-0.1, 0.1)])


def _landscape(rng: np.random.Generator, shapes: Shapes) -> tuple[np.ndarray, np.ndarray]:
    shapes.add(BOX, (0, -0.5, 0), (900, 0.5, 900), 0, 0)
    for _ in range(rng.integers(2, 7)):
        r, a = rng.uniform(60, 400), rng.uniform(-0.8, 0.8)
        size = (rng.uniform(30, 120), rng.uniform(6, 50), rng.uniform(20, 90))
        shapes.add(ELLIPSOID, (np.sin(a) * r, -3, np.cos(a) * r), size, rng.uniform(0, 3), fresh_look(rng))
    for _ in range(rng.integers(5, 26)):
        r, a = np.exp(rng.uniform(0.7, 4.2)), rng.uniform(-0.8, 0.8)
        add_thing(rng, shapes, (np.sin(a) * r, 0, np.cos(a) * r), rng.uniform(0.5, 1.6) * (1 if r < 6 else 4))
    return np.array([0, rng.uniform(0.8, 3.5), 0]), np.array([0, rng.uniform(-0.25, 0.1)])


def _portrait(rng: np.random.Generator, shapes: Shapes) -> tuple[np.ndarray, np.ndarray]:
    z, scale = rng.uniform(0.6, 1.8), rng.uniform(0.85, 1.2)
    x, y, body, skin = rng.uniform(-0.25, 0.25), rng.uniform(-0.15, 0.12), fresh_look(rng), fresh_look(rng)
    shapes.add(ELLIPSOID, (x, y - 0.55 * scale, z + 0.05), (0.27 * scale, 0.34 * scale, 0.16 * scale), 0, body)
    shapes.add(ELLIPSOID, (x, y, z), (0.09 * scale, 0.125 * scale, 0.1 * scale), 0, skin)
    shapes.add(CYLINDER, (x, y - 0.17 * scale, z + 0.02), (0.05, 0.09, 0.05), 0, skin)
    if rng.random() < 0.7:
        hair = (0.11 * scale, 0.12 * scale, 0.1 * scale)
        shapes.add(ELLIPSOID, (x, y + 0.04 * scale, z + 0.03), hair, 0, fresh_look(rng))
    shapes.add(BOX, (0, -1.6, 30), (60, 0.1, 60), 0, 0)
    if rng.random() < 0.7:
        shapes.add(BOX, (0, 2, z + rng.uniform(0.4, 7)), (40, 14, 0.05), rng.normal() * 0.1, fresh_look(rng))
    for _ in range(rng.integers(0, 8)):
        add_thing(rng, shapes, (rng.uniform(-2, 2), -1.5, z + rng.uniform(0.5, 5)), rng.uniform(0.7, 2.2))
    return np.zeros(3), np.array([0, rng.uniform(-0.1, 0.05)])


def _table(rng: np.random.Generator, shapes: Shapes) -> tuple[np.ndarray, np.ndarray]:
    shapes.add(BOX, (0, -0.05, 0), (3, 0.05, 3), rng.uniform(0, 3), 0)
    shapes.add(BOX, (0, 2, rng.uniform(0.8, 4)), (9, 5, 0.05), 0, fresh_look(rng))
    for _ in range(rng.integers(1, 10)):
        add_thing(rng, shapes, (rng.uniform(-0.5, 0.5), 0, rng.uniform(-0.3, 0.7)), rng.uniform(0.1, 0.5))
    eye = np.array([rng.uniform(-0.2, 0.2), rng.uniform(0.15, 0.9), -rng.uniform(0.5, 1.1)])
    return eye, np.array([0, -np.arctan2(eye[1], -eye[2]) + rng.uniform(-0.05, 0.3)])


def _object(rng: np.random.Generator, shapes: Shapes) -> tuple[np.ndarray, np.ndarray]:
    """One thing of many shapes that fills the picture: a machine, a heap, a bush, a beast."""
    size = rng.uniform(0.35, 1.0)
    z = size * rng.uniform(1.4, 3.2) + 0.5
    shapes.add(BOX, (0, -0.5, 0), (60, 0.5, 60), 0, 0)
    if rng.random() < 0.75:
        shapes.add(BOX, (0, 2, z + size + rng.uniform(0.1, 4)), (30, 9, 0.05), rng.normal() * 0.2, fresh_look(rng))
    looks = [fresh_look(rng) for _ in range(rng.integers(1, 5))]
    stretch = np.array([rng.uniform(0.6, 1.5), rng.uniform(0.4, 1.0), rng.uniform(0.3, 1.0)]) * size
    thin = rng.uniform(0.05, 0.5)
    for _ in range(rng.integers(5, 28)):
        middle = rng.normal(size=3) * 0.45 * stretch + (0, stretch[1], z)
        half = np.exp(rng.uniform(np.log(thin), np.log(0.6), 3)) * size * 0.6
        middle[1] = max(middle[1], half[1])
        kind, turn, look = int(rng.integers(0, 3)), rng.uniform(0, 6.3), looks[rng.integers(len(looks))]
        shapes.add(kind, middle.tolist(), half.tolist(), turn, look)
    for _ in range(rng.integers(0, 6)):
        add_thing(rng, shapes, (rng.uniform(-3, 3), 0, z + rng.uniform(0.6, 4)), rng.uniform(0.5, 1.7))
    if rng.random() < 0.3:  # something hangs or leans into the picture
        place = (rng.uniform(-0.6, 0.6), 2 * size + rng.uniform(0.1, 0.6), rng.uniform(0.7, z))
        shapes.add(ELLIPSOID, place, rng.uniform(0.1, 0.4, 3).tolist(), 0, fresh_look(rng))
    eye = np.array([rng.uniform(-0.4, 0.4), rng.uniform(0.2, 1.7), 0])
    return eye, np.array([rng.normal() * 0.1, np.arctan2(stretch[1] - eye[1], z) + rng.normal() * 0.06])


LAYOUTS = {
    "room": _room,
    "street": _street,
    "landscape": _landscape,
    "portrait": _portrait,
    "table": _table,
    "object": _object,
}
KINDS = tuple(LAYOUTS)
