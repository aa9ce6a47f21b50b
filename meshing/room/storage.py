"""Tables and what things are kept in: desks, wardrobes, shelves, cabinets, drawers, nightstands.

As in `seats.py`: size of a box and a random generator in, patches out; origin at the middle of the bottom, front +z.
"""

import numpy as np

from meshing.room.parts import HANDLES, LEGS, book_row, front, legs, lying_books
from meshing.room.patch import Number, Patch, moved
from meshing.room.solids import box, cylinder, lathe, tube

Size = tuple[Number, Number, Number]


def table(size: Size, random: np.random.Generator) -> list[Patch]:
    """Four legs and a frame, a trestle, or one turned column under a round top."""
    w, h, d = size
    if abs(w - d) < 0.12 * w and random.random() < 0.6:
        return _round_table(size, random)
    top, design = min(0.035, 0.2 * h), random.integers(3)
    made = box((-w / 2, h - top, -d / 2), (w / 2, h, d / 2), "wood", radius=0.008, steps=2)
    if design == 2 and w > 1.2:
        for side in (-1, 1):
            x = side * (w / 2 - 0.25)
            made += box((x - 0.035, 0, -d / 2 + 0.1), (x + 0.035, 0.05, d / 2 - 0.1), "wood", radius=0.01)
            made += box((x - 0.03, 0.04, -0.08), (x + 0.03, h - top, 0.08), "wood", radius=0.008)
            made += box((x - 0.035, h - top - 0.05, -d / 2 + 0.08), (x + 0.035, h - top, d / 2 - 0.08), "wood")
        made += box((-w / 2 + 0.25, 0.32 * h, -0.03), (w / 2 - 0.25, 0.32 * h + 0.07, 0.03), "wood")
    else:
        made += legs(w, d, h - top, "wood", kind=LEGS[random.integers(3)], inset=0.035, thick=min(0.075, 0.1 * d))
        made += _apron(w, d, h - top, min(0.08, 0.15 * h))
    return made


def _apron(w: Number, d: Number, under: Number, height: Number) -> list[Patch]:
    x, z = w / 2 - 0.075, d / 2 - 0.075
    made = []
    for side in (-1, 1):
        made += box((-x, under - height, side * z - 0.01), (x, under, side * z + 0.01), "wood")
        made += box((side * x - 0.01, under - height, -z), (side * x + 0.01, under, z), "wood")
    return made


def _round_table(size: Size, random: np.random.Generator) -> list[Patch]:
    w, h, d = size
    radius, top = min(w, d) / 2, min(0.035, 0.2 * h)
    made = cylinder(radius, h - top, h, "wood", n=36)
    if random.random() < 0.5 and h > 0.5:
        shares = ((0.5, 1.0), (0.35, 0.97), (0.28, 0.7), (0.42, 0.52), (0.26, 0.3), (0.36, 0.12), (0.36, 0.06))
        made += lathe([(0.3 * r, (h - top) * y) for r, y in shares], "wood", n=16)
        for k in range(4):
            a = np.pi / 4 + k * np.pi / 2
            x, z = 0.7 * radius * np.sin(a), 0.7 * radius * np.cos(a)
            made += tube(
                [(0, 0.16 * h, 0), (0.5 * x, 0.11 * h, 0.5 * z), (x, 0.03, z)], (0.045, 0.035, 0.022), "wood", n=8
            )
        return made
    return made + legs(1.35 * radius, 1.35 * radius, h - top, "wood", kind="tapered", inset=0.02, thick=0.05)


def coffee_table(size: Size, random: np.random.Generator) -> list[Patch]:
    """A low table with a shelf below or hairpin legs, and books or a bowl on it."""
    w, h, d = size
    room = min(0.07, 0.25 * h)  # for what lies on it
    under = h - room
    design = random.integers(3)
    if design == 0:
        made = box((-w / 2, under - 0.045, -d / 2), (w / 2, under, d / 2), "wood", radius=0.012, steps=2)
        made += legs(w, d, under - 0.04, "wood", kind="hairpin", inset=0.03, thick=0.09)
    else:
        made = box((-w / 2, under - 0.03, -d / 2), (w / 2, under, d / 2), "wood", radius=0.006)
        made += legs(w, d, under - 0.03, "wood", kind="square" if design == 1 else "tapered", inset=0.0, thick=0.055)
        made += box(
            (-w / 2 + 0.02, 0.3 * under, -d / 2 + 0.02), (w / 2 - 0.02, 0.3 * under + 0.022, d / 2 - 0.02), "wood"
        )
        made += lying_books(-0.15 * w, 0.3 * under + 0.022, 0, random) if under > 0.3 else []
    outside = [(0.105, room), (0.055, 0.003), (0.03, 0.0)]
    inside = [(0.0, 0.012), (0.05, 0.014), (0.1, room), (0.105, room)]  # from the bottom up: seen from within
    for profile in (outside, inside):
        made += lathe([(r, y + under) for r, y in profile], "ceramic", n=18, at=(0.2 * w, 0, 0))
    return made


def desk(size: Size, random: np.random.Generator) -> list[Patch]:
    """A writing desk with drawers on one side, on both, or under the top; what lies on it where the box is higher."""
    w, h, d = size
    top = h if h < 0.9 else 0.75
    design, handle = random.integers(3), HANDLES[random.integers(3)]
    made = box((-w / 2, top - 0.03, -d / 2), (w / 2, top, d / 2), "wood", radius=0.006)
    wide = min(0.42, 0.34 * w)
    sides = {0: (1,), 1: (-1, 1), 2: ()}[int(design)] if w > 0.9 else ()
    for side in sides:
        x0, x1 = sorted((side * (w / 2 - 0.01), side * (w / 2 - wide)))
        made += box((x0, 0.06, -d / 2 + 0.01), (x1, top - 0.03, d / 2 - 0.045), "wood")
        for k in range(3):
            y0, y1 = (0.07 + (top - 0.11) * (k + step) / 3 for step in (0, 1))
            made += front((x0, y0), (x1, y1), d / 2 - 0.046, "wood", style="slab", handle=handle)
    if not sides:
        made += legs(
            w, d, top - 0.03, "wood", kind=("square", "tapered", "turned")[random.integers(3)], inset=0.02, thick=0.055
        )
        made += box((-w / 2 + 0.05, top - 0.13, -d / 2 + 0.03), (w / 2 - 0.05, top - 0.03, d / 2 - 0.045), "wood")
        made += front(
            (-0.32 * w, top - 0.125), (0.32 * w, top - 0.035), d / 2 - 0.046, "wood", style="slab", handle=handle
        )
    elif len(sides) == 1:
        for z in (-1, 1):
            made += box((-w / 2, 0, z * d / 2), (-w / 2 + 0.05, top - 0.03, z * (d / 2 - 0.05)), "wood")
    if h >= 0.9:
        made += box((-w / 2, top, -d / 2), (w / 2, h, -d / 2 + 0.02), "wood")
        made += box((-w / 2, h - 0.02, -d / 2), (w / 2, h, -d / 2 + 0.2), "wood")
        made += book_row(-w / 2 + 0.03, -w / 2 + 0.35 * w, top, (-d / 2 + 0.02, -d / 2 + 0.19), h - top - 0.02, random)
    return made


def wardrobe(size: Size, random: np.random.Generator) -> list[Patch]:
    """Doors side by side, slab or framed, with a plinth and a cornice, some with a mirror."""
    w, h, d = size
    style = ("slab", "framed", "framed")[random.integers(3)]
    material = ("wood", "wood", "paint")[random.integers(3)]
    handle = ("bar", "knob", "bar")[random.integers(3)]
    back, plinth = d / 2 - 0.04, 0.07
    made = box((-w / 2 + 0.01, 0, -d / 2), (w / 2 - 0.01, plinth, back - 0.02), material)
    crown = 0.05 if style == "framed" else 0.02
    made += box((-w / 2 + 0.006, plinth, -d / 2), (w / 2 - 0.006, h - crown, back), material)
    made += box((-w / 2, h - crown, -d / 2), (w / 2, h, d / 2 - 0.015), material, radius=0.012, steps=2)
    n = max(1, round(w / 0.52))
    drawers = 0.34 if random.random() < 0.35 and h > 1.8 else 0.0
    mirrored = int(random.integers(n)) if random.random() < 0.35 else -1
    for k in range(n):
        x0, x1 = (-w / 2 + 0.008 + (w - 0.016) * (k + step) / n for step in (0, 1))
        hinge = -1 if k % 2 == 0 else 1
        made += front(
            (x0, plinth + drawers), (x1, h - crown - 0.005), back, material, style=style, handle=handle, hinge=hinge
        )
        if k == mirrored:
            made += box(
                (x0 + 0.08, plinth + drawers + 0.12, back + 0.012),
                (x1 - 0.08, h - crown - 0.12, back + 0.0195),
                "mirror",
                radius=0.001,
            )
        if drawers:
            made += front((x0, plinth), (x1, plinth + drawers), back, material, style="slab", handle=handle)
    return made


def shelf(size: Size, random: np.random.Generator) -> list[Patch]:
    """Boards with books, boxes and vases on them; with a back or open like a ladder."""
    w, h, d = size
    board, material = 0.022, ("wood", "wood", "paint")[random.integers(3)]
    n = max(1, round((h - board) / 0.36))
    columns = max(1, round(w / 0.95))
    made = []
    for k in range(columns + 1):
        x = -w / 2 + k * (w - board) / columns
        made += box((x, 0, -d / 2), (x + board, h, d / 2), material, radius=0.003)
    if random.random() < 0.7:
        made += box((-w / 2 + 0.01, 0.04, -d / 2), (w / 2 - 0.01, h - 0.01, -d / 2 + 0.008), material, radius=0.001)
    for level in range(n + 1):
        y = min(h - board, 0.05 + level * (h - board - 0.05) / n)
        for k in range(columns):
            x0, x1 = (-w / 2 + step * (w - board) / columns for step in (k, k + 1))
            made += box((x0 + board, y, -d / 2 + 0.004), (x1, y + board, d / 2 - 0.004), material, radius=0.003)
            if level < n:
                room = (h - board - 0.05) / n - board
                made += _on_shelf(x0 + board + 0.01, x1 - 0.01, y + board, room, d, random)
    return made


def _on_shelf(x0: Number, x1: Number, y: Number, room: Number, d: Number, random: np.random.Generator) -> list[Patch]:
    if room < 0.1 or x1 - x0 < 0.12:
        return []
    kind, deep = random.random(), (-d / 2 + 0.03, d / 2 - 0.03)
    if kind < 0.6:
        return book_row(x0, x0 + (x1 - x0) * random.uniform(0.55, 1.0), y, deep, room, random)
    if kind < 0.75:
        split = x0 + 0.45 * (x1 - x0)
        beside = moved(
            vase((min(0.16, 0.3 * (x1 - x0)), 0.75 * room, min(0.16, 0.7 * d)), random), ((split + x1) / 2, y, 0)
        )
        return book_row(x0, split, y, deep, room, random) + beside
    if kind < 0.9:
        high = 0.62 * room
        made = []
        for k in range(max(1, int((x1 - x0) / 0.34))):
            a = x0 + k * 0.34
            made += box((a, y, deep[0]), (min(a + 0.31, x1), y + high, deep[1]), "wicker", radius=0.015, steps=2)
        return made
    return lying_books((x0 + x1) / 2, y, 0, random) if d > 0.22 else []


def cabinet(size: Size, random: np.random.Generator) -> list[Patch]:
    """A sideboard or cupboard with doors, drawers above them where there is room."""
    high = size[1]
    return _carcass(size, random, drawers_above=bool(random.random() < 0.5) and high > 0.6, feet=min(0.14, 0.16 * high))


def _carcass(size: Size, random: np.random.Generator, *, drawers_above: bool, feet: Number) -> list[Patch]:
    w, h, d = size
    style, handle = ("slab", "framed")[random.integers(2)], HANDLES[random.integers(4)]
    material = ("wood", "wood", "paint")[random.integers(3)]
    back = d / 2 - 0.04
    made = legs(w, d - 0.03, feet, "wood", kind="tapered" if feet > 0.08 else "square", inset=0.04, thick=0.045)
    made += box((-w / 2 + 0.004, feet, -d / 2), (w / 2 - 0.004, h - 0.022, back), material)
    made += box((-w / 2, h - 0.025, -d / 2), (w / 2, h, d / 2 - 0.015), material, radius=0.006)
    n = max(1, round(w / 0.5))
    split = h - 0.2 if drawers_above else h - 0.027
    for k in range(n):
        x0, x1 = (-w / 2 + 0.006 + (w - 0.012) * (k + step) / n for step in (0, 1))
        made += front(
            (x0, feet + 0.004), (x1, split), back, material, style=style, handle=handle, hinge=-1 if k % 2 == 0 else 1
        )
        if drawers_above:
            made += front((x0, split), (x1, h - 0.027), back, material, style="slab", handle=handle)
    return made


def drawers(size: Size, random: np.random.Generator) -> list[Patch]:
    """A chest of drawers, wide ones below, two beside each other on top."""
    w, h, d = size
    style, handle = ("slab", "framed")[random.integers(2)], HANDLES[random.integers(3)]
    material, feet, back = ("wood", "paint")[random.integers(2)], min(0.1, 0.12 * h), d / 2 - 0.04
    made = legs(w, d - 0.03, feet, material, kind=("square", "tapered")[random.integers(2)], inset=0.02, thick=0.05)
    made += box((-w / 2 + 0.004, feet, -d / 2), (w / 2 - 0.004, h - 0.022, back), material)
    made += box((-w / 2, h - 0.025, -d / 2), (w / 2, h, d / 2 - 0.015), material, radius=0.008, steps=2)
    rows = max(2, round((h - feet) / 0.22))
    for k in range(rows):
        y0, y1 = (feet + 0.006 + (h - 0.033 - feet) * (k + step) / rows for step in (0, 1))
        across = 2 if (k == rows - 1 and w > 0.6) or w > 1.3 else 1
        for column in range(across):
            x0, x1 = (-w / 2 + 0.008 + (w - 0.016) * (column + step) / across for step in (0, 1))
            made += front((x0, y0), (x1, y1), back, material, style=style, handle=handle)
    return made


def nightstand(size: Size, random: np.random.Generator) -> list[Patch]:
    """A small chest with a drawer over an open shelf, or two drawers."""
    w, h, d = size
    if random.random() < 0.4:
        return drawers(size, random)
    feet, back = min(0.16, 0.3 * h), d / 2 - 0.03
    made = legs(w, d, feet + 0.02, "wood", kind="tapered", inset=0.02, thick=0.04)
    made += box((-w / 2, h - 0.02, -d / 2), (w / 2, h, d / 2), "wood", radius=0.006)
    made += box((-w / 2 + 0.002, feet, -d / 2), (w / 2 - 0.002, feet + 0.02, d / 2 - 0.005), "wood")
    for side in (-1, 1):
        made += box((side * (w / 2 - 0.002), feet, -d / 2), (side * (w / 2 - 0.02), h - 0.018, d / 2 - 0.008), "wood")
    made += box((-w / 2 + 0.01, feet, -d / 2), (w / 2 - 0.01, h - 0.01, -d / 2 + 0.012), "wood")
    split = h - 0.4 * (h - feet)
    made += box((-w / 2 + 0.015, split, -d / 2), (w / 2 - 0.015, h - 0.018, back - 0.02), "wood")
    made += front(
        (-w / 2 + 0.018, split),
        (w / 2 - 0.018, h - 0.022),
        back - 0.019,
        "wood",
        style="slab",
        handle=HANDLES[random.integers(3)],
    )
    return made + (lying_books(0, feet + 0.02, 0, random) if split - feet > 0.13 and w > 0.3 and d > 0.25 else [])


def tv_stand(size: Size, random: np.random.Generator) -> list[Patch]:
    """A low board with doors."""
    return _carcass(size, random, drawers_above=False, feet=min(0.14, 0.3 * size[1]))


def vase(size: Size, random: np.random.Generator) -> list[Patch]:
    """A turned vase or, where the box is flat, a bowl."""
    w, h, d = size
    radius = min(w, d) / 2
    shapes = (
        ((0.35, 1.0), (0.3, 0.86), (0.62, 0.66), (1.0, 0.42), (0.85, 0.14), (0.5, 0.0)),
        ((0.75, 1.0), (0.5, 0.8), (0.45, 0.6), (0.85, 0.32), (1.0, 0.16), (0.6, 0.0)),
        ((1.0, 1.0), (0.92, 0.6), (0.7, 0.25), (0.45, 0.04), (0.4, 0.0)),
    )
    shares = shapes[2 if h < 1.1 * radius else random.integers(3)]
    outside = _smoothed([(radius * r, h * y) for r, y in shares])
    inside = [(max(r - 0.012, 0.004), y) for r, y in outside if y > 0.25 * h][::-1]
    material = ("ceramic", "pot", "lacquer")[random.integers(3)]
    made = lathe([*outside, (0, 0)], material, n=22)
    made += lathe([(0, inside[0][1]), *inside], material, n=22)
    return made + lathe([inside[-1], outside[0]], material, n=22)


def _smoothed(points: list[tuple[Number, Number]], n: int = 14) -> list[tuple[Number, Number]]:
    """A profile through these points without corners."""
    from scipy.interpolate import PchipInterpolator

    array = np.array(points)
    along = np.linspace(0, 1, len(array))
    at = np.linspace(0, 1, n)
    return [(float(r), float(y)) for r, y in PchipInterpolator(along, array)(at)]
