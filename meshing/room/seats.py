"""What people sit and lie on: beds, sofas, armchairs, chairs, stools, benches.

Each function takes the size of a box (width, height, depth) and a random generator that picks the design, and gives
patches
that fill the box: origin at the middle of the bottom, front +z.
"""

import numpy as np

from meshing.room.parts import legs
from meshing.room.patch import Number, Patch, moved, turned
from meshing.room.solids import box, cushion, pillow, sheet, tube

Size = tuple[Number, Number, Number]


def bed(size: Size, random: np.random.Generator) -> list[Patch]:
    """Slatted, upholstered or boxed bed with mattress, cover, pillows; a bunk where the box is high enough."""
    w, h, d = size
    if h > 1.35 and d > 1.2:
        return _bunk(size, random)
    design = ("boards", "slats", "upholstered")[random.integers(3)]
    base = min(0.28, 0.42 * h)
    board = "fabric2" if design == "upholstered" else "wood"
    made = _headboard(w, h, -d / 2, design, board)
    if design == "upholstered":
        made += box((-w / 2, 0.05, -d / 2 + 0.05), (w / 2, base, d / 2), board, radius=0.03, steps=2)
    else:
        made += box((-w / 2, 0.5 * base, -d / 2 + 0.03), (-w / 2 + 0.035, base, d / 2), board)
        made += box((w / 2 - 0.035, 0.5 * base, -d / 2 + 0.03), (w / 2, base, d / 2), board)
        made += box((-w / 2, 0.5 * base, d / 2 - 0.035), (w / 2, base + 0.03, d / 2), board)
        made += box((-w / 2 + 0.03, 0.6 * base, -d / 2 + 0.05), (w / 2 - 0.03, base - 0.02, d / 2 - 0.03), board)
    made += legs(w, d, 0.55 * base, "wood", kind="square" if design == "boards" else "tapered", inset=0.02, thick=0.06)
    top = min(base + 0.22, 0.75 * h)
    made += cushion(
        (-w / 2 + 0.035, base - 0.03, -d / 2 + 0.06), (w / 2 - 0.035, top, d / 2 - 0.04), "linen", soft=0.15
    )
    return made + _bedding(w, d, base, top, h, random)


def _headboard(w: Number, h: Number, back: Number, design: str, material: str) -> list[Patch]:
    if design == "upholstered":
        columns = max(2, round(w / 0.4))
        made = box((-w / 2, 0.1, back), (w / 2, h, back + 0.04), material, radius=0.015)
        for k in range(columns):
            x0, x1 = (-w / 2 + w * (k + side) / columns for side in (0, 1))
            made += cushion((x0 + 0.004, 0.3 * h, back + 0.02), (x1 - 0.004, h - 0.004, back + 0.1), material, soft=0.5)
        return made
    if design == "boards":
        return box((-w / 2, 0, back), (w / 2, h, back + 0.035), material, radius=0.008)
    made = []
    for side in (-1, 1):
        made += box((side * w / 2, 0, back), (side * (w / 2 - 0.05), h, back + 0.045), material)
    made += box((-w / 2, h - 0.07, back), (w / 2, h, back + 0.045), material, radius=0.01)
    for k in range(max(3, int(w / 0.13))):
        x = -w / 2 + 0.05 + (k + 0.5) * (w - 0.1) / max(3, int(w / 0.13))
        made += box((x - 0.022, 0.2, back + 0.01), (x + 0.022, h - 0.06, back + 0.03), material)
    return made


def _bedding(w: Number, d: Number, base: Number, top: Number, h: Number, random: np.random.Generator) -> list[Patch]:
    """Pillows at the head, a cover that falls over the sides, now and then a throw."""
    made = []
    head = -d / 2 + 0.1
    n = 2 if w > 1.15 else 1
    across, deep = min(0.72, 0.92 * (w - 0.1) / n), min(0.46, 0.24 * d)
    thick = min(0.17, max(0.06, 0.9 * (h - top)))
    for k in range(n):
        x = (k - (n - 1) / 2) * (w - 0.1) / n
        lying = turned(pillow(across, deep, thick, "linen"), "x", -np.pi / 2 + 0.28)
        made += moved(lying, (x + random.uniform(-0.015, 0.015), top + 0.42 * thick, head + deep / 2))
        if h - top > 0.3:
            standing = turned(pillow(0.72 * across, 0.8 * deep, 0.8 * thick, ("fabric", "accent")[k % 2]), "x", -0.5)
            made += moved(standing, (x * 0.8, top + 0.3 * deep + 0.05, head + deep * 0.72))
    begin = head + 0.8 * deep
    made += _cover(w, begin, d / 2 - 0.012, base + 0.02, top + 0.03, "bedspread", random)
    made += _cover(w + 0.004, begin + 0.02, begin + 0.26, base + 0.04, top + 0.055, "linen", random)
    if random.random() < 0.6 and d > 1.6:
        made += _cover(w + 0.006, d / 2 - 0.62, d / 2 - 0.18, base + 0.06, top + 0.045, "throw", random)
    return made


def _cover(
    w: Number, z0: Number, z1: Number, hem: Number, top: Number, material: str, random: np.random.Generator
) -> list[Patch]:
    """Cloth laid across: from the hem on the left over the top to the hem on the right, softly uneven."""
    half, bend = w / 2 - 0.012, 0.05
    angle = np.linspace(0, np.pi / 2, 4)
    left = np.stack([-half + bend - bend * np.cos(angle), top - bend + bend * np.sin(angle)], axis=1)
    flat = np.stack([np.linspace(-half + bend, half - bend, 11)[1:-1], np.full(9, top)], axis=1)
    profile = np.concatenate([[[-half, hem], [-half, (hem + top) / 2]], left, flat, left[::-1] * (-1, 1)])
    profile = np.concatenate([profile, [[half, (hem + top) / 2], [half, hem]]])
    rows = max(3, round((z1 - z0) / 0.09) + 1)
    shares = np.linspace(0, 1, rows)
    grid = np.empty((rows, len(profile), 3))
    wave = random.uniform(0, 6.28, 4)
    fall = np.clip((top - profile[:, 1]) / max(top - hem, 1e-6), 0, 1)  # 0 on top, 1 at the hem
    for k, share in enumerate(shares):
        z = z0 + (z1 - z0) * share
        ripple = np.sin(17 * z + wave[0]) * 0.6 + np.sin(31 * z + wave[1]) * 0.4
        soft = np.sin(4.1 * profile[:, 0] + wave[2] + 3 * z) * np.sin(5.3 * z + wave[3])
        grid[k, :, 0] = profile[:, 0] - np.sign(profile[:, 0]) * 0.011 * fall * (1 - ripple)
        edge = 0.03 * max(0.0, 1 - (1 - share) * (z1 - z0) / 0.03)
        grid[k, :, 1] = profile[:, 1] + (0.008 * soft - edge) * (1 - fall)
        grid[k, :, 2] = z
    return sheet(grid, material, thickness=0.02)


def _bunk(size: Size, random: np.random.Generator) -> list[Patch]:
    """Two beds above each other with a ladder."""
    w, h, d = size
    made = []
    for side in (-1, 1):
        for end in (-1, 1):
            made += box((side * w / 2, 0, end * d / 2), (side * (w / 2 - 0.06), h, end * (d / 2 - 0.06)), "wood")
    for level in (0.16 * h, 0.66 * h):
        for side in (-1, 1):
            made += box(
                (side * (w / 2 - 0.01), level, -d / 2 + 0.05),
                (side * (w / 2 - 0.04), level + 0.12, d / 2 - 0.05),
                "wood",
            )
        made += box((-w / 2 + 0.04, level, -d / 2 + 0.04), (w / 2 - 0.04, level + 0.06, d / 2 - 0.04), "wood")
        made += cushion(
            (-w / 2 + 0.05, level + 0.05, -d / 2 + 0.06), (w / 2 - 0.05, level + 0.19, d / 2 - 0.06), "linen", soft=0.2
        )
        made += box(
            (-w / 2 + 0.045, level + 0.14, -d / 2 + 0.6),
            (w / 2 - 0.045, level + 0.22, d / 2 - 0.055),
            "bedspread",
            radius=0.035,
            steps=3,
        )
        lying = turned(pillow(0.8 * w - 0.1, 0.4, 0.13, "linen"), "x", -np.pi / 2)
        made += moved(lying, (0, level + 0.23, -d / 2 + 0.32))
        for end in (-1, 1):
            made += box(
                (-w / 2 + 0.05, level + 0.2, end * (d / 2 - 0.02)),
                (w / 2 - 0.05, level + 0.3, end * (d / 2 - 0.04)),
                "wood",
            )
    rail = 0.66 * h + 0.3
    for side in (-1, 1):
        made += box(
            (side * (w / 2 - 0.01), rail, -d / 2 + 0.05), (side * (w / 2 - 0.03), rail + 0.05, d / 2 - 0.45), "wood"
        )
    for x in (-0.2, 0.2):
        made += box((x * w - 0.02, 0, d / 2 - 0.03), (x * w + 0.02, h, d / 2), "wood")
    for k in range(5):
        y = 0.15 * h + k * 0.15 * h
        made += tube([(-0.2 * w, y, d / 2 - 0.015), (0.2 * w, y, d / 2 - 0.015)], 0.014, "wood", n=8)
    return made


def sofa(size: Size, random: np.random.Generator) -> list[Patch]:
    """Two to five seats between arms; loose back cushions, or a low Scandinavian frame on legs."""
    w, h, d = size
    design = ("block", "slim", "round")[random.integers(3)]
    arm = min({"block": 0.2, "slim": 0.1, "round": 0.16}[design], 0.16 * w)
    foot = {"block": 0.04, "slim": 0.15, "round": 0.09}[design] * min(1.0, h / 0.8)
    seat, back = 0.52 * h, min(0.2, 0.24 * d)
    radius = {"block": 0.03, "slim": 0.035, "round": 0.075}[design]
    arm_top = {"block": 0.72, "slim": 0.7, "round": 0.76}[design] * h
    made = legs(w, d, foot + 0.03, "wood", kind="tapered" if design != "block" else "square", inset=0.06, thick=0.06)
    made += box(
        (-w / 2 + 0.01, foot, -d / 2 + 0.01), (w / 2 - 0.01, 0.6 * seat, d / 2 - 0.02), "fabric", radius=0.03, steps=2
    )
    made += box((-w / 2, foot, -d / 2), (w / 2, 0.94 * h, -d / 2 + back), "fabric", radius=radius, steps=3, cells=2)
    for side in (-1, 1):
        made += box(
            (side * w / 2, foot, -d / 2 + 0.02),
            (side * (w / 2 - arm), arm_top, d / 2),
            "fabric",
            radius=radius,
            steps=3,
            cells=2,
        )
    n = max(1, round((w - 2 * arm) / 0.72))
    wide = (w - 2 * arm) / n
    for k in range(n):
        x0, x1 = -w / 2 + arm + k * wide + 0.003, -w / 2 + arm + (k + 1) * wide - 0.003
        made += cushion((x0, 0.55 * seat, -d / 2 + back - 0.02), (x1, seat, d / 2 - 0.004), "fabric", soft=0.55)
        leaning = cushion((x0 + 0.005, 0, 0), (x1 - 0.005, h - seat, 0.19 * min(1.0, d / 0.85)), "fabric", soft=0.75)
        made += moved(turned(leaning, "x", -0.16), (0, seat - 0.01, -d / 2 + back - 0.005))
    for side, material in ((-1, "accent"), (1, "fabric2")):
        if random.random() < 0.85 and w > 1.0:
            edge = min(0.42, 0.75 * (h - seat) + 0.12)
            loose = turned(turned(pillow(edge, edge, 0.15, material), "z", side * 0.12), "x", -0.42)
            made += moved(loose, (side * (w / 2 - arm - 0.55 * edge), seat + 0.48 * edge, -d / 2 + back + 0.25))
    return made


def armchair(size: Size, random: np.random.Generator) -> list[Patch]:
    """A sofa for one, or an upholstered seat in an open wooden frame."""
    w, h, d = size
    if random.random() < 0.5:
        return sofa(size, random)
    seat = 0.47 * h
    made = []
    for side in (-1, 1):
        x0, x1 = side * w / 2, side * (w / 2 - 0.045)
        made += box((x0, 0, d / 2 - 0.09), (x1, 0.66 * h, d / 2 - 0.045), "wood", radius=0.012)
        made += box((x0, 0, -d / 2 + 0.06), (x1, 0.62 * h, -d / 2 + 0.105), "wood", radius=0.012)
        made += box(
            (x0, 0.64 * h, -d / 2 + 0.02),
            (side * (w / 2 - 0.075), 0.64 * h + 0.03, d / 2),
            "wood",
            radius=0.014,
            steps=2,
        )
        made += box((x0, 0.3 * h, -d / 2 + 0.08), (x1, 0.3 * h + 0.05, d / 2 - 0.06), "wood")
    made += box((-w / 2 + 0.04, 0.3 * h, d / 2 - 0.09), (w / 2 - 0.04, 0.3 * h + 0.05, d / 2 - 0.05), "wood")
    made += cushion((-w / 2 + 0.05, 0.33 * h, -d / 2 + 0.12), (w / 2 - 0.05, seat, d / 2 - 0.02), "fabric", soft=0.6)
    back = cushion((-w / 2 + 0.055, 0, 0), (w / 2 - 0.055, (h - seat) * 1.04, 0.17), "fabric", soft=0.7)
    made += moved(turned(back, "x", -0.22), (0, seat - 0.03, -d / 2 + 0.13))
    frame = box((-w / 2 + 0.045, 0, 0), (w / 2 - 0.045, (h - 0.35 * h), 0.03), "wood", radius=0.01)
    return made + moved(turned(frame, "x", -0.2), (0, 0.34 * h, -d / 2 + 0.11))


def chair(size: Size, random: np.random.Generator) -> list[Patch]:
    """A dining chair with slats, spindles or upholstery; a swivel chair where the box is nearly square and large."""
    w, h, d = size
    if w > 0.56 and abs(w - d) < 0.1:
        return _swivel(size)
    design = ("slats", "spindles", "upholstered", "shell")[random.integers(4)]
    seat, thick = min(0.46, 0.53 * h), 0.034
    made = []
    if design == "shell":
        made += legs(0.9 * w, 0.86 * d, seat - 0.01, "wood", kind="tapered", inset=0.02, thick=0.035)
        return made + _shell(w, h, d, seat)
    for side in (-1, 1):
        x0, x1 = side * w / 2, side * (w / 2 - thick)
        made += box((x0, 0, d / 2 - thick), (x1, seat, d / 2), "wood", radius=0.006)
        made += tube(_bent_post((x0 + x1) / 2, seat, h, d), thick / 2, "wood", n=8)
        made += box((x0 * 0.97, seat - 0.07, -d / 2 + 0.03), (x1, seat - 0.02, d / 2 - 0.01), "wood")
    made += box((-w / 2 + 0.02, seat - 0.07, d / 2 - 0.028), (w / 2 - 0.02, seat - 0.02, d / 2 - 0.008), "wood")
    if design == "upholstered":
        made += cushion(
            (-w / 2 + 0.004, seat - 0.03, -d / 2 + 0.03), (w / 2 - 0.004, seat + 0.04, d / 2), "fabric", soft=0.5
        )
        back = cushion((-w / 2 + 0.02, 0, 0), (w / 2 - 0.02, 0.62 * (h - seat), 0.05), "fabric", soft=0.5)
        return made + moved(turned(back, "x", -0.1), (0, h - 0.66 * (h - seat), -d / 2 + 0.035))
    made += box(
        (-w / 2 + 0.003, seat - 0.02, -d / 2 + 0.025),
        (w / 2 - 0.003, seat + 0.012, d / 2),
        "wood",
        radius=0.012,
        steps=2,
    )
    return made + _chair_back(design, w, h, d, seat)


def _bent_post(x: Number, seat: Number, h: Number, d: Number) -> list[tuple[Number, Number, Number]]:
    return [
        (x, 0, -d / 2 + 0.02),
        (x, seat, -d / 2 + 0.045),
        (x, (seat + h) / 2, -d / 2 + 0.035),
        (x, h, -d / 2 + 0.017),
    ]


def _chair_back(design: str, w: Number, h: Number, d: Number, seat: Number) -> list[Patch]:
    z0, z1 = -d / 2 + 0.012, -d / 2 + 0.03
    made = box((-w / 2 + 0.02, h - 0.085, z0), (w / 2 - 0.02, h - 0.005, z1), "wood", radius=0.008, steps=2)
    if design == "slats":
        for share in (0.3, 0.62):
            y = seat + share * (h - seat)
            made += box(
                (-w / 2 + 0.03, y - 0.03, z0 + 0.008), (w / 2 - 0.03, y + 0.03, z1 + 0.008), "wood", radius=0.006
            )
        return made
    n = max(3, round(w / 0.085))
    for k in range(n):
        x = -w / 2 + 0.035 + (k + 0.5) * (w - 0.07) / n
        made += tube([(x, seat, -d / 2 + 0.045), (x, h - 0.05, -d / 2 + 0.022)], 0.008, "wood", n=6)
    return made


def _shell(w: Number, h: Number, d: Number, seat: Number) -> list[Patch]:
    """A moulded seat: one sheet that curves up into the back."""
    s = np.linspace(-1, 1, 9)
    profile = np.array(
        [
            (0.5, 0.0),
            (0.42, 0.012),
            (0.1, -0.012),
            (-0.25, 0.0),
            (-0.36, 0.06),
            (-0.42, 0.35),
            (-0.47, 0.72),
            (-0.5, 1.0),
        ]
    )
    grid = np.empty((len(profile), len(s), 3))
    for k, (z, up) in enumerate(profile[::-1]):
        rise = max(h - seat, 0.1)
        width = w / 2 * (0.97 if up < 0.3 else 0.97 - 0.12 * up)
        grid[k, :, 0] = s * width
        grid[k, :, 1] = seat + (up * rise if up > 0.05 else up) + (0.05 * s**2 if up < 0.3 else 0)
        grid[k, :, 2] = z * d + (0.1 * d * s**2 if up > 0.2 else 0)
    return sheet(grid, "lacquer", thickness=0.012)


def _swivel(size: Size) -> list[Patch]:
    """An office chair on five castors."""
    w, h, d = size
    seat, made = 0.46 * h / 0.95, []
    for k in range(5):
        angle = 2 * np.pi * k / 5 + 0.3
        x, z = 0.46 * w * np.sin(angle), 0.46 * d * np.cos(angle)
        made += tube([(0, 0.11, 0), (x, 0.065, z)], (0.022, 0.014), "black", n=6)
        made += tube([(x, 0.03, z - 0.015), (x, 0.03, z + 0.015)], 0.03, "black", n=10)
    made += tube([(0, 0.09, 0), (0, seat - 0.05, 0)], 0.022, "metal", n=10)
    made += cushion((-0.46 * w, seat - 0.06, -0.4 * d), (0.46 * w, seat + 0.04, 0.46 * d), "fabric", soft=0.5)
    back = cushion((-0.4 * w, 0, 0), (0.4 * w, h - seat - 0.1, 0.07), "fabric", soft=0.6)
    made += moved(turned(back, "x", -0.12), (0, seat + 0.1, -0.42 * d))
    made += tube([(0, seat - 0.03, -0.3 * d), (0, seat, -0.46 * d), (0, seat + 0.25, -0.45 * d)], 0.018, "black", n=6)
    for side in (-1, 1):
        x = side * 0.48 * w
        made += tube([(x * 0.85, seat - 0.02, 0), (x, seat + 0.02, 0), (x, seat + 0.19, 0)], 0.014, "black", n=6)
        made += box(
            (x - 0.02, seat + 0.18, -0.15 * d), (x + 0.02, seat + 0.21, 0.25 * d), "black", radius=0.012, steps=2
        )
    return made


def stool(size: Size, random: np.random.Generator) -> list[Patch]:
    """A pouf, or a seat on four legs."""
    w, h, d = size
    if h < 0.55 and random.random() < 0.5:
        return cushion((-w / 2, 0, -d / 2), (w / 2, h, d / 2), "fabric2", soft=0.45)
    made = legs(
        w, d, h - 0.04, "wood", kind=("tapered", "square", "hairpin")[random.integers(3)], inset=0.03, thick=0.04
    )
    for y, side in ((0.3 * h, 0), (0.38 * h, 1)):
        for end in (-1, 1):
            a, b = (w / 2 - 0.05, d / 2 - 0.05)
            ends = ((-a, y, end * b), (a, y, end * b)) if side == 0 else ((end * a, y, -b), (end * a, y, b))
            made += tube(ends, 0.009, "wood", n=6)
    return made + cushion((-w / 2, h - 0.07, -d / 2), (w / 2, h, d / 2), "fabric", soft=0.4)


def bench(size: Size, random: np.random.Generator) -> list[Patch]:
    """A wooden bench with a thin cushion; a back where the box is high."""
    w, h, d = size
    seat = min(h, 0.48)
    made = legs(w, d, seat - 0.05, "wood", kind=("square", "tapered")[random.integers(2)], inset=0.06, thick=0.055)
    made += box((-w / 2, seat - 0.08, -d / 2), (w / 2, seat - 0.04, d / 2), "wood", radius=0.008)
    made += cushion(
        (-w / 2 + 0.01, seat - 0.045, -d / 2 + 0.01), (w / 2 - 0.01, seat, d / 2 - 0.01), "fabric2", soft=0.4
    )
    if h > 0.65:
        made += box((-w / 2, seat - 0.04, -d / 2), (w / 2, h, -d / 2 + 0.03), "wood", radius=0.008)
    return made
