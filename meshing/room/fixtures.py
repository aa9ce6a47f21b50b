"""What is built in: kitchen, bath, heating, fireplace, stairs.

As in `seats.py`: size of a box and a random generator in, patches out; origin at the middle of the bottom, front +z.
"""

import numpy as np

from meshing.room.parts import HANDLES, front
from meshing.room.patch import Number, Patch, moved, turned
from meshing.room.solids import box, cylinder, lathe, panel, tube

Size = tuple[Number, Number, Number]


def kitchen_unit(size: Size, random: np.random.Generator) -> list[Patch]:
    """Base units under a worktop; wall units and tiles between where the box is high enough."""
    w, h, d = size
    top = min(h, 0.92)
    style, handle = ("slab", "framed")[random.integers(2)], HANDLES[random.integers(4)]
    material = ("lacquer", "paint", "wood")[random.integers(3)]
    made = _units(w, 0.1, top - 0.038, -d / 2, d / 2 - 0.055, material, style, handle, random)
    made += box((-w / 2 + 0.01, 0, -d / 2), (w / 2 - 0.01, 0.1, d / 2 - 0.1), "black")
    made += box((-w / 2, top - 0.038, -d / 2), (w / 2, top, d / 2), "worktop", radius=0.006)
    if h > 1.7:
        made += box((-w / 2, top, -d / 2), (w / 2, h - 0.7, -d / 2 + 0.012), "wall_tiles", radius=0.002)
        deep = min(0.36, 0.6 * d)
        made += _units(w, h - 0.7, h, -d / 2, -d / 2 + deep - 0.02, material, style, handle, random, plain_doors=True)
    return made


def _units(
    w: Number, y0: Number, y1: Number, z0: Number, z1: Number, material: str, style: str, handle: str,
    random: np.random.Generator, *, plain_doors: bool = False,
) -> list[Patch]:  # fmt: skip
    made = box((-w / 2 + 0.003, y0, z0), (w / 2 - 0.003, y1, z1), material)
    n = max(1, round(w / 0.58))
    for k in range(n):
        x0, x1 = (-w / 2 + 0.004 + (w - 0.008) * (k + step) / n for step in (0, 1))
        if not plain_doors and random.random() < 0.35:
            for row in range(3):
                a, b = (y0 + (y1 - y0) * (row + step) / 3 for step in (0, 1))
                made += front((x0, a), (x1, b), z1, material, style="slab", handle=handle)
        else:
            made += front((x0, y0), (x1, y1), z1, material, style=style, handle=handle, hinge=-1 if k % 2 == 0 else 1)
    return made


def sink(size: Size, random: np.random.Generator) -> list[Patch]:
    """A basin with a tap: on a cabinet, on a column, or on the wall where the box is flat."""
    w, h, d = size
    tap = min(0.16, 0.3 * h)
    rim = h - tap
    deep = min(0.16, 0.7 * rim)
    made = _basin(w, d, rim, deep, "ceramic")
    if rim > 0.5:
        if random.random() < 0.6:
            made += box((-w / 2 + 0.02, 0.08, -d / 2), (w / 2 - 0.02, rim - deep, d / 2 - 0.06), "paint")
            n = 2 if w > 0.55 else 1
            for k in range(n):
                x0, x1 = (-w / 2 + 0.022 + (w - 0.044) * (k + step) / n for step in (0, 1))
                made += front(
                    (x0, 0.09),
                    (x1, rim - deep - 0.01),
                    d / 2 - 0.061,
                    "paint",
                    style="framed",
                    handle="knob",
                    hinge=1 - 2 * (k % 2 == 0),
                )
            made += box((-w / 2 + 0.04, 0, -d / 2), (w / 2 - 0.04, 0.09, d / 2 - 0.1), "black")
        else:
            shares = ((0.32, 1.0), (0.24, 0.85), (0.2, 0.3), (0.3, 0.0))
            made += lathe(
                [(min(w, d) * r, (rim - 0.5 * deep) * y) for r, y in shares], "ceramic", n=20, at=(0, 0, -0.1 * d)
            )
    return made + _tap(-d / 2 + 0.06, rim, tap)


def _basin(w: Number, d: Number, rim: Number, deep: Number, material: str) -> list[Patch]:
    """A trough with a rounded inside: outer sides, rim, and the hollow as one sheet."""
    s = np.linspace(-1, 1, 13)
    x, z = np.meshgrid(s, s)
    hollow = np.clip(1 - np.maximum(np.abs(x), np.abs(z)) ** 6, 0, 1) ** 0.55
    inner = np.stack([x * (w / 2 - 0.025), rim - 0.0015 - 0.85 * deep * hollow, z * (d / 2 - 0.04) + 0.012], axis=-1)
    flat = np.stack([inner[..., 0] + w / 2, inner[..., 2] + d / 2], axis=-1)
    made = [Patch(inner, flat, material)]
    for low, high in (
        ((-w / 2, rim - deep, -d / 2), (-w / 2 + 0.04, rim, d / 2)), ((w / 2 - 0.04, rim - deep, -d / 2), (w / 2,
        rim, d / 2)),
        ((-w / 2, rim - deep, -d / 2), (w / 2, rim, -d / 2 + 0.067)), ((-w / 2, rim - deep, d / 2 - 0.043), (w / 2,
        rim, d / 2)),
        ((-w / 2 + 0.01, rim - deep, -d / 2 + 0.01), (w / 2 - 0.01, rim - 0.95 * deep, d / 2 - 0.01)),
    ):  # fmt: skip
        made += box(low, high, material, radius=0.012, steps=2)
    return made


def _tap(z: Number, rim: Number, height: Number) -> list[Patch]:
    made = cylinder(0.024, rim - 0.003, rim + 0.012, "chrome", n=12, at=(0, 0, z))
    bow = [(0, rim, z), (0, rim + 0.7 * height, z), (0, rim + height - 0.012, z + 0.3 * height)]
    bow += [(0, rim + height - 0.02, z + 0.7 * height), (0, rim + 0.75 * height, z + 0.85 * height)]
    made += tube(bow, 0.011, "chrome", n=10)
    return made + tube([(0.035, rim + 0.02, z), (0.06, rim + 0.035, z + 0.01)], 0.007, "chrome", n=6)


def stove(size: Size, random: np.random.Generator) -> list[Patch]:
    """An oven with a hob on top and knobs in a row."""
    w, h, d = size
    body = ("steel", "white", "black")[random.integers(3)]
    made = box((-w / 2, 0.05, -d / 2), (w / 2, h - 0.02, d / 2 - 0.05), body)
    made += box((-w / 2 + 0.02, 0, -d / 2), (w / 2 - 0.02, 0.06, d / 2 - 0.08), "black")
    made += box((-w / 2, h - 0.022, -d / 2), (w / 2, h - 0.006, d / 2 - 0.02), "glass", radius=0.004)
    for x, z, r in ((-0.24, -0.22, 0.16), (0.24, -0.22, 0.19), (-0.24, 0.2, 0.19), (0.24, 0.2, 0.16)):
        ring = r * min(w, d)
        made += lathe([(ring - 0.012, h), (ring, h - 0.001), (ring, h - 0.007)], "black", n=24, at=(x * w, 0, z * d))
        made += lathe([(0.4 * ring, h), (0.45 * ring, h - 0.007)], "steel", n=16, at=(x * w, 0, z * d))
    made += front((-w / 2 + 0.006, 0.16), (w / 2 - 0.006, h - 0.17), d / 2 - 0.05, body, style="slab", handle="none")
    made += box((-0.36 * w, 0.24, d / 2 - 0.036), (0.36 * w, h - 0.29, d / 2 - 0.029), "glass", radius=0.002)
    made += front((-w / 2 + 0.006, 0.06), (w / 2 - 0.006, 0.155), d / 2 - 0.05, body, style="slab", handle="none")
    bar = [(-0.4 * w, h - 0.22, d / 2 - 0.034), (-0.38 * w, h - 0.22, d / 2 - 0.01), (0.38 * w, h - 0.22, d / 2 - 0.01)]
    made += tube([*bar, (0.4 * w, h - 0.22, d / 2 - 0.034)], 0.009, "chrome", n=8)
    for k in range(5):
        knob = lathe([(0, 0.026), (0.017, 0.024), (0.02, 0.0)], "black" if body != "black" else "steel", n=12)
        made += moved(turned(knob, "x", np.pi / 2), ((k - 2) * 0.17 * w, h - 0.1, d / 2 - 0.05))
    return made


def fridge(size: Size, random: np.random.Generator) -> list[Patch]:
    """One door over another, long bar handles."""
    w, h, d = size
    body = ("steel", "white", "lacquer")[random.integers(3)]
    made = box((-w / 2, 0.03, -d / 2), (w / 2, h, d / 2 - 0.07), body, radius=0.012, steps=2)
    made += box((-w / 2 + 0.03, 0, -d / 2 + 0.03), (w / 2 - 0.03, 0.04, d / 2 - 0.1), "black")
    split = 0.36 * h if h > 1.2 else 0.03
    for y0, y1 in ((0.04, split - 0.004), (split + 0.004, h - 0.002)):
        if y1 - y0 < 0.1:
            continue
        made += box((-w / 2, y0, d / 2 - 0.068), (w / 2, y1, d / 2 - 0.032), body, radius=0.012, steps=2)
        a, b = (
            (y1 - 0.08 - min(0.45, 0.4 * (y1 - y0)), y1 - 0.08)
            if y0 < 0.1 and h > 1.2
            else (y0 + 0.08, y0 + 0.08 + min(0.6, 0.5 * (y1 - y0)))
        )
        x = -w / 2 + 0.05
        made += tube(
            [(x, a, d / 2 - 0.035), (x, a, d / 2 - 0.01), (x, b, d / 2 - 0.01), (x, b, d / 2 - 0.035)],
            0.009,
            "chrome",
            n=8,
        )
    return made


def washing_machine(size: Size, random: np.random.Generator) -> list[Patch]:
    """A white box with a round door."""
    w, h, d = size
    face = d / 2 - 0.045
    made = box((-w / 2, 0.01, -d / 2), (w / 2, h, face), "white", radius=0.012, steps=2)
    r, y = 0.31 * min(w, 0.62 * h / 0.62), 0.46 * h
    ring = lathe([(0.72 * r, 0.03), (0.95 * r, 0.036), (r, 0.02), (r, 0)], "chrome", n=32)
    glass = lathe([(0, 0.045), (0.4 * r, 0.042), (0.74 * r, 0.028)], "glass", n=32)
    made += moved(turned(ring + glass, "x", np.pi / 2), (0, y, face))
    made += box((-w / 2 + 0.02, h - 0.13, face - 0.005), (w / 2 - 0.02, h - 0.02, face + 0.008), "white", radius=0.004)
    made += box((0.05, h - 0.105, face + 0.006), (0.3 * w, h - 0.045, face + 0.011), "glass", radius=0.002)
    knob = lathe([(0, 0.03), (0.026, 0.028), (0.03, 0.0)], "chrome", n=16)
    made += moved(turned(knob, "x", np.pi / 2), (-0.05 * w, h - 0.075, face + 0.008))
    return made + box((-w / 2 + 0.03, 0, -d / 2 + 0.03), (w / 2 - 0.03, 0.02, face - 0.03), "black")


def bath(size: Size, random: np.random.Generator) -> list[Patch]:
    """A tub in a panel or freestanding, hollow, with a tap at one end of its longer side."""
    w, h, d = size
    if w > d:
        return turned(bath((d, h, w), random), "y", np.pi / 2)
    tap = min(0.1, 0.16 * h)
    rim = h - tap
    made = _basin(w, d, rim, 0.82 * rim, "ceramic")
    if random.random() < 0.5:
        made += box(
            (-w / 2 + 0.006, 0, -d / 2 + 0.006),
            (w / 2 - 0.006, rim - 0.03, d / 2 - 0.006),
            "wall_tiles",
            open_sides=("top",),
        )
    else:
        for x in (-1, 1):
            for z in (-1, 1):
                foot = [(0.028, 0.2 * rim), (0.02, 0.05), (0.03, 0.0)]
                made += lathe(foot, "chrome", n=10, at=(x * (w / 2 - 0.07), 0, z * (d / 2 - 0.1)))
        made += box(
            (-w / 2 + 0.03, 0.1 * rim, -d / 2 + 0.03),
            (w / 2 - 0.03, 0.3 * rim, d / 2 - 0.03),
            "ceramic",
            radius=0.06,
            steps=3,
        )
    return made + _tap(-d / 2 + 0.05, rim, tap)


def shower(size: Size, random: np.random.Generator) -> list[Patch]:
    """A tray, a rain head on a bar, and glass panes drawn as their frames."""
    w, h, d = size
    made = box((-w / 2, 0, -d / 2), (w / 2, 0.05, d / 2), "ceramic", radius=0.01, steps=2)
    made += box((-w / 2, 0.05, -d / 2), (w / 2, h, -d / 2 + 0.012), "wall_tiles", radius=0.002)
    for x in (-w / 2, w / 2 - 0.025):
        made += box((x, 0.05, d / 2 - 0.025), (x + 0.025, h, d / 2), "chrome")
    made += box((-w / 2, h - 0.03, d / 2 - 0.02), (w / 2, h, d / 2), "chrome")
    made += box((-w / 2, h - 0.03, -d / 2), (-w / 2 + 0.02, h, d / 2), "chrome")
    made += box((w / 2 - 0.02, h - 0.03, -d / 2), (w / 2, h, d / 2), "chrome")
    bar = [(0, 1.0, -d / 2 + 0.05), (0, h - 0.1, -d / 2 + 0.05), (0, h - 0.06, -0.3 * d), (0, h - 0.07, -0.1 * d)]
    made += tube(bar, 0.011, "chrome", n=10)
    made += cylinder(0.11, h - 0.09, h - 0.075, "chrome", n=20, at=(0, 0, -0.1 * d))
    return made + box((-0.1, 1.05, -d / 2 + 0.012), (0.1, 1.1, -d / 2 + 0.06), "chrome", radius=0.012, steps=2)


def toilet(size: Size, random: np.random.Generator) -> list[Patch]:
    """A bowl with seat and lid before a cistern."""
    w, h, d = size
    seat, tank = min(0.42, 0.56 * h), 0.24 * d
    front_z = d / 2
    made = box((-w / 2, seat - 0.05, -d / 2), (w / 2, h - 0.02, -d / 2 + tank), "ceramic", radius=0.03, steps=3)
    made += box(
        (-w / 2, h - 0.035, -d / 2), (w / 2, h - 0.006, -d / 2 + tank + 0.008), "ceramic", radius=0.012, steps=2
    )
    made += cylinder(0.022, h - 0.008, h, "chrome", n=14, at=(0, 0, -d / 2 + tank / 2))
    half, middle = (d - tank) / 2, front_z - (d - tank) / 2
    shares = ((0.99, 1.0), (1.0, 0.95), (0.9, 0.72), (0.62, 0.38), (0.58, 0.12), (0.66, 0.0))
    bowl = lathe([(r, y * (seat - 0.035)) for r, y in shares], "ceramic", n=28)
    lid = lathe(
        [(0, seat), (0.9, seat - 0.003), (0.99, seat - 0.012), (0.99, seat - 0.037), (0, seat - 0.037)], "ceramic", n=28
    )
    for patch in bowl + lid:
        points = patch.points * (0.48 * w, 1, half) + (0, 0, middle)
        made.append(Patch(points, patch.uv * 0.2, patch.material))
    return made


def radiator(size: Size, random: np.random.Generator) -> list[Patch]:
    """Ribs between two collecting pipes, or a flat panel with a grid on top."""
    w, h, d = size
    made = []
    if random.random() < 0.5:
        n = max(3, round(w / 0.06))
        for k in range(n):
            x = -w / 2 + (k + 0.5) * w / n
            made += box((x - 0.4 * w / n, 0, -d / 2), (x + 0.4 * w / n, h, d / 2), "paint", radius=0.012, steps=2)
        for y in (0.1 * h, 0.9 * h):
            made += tube([(-w / 2, y, 0), (w / 2, y, 0)], 0.3 * d, "paint", n=8)
        return made
    made += box((-w / 2, 0, -d / 2), (w / 2, h, d / 2 - 0.012), "paint", radius=0.008)
    n = max(3, round(w / 0.045))
    for k in range(n):
        x = -w / 2 + (k + 0.5) * w / n
        made += box((x - 0.013, 0.03, d / 2 - 0.015), (x + 0.013, h - 0.03, d / 2), "paint", radius=0.006)
    return made


def fireplace(size: Size, random: np.random.Generator) -> list[Patch]:
    """A hearth with a mantel; logs glow in it. The chimney goes on up where the box is high."""
    w, h, d = size
    mantel = min(h, 1.2)
    pillar, beam = 0.18 * w, 0.26 * mantel
    made = []
    for side in (-1, 1):
        made += box(
            (side * (w / 2 - 0.03), 0, -d / 2),
            (side * (w / 2 - pillar), mantel - beam, d / 2 - 0.05),
            "stone",
            radius=0.012,
        )
        made += box(
            (side * (w / 2 - 0.01), 0, -d / 2),
            (side * (w / 2 - pillar - 0.01), 0.12, d / 2 - 0.03),
            "stone",
            radius=0.012,
        )
    made += box(
        (-w / 2 + 0.03, mantel - beam, -d / 2), (w / 2 - 0.03, mantel - 0.05, d / 2 - 0.05), "stone", radius=0.012
    )
    made += box(
        (-w / 2, mantel - 0.055, -d / 2), (w / 2, mantel, d / 2), "wood" if h < 1.5 else "stone", radius=0.012, steps=2
    )
    made += moved(panel(w - 2 * pillar, mantel - beam, "soot"), (0, (mantel - beam) / 2, -d / 2 + 0.02))
    made += box((-w / 2 + pillar, 0, -d / 2), (w / 2 - pillar, 0.03, d / 2 - 0.04), "soot")
    for k in range(4):
        x = (k - 1.5) * 0.11 * w
        log = [(x - 0.09 * w, 0.06 + 0.05 * (k % 2), -0.12 * d), (x + 0.1 * w, 0.1 + 0.05 * (k % 2), 0.05 * d)]
        made += tube(log, 0.032, "dark_wood" if k % 2 else "embers", n=8)
    made += moved(turned(panel(0.45 * w, 0.4 * d, "embers"), "x", -np.pi / 2), (0, 0.036, -0.05 * d))
    if h > mantel + 0.1:
        made += box((-0.36 * w, mantel, -d / 2), (0.36 * w, h, d / 2 - 0.12), "stone", radius=0.01)
    return made


def stairs(size: Size, random: np.random.Generator) -> list[Patch]:
    """A straight flight that climbs from the front to the back, with a handrail on the right."""
    w, h, d = size
    n = max(2, round(h / (1.0 if h < 0.5 else 1.19) / 0.18))
    rail = 0.9 if h > 1.5 else 0.0
    rise, run = (h - rail) / n, d / n
    made = []
    for k in range(n):
        z1 = d / 2 - k * run
        made += box(
            (-w / 2, 0 if k < 1 else (k - 1) * rise, z1 - run),
            (w / 2 - 0.02, (k + 1) * rise - 0.03, z1 - 0.02),
            "paint",
        )
        made += box(
            (-w / 2, (k + 1) * rise - 0.035, z1 - run - 0.02 if k < n - 1 else z1 - run),
            (w / 2, (k + 1) * rise, z1),
            "wood",
            radius=0.008,
            steps=2,
        )
    if rail:
        x = w / 2 - 0.04
        for k in range(n):
            z = d / 2 - (k + 0.5) * run
            made += tube([(x, (k + 1) * rise, z), (x, (k + 1) * rise + rail - 0.5 * rise, z)], 0.013, "metal", n=6)
        made += tube([(x, rise * 0.5 + rail, d / 2 - 0.02), (x, h - 0.03, -d / 2 + 0.02)], 0.025, "wood", n=8)
    return made
