"""Cloth, leather, rugs, carpets, mats and wallpaper as functions of where on the surface a point lies."""

import numpy as np

from meshing.room.materials import Color, Number, Paint, Samples, cloud, mix, step
from meshing.room.noise import random_of


def weave(color: Color, *, thread: Number = 0.007, second: Color | None = None, stripe: Number = 0.0) -> Paint:
    """Cloth with visible threads; `second` with a `stripe` width makes stripes, without one a melange."""

    def paint(at: Samples) -> np.ndarray:
        u, v = at.uv.T * (np.pi / thread)
        threads = (
            0.5 * np.sin(u) * np.sin(v) + 0.7 * (cloud(at, 90, 25, 2, 3) - 0.5) + 0.7 * (cloud(at, 25, 90, 2, 5) - 0.5)
        )
        base = np.broadcast_to(np.asarray(color), (len(at), 3))
        if second is not None:
            share = step(np.sin(at.uv[:, 0] * 2 * np.pi / stripe), 0.35, 0.25) if stripe else 0.3 + 0.9 * threads
            base = mix(base, second, share)
        return np.asarray(base * (1 + 0.2 * threads + 0.22 * (cloud(at, 3.2, 3.2, 3) - 0.5))[:, None])

    return paint


def plaid(color: Color, second: Color, third: Color, *, size: Number = 0.16) -> Paint:
    """A check of broad and thin stripes both ways."""

    def paint(at: Samples) -> np.ndarray:
        base = weave(color)(at)
        for axis in (0, 1):
            place = (at.uv[:, axis] / size) % 1
            base = mix(base, second, 0.45 * step(-np.abs(place - 0.5), -0.2, 0.03))
            base = mix(base, third, 0.55 * step(-np.abs(place - 0.06), -0.025, 0.02))
        return base

    return paint


def velvet(color: Color) -> Paint:
    """Pile that shines where it was brushed the other way."""

    def paint(at: Samples) -> np.ndarray:
        brushed = cloud(at, 2.6, 1.4, 4)
        return np.asarray(color) * (0.72 + 0.7 * brushed + 0.1 * (cloud(at, 70, 70, 2, 2) - 0.5))[:, None]

    return paint


def leather(color: Color) -> Paint:
    """Grain, creases and worn, lighter places."""

    def paint(at: Samples) -> np.ndarray:
        crease = np.exp(-((np.abs(cloud(at, 7, 7, 4, 2) - 0.5) / 0.018) ** 2))
        pores = cloud(at, 130, 130, 2, 4)
        worn = step(cloud(at, 2.0, 2.0, 3, 6), 0.55, 0.3)
        shade = (0.86 + 0.25 * pores) * (1 - 0.12 * crease) * (1 + 0.22 * worn)
        return np.asarray(color) * shade[:, None]

    return paint


def knit(color: Color) -> Paint:
    """Rows of stitches, for throws and blankets."""

    def paint(at: Samples) -> np.ndarray:
        u, v = at.uv[:, 0] / 0.022, at.uv[:, 1] / 0.018
        lean = np.abs((u % 1) - 0.5)
        stitch = np.sin(2 * np.pi * (v + lean))
        shade = 0.9 + 0.16 * stitch - 0.25 * np.exp(-((lean / 0.09) ** 2)) + 0.2 * (cloud(at, 4, 4, 3) - 0.5)
        return np.asarray(color) * shade[:, None]

    return paint


def quilt(color: Color, second: Color, *, size: Number = 0.22) -> Paint:
    """Patchwork of squares and triangles with stitched seams."""

    def paint(at: Samples) -> np.ndarray:
        q = at.uv / size
        cell, place = np.floor(q), q % 1
        tone = random_of(cell[:, 0], cell[:, 1], 3)
        half = np.where(tone > 0.5, place.sum(axis=1) > 1, place[:, 0] > place[:, 1])
        base = mix(color, second, np.where(half, tone, 1 - tone))
        seam = np.minimum(place, 1 - place).min(axis=1) * size
        return np.asarray(
            base * (1 - 0.3 * np.exp(-((seam / 0.006) ** 2)) + 0.1 * (cloud(at, 60, 60, 2) - 0.5))[:, None]
        )

    return paint


def carpet(color: Color) -> Paint:
    """Cut pile from wall to wall."""

    def paint(at: Samples) -> np.ndarray:
        shade = 0.8 + 0.35 * cloud(at, 60, 60, 2) + 0.25 * (cloud(at, 1.1, 1.1, 3, 4) - 0.5)
        return np.asarray(color) * shade[:, None]

    return paint


def tatami(color: Color, border: Color) -> Paint:
    """Straw mats of 0.9 by 1.8 metres, laid in turn, with cloth borders."""

    def paint(at: Samples) -> np.ndarray:
        u, v = at.uv.T
        pair = np.floor(u / 1.8) + np.floor(v / 1.8)
        flip = pair % 2 > 0.5
        a, b = np.where(flip, v, u), np.where(flip, u, v)
        along, across = a % 1.8, b % 0.9
        straw = 0.85 + 0.14 * np.sin(across * 2 * np.pi / 0.012) + 0.3 * (cloud(at, 12, 12, 3) - 0.5)
        tone = 0.94 + 0.12 * random_of(np.floor(a / 1.8), np.floor(b / 0.9), 5)
        edge = np.minimum(across, 0.9 - across)
        joint = np.minimum(edge, np.minimum(along, 1.8 - along))
        base = mix(np.asarray(color) * (straw * tone)[:, None], border, step(-edge, -0.028, 0.004))
        return np.asarray(base * (1 - 0.4 * np.exp(-((joint / 0.003) ** 2)))[:, None])

    return paint


def rug(first: Color, second: Color, third: Color, *, pattern: str) -> Paint:
    """A rug that knows its size: `medallion`, `stripes`, `berber`, `checks`, `round` or `plain`."""

    def paint(at: Samples) -> np.ndarray:
        u, v = at.uv.T
        width, height = np.maximum(at.extent, 0.05).T
        edge = np.minimum(np.minimum(u, width - u), np.minimum(v, height - v))
        x, y = np.abs(u - width / 2), np.abs(v - height / 2)
        share, accent = _RUGS[pattern](x, y, u, v, np.minimum(width, height))
        base = mix(mix(first, second, share), third, accent)
        if pattern in ("medallion", "checks"):
            dots = (np.sin(u * 2 * np.pi / 0.09) * np.sin(v * 2 * np.pi / 0.09)) > 0.2
            base = np.where((edge < 0.17)[:, None], mix(third, second, dots * 1.0), base)
            for line in (0.03, 0.155):
                base = mix(base, second, step(-np.abs(edge - line), -0.009, 0.005))
        pile = 0.8 + 0.4 * cloud(at, 75, 75, 2) + 0.25 * (cloud(at, 2, 2, 3, 4) - 0.5)
        return base * pile[:, None]

    return paint


def _medallion(
    x: np.ndarray, y: np.ndarray, u: np.ndarray, v: np.ndarray, side: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    wave = 0.06 * np.sin(np.arctan2(y, x) * 8)
    away = (x / 1.35 + y) / side + wave
    rings = step(np.sin(away * 34), 0.3, 0.5) * (away < 0.42)
    flowers = step(np.sin(u * 29) * np.sin(v * 29) + 0.5 * np.sin(u * 61) * np.sin(v * 61), 0.72, 0.25) * (away >= 0.42)
    return np.maximum(rings, 0.8 * flowers), step(-away, -0.1, 0.02) * 1.0


def _stripes(
    x: np.ndarray, y: np.ndarray, u: np.ndarray, v: np.ndarray, side: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    number = np.floor(u / 0.07)
    kind = random_of(number, number * 0, 2)
    return (kind > 0.5) * 1.0, (kind > 0.86) * 1.0


def _berber(
    x: np.ndarray, y: np.ndarray, u: np.ndarray, v: np.ndarray, side: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    lattice = np.minimum(np.abs(((u + v * 0.7) / 0.5) % 1 - 0.5), np.abs(((u - v * 0.7) / 0.5) % 1 - 0.5))
    return step(-lattice, -0.045, 0.02), np.zeros(len(x))


def _checks(
    x: np.ndarray, y: np.ndarray, u: np.ndarray, v: np.ndarray, side: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    zig = np.abs((u / 0.3) % 1 - 0.5) * 0.3 + v
    return step(np.sin(zig * 2 * np.pi / 0.22), 0.0, 0.2), step(np.sin(zig * 2 * np.pi / 0.66), 0.85, 0.1)


def _round(
    x: np.ndarray, y: np.ndarray, u: np.ndarray, v: np.ndarray, side: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    away = np.hypot(x, y) / side
    return step(np.sin(away * 40), 0.0, 0.3), step(-away, -0.12, 0.02)


def _plain(
    x: np.ndarray, y: np.ndarray, u: np.ndarray, v: np.ndarray, side: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(len(x)), np.zeros(len(x))


_RUGS = {
    "medallion": _medallion,
    "stripes": _stripes,
    "berber": _berber,
    "checks": _checks,
    "round": _round,
    "plain": _plain,
}


def wallpaper(ground: Color, figure: Color, *, pattern: str) -> Paint:
    """Printed paper: `stripes`, `damask`, `leaves`, `dots`, `fans` or `stars`, in v up to the patch's height."""

    def paint(at: Samples) -> np.ndarray:
        u, v = at.uv.T
        share = _PAPERS[pattern](u, v)
        paper = 1 + 0.05 * (cloud(at, 40, 40, 2) - 0.5)
        return mix(ground, figure, share) * paper[:, None]

    return paint


def _paper_stripes(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    place = (u / 0.16) % 1
    return 0.8 * step(-np.abs(place - 0.5), -0.24, 0.02) + 0.5 * step(-np.abs(place - 0.06), -0.02, 0.02)


def _shifted(u: np.ndarray, v: np.ndarray, width: Number, height: Number) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place in a half-drop repeat from -1 to 1, and the cell's random number."""
    column = np.floor(u / width)
    v = v + 0.5 * height * (column % 2)
    number = random_of(column, np.floor(v / height), 7)
    return ((u / width) % 1) * 2 - 1, ((v / height) % 1) * 2 - 1, number


def _damask(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    x, y, _ = _shifted(u, v, 0.26, 0.4)
    x = np.abs(x)
    angle, away = np.arctan2(y, x), np.hypot(x, y * 0.9)
    bloom = step(0.45 + 0.28 * np.cos(5 * angle) * np.cos(angle) - away, 0.0, 0.06)
    stem = step(0.075 - np.abs(x - 0.55 - 0.35 * np.cos(y * np.pi)), 0.0, 0.05)
    heart = step(0.16 - away, 0.0, 0.05)
    return np.asarray(0.85 * np.clip(bloom + stem - 1.4 * heart, 0, 1))


def _paper_leaves(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    x, y, number = _shifted(u, v, 0.2, 0.24)
    turn = number * 2 - 1
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    leaf = step(0.32 * np.clip(1 - y * y, 0, 1) - np.abs(x), 0.0, 0.05)
    rib = step(0.03 - np.abs(x), 0.0, 0.03) + step(0.03 - np.abs(np.abs(x) * 0.8 - ((y * 4) % 1) * 0.2), 0.0, 0.03)
    return np.asarray(leaf * (0.9 - 0.5 * np.clip(rib, 0, 1)))


def _dots(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    x, y, _ = _shifted(u, v, 0.11, 0.11)
    return 0.8 * step(0.32 - np.hypot(x, y), 0.0, 0.06)


def _fans(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    row = np.floor(-v / 0.13)
    x, y = ((u / 0.26 + 0.5 * (row % 2)) % 1) * 2 - 1, ((-v / 0.13) % 1)
    away = np.hypot(x, y * 0.95)
    rings = step(np.abs(np.sin(away * 9)) - 0.86, 0.0, 0.08)
    return 0.8 * np.where(away < 1.02, rings, 0.0)


def _stars(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    x, y, number = _shifted(u, v, 0.22, 0.22)
    angle, away = np.arctan2(y, x) + number * 6, np.hypot(x, y)
    star = step(0.18 + 0.09 * np.cos(5 * angle) - away, 0.0, 0.04)
    return 0.85 * star * (number > 0.25)


_PAPERS = {
    "stripes": _paper_stripes,
    "damask": _damask,
    "leaves": _paper_leaves,
    "dots": _dots,
    "fans": _fans,
    "stars": _stars,
}
