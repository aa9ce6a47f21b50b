"""Parts that many pieces of furniture share: legs, fronts with handles, rows of books, lamp shades, leaves.

As in all furniture: metres, the origin at the middle of the bottom, front +z.
"""

from collections.abc import Sequence

import numpy as np

from meshing.room.patch import Number, Patch, moved, numbered, turned
from meshing.room.solids import box, lathe, panel, sheet, tube

LEGS = ("square", "tapered", "turned", "hairpin")
HANDLES = ("bar", "knob", "cup", "none")


def legs(
    width: Number,
    depth: Number,
    height: Number,
    material: str,
    *,
    kind: str,
    inset: Number = 0.04,
    thick: Number = 0.045,
) -> list[Patch]:
    """Four legs of one of `LEGS` under something of this width and depth."""
    thick = min(thick, width / 5, depth / 5)
    x, z = width / 2 - inset - thick / 2, depth / 2 - inset - thick / 2
    made = []
    for sx in (-1, 1):
        for sz in (-1, 1):
            if kind == "square":
                leg = box((-thick / 2, 0, -thick / 2), (thick / 2, height, thick / 2), material)
            elif kind == "tapered":
                spread = min(0.35 * inset, 0.02)
                leg = tube([(spread * sx, 0, spread * sz), (0, height, 0)], (0.3 * thick, 0.55 * thick), material, n=8)
            elif kind == "turned":
                shares = (
                    (0.5, 1.0),
                    (0.5, 0.86),
                    (0.32, 0.82),
                    (0.5, 0.74),
                    (0.36, 0.45),
                    (0.28, 0.12),
                    (0.42, 0.06),
                    (0.3, 0),
                )
                leg = lathe([(thick * r * 1.1, height * y) for r, y in shares], material, n=10)
            else:
                foot = (0.3 * thick * sx, 0.004, 0.3 * thick * sz)
                rods = [((-0.5 * thick, height, 0), foot), (foot, (0.5 * thick, height, 0))]
                leg = [patch for rod in rods for patch in tube(rod, 0.005, "metal", n=5)]
            made += moved(leg, (sx * x, 0, sz * z))
    return made


def front(
    low: Sequence[Number], high: Sequence[Number], z: Number, material: str, *, style: str, handle: str, hinge: int = 0
) -> list[Patch]:
    """A door or drawer front from `low` to `high` (x, y), its back at `z`. `style` is `slab` or `framed`.

    `hinge` -1 or 1 puts the handle of a door on the other side; 0 puts it in the middle of a drawer.
    """
    gap, thick = 0.002, 0.018
    (x0, y0), (x1, y1) = (low[0] + gap, low[1] + gap), (high[0] - gap, high[1] - gap)
    if style == "framed" and min(x1 - x0, y1 - y0) > 0.2:
        rail = min(0.065, 0.2 * (x1 - x0), 0.2 * (y1 - y0))
        made = box((x0 + rail, y0 + rail, z), (x1 - rail, y1 - rail, z + 0.5 * thick), material, radius=0.002)
        for a, b in (
            ((x0, y0), (x0 + rail, y1)), ((x1 - rail, y0), (x1, y1)),
            ((x0 + rail, y0), (x1 - rail, y0 + rail)), ((x0 + rail, y1 - rail), (x1 - rail, y1)),
        ):  # fmt: skip
            made += box((*a, z), (*b, z + thick), material)
    else:
        made = box((x0, y0, z), (x1, y1, z + thick), material, radius=0.003)
    if handle == "none":
        return made
    x = (x0 + x1) / 2 if hinge == 0 else (x0 + 0.05 if hinge > 0 else x1 - 0.05)
    tall = hinge != 0
    y = (y0 + y1) / 2 if not tall else float(np.clip(1.0, y0 + 0.12, y1 - 0.12))
    return made + moved(_handle(handle, min(0.16, 0.4 * (x1 - x0)) if not tall else 0.16, tall), (x, y, z + thick))


def _handle(kind: str, length: Number, upright: bool) -> list[Patch]:
    """A handle that sticks out 2 cm from z = 0."""
    if kind == "knob":
        knob = lathe([(0, 0.02), (0.013, 0.018), (0.013, 0.012), (0.006, 0.008), (0.006, 0)], "metal", n=8)
        return turned(knob, "x", np.pi / 2)
    if kind == "cup":
        bow = [(-length / 2, 0, 0), (-length / 3, 0, 0.018), (length / 3, 0, 0.018), (length / 2, 0, 0)]
        made = tube(bow, 0.005, "metal", n=5)
    else:
        made = box((-length / 2, -0.005, 0.010), (length / 2, 0.005, 0.020), "metal", radius=0.003)
        for side in (-1, 1):
            made += box((side * 0.4 * length - 0.004, -0.004, 0), (side * 0.4 * length + 0.004, 0.004, 0.012), "metal")
    return turned(made, "z", np.pi / 2) if upright else made


def book_row(
    x0: Number, x1: Number, y: Number, depth: tuple[Number, Number], room: Number, random: np.random.Generator
) -> list[Patch]:
    """Books side by side from `x0` to `x1` on a board at `y`, spines at depth[1]; some lean or leave a gap."""
    made: list[Patch] = []
    x, height = x0, room * random.uniform(0.68, 0.85)
    while x < x1 - 0.02:
        if random.random() < 0.06:
            height = room * random.uniform(0.62, 0.88)
            x += random.uniform(0.0, 0.1)
        thick = min(random.uniform(0.018, 0.05), x1 - x)
        if thick < 0.014:
            break
        tall = height * random.uniform(0.88, 1.0)
        back = depth[0] + random.uniform(0, 0.3) * (depth[1] - depth[0])
        out = depth[1] - random.uniform(0.0, 0.015)
        made += _book(x, x + thick - 0.001, y, y + tall, back, out, int(random.integers(1, 9999)))
        x += thick
    return made


def _book(x0: Number, x1: Number, y0: Number, y1: Number, z0: Number, z1: Number, number: int) -> list[Patch]:
    """Spine and both covers in one patch, and the top as pages."""
    corners = np.array([(x0, z0), (x0, z1), (x1, z1), (x1, z0)])
    grid = np.empty((2, 4, 3))
    grid[:, :, [0, 2]] = corners
    grid[0, :, 1], grid[1, :, 1] = y1, y0
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    uv = np.stack(np.meshgrid(along, [0.0, y1 - y0]), axis=-1)
    top = moved(turned(panel(x1 - x0, z1 - z0, "pages"), "x", -np.pi / 2), ((x0 + x1) / 2, y1 - 0.003, (z0 + z1) / 2))
    return numbered([Patch(grid, uv, "books"), *top], number)


def lying_books(x: Number, y: Number, z: Number, random: np.random.Generator) -> list[Patch]:
    """A small stack of lying books."""
    made: list[Patch] = []
    for _ in range(int(random.integers(2, 4))):
        thick, turn = random.uniform(0.018, 0.035), random.uniform(-0.25, 0.25)
        book = numbered(
            box((-0.11, 0, -0.08), (0.11, thick, 0.08), "books", radius=0.002), int(random.integers(1, 9999))
        )
        made += moved(turned(book, "y", turn), (x, y, z))
        y += thick
    return made


def shade(low: Number, high: Number, bottom: Number, top: Number, *, n: int = 20) -> list[Patch]:
    """A cloth lamp shade from radius `bottom` at height `low` to radius `top` at height `high`, seen from both
    sides."""
    outside = [(top, high), (bottom, low)]
    inside = [(bottom - 0.004, low), (top - 0.004, high)]
    rims = [
        *lathe([(top - 0.004, high), (top, high)], "shade", n=n),
        *lathe([(bottom, low), (bottom - 0.004, low)], "shade", n=n),
    ]
    return lathe(outside, "shade", n=n) + lathe(inside, "shade", n=n) + rims


def glowing_ball(radius: Number, y: Number, *, at: tuple[Number, Number] = (0, 0), n: int = 10) -> list[Patch]:
    """A bulb or globe that gives light."""
    angle = np.linspace(0, np.pi, max(5, n // 2 + 1))
    profile = [(float(radius * np.sin(a)), float(y + radius * np.cos(a))) for a in angle]
    return lathe(profile, "bulb", n=n, at=(at[0], 0, at[1]))


def leaf_blade(length: Number, width: Number, bend: Number, number: int) -> list[Patch]:
    """A leaf that grows from the origin towards +y and bends towards +z; 4 cells long, 2 wide."""
    along = np.linspace(0, 1, 5)
    angle = bend * along
    steps = np.stack([np.cos(angle), np.sin(angle)], axis=1) * length / 4
    spine = np.concatenate([[[0, 0]], np.cumsum(steps[:-1], axis=0)])
    half = width / 2 * np.array([0.12, 0.85, 1.0, 0.72, 0.03])
    grid = np.empty((5, 3, 3))
    for column, side in enumerate((-1, 0, 1)):
        grid[:, column, 0] = side * half
        grid[:, column, 1] = spine[:, 0]
        grid[:, column, 2] = spine[:, 1] - 0.12 * width * (side == 0)
    return numbered(sheet(grid[::-1], "leaf", thickness=0.002), number)
