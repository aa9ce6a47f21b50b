"""What surfaces look like: wood, stone, tiles, brick, plaster, metal as functions of where on the surface a point lies.

Every function takes `Samples` and colours and gives linear albedo. No picture files. Cloth is in `textiles.py`, what
hangs
on walls in `motifs.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from meshing.room.noise import random_of
from meshing.room.noise_numba import layered

Color = tuple[float, float, float]
Number = int | float


@dataclass(frozen=True, eq=False)
class Samples:
    """Points on surfaces of one material: `uv` and `extent` of the patch in metres, and a number per thing that makes
    two of a kind differ."""

    uv: Float64[np.ndarray, "n 2"]
    position: Float64[np.ndarray, "n 3"]
    extent: Float64[np.ndarray, "n 2"]
    seed: Float64[np.ndarray, "n"]

    def __len__(self) -> int:
        return len(self.uv)


Paint = Callable[[Samples], Float64[np.ndarray, "n 3"]]


@dataclass(frozen=True, eq=False)
class Surface:
    """A material: its paint, how much it mirrors (0 to 1), how fine its detail is (texels per metre over the usual),
    and the light it gives by itself (linear, 0 for most)."""

    paint: Paint
    mirror: Number = 0.0
    fineness: Number = 1.0
    glow: Color = (0.0, 0.0, 0.0)


def linear(color: str) -> Color:
    """A colour such as `d9b88c` (sRGB) as linear light."""
    value = np.array([int(color[k : k + 2], 16) for k in (0, 2, 4)]) / 255
    r, g, b = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return float(r), float(g), float(b)


def mix(first: Color | np.ndarray, second: Color | np.ndarray, share: Float[np.ndarray, "n"]) -> np.ndarray:
    """From the first colour (share 0) to the second (share 1)."""
    amount = np.clip(share, 0, 1)[:, None]
    blended: np.ndarray = np.asarray(first) * (1 - amount) + np.asarray(second) * amount
    return blended


def step(value: np.ndarray, at: Number | np.ndarray, width: Number) -> np.ndarray:
    """0 below, 1 above, with a soft step."""
    share: np.ndarray = np.clip((value - at) / width + 0.5, 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def cloud(at: Samples, u_scale: Number, v_scale: Number, octaves: int = 4, seed: int = 0) -> np.ndarray:
    """Noise over uv with cells of 1 / scale metres, another one for each thing."""
    points = np.stack([at.uv[:, 0] * u_scale, at.uv[:, 1] * v_scale, at.seed * 37.1 + 0.5], axis=1)
    return layered(points, octaves, seed)


def plain(color: Color, *, variation: Number = 0.04) -> Paint:
    """Paint, plastic, lacquer: one colour, hardly uneven."""

    def paint(at: Samples) -> np.ndarray:
        return np.asarray(color) * (1 + variation * 2 * (cloud(at, 4, 4, 3) - 0.5))[:, None]

    return paint


def wood(light: Color, dark: Color, *, contrast: Number = 1.0) -> Paint:
    """Boards with their grain along u, each a little different."""

    def paint(at: Samples) -> np.ndarray:
        return _grain(at.uv, at.seed, light, dark, contrast) * (0.9 + 0.2 * (at.seed * 7.3 % 1))[:, None]

    return paint


def planks(light: Color, dark: Color, *, width: Number = 0.13, length: Number = 1.4, contrast: Number = 1.0) -> Paint:
    """A floor of boards that run along u, end joints shifted from row to row."""

    def paint(at: Samples) -> np.ndarray:
        row = np.floor(at.uv[:, 1] / width)
        shift = random_of(row, row * 0, 5) * length
        along = at.uv[:, 0] + shift
        board = np.floor(along / length)
        number = random_of(row, board, 6)
        grain = _grain(at.uv + number[:, None] * (31.0, 7.0), number, light, dark, contrast)
        gap = np.minimum(_to_edge(at.uv[:, 1], width), _to_edge(along, length))
        shade = (0.78 + 0.4 * number) * (1 - 0.55 * np.exp(-((gap / 0.003) ** 2)))
        return np.asarray(grain * shade[:, None])

    return paint


def herringbone(light: Color, dark: Color, *, width: Number = 0.09, ratio: int = 5) -> Paint:
    """Parquet blocks at right angles to each other, laid diagonally."""

    def paint(at: Samples) -> np.ndarray:
        turned = (at.uv @ (np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2))) / width
        i, j = np.floor(turned[:, 0]), np.floor(turned[:, 1])
        place = (i - j) % (2 * ratio)
        lies = place < ratio  # this cell belongs to a block along the first axis
        start = np.where(lies, i - place, j - (2 * ratio - 1 - place))
        along = np.where(lies, turned[:, 0], turned[:, 1]) - start
        across = np.where(lies, turned[:, 1] - j, turned[:, 0] - i)
        number = random_of(np.where(lies, start, i), np.where(lies, j, start) + 0.0, 8) * 0.999
        number = np.where(lies, number, 0.97 * number + 0.015)
        grain = _grain(
            np.stack([along * width, across * width], 1) + number[:, None] * (17.0, 3.0), number, light, dark, 0.8
        )
        gap = np.minimum(np.minimum(along, ratio - along), np.minimum(across, 1 - across)) * width
        shade = (0.8 + 0.35 * number) * np.where(lies, 1.0, 0.93) * (1 - 0.5 * np.exp(-((gap / 0.0025) ** 2)))
        return np.asarray(grain * shade[:, None])

    return paint


def boards(color: Color, *, width: Number = 0.14, groove: Number = 0.35) -> Paint:
    """Painted upright boards with grooves between them."""

    def paint(at: Samples) -> np.ndarray:
        number = random_of(np.floor(at.uv[:, 0] / width), at.uv[:, 0] * 0, 3)
        streak = cloud(at, 60, 1.2, 3)
        gap = _to_edge(at.uv[:, 0], width)
        shade = (0.95 + 0.06 * number + 0.1 * (streak - 0.5)) * (1 - groove * np.exp(-((gap / 0.004) ** 2)))
        return np.asarray(color) * shade[:, None]

    return paint


def plaster(color: Color, *, roughness: Number = 1.0) -> Paint:
    """A painted wall: trowel marks as faint clouds."""

    def paint(at: Samples) -> np.ndarray:
        shade = 1 + roughness * (0.10 * (cloud(at, 1.7, 1.7, 4) - 0.5) + 0.05 * (cloud(at, 34, 34, 2, 4) - 0.5))
        return np.asarray(color) * shade[:, None]

    return paint


def concrete(color: Color) -> Paint:
    """Cast concrete: stains, pores, and the seams and tie holes of its formwork."""

    def paint(at: Samples) -> np.ndarray:
        stain, grit = cloud(at, 0.9, 0.9, 5), cloud(at, 45, 45, 2, 7)
        shade = 0.75 + 0.5 * stain + 0.12 * (grit - 0.5)
        pores = step(cloud(at, 28, 28, 2, 11), 0.79, 0.04)
        seam = np.minimum(_to_edge(at.uv[:, 0], 1.25), _to_edge(at.uv[:, 1] + 0.2, 1.3))
        hole = np.hypot(_to_edge(at.uv[:, 0] + 0.3, 0.625), _to_edge(at.uv[:, 1] + 0.85, 1.3))
        shade *= (
            (1 - 0.35 * pores) * (1 - 0.28 * np.exp(-((seam / 0.004) ** 2))) * (1 - 0.6 * step(-hole, -0.014, 0.006))
        )
        return np.asarray(color) * shade[:, None]

    return paint


def brick(color: Color, mortar: Color, *, length: Number = 0.235, height: Number = 0.073) -> Paint:
    """Running bond; every brick has its own tone, edges are worn, mortar lies deeper and is shaded from above."""

    def paint(at: Samples) -> np.ndarray:
        wobble = 0.003 * (np.stack([cloud(at, 22, 22, 2, 1), cloud(at, 22, 22, 2, 2)], axis=1) - 0.5)
        u, v = (at.uv + wobble).T
        row = np.floor(v / height)
        u = u + 0.5 * length * (row % 2)
        column = np.floor(u / length)
        edge = np.minimum(_to_edge(u, length), _to_edge(v, height)) - 0.0055
        rough = cloud(at, 40, 40, 3)
        solid = step(edge + 0.004 * (rough - 0.5), 0.0, 0.0028)
        tone = random_of(row, column, 4)
        burnt = (random_of(row, column, 9) > 0.88) * 0.35
        face = np.asarray(color) * ((0.68 + 0.55 * tone) * (0.72 + 0.56 * rough) * (1 - burnt))[:, None]
        under_edge = step(-((v / height) % 1), -0.16, 0.12)  # the brick above throws a shadow on the joint
        joint = np.asarray(mortar) * ((0.75 + 0.4 * rough) * (1 - 0.4 * under_edge))[:, None]
        return mix(joint, face, solid)

    return paint


def tiles(
    color: Color,
    grout: Color,
    *,
    size: tuple[float, float] = (0.3, 0.3),
    second: Color | None = None,
    bond: Number = 0.0,
) -> Paint:
    """Glazed or stone tiles; `second` makes a chequerboard of them, `bond` shifts every other row."""

    def paint(at: Samples) -> np.ndarray:
        row = np.floor(at.uv[:, 1] / size[1])
        u = at.uv[:, 0] + bond * size[0] * (row % 2)
        column = np.floor(u / size[0])
        tone = 0.92 + 0.12 * random_of(row, column, 2) + 0.16 * (cloud(at, 5, 5, 4) - 0.5)
        base = np.broadcast_to(np.asarray(color), (len(at), 3))
        if second is not None:
            base = mix(base, second, (row + column) % 2)
        edge = np.minimum(_to_edge(u, size[0]), _to_edge(at.uv[:, 1], size[1]))
        return mix(np.asarray(grout) * np.ones((len(at), 1)), base * tone[:, None], step(edge, 0.002, 0.0025))

    return paint


def marble(color: Color, vein: Color, *, slab: Number = 0.0) -> Paint:
    """Veined stone, in slabs of a size where one is given."""

    def paint(at: Samples) -> np.ndarray:
        uv, number = at.uv, at.seed
        if slab:
            cell = np.floor(uv / slab)
            number = random_of(cell[:, 0], cell[:, 1], 3)
        points = np.stack([uv[:, 0], uv[:, 1], number * 9], axis=1)
        warp = layered(points * 1.3, 4, 2)
        first = np.abs(layered(points * 1.1 + 2.2 * warp[:, None], 4, 5) - 0.5)
        second = np.abs(layered(points * 2.9 + 1.6 * warp[:, None], 4, 8) - 0.5)
        veins = 0.75 * np.exp(-((first / 0.016) ** 2)) + 0.3 * np.exp(-((second / 0.02) ** 2)) + 0.35 * (warp - 0.35)
        result = mix(color, vein, veins)
        if slab:
            edge = np.minimum(_to_edge(uv[:, 0], slab), _to_edge(uv[:, 1], slab))
            result = result * (1 - 0.4 * np.exp(-((edge / 0.002) ** 2)))[:, None]
        return result

    return paint


def rubble(color: Color, mortar: Color, *, size: Number = 0.28) -> Paint:
    """Natural stones of many shapes with joints between them: cells around scattered points."""

    def paint(at: Samples) -> np.ndarray:
        warp = 0.05 * np.stack([cloud(at, 6, 6, 2, 1), cloud(at, 6, 6, 2, 2)], axis=1)
        q = (at.uv + warp) / (size * 1.35, size)
        nearest, second, tone = np.full(len(at), 9.0), np.full(len(at), 9.0), np.zeros(len(at))
        for offset in np.ndindex(3, 3):
            i, j = (np.floor(q) + np.array(offset) - 1).T
            away = np.hypot(
                i + 0.15 + 0.7 * random_of(i, j, 1) - q[:, 0], j + 0.15 + 0.7 * random_of(i, j, 2) - q[:, 1]
            )
            closer = away < nearest
            second = np.where(closer, nearest, np.minimum(second, away))
            nearest = np.where(closer, away, nearest)
            tone = np.where(closer, random_of(i, j, 3), tone)
        rough = cloud(at, 16, 16, 4)
        face = (
            np.asarray(color) * ((0.6 + 0.6 * tone) * (0.6 + 0.8 * rough) * (0.7 + 0.5 * (second - nearest)))[:, None]
        )
        return mix(np.asarray(mortar) * (0.7 + 0.5 * rough)[:, None], face, step(second - nearest, 0.09, 0.07))

    return paint


def metal(color: Color, *, brushed: Number = 0.1, rust: Number = 0.0) -> Paint:
    """Metal as its own colour; the bake adds what it mirrors."""

    def paint(at: Samples) -> np.ndarray:
        shade = 1 + brushed * (cloud(at, 3, 160, 2) - 0.5)
        base = np.asarray(color) * shade[:, None]
        if rust:
            base = mix(base, linear("6b4028"), rust * step(cloud(at, 7, 7, 4, 3), 0.55, 0.2))
        return base

    return paint


def leaf(color: Color) -> Paint:
    """A green leaf: its midrib runs along v, darker towards its base."""

    def paint(at: Samples) -> np.ndarray:
        across = np.abs(at.uv[:, 0] / np.maximum(at.extent[:, 0], 1e-6) - 0.5)
        veins = 0.5 + 0.5 * np.sin((at.uv[:, 1] + 0.6 * across * at.extent[:, 0]) * 260)
        shade = (
            (0.75 + 0.5 * cloud(at, 9, 9, 3)) * (0.92 + 0.12 * veins) * (1 + 0.35 * np.exp(-((across / 0.035) ** 2)))
        )
        return np.asarray(np.asarray(color) * (shade * (0.75 + 0.5 * (at.seed * 5.7 % 1)))[:, None])

    return paint


def _grain(uv: np.ndarray, seed: np.ndarray, light: Color, dark: Color, contrast: Number) -> np.ndarray:
    """Growth rings cut lengthwise: long, slightly wavy lines along u, with pores."""
    u, v = uv.T
    z = seed * 41.3
    drift = layered(np.stack([u * 0.9, v * 5.0, z], axis=1), 3, 1)
    rings = np.sin(2 * np.pi * (v * 26 + 3.2 * drift + seed * 7))
    fine = layered(np.stack([u * 5.0, v * 170.0, z], axis=1), 2, 9)
    share = 0.5 + contrast * (0.16 * rings + 0.75 * (drift - 0.5) + 0.5 * (fine - 0.5))
    return mix(light, dark, share)


def _to_edge(value: np.ndarray, period: Number) -> np.ndarray:
    """How far a value is from the nearest multiple of `period`."""
    inside = value % period
    return np.minimum(inside, period - inside)
