"""How the things in the demo room are painted: colours (sRGB, 0 to 1) by position, and where painted things stand."""

import numpy as np
from jaxtyping import Float64

from nerf.scenes.shapes import Vector, length
from nerf.scenes.textures import Colour, edge, layered_noise, mix, noise, planks, random_of, wood

Array = np.ndarray
Points = Float64[Array, "points 3"]

HALF_ROOM = 1.8  # the floor reaches from -1.8 to 1.8 along x and z; walls stand at x = -1.8 and z = -1.8
TABLE: Vector = (0.1, 0.0, 0.1)
TABLE_TOP = 0.62


PALETTE: tuple[Colour, ...] = (
    (0.86, 0.22, 0.19),
    (0.97, 0.76, 0.24),
    (0.18, 0.55, 0.78),
    (0.96, 0.94, 0.88),
    (0.25, 0.62, 0.4),
    (0.93, 0.5, 0.22),
)


def plain(points: Points, colour: Colour) -> Points:
    return np.broadcast_to(np.array(colour), points.shape).copy()


def floor(points: Points) -> Points:
    """Boards, and a round rug below the table."""
    x, z = points[:, 0] - TABLE[0], points[:, 2] - TABLE[2]
    radius, angle = np.hypot(x, z), np.arctan2(z, x)
    weave = 0.88 + 0.2 * noise(points, 160.0)
    petals = 0.5 + 0.5 * np.cos(12 * angle)
    rug = mix((0.2, 0.28, 0.42), (0.83, 0.78, 0.66), edge(np.sin(40 * radius), 0.1, 0.3))
    rug = mix(rug, (0.73, 0.29, 0.22), edge(petals - np.abs(radius - 0.72) * 9, 0.2, 0.15))
    rug = mix(rug, (0.15, 0.2, 0.32), edge(radius, 1.0, 0.02)) * weave[:, None]
    return mix(rug, planks(points), edge(radius, 1.08, 0.012))


def back_wall(points: Points) -> Points:
    """Plaster above, painted boards below a rail."""
    plaster = plain(points, (0.9, 0.85, 0.74)) * (0.9 + 0.14 * layered_noise(points, 5.0)[:, None])
    board = np.abs(np.mod(points[:, 0], 0.12) - 0.06)
    boards = plain(points, (0.45, 0.58, 0.6)) * (0.93 + 0.1 * noise(points, (14.0, 2.0, 14.0))[:, None])
    boards = mix(boards, (0.25, 0.34, 0.36), edge(board, 0.055, 0.006))
    rail = 1 - edge(np.abs(points[:, 1] - 0.84), 0.03, 0.006)
    return mix(mix(boards, plaster, edge(points[:, 1], 0.82, 0.004)), (0.93, 0.91, 0.86), rail)


def left_wall(points: Points) -> Points:
    """Wallpaper: two sorts of dots on a soft green, in staggered rows."""
    size = 0.16
    row = np.floor(points[:, 1] / size)
    along = points[:, 2] / size + 0.5 * np.mod(row, 2)
    cell = np.stack([np.floor(along), row], axis=1).astype(np.int64)
    u, v = along - np.floor(along) - 0.5, points[:, 1] / size - row - 0.5
    paper = plain(points, (0.62, 0.73, 0.6)) * (0.92 + 0.12 * layered_noise(points, 6.0)[:, None])
    leaf = np.hypot(u * 1.6 + 0.5 * v, v) - 0.2
    tint = random_of(cell)
    dot = np.where((tint > 0.5)[:, None], np.array((0.93, 0.88, 0.72)), np.array((0.36, 0.5, 0.4)))
    return mix(dot, paper, edge(leaf, 0.0, 0.05))


def pouf(points: Points) -> Points:
    angle = np.arctan2(points[:, 2] + 1.05, points[:, 0] - 1.1)
    knit = np.sin(28 * angle) * np.sin(110 * points[:, 1] + 3 * np.cos(28 * angle))
    return mix((0.74, 0.36, 0.16), (0.95, 0.63, 0.3), 0.5 + 0.4 * knit)


def book(points: Points) -> Points:
    book = np.clip(np.floor((points[:, 2] - 0.12) / 0.06), 0, 11).astype(np.int64)
    cover = np.array(PALETTE)[(book * 7 + book // 3) % len(PALETTE)] * 0.85
    band = 1 - edge(np.abs(points[:, 1] - 1.3 - 0.004 * book), 0.012, 0.004)
    return mix(cover, (0.95, 0.9, 0.75), band)


def mug(points: Points) -> Points:
    x, z = TABLE[0] - 0.36, TABLE[2] + 0.22
    angle = np.arctan2(points[:, 2] - z, points[:, 0] - x)
    height = points[:, 1] - TABLE_TOP
    band = 1 - edge(np.abs(height - 0.07), 0.03, 0.004)
    zigzag = edge(np.abs(np.mod(angle * 10 / np.pi, 2) - 1) * 0.04 + 0.05 - height, 0.0, 0.006)
    colour = mix((0.8, 0.2, 0.18), mix((0.97, 0.95, 0.9), (0.16, 0.32, 0.55), zigzag), band)
    inside = np.hypot(points[:, 0] - x, points[:, 2] - z) < 0.055
    return np.where((inside & (height > 0.012))[:, None], np.array((0.95, 0.93, 0.88)), colour)


def ball(points: Points) -> Points:
    local = points - (TABLE[0] + 0.3, TABLE_TOP + 0.11, TABLE[2] + 0.2)
    tilted = np.stack(
        [local[:, 0], 0.8 * local[:, 1] - 0.6 * local[:, 2], 0.6 * local[:, 1] + 0.8 * local[:, 2]], axis=1
    )
    wedge = np.floor((np.arctan2(tilted[:, 2], tilted[:, 0]) / np.pi + 1) * 3).astype(np.int64) % 6
    cap = np.abs(tilted[:, 1]) > 0.1
    return np.where(cap[:, None], np.array((0.97, 0.95, 0.9)), np.array(PALETTE)[wedge])


def house(points: Points) -> Points:
    x, top, z = TABLE[0] - 0.12, TABLE_TOP, TABLE[2] - 0.16
    local = points - (x, top, z)
    slope = local[:, 1] - 0.19 - 0.15 * (1 - np.abs(local[:, 0]) / 0.17)
    tiles = edge(np.abs(np.mod(local[:, 1] * 55, 1) - 0.5), 0.38, 0.1)
    stagger = np.mod(np.floor(local[:, 1] * 55), 2) * 0.5
    tiles = np.maximum(tiles, edge(np.abs(np.mod(local[:, 2] * 30 + stagger, 1) - 0.5), 0.42, 0.08))
    roof = mix((0.75, 0.28, 0.2), (0.42, 0.13, 0.1), tiles)
    end = edge(np.abs(local[:, 2]), 0.176, 0.002)
    roof = mix(roof, (0.93, 0.9, 0.82), end)
    sides = _house_walls(local)
    chimney = (
        (np.abs(local[:, 0] - 0.07) < 0.027)
        & (np.abs(local[:, 2] - 0.07) < 0.027)
        & (local[:, 1] > 0.24)
        & (slope > 0.004)
    )
    brick = mix((0.62, 0.3, 0.22), (0.8, 0.72, 0.65), edge(np.abs(np.mod(local[:, 1] * 60, 1) - 0.5), 0.4, 0.1))
    colour = np.where((local[:, 1] > 0.189)[:, None], roof, sides)
    return np.where(chimney[:, None], brick, colour)


def _house_walls(local: Points) -> Points:
    """White boards, blue windows on every side and a door at the front."""
    along_x = np.abs(local[:, 2]) > 0.155
    across = np.where(along_x, local[:, 0], local[:, 2])
    boards = mix((0.96, 0.93, 0.83), (0.78, 0.74, 0.62), edge(np.abs(np.mod(local[:, 1] * 45, 1) - 0.5), 0.42, 0.1))
    cell = np.abs(np.mod(across + 0.065, 0.13) - 0.065)
    u, v = np.abs(cell - 0.065), np.abs(local[:, 1] - 0.12)
    pane = (u < 0.03) & (v < 0.035)
    bar = pane & ((u < 0.004) | (v < 0.004))
    frame = (u < 0.037) & (v < 0.042)
    walls = np.where(frame[:, None], np.array((0.3, 0.42, 0.52)), boards)
    walls = np.where(pane[:, None], np.array((0.62, 0.82, 0.93)), walls)
    walls = np.where(bar[:, None], np.array((0.3, 0.42, 0.52)), walls)
    door = along_x & (local[:, 2] > 0) & (np.abs(local[:, 0]) < 0.03) & (local[:, 1] < 0.115)
    return np.where(door[:, None], np.array((0.2, 0.45, 0.35)), walls)


def plate(points: Points) -> Points:
    radius = np.hypot(points[:, 0] - TABLE[0], points[:, 2] - TABLE[2] - 0.22)
    return mix((0.94, 0.94, 0.92), (0.2, 0.38, 0.62), 1 - edge(np.abs(radius - 0.118), 0.008, 0.004))


def doughnut(points: Points) -> Points:
    local = points - (TABLE[0], TABLE_TOP + 0.058, TABLE[2] + 0.22)
    angle = np.arctan2(local[:, 2], local[:, 0])
    icing = edge(local[:, 1] + 0.007 * np.sin(9 * angle), 0.002, 0.005)
    cell = np.floor(points * 62).astype(np.int64)
    wild = random_of(cell)
    kind = (wild * 997).astype(np.int64) % len(PALETTE)
    middle = length(points * 62 - cell - 0.5)
    sprinkle = (wild > 0.55) & (middle < 0.42)
    pink = np.where(sprinkle[:, None], np.array(PALETTE)[kind], np.array((0.95, 0.55, 0.68)))
    return mix((0.78, 0.52, 0.27), pink, icing)


def block(points: Points) -> Points:
    return _checkered(points - (TABLE[0] + 0.37, TABLE_TOP + 0.08, TABLE[2] - 0.16), 0.08, 4, PALETTE[2], PALETTE[3])


def small_block(points: Points) -> Points:
    return _checkered(points - (TABLE[0] + 0.36, TABLE_TOP + 0.21, TABLE[2] - 0.15), 0.05, 2, PALETTE[1], PALETTE[4])


def _checkered(local: Points, half: float, cells: int, first: Colour, second: Colour) -> Points:
    """Squares on each face of a cube, with a rim."""
    cell = np.clip(np.floor((local / half + 1) * cells / 2), 0, cells - 1).sum(axis=1)
    rim = np.sort(np.abs(local), axis=1)[:, 1] > 0.86 * half
    colour = np.where((np.mod(cell, 2) == 0)[:, None], np.array(first), np.array(second))
    return np.where(rim[:, None], np.array((0.86, 0.68, 0.45)), colour)


def pot(points: Points) -> Points:
    angle = np.arctan2(points[:, 2] + 1.2, points[:, 0] + 1.2)
    wave = edge(np.abs(points[:, 1] - 0.2 - 0.035 * np.sin(8 * angle)), 0.025, 0.006)
    glaze = mix((0.92, 0.88, 0.78), (0.3, 0.42, 0.5), wave)
    soil = (points[:, 1] > 0.335)[:, None]
    return np.where(soil, np.array((0.2, 0.13, 0.08)), glaze)


def leaf(points: Points) -> Points:
    return mix((0.1, 0.26, 0.1), (0.48, 0.66, 0.24), 1.3 * layered_noise(points, 16.0) - 0.15)


def picture(points: Points) -> Points:
    """A landscape: sun, three ranges of hills and a lake, in a dark frame."""
    u, v = (points[:, 0] - 0.25) / 0.45, (points[:, 1] - 1.35) / 0.31
    picture = mix((0.98, 0.8, 0.5), (0.36, 0.6, 0.82), 0.5 + 0.5 * v)
    picture = mix((1.0, 0.95, 0.7), picture, edge(np.hypot(u - 0.35, (v - 0.35) * 0.7), 0.17, 0.02))
    hills: tuple[tuple[float, float, Colour], ...] = (
        (0.1, 3.1, (0.5, 0.55, 0.68)), (-0.15, 4.7, (0.33, 0.48, 0.45)), (-0.42, 6.3, (0.2, 0.36, 0.24)),
    )  # fmt: skip
    for level, waves, colour in hills:
        ridge = level + 0.16 * np.sin(waves * u + level * 9) + 0.06 * np.sin(2.7 * waves * u)
        picture = mix(picture, colour, edge(ridge - v, 0.0, 0.02))
    picture = mix(picture, (0.55, 0.75, 0.85), edge(-v - 0.72 + 0.03 * np.sin(9 * u), 0.0, 0.02))
    rim = (np.abs(u) > 0.995) | (np.abs(v) > 0.99)
    return np.where(rim[:, None], wood(points, (0.2, 0.11, 0.06), (0.36, 0.22, 0.13)), picture)


def clock(points: Points) -> Points:
    u, v = points[:, 0] + 0.85, points[:, 1] - 1.5
    radius, angle = np.hypot(u, v), np.arctan2(u, v)
    face = plain(points, (0.96, 0.95, 0.9))
    hour = np.abs(np.mod(angle / (2 * np.pi) * 12 + 0.5, 1) - 0.5) * radius < 0.009
    dark = hour & (radius > 0.12) & (radius < 0.155)
    for turn, reach, width in ((0.28, 0.085, 0.01), (0.86, 0.13, 0.007)):
        along = u * np.sin(2 * np.pi * turn) + v * np.cos(2 * np.pi * turn)
        across = np.abs(u * np.cos(2 * np.pi * turn) - v * np.sin(2 * np.pi * turn))
        dark |= (across < width) & (along > -0.02) & (along < reach)
    face = np.where(dark[:, None], np.array((0.12, 0.12, 0.14)), face)
    return np.where((radius > 0.168)[:, None], np.array(PALETTE[0]), face)
