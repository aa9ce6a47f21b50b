"""What makes a room lived in: lamps, rugs, pictures, mirrors, screens, plants, curtains.

As in `seats.py`: size of a box and a random generator in, patches out; origin at the middle of the bottom, front +z.
What
hangs on a wall has its back at -z.
"""

import numpy as np

from meshing.room.parts import glowing_ball, leaf_blade, shade
from meshing.room.patch import Number, Patch, moved, numbered, turned
from meshing.room.solids import box, cylinder, folds, lathe, panel, tube

Size = tuple[Number, Number, Number]


def lamp(size: Size, random: np.random.Generator) -> list[Patch]:
    """A floor lamp, or a table lamp where the box is low; cloth shade, tripod, arc or globe."""
    w, h, d = size
    radius = min(w, d) / 2
    if h < 0.8:
        return _table_lamp(radius, h, random)
    design = random.integers(3)
    tall = min(0.34, 0.26 * h)
    made = []
    if design == 0:
        made += lathe(
            [(0.012, h - tall), (0.012, 0.03), (0.62 * radius, 0.02), (0.65 * radius, 0.0), (0, 0)], "metal", n=24
        )
    elif design == 1:
        for k in range(3):
            a = 2 * np.pi * k / 3 + 0.5
            foot = (0.8 * radius * np.sin(a), 0.0, 0.8 * radius * np.cos(a))
            made += tube(
                [foot, (0.1 * radius * np.sin(a), h - tall, 0.1 * radius * np.cos(a))], (0.014, 0.018), "wood", n=8
            )
        made += tube([(0, h - tall - 0.12, 0), (0, h - tall + 0.03, 0)], 0.02, "metal", n=10)
    else:
        made += lathe(
            [(0.011, h - 2 * radius), (0.011, 0.025), (0.6 * radius, 0.018), (0.62 * radius, 0.0), (0, 0)],
            "metal",
            n=24,
        )
        return made + glowing_ball(0.92 * radius, h - 0.92 * radius, n=20)
    made += shade(h - tall, h, radius, 0.7 * radius, n=24)
    return made + glowing_ball(min(0.045, 0.3 * radius), h - 0.55 * tall, n=10)


def _table_lamp(radius: Number, h: Number, random: np.random.Generator) -> list[Patch]:
    tall = 0.46 * h
    bases = (
        ((0.012, 1.0), (0.05, 0.9), (0.5, 0.55), (0.55, 0.35), (0.3, 0.06), (0.42, 0.0)),
        ((0.012, 1.0), (0.1, 0.92), (0.28, 0.8), (0.28, 0.1), (0.45, 0.05), (0.45, 0.0)),
    )
    shares = bases[random.integers(2)]
    base = [(max(r * radius, 0.008), y * (h - tall)) for r, y in shares]
    made = lathe([*base, (0, 0)], ("ceramic", "metal", "pot")[random.integers(3)], n=20)
    made += tube([(0, h - tall - 0.01, 0), (0, h - 0.6 * tall, 0)], 0.006, "metal", n=6)
    made += shade(h - tall, h, radius, 0.66 * radius, n=20)
    return made + glowing_ball(min(0.035, 0.3 * radius), h - 0.55 * tall, n=10)


def ceiling_lamp(size: Size, random: np.random.Generator) -> list[Patch]:
    """A flat bowl under the ceiling, or a shade or several globes on a rod."""
    w, h, d = size
    radius = min(w, d) / 2
    if h < 0.22:
        rim = lathe([(radius, h), (radius, 0.55 * h), (0.96 * radius, 0.5 * h)], "metal", n=28)
        bowl = lathe(
            [(0.96 * radius, 0.5 * h), (0.8 * radius, 0.2 * h), (0.45 * radius, 0.04 * h), (0, 0)], "bulb", n=28
        )
        return rim + bowl
    made = cylinder(0.05, h - 0.03, h, "metal", n=16)
    if radius > 0.28 and random.random() < 0.5:
        ball = min(0.1, 0.3 * radius, 0.3 * h)
        made += tube([(0, h - 0.02, 0), (0, ball, 0)], 0.009, "metal", n=8)
        n = 5
        for k in range(n):
            a = 2 * np.pi * k / n
            x, z = (radius - ball) * np.sin(a), (radius - ball) * np.cos(a)
            made += tube([(0, 1.4 * ball, 0), (0.6 * x, 1.1 * ball, 0.6 * z), (x, 2 * ball, z)], 0.008, "metal", n=6)
            made += glowing_ball(ball, ball, at=(x, z), n=14)
        return made
    tall = min(0.42 * h, 0.9 * radius, 0.3)
    made += tube([(0, h - 0.02, 0), (0, tall * 0.8, 0)], 0.005, "black", n=6)
    made += shade(0, tall, radius, 0.55 * radius, n=28)
    return made + glowing_ball(min(0.06, 0.35 * radius), 0.5 * tall, n=12)


def rug(size: Size, random: np.random.Generator) -> list[Patch]:
    """Flat on the floor, its pattern on top."""
    w, h, d = size
    return box((-w / 2, 0, -d / 2), (w / 2, h, d / 2), "rug", radius=min(0.006, 0.45 * h), open_sides=("bottom",))


def picture(size: Size, random: np.random.Generator) -> list[Patch]:
    """A framed painting; two or three beside each other where the box is much wider than high."""
    w, h, d = size
    n = max(1, min(4, int(w / (1.9 * h)) + 1)) if w > 1.9 * h else 1
    frame = ("wood", "metal", "black")[random.integers(3)]
    made = []
    for k in range(n):
        x0, x1 = (-w / 2 + (w + 0.06) * (k + step) / n - 0.06 * step for step in (0, 1))
        made += numbered(_framed(x0, x1, h, d, frame, "picture"), k + 1 + int(random.integers(50)))
    return made


def _framed(x0: Number, x1: Number, h: Number, d: Number, frame: str, content: str) -> list[Patch]:
    rail = min(0.035, 0.09 * min(x1 - x0, h))
    z0, z1 = -d / 2, d / 2
    made = []
    for a, b in (
        ((x0, 0), (x0 + rail, h)), ((x1 - rail, 0), (x1, h)), ((x0 + rail, 0), (x1 - rail, rail)), ((x0 + rail, h -
        rail), (x1 - rail, h)),
    ):  # fmt: skip
        made += box((*a, z0), (*b, z1), frame, radius=min(0.006, 0.3 * d))
    inside = panel(x1 - x0 - 2 * rail, h - 2 * rail, content, at=((x0 + x1) / 2, h / 2, z0 + 0.6 * (z1 - z0)))
    return made + inside


def mirror(size: Size, random: np.random.Generator) -> list[Patch]:
    """A framed mirror, or a round one where the box is nearly square."""
    w, h, d = size
    frame = ("wood", "metal", "black")[random.integers(3)]
    if abs(w - h) < 0.15 * h:
        r = min(w, h) / 2
        ring = lathe([(r - 0.03, d), (r - 0.004, d), (r, 0.8 * d), (r, 0)], frame, n=40)
        made = moved(turned(ring, "x", np.pi / 2), (0, h / 2, -d / 2))
        disc = moved(
            turned(lathe([(0, 0), (r - 0.03, 0)], "mirror", n=40), "x", np.pi / 2), (0, h / 2, -d / 2 + 0.6 * d)
        )
        return made + disc
    return _framed(-w / 2, w / 2, h, d, frame, "mirror")


def clock(size: Size, random: np.random.Generator) -> list[Patch]:
    """A round wall clock."""
    w, h, d = size
    r = min(w, h) / 2
    rim = lathe(
        [(0.88 * r, 0.7 * d), (0.9 * r, d), (0.98 * r, d), (r, 0.7 * d), (r, 0)],
        ("black", "wood", "metal")[random.integers(3)],
        n=36,
    )
    made = moved(turned(rim, "x", np.pi / 2), (0, h / 2, -d / 2))
    face = panel(1.8 * r, 1.8 * r, "clock", at=(0, h / 2, -d / 2 + 0.7 * d), cells=(10, 10))
    return made + [_rounded(patch, 0.9 * r, (0, h / 2)) for patch in face]


def _rounded(patch: Patch, radius: Number, middle: tuple[Number, Number]) -> Patch:
    """A square patch drawn in to a disc: the corners move to the circle, the pattern keeps its place."""
    points, uv = patch.points.copy(), patch.uv.copy()
    x, y = points[..., 0] - middle[0], points[..., 1] - middle[1]
    square, away = np.maximum(np.abs(x), np.abs(y)), np.hypot(x, y)
    factor = np.where(away > 1e-9, square / np.maximum(away, 1e-9), 1.0) * (radius / np.abs(x).max())
    points[..., 0], points[..., 1] = middle[0] + x * factor, middle[1] + y * factor
    half = uv.reshape(-1, 2).max(axis=0) / 2
    uv = half + (uv - half) * factor[..., None]
    return Patch(points, uv, patch.material, patch.number)


def screen(size: Size, random: np.random.Generator) -> list[Patch]:
    """A flat television on the wall, or on a foot where the box is deep."""
    w, h, d = size
    foot = min(0.07, 0.1 * h) if d > 0.12 else 0.0
    thick = min(d, 0.05)
    z = -d / 2 if foot == 0 else -thick / 2
    made = box((-w / 2, foot, z), (w / 2, h, z + thick), "black", radius=0.008)
    made += panel(w - 0.024, h - foot - 0.03, "screen", at=(0, (h + foot) / 2 + 0.004, z + thick + 0.0008))
    if foot:
        made += box((-0.22 * w, 0, -d / 2), (0.22 * w, 0.012, d / 2), "black", radius=0.005)
        made += box((-0.03, 0, -0.02), (0.03, foot + 0.06, 0.012), "black")
    return made


def plant(size: Size, random: np.random.Generator) -> list[Patch]:
    """A pot with a rosette of long leaves, a shrub, or a small tree."""
    w, h, d = size
    radius = min(w, d) / 2
    pot_h, pot_r = min(0.32, 0.3 * h), min(0.55 * radius, 0.2)
    material = ("pot", "ceramic", "wicker")[random.integers(3)]
    outside = [(pot_r, pot_h), (0.98 * pot_r, 0.9 * pot_h), (0.72 * pot_r, 0.04 * pot_h), (0.68 * pot_r, 0), (0, 0)]
    made = lathe(outside, material, n=22)
    made += lathe([(0, 0.88 * pot_h), (0.9 * pot_r, 0.88 * pot_h)], "soil", n=22)
    made += lathe([(0.9 * pot_r, 0.88 * pot_h), (0.92 * pot_r, pot_h), (pot_r, pot_h)], material, n=22)
    tall = h - 0.88 * pot_h
    design = random.integers(3) if h > 0.6 else 0
    if design == 0:
        return made + _rosette(radius, tall, 0.88 * pot_h, random)
    return made + _branched(radius, tall, 0.88 * pot_h, random, trunk=bool(design == 2))


def _rosette(radius: Number, tall: Number, y: Number, random: np.random.Generator) -> list[Patch]:
    made = []
    n = 22
    for k in range(n):
        ring = k / n
        length = tall * (1.02 - 0.45 * ring) * random.uniform(0.92, 1.06)
        bend = 0.35 + 1.5 * ring
        blade = leaf_blade(length, max(0.025, 0.11 * length), bend, k + 1)
        reach = max(1e-6, max(float(np.abs(patch.points[..., 2]).max()) for patch in blade))
        lean = min(1.0, radius / reach)
        blade = [Patch(patch.points * (1, 1, lean), patch.uv, patch.material, patch.number) for patch in blade]
        made += moved(turned(blade, "y", 2.39996 * k + random.uniform(-0.2, 0.2)), (0, y, 0))
    return made


def _branched(radius: Number, tall: Number, y: Number, random: np.random.Generator, *, trunk: bool) -> list[Patch]:
    made = []
    low = 0.45 * tall if trunk else 0.08 * tall
    stems = 1 if trunk else 4
    for k in range(stems):
        a = 2 * np.pi * k / stems + random.uniform(0, 0.6)
        out = 0.0 if trunk else 0.35 * radius
        top = (out * np.sin(a), y + 0.9 * tall, out * np.cos(a))
        made += tube(
            [(0.3 * top[0], y - 0.02, 0.3 * top[2]), (0.7 * top[0] + 0.02, y + 0.45 * tall, 0.7 * top[2]), top],
            (0.018, 0.014, 0.006) if trunk else 0.007,
            "dark_wood",
            n=6,
        )
    n = 58
    for k in range(n):
        share = (k + 0.5) / n
        level = low + (tall - low) * share**0.8
        around = 2.39996 * k
        full = np.sin(np.pi * (0.12 + 0.8 * share)) ** 0.7
        away = radius * (0.25 + 0.35 * random.random()) * full
        length = min(radius * 0.6, 0.26) * random.uniform(0.75, 1.1)
        blade = leaf_blade(length, 0.5 * length, random.uniform(0.5, 1.1), k + 1)
        blade = turned(blade, "x", random.uniform(0.5, 1.25))
        made += moved(turned(moved(blade, (0, 0, away)), "y", around), (0, y + level - 0.3 * length, 0))
    return made


def curtain(size: Size, random: np.random.Generator) -> list[Patch]:
    """Two cloths in folds on a rod, drawn aside; one cloth where the box is narrow."""
    w, h, d = size
    rod = min(0.014, 0.2 * d)
    made = tube([(-w / 2, h - rod, 0), (w / 2, h - rod, 0)], rod, "metal", n=8)
    for side in (-1, 1):
        made += _knob(1.6 * rod, (side * (w / 2 - 1.6 * rod), h - 1.6 * rod))
    parts = (-1, 1) if w > 0.9 else (0,)
    wide = w if parts == (0,) else min(0.3 * w, 0.75)
    for side in parts:
        n = max(3, round(wide / 0.085))
        cloth = folds(wide, h - 2.2 * rod, "curtain", depth=0.82 * d, n_folds=n, random=random)
        made += moved(cloth, (side * (w - wide) / 2, 0, 0))
    return made


def _knob(radius: Number, at: tuple[Number, Number]) -> list[Patch]:
    """The knob at the end of a curtain rod."""
    angle = np.linspace(0, np.pi, 6)
    return lathe(
        [(float(radius * np.sin(a)), float(at[1] + radius * np.cos(a))) for a in angle], "metal", n=10, at=(at[0], 0, 0)
    )


def plain_box(size: Size, random: np.random.Generator) -> list[Patch]:
    """Whatever nobody knows: a plain wooden or woven box with a lid."""
    w, h, d = size
    lid = min(0.04, 0.15 * h)
    material = ("wood", "wicker", "paint")[random.integers(3)]
    inset = min(0.006, 0.1 * min(w, d))
    made = box((-w / 2 + inset, 0, -d / 2 + inset), (w / 2 - inset, h - lid, d / 2 - inset), material, radius=0.006)
    return made + box((-w / 2, h - lid, -d / 2), (w / 2, h, d / 2), material, radius=0.008, steps=2)
