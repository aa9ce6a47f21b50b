"""What pictures, books, screens, clocks and windows show, as functions of where on them a point lies."""

import numpy as np

from meshing.room.materials import Color, Number, Paint, Samples, linear, mix, step
from meshing.room.noise import random_of
from meshing.room.noise_numba import layered

_BOOKS = ("7a2e2a", "2f4a63", "3d5a40", "c9a255", "e6dfd0", "40342f", "8a8f94", "a9683f", "5b3a52", "d8cdb8", "24323d")


def picture(colors: tuple[Color, ...], *, motif: str) -> Paint:
    """A painting or print with a mount: `abstract`, `landscape`, `geometric`, `botanical`, `ink` or `neon`."""

    def paint(at: Samples) -> np.ndarray:
        x, y = _centred(at)
        seed = np.floor(at.seed * 97) if len(at) else at.seed
        shown: np.ndarray = _MOTIFS[motif](x, y, seed, np.array(colors))
        edge = np.minimum(at.uv, at.extent - at.uv).min(axis=1)
        mount = np.minimum(0.07, 0.12 * at.extent.min(axis=1))
        return mix((0.86, 0.85, 0.82), shown, step(edge - mount, 0, 0.004))

    return paint


def _centred(at: Samples) -> tuple[np.ndarray, np.ndarray]:
    """x and y from the middle, y up, in halves of the shorter side."""
    half = np.maximum(at.extent.min(axis=1) / 2, 1e-6)
    return (at.uv[:, 0] - at.extent[:, 0] / 2) / half, (at.extent[:, 1] / 2 - at.uv[:, 1]) / half


def _field(x: np.ndarray, y: np.ndarray, seed: np.ndarray, scale: Number, octaves: int, layer: int) -> np.ndarray:
    return layered(np.stack([x * scale, y * scale, seed * 3.7 + layer], axis=1), octaves, layer)


def _abstract(x: np.ndarray, y: np.ndarray, seed: np.ndarray, colors: np.ndarray) -> np.ndarray:
    result = np.broadcast_to(colors[-1], (len(x), 3))
    for k in range(len(colors) - 1):
        warp = 1.1 * (_field(x, y, seed, 1.3, 4, 5 * k) - 0.5)
        cx, cy = (1.6 * random_of(seed, seed * 0 + 2 * k + side, 4) - 0.8 for side in (0, 1))
        size = 0.45 + 0.5 * random_of(seed, seed * 0 + k, 9)
        brush = 0.85 + 0.3 * _field(x * 3, y * 22, seed, 1.0, 3, 40 + k)
        result = mix(result, colors[k] * brush[:, None], step(size - np.hypot((x - cx) * 0.8, y - cy) + warp, 0, 0.05))
    return result


def _landscape(x: np.ndarray, y: np.ndarray, seed: np.ndarray, colors: np.ndarray) -> np.ndarray:
    sky = mix(colors[3], colors[-1], 0.5 - 0.6 * y + 0.6 * (_field(x, y * 3, seed, 1.2, 4, 1) - 0.5))
    sun = step(0.19 - np.hypot(x - 0.35, y - 0.4), 0, 0.02)
    result = mix(sky, colors[2], 0.8 * sun)
    for k in range(4):
        ridge = 0.28 - 0.32 * k + 0.55 * (_field(x, y * 0, seed, 0.9 + 0.35 * k, 5, 7 * k) - 0.5)
        tone = mix(colors[k % 3], colors[-1], np.full(len(x), 0.55 - 0.17 * k))
        brush = 0.85 + 0.3 * _field(x * 8, y * 20, seed, 1, 3, 50 + k)
        result = mix(result, tone * brush[:, None], step(ridge - y, 0, 0.02))
    return result


def _geometric(x: np.ndarray, y: np.ndarray, seed: np.ndarray, colors: np.ndarray) -> np.ndarray:
    cell = np.floor(np.stack([x, y], axis=1) / 0.5)
    kind = random_of(cell[:, 0] + 31 * seed, cell[:, 1], 5)
    p, q = (x / 0.5) % 1, (y / 0.5) % 1
    shape = np.select(
        [kind < 0.25, kind < 0.5, kind < 0.75],
        [step(0.92 - np.hypot(p, q), 0, 0.03), step(p - q, 0, 0.03), step(0.4 - np.hypot(p - 0.5, q - 0.5), 0, 0.03)],
        step(np.sin(p * 6 * np.pi), 0, 0.3),
    )
    first = (random_of(cell[:, 0], cell[:, 1] + 7 * seed, 2) * len(colors) * 0.999).astype(np.int64)
    return mix(colors[first], colors[(first + 2) % len(colors)], shape)


def _botanical(x: np.ndarray, y: np.ndarray, seed: np.ndarray, colors: np.ndarray) -> np.ndarray:
    result = np.broadcast_to(np.array([0.82, 0.79, 0.7]), (len(x), 3))
    lean = 0.3 * (random_of(seed, seed * 0, 3) - 0.5)
    stem_x = x - lean * (y + 0.8) ** 2
    inside = (y > -0.85) & (y < 0.75)
    share = step(0.012 - np.abs(stem_x), 0, 0.012) * inside
    side = np.sign(stem_x)
    along = ((y - 0.75 * np.abs(stem_x) + 0.9) / 0.22 + 0.5 * (side > 0)) % 1
    reach = np.clip(0.5 - 0.42 * np.abs(y - 0.55 * np.abs(stem_x) + 0.05) ** 1.5, 0.05, 1)
    across = np.abs(stem_x) / reach
    leaf = (
        step(0.42 * np.clip(4 * across * (1 - across), 0, 1) ** 0.6 - np.abs(along - 0.5), 0, 0.06)
        * (across < 1)
        * inside
    )
    rib = step(0.05 - np.abs(along - 0.5), 0, 0.05)
    green = mix(linear("4f6f45"), colors[0], np.full(len(x), 0.25)) * (0.8 + 0.4 * along)[:, None]
    return mix(mix(result, green, np.maximum(leaf, share)), (0.7, 0.72, 0.55), 0.5 * rib * leaf)


def _ink(x: np.ndarray, y: np.ndarray, seed: np.ndarray, colors: np.ndarray) -> np.ndarray:
    paper = np.array([0.8, 0.76, 0.65])
    ridge = 0.1 + 0.9 * (_field(x, y * 0, seed, 0.9, 5, 3) - 0.5)
    wash = step(ridge - y, 0, 0.04) * np.clip(1 - 1.6 * (ridge - y), 0, 1)
    bristle = _field(x * 2, y * 30, seed, 1, 3, 8)
    stroke = step(0.5 - np.abs(np.hypot(x + 0.1, y - 0.05) - 0.52) * 9 + 0.9 * (bristle - 0.5), 0, 0.25)
    ring = stroke * (np.arctan2(y, x) > -2.4)
    red = step(0.06 - np.maximum(np.abs(x - 0.62), np.abs(y + 0.72)), 0, 0.01)
    result = mix(np.broadcast_to(paper, (len(x), 3)), (0.05, 0.05, 0.055), np.maximum(0.45 * wash, 0.92 * ring))
    return mix(result, (0.5, 0.05, 0.03), red)


def _neon(x: np.ndarray, y: np.ndarray, seed: np.ndarray, colors: np.ndarray) -> np.ndarray:
    night = mix((0.01, 0.008, 0.04), (0.12, 0.01, 0.16), 0.6 - 0.7 * y)
    block = np.floor((x + 3) / 0.16)
    top = -0.2 + 0.8 * random_of(block, seed, 2) * np.exp(-np.abs(x))
    tower = step(top - y, 0, 0.01)
    lights = (random_of(np.floor(x / 0.035), np.floor(y / 0.05), 5) > 0.7) * tower
    lamp = colors[(random_of(block, np.floor(y / 0.3), 8) * len(colors) * 0.999).astype(np.int64)] * 1.4 + 0.05
    sun = step(0.5 - np.hypot(x, y - 0.15), 0, 0.02) * (np.sin(y * 45) > -0.3)
    result = mix(night, (0.9, 0.1, 0.35), sun * (1 - tower))
    return mix(mix(result, (0.015, 0.012, 0.03), tower), lamp, 0.8 * lights)


_MOTIFS = {
    "abstract": _abstract,
    "landscape": _landscape,
    "geometric": _geometric,
    "botanical": _botanical,
    "ink": _ink,
    "neon": _neon,
}


def books(at: Samples) -> np.ndarray:
    """Cloth bindings, each book its own colour, with bands across the spine; the top shows the pages."""
    number = np.floor(at.seed * 9973)
    table = np.array([linear(color) for color in _BOOKS])
    color = table[(random_of(number, number * 0, 3) * len(table) * 0.999).astype(np.int64)]
    color = color * (0.8 + 0.45 * random_of(number, number * 0 + 1, 3))[:, None]
    place = at.uv[:, 1] / np.maximum(at.extent[:, 1], 1e-6)
    bands = step(0.012 - np.abs(place - 0.45 - 0.1 * random_of(number, number * 0 + 2, 3)), 0, 0.01)
    bands += step(0.012 - np.abs(place - 0.88), 0, 0.01)
    title = step(0.07 - np.abs(place - 0.66), 0, 0.02) * (random_of(number, number * 0 + 4, 3) > 0.45)
    printed = mix(color, linear("d8c690"), np.clip(0.75 * bands + 0.55 * title, 0, 1))
    return printed * (0.92 + 0.16 * (at.seed * 3.3 % 1))[:, None]


def pages(at: Samples) -> np.ndarray:
    """The edges of paper."""
    lines = np.sin(at.uv[:, 0] * 2 * np.pi / 0.004)
    return np.asarray(linear("e2d8c0")) * (0.9 + 0.08 * lines)[:, None]


def clock_face(color: Color, ink: Color) -> Paint:
    """Twelve marks and two hands."""

    def paint(at: Samples) -> np.ndarray:
        x, y = _centred(at)
        away, angle = np.hypot(x, y), np.arctan2(x, y)
        turn = (angle / (2 * np.pi) * 12 + 0.5) % 1 - 0.5
        marks = step(0.06 - np.abs(turn) * away * 0.52, 0, 0.02) * (np.abs(away - 0.8) < 0.08)
        hands = np.zeros(len(x))
        for direction, length in ((-1.0, 0.45), (0.95, 0.68)):
            along, across = x * np.sin(direction) + y * np.cos(direction), x * np.cos(direction) - y * np.sin(direction)
            hands = np.maximum(hands, step(0.03 - np.abs(across), 0, 0.02) * (along > -0.1) * (along < length))
        return mix(np.broadcast_to(np.asarray(color), (len(x), 3)), ink, np.maximum(marks, hands))

    return paint


def screen(at: Samples) -> np.ndarray:
    """A television that shows a calm gradient of colours."""
    x, y = _centred(at)
    first = layered(np.stack([x * 0.6, y * 0.6, at.seed * 9], axis=1), 3, 3)
    color = mix((0.01, 0.05, 0.16), (0.05, 0.32, 0.42), 0.5 + 0.5 * y + (first - 0.5))
    return mix(color, (0.75, 0.32, 0.16), 1.6 * (layered(np.stack([x * 0.5 + 4, y, at.seed], axis=1), 3, 5) - 0.42))


def night_screen(at: Samples) -> np.ndarray:
    """A screen full of code-like lines."""
    row = np.floor(at.uv[:, 1] / 0.016)
    indent = 0.03 + 0.05 * np.floor(3 * random_of(np.floor(row / 3), row * 0, 4))
    length = indent + 0.05 + 0.4 * random_of(row, row * 0, 5)
    word = random_of(np.floor(at.uv[:, 0] / 0.02), row, 6) > 0.25
    lit = word & (at.uv[:, 0] > indent) & (at.uv[:, 0] < length) & ((at.uv[:, 1] / 0.016) % 1 > 0.45)
    color = mix((0.05, 0.7, 0.85), (0.9, 0.1, 0.6), (random_of(row, row * 0, 7) > 0.7) * 1.0)
    return mix(np.broadcast_to(np.array([0.01, 0.012, 0.03]), (len(at), 3)), color, lit * 1.0)


def daylight_view(at: Samples) -> np.ndarray:
    """What is seen through a window: sky with clouds over hills and trees, far away."""
    x, y = at.uv[:, 0], at.position[:, 1] - 1.25
    sky = mix((0.72, 0.82, 0.9), (0.3, 0.52, 0.82), y / 1.6)
    clouds = layered(np.stack([x * 0.9, y * 2.2, at.seed * 5], axis=1), 5, 2)
    result = mix(sky, (0.93, 0.94, 0.95), step(clouds, 0.56, 0.25))
    for k, (height, color) in enumerate(
        ((0.10, (0.42, 0.52, 0.58)), (0.02, (0.26, 0.38, 0.33)), (-0.13, (0.16, 0.27, 0.12)))
    ):
        ridge = height + 0.25 * (layered(np.stack([x * (0.6 + 0.8 * k), x * 0, at.seed + k], axis=1), 5, k) - 0.5)
        crown = 0.85 + 0.3 * layered(np.stack([x * 14, y * 14, at.seed + 9], axis=1), 3, k)
        result = mix(result, np.asarray(color) * (crown if k else 1 + 0 * crown)[:, None], step(ridge - y, 0, 0.015))
    lawn = (
        np.asarray((0.24, 0.36, 0.13))
        * (0.75 + 0.5 * layered(np.stack([x * 6, y * 18, at.seed], axis=1), 4, 6))[:, None]
    )
    return mix(result, lawn, step(-0.22 - y, 0, 0.05))


def night_view(at: Samples) -> np.ndarray:
    """What is seen through a window in a city at night."""
    x, y = at.uv[:, 0], at.position[:, 1] - 1.25
    result = mix((0.09, 0.03, 0.12), (0.012, 0.016, 0.06), y / 1.3)
    for k in range(3):
        block = np.floor(x / (0.16 + 0.05 * k))
        top = -0.15 + (0.85 - 0.22 * k) * random_of(block, block * 0, k)
        tower = step(top - y, 0, 0.01)
        lit = (random_of(np.floor(x / 0.028), np.floor(y / 0.04) + 50 * k, 5 + k) > 0.72) & ((x / 0.028) % 1 > 0.3)
        hue = random_of(block, np.floor(y / 0.25), 3 + k)
        lamp = mix((0.9, 0.55, 0.2), (0.15, 0.6, 0.9), (hue > 0.6) * 1.0)
        wall = np.full((len(x), 3), 0.012 + 0.012 * (2 - k))
        result = mix(result, mix(wall, lamp, 0.7 * lit), tower)
    return result
