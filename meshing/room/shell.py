"""The room itself as patches: walls with their openings cut, floor, ceiling, skirting, windows, doors.

Seen from inside, a wall's chart runs from left to right and from the ceiling down. Reveals lead outwards from the
wall's
plane, so nothing but skirting, casings and curtains stands in the room.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float64, Int32

from meshing.room.patch import Cut, Number, Patch, moved, turned
from meshing.room.plan import Opening, RoomPlan, Wall
from meshing.room.solids import box, cylinder, folds, lathe, panel, tube

REVEAL, SKIRTING = 0.14, 0.085
_PREFERRED = ("bed", "sofa", "fireplace", "tv_stand", "screen", "bath", "kitchen_unit", "desk", "table")


def shell_parts(plan: RoomPlan, random: np.random.Generator, *, neon: bool = False) -> dict[str, list[Patch]]:
    """The patches of the shell by node: `floor`, `ceiling`, `wall_0` ..., `window_0` ..., `door_0` ..."""
    accent = accent_wall(plan)
    parts = {"floor": [_level(plan, 0.0, "floor")], "ceiling": [_level(plan, plan.height, "ceiling")]}
    for index, wall in enumerate(plan.walls()):
        holes = [opening for opening in plan.openings if opening.wall == index]
        material = "accent_wall" if index == accent else "wall"
        parts[f"wall_{index}"] = [_wall(wall, holes, material), *_skirting(wall, holes)]
        if neon:
            parts[f"wall_{index}"] += _strip(wall, index)
    counts = {"window": 0, "door": 0}
    for opening in plan.openings:
        wall = plan.wall(opening.wall)
        made = _reveal(opening) + (_window(opening) if opening.kind == "window" else _door(opening, random))
        if opening.kind == "window" and not _has_curtain(plan, wall, opening):
            made += _curtains(plan, wall, opening, random)
        parts[f"{opening.kind}_{counts[opening.kind]}"] = _on_wall(made, wall, opening)
        counts[opening.kind] += 1
    return parts


def accent_wall(plan: RoomPlan) -> int:
    """The wall that most deserves to differ: behind the bed, sofa or hearth, else the longest one without a window."""
    for label in _PREFERRED:
        for thing in plan.boxes:
            if thing.label == label:
                back = np.array(thing.center) - thing.axes()[2] * thing.size[2] / 2
                return int(np.argmin([_distance(wall, back) for wall in plan.walls()]))
    glazed = {opening.wall for opening in plan.openings if opening.kind == "window"}
    walls = plan.walls()
    return max(range(len(walls)), key=lambda index: (index not in glazed, walls[index].length))


def _distance(wall: Wall, point: Float64[np.ndarray, "3"]) -> Number:
    along = float((point - wall.point(0.0, 0.0)) @ wall.direction())
    nearest = wall.point(float(np.clip(along, 0, wall.length)), float(point[1]))
    return float(np.linalg.norm(point - nearest))


def _wall(wall: Wall, holes: list[Opening], material: str) -> Patch:
    corners = [
        wall.point(wall.length, wall.height),
        wall.point(0.0, wall.height),
        wall.point(wall.length, 0.0),
        wall.point(0.0, 0.0),
    ]
    points = np.array(corners).reshape(2, 2, 3)
    uv = np.stack(np.meshgrid([0.0, wall.length], [0.0, wall.height]), axis=-1)
    rectangles = [
        (wall.length - hole.offset - hole.width, wall.height - hole.sill - hole.height, hole.width, hole.height)
        for hole in holes
    ]
    return Patch(points, uv, material, cut=_without(wall.length, wall.height, rectangles) if holes else None)


def _without(width: Number, height: Number, holes: list[tuple[Number, Number, Number, Number]]) -> Cut:
    """A rectangle without some rectangles (left, top, width, height), as two triangles for each cell between their
    edges."""
    x = np.unique(np.clip([0.0, width, *(v for a, _, w, _ in holes for v in (a, a + w))], 0, width))
    y = np.unique(np.clip([0.0, height, *(v for _, b, _, h in holes for v in (b, b + h))], 0, height))
    faces = []
    for i in range(len(y) - 1):
        for j in range(len(x) - 1):
            cx, cy = (x[j] + x[j + 1]) / 2, (y[i] + y[i + 1]) / 2
            if not any(a < cx < a + w and b < cy < b + h for a, b, w, h in holes):
                first = i * len(x) + j
                faces += [(first, first + len(x), first + len(x) + 1), (first, first + len(x) + 1, first + 1)]
    corners = np.stack(np.meshgrid(x / width, y / height), axis=-1).reshape(-1, 2)
    return Cut(corners, np.array(faces, np.int32).reshape(-1, 3))


def _level(plan: RoomPlan, y: Number, material: str) -> Patch:
    """Floor or ceiling: the rectangle around the polygon, along its longest wall, cut to the polygon."""
    polygon = plan.polygon()
    longest = max(plan.walls(), key=lambda wall: wall.length).direction()[[0, 2]]
    if abs(longest[0]) < abs(longest[1]):
        longest = np.array([longest[1], -longest[0]])
    longest = longest * np.sign(longest[0])
    other = np.array([-longest[1], longest[0]])  # towards +z: down on a chart that is seen from above
    flat = polygon @ np.stack([longest, other], axis=1)
    low, high = flat.min(axis=0), flat.max(axis=0)
    extent = np.maximum(high - low, 1e-6)
    shares, faces = (flat - low) / extent, triangulated(flat)
    if material == "ceiling":  # seen from below: mirrored
        shares, faces = shares * (-1, 1) + (1, 0), faces[:, ::-1]
    grid = np.empty((2, 2, 3))
    for i, v in enumerate((0, 1)):
        for j, u in enumerate((0, 1) if material == "floor" else (1, 0)):
            place = (low + extent * (u, v)) @ np.stack([longest, other])
            grid[i, j] = (place[0], y, place[1])
    uv = np.stack(np.meshgrid([0.0, extent[0]], [0.0, extent[1]]), axis=-1)
    if extent[1] > extent[0] and material == "floor":
        uv = uv[..., ::-1]
    return Patch(grid, np.ascontiguousarray(uv), material, cut=Cut(shares, faces))


def triangulated(polygon: Float64[np.ndarray, "corners 2"]) -> Int32[np.ndarray, "faces 3"]:
    """Triangles of a simple polygon by cutting ears; those of the first axis right and the second down are
    counter-clockwise as seen."""
    order = list(range(len(polygon)))
    x, y = polygon.T
    if np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) > 0:  # clockwise as seen where y runs down
        order.reverse()
    faces = []
    while len(order) > 3:
        ears = (k for k in range(len(order)) if _is_ear(polygon, order, k))
        k = next(ears, 0)  # a polygon that crosses itself has none: cut anywhere rather than for ever
        faces.append((order[k - 1], order[k], order[(k + 1) % len(order)]))
        del order[k]
    return np.array([*faces, tuple(order)], np.int32)


def _is_ear(polygon: np.ndarray, order: list[int], k: int) -> bool:
    a, b, c = (polygon[order[(k + step) % len(order)]] for step in (-1, 0, 1))
    turn = (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
    if turn >= -1e-12:
        return False
    for other in order:
        p = polygon[other]
        if not any(p is q or np.array_equal(p, q) for q in (a, b, c)):
            sides = [(v[0] - u[0]) * (p[1] - u[1]) - (v[1] - u[1]) * (p[0] - u[0]) for u, v in ((a, b), (b, c), (c, a))]
            if max(sides) < 1e-12:
                return False
    return True


def _gaps(wall: Wall, holes: list[Opening]) -> Iterator[tuple[Number, Number]]:
    """Stretches along a wall, from its start, that no door interrupts."""
    doors = sorted((hole.offset - 0.07, hole.offset + hole.width + 0.07) for hole in holes if hole.sill < SKIRTING)
    begin = 0.0
    for low, high in [*doors, (wall.length, wall.length)]:
        if low - begin > 0.05:
            yield begin, low
        begin = max(begin, high)


def _skirting(wall: Wall, holes: list[Opening]) -> list[Patch]:
    made = []
    for begin, end in _gaps(wall, holes):
        bar = box((-end, 0, 0), (-begin, SKIRTING, 0.014), "trim", radius=0.005, open_sides=("back", "bottom"))
        made += _placed(bar, wall)
    return made


def _strip(wall: Wall, index: int) -> list[Patch]:
    """A light strip under the ceiling and one above the skirting."""
    kind = ("neon_pink", "neon_blue")[index % 2]
    made = []
    for y in (wall.height - 0.09, 0.1):
        made += box((-wall.length + 0.02, y, 0), (-0.02, y + 0.016, 0.012), kind, radius=0.004, open_sides=("back",))
    return _placed(made, wall)


def _placed(patches: list[Patch], wall: Wall) -> list[Patch]:
    """From coordinates on the wall (x from its start to the right, seen from inside, z into the room) to the room's."""
    axes = np.stack([-wall.direction(), np.array([0.0, 1.0, 0.0]), wall.inward()])
    origin = wall.point(0.0, 0.0)
    return [Patch(p.points @ axes + origin, p.uv, p.material, p.number, p.cut) for p in patches]


def _on_wall(patches: list[Patch], wall: Wall, opening: Opening) -> list[Patch]:
    """From the opening's own coordinates: the middle of its lower edge, z into the room."""
    middle = opening.offset + opening.width / 2
    shifted = moved(patches, (-middle, opening.sill, 0.0))
    return _placed(shifted, wall)


def _reveal(opening: Opening) -> list[Patch]:
    """The sides of the hole, from the wall's plane outwards."""
    w, h = opening.width, opening.height
    z = -REVEAL / 2
    left = turned(panel(REVEAL, h, "trim"), "y", np.pi / 2)
    right = turned(panel(REVEAL, h, "trim"), "y", -np.pi / 2)
    top = turned(panel(w, REVEAL, "trim"), "x", np.pi / 2)
    made = [(left, (-w / 2, h / 2, z)), (right, (w / 2, h / 2, z)), (top, (0, h, z))]
    below = turned(panel(w, REVEAL, "trim" if opening.sill > 0 else "floor"), "x", -np.pi / 2)
    made.append((below, (0, 0, z)))
    return [Patch(p.points + np.array(shift), p.uv, p.material) for patches, shift in made for p in patches]


def _window(opening: Opening) -> list[Patch]:
    """Frame, mullions, sill board and the pane that shows the outside."""
    w, h = opening.width, opening.height
    back, front, rail = -REVEAL + 0.015, -REVEAL + 0.07, min(0.06, 0.12 * w, 0.12 * h)
    made = panel(w, h, "pane", at=(0, h / 2, -REVEAL + 0.002))
    bars = [((-w / 2, 0.0), (-w / 2 + rail, h)), ((w / 2 - rail, 0.0), (w / 2, h))]
    bars += [((-w / 2 + rail, 0.0), (w / 2 - rail, rail)), ((-w / 2 + rail, h - rail), (w / 2 - rail, h))]
    for k in range(1, max(1, round(w / 0.75))):
        x = -w / 2 + k * w / max(1, round(w / 0.75))
        bars.append(((x - 0.4 * rail, rail), (x + 0.4 * rail, h - rail)))
    if h > 0.9:
        bars.append(((-w / 2 + rail, 0.7 * h - 0.2 * rail), (w / 2 - rail, 0.7 * h + 0.2 * rail)))
    for a, b in bars:
        made += box((*a, back), (*b, front), "trim", radius=0.008, open_sides=("back",))
    if opening.sill > 0.15:
        made += box(
            (-w / 2 - 0.04, -0.025, -REVEAL + 0.06), (w / 2 + 0.04, 0.006, 0.035), "trim", radius=0.008, steps=2
        )
    return made + _casing(w, h, with_floor=opening.sill <= 0.02)


def _casing(w: Number, h: Number, *, with_floor: bool) -> list[Patch]:
    """Flat mouldings around the hole on the inside of the wall."""
    wide, thick = 0.06, 0.015
    made = box((-w / 2 - wide, h, 0), (w / 2 + wide, h + wide, thick), "trim", open_sides=("back",))
    low = 0.0 if with_floor else 0.006
    for side in (-1, 1):
        made += box((side * w / 2, low, 0), (side * (w / 2 + wide), h, thick), "trim", open_sides=("back",))
    return made


def _door(opening: Opening, random: np.random.Generator) -> list[Patch]:
    """A closed leaf with panels and a lever."""
    w, h = opening.width, opening.height
    z = -0.06
    made = box((-w / 2, 0, z - 0.04), (w / 2, h, z), "door", radius=0.003, open_sides=("back",))
    design = random.integers(3)
    rows = {0: ((0.1, 0.42), (0.5, 0.93)), 1: ((0.08, 0.3), (0.36, 0.6), (0.66, 0.93)), 2: ()}[int(design)]
    for low, high in rows:
        for side in (-1, 1) if w > 0.6 else (0,):
            x0, x1 = sorted((side * 0.08 * w, side * 0.4 * w)) if side else (-0.36 * w, 0.36 * w)
            made += box((x0, low * h, z - 0.002), (x1, high * h, z + 0.008), "door", radius=0.008, open_sides=("back",))
            made += box(
                (x0 + 0.05, low * h + 0.05, z),
                (x1 - 0.05, high * h - 0.05, z + 0.014),
                "door",
                radius=0.006,
                open_sides=("back",),
            )
    x = w / 2 - 0.075
    y = min(1.02, 0.5 * h)
    made += _plate(x, y, z)
    made += tube([(x, y, z), (x, y, z + 0.05), (x - 0.03, y, z + 0.055), (x - 0.12, y, z + 0.055)], 0.009, "metal", n=8)
    return made + _casing(w, h, with_floor=True)


def _plate(x: Number, y: Number, z: Number) -> list[Patch]:
    """The round plate under a door's lever."""
    plate = turned(lathe([(0, 0.008), (0.024, 0.007), (0.026, 0.0)], "metal", n=14), "x", np.pi / 2)
    return moved(plate, (x, y, z))


def _has_curtain(plan: RoomPlan, wall: Wall, opening: Opening) -> bool:
    middle = wall.point(opening.offset + opening.width / 2, opening.sill + opening.height / 2)
    near = [thing for thing in plan.boxes if thing.label == "curtain"]
    return any(np.hypot(*(np.array(thing.center) - middle)[[0, 2]]) < max(opening.width, 0.8) for thing in near)


def _curtains(plan: RoomPlan, wall: Wall, opening: Opening, random: np.random.Generator) -> list[Patch]:
    """A cloth at each side on a rod: to the floor where nothing stands there, else to below the sill."""
    w = opening.width
    left = min(0.3, wall.length - opening.offset - w - 0.03)
    right = min(0.3, opening.offset - 0.03)
    above = min(0.14, wall.height - opening.sill - opening.height - 0.03)
    if min(left, right) < 0.06 or above < 0.03:
        return []
    top = opening.height + above
    hem = 0.02 - opening.sill if _is_free(plan, wall, opening, left, right) else -min(0.1, opening.sill)
    if hem < -0.1 and opening.sill > 1.3:
        hem = -0.1
    made = tube([(-w / 2 - left, top - 0.012, 0.075), (w / 2 + right, top - 0.012, 0.075)], 0.011, "metal", n=8)
    for x in (-w / 2 - left, w / 2 + right):
        made += cylinder(0.018, top - 0.03, top + 0.006, "metal", n=10, at=(x, 0, 0.075))
    for side, beyond in ((-1, left), (1, right)):
        wide = beyond + min(0.16 * w, 0.28)
        cloth = folds(
            wide, top - 0.02 - hem, "curtain", depth=0.085, n_folds=max(3, round(wide / 0.085)), random=random
        )
        x = side * (w / 2 + beyond - wide / 2)
        made += moved(cloth, (x, hem, 0.075))
    return made


def _is_free(plan: RoomPlan, wall: Wall, opening: Opening, left: Number, right: Number) -> bool:
    """Whether no furniture stands where long curtains would hang."""
    low, high = opening.offset - right, opening.offset + opening.width + left
    for thing in plan.boxes:
        if thing.label in ("rug", "ceiling_lamp", "picture") or thing.bottom > opening.sill:
            continue
        corners = thing.corners() - wall.point(0.0, 0.0)
        along, into = corners @ wall.direction(), corners @ wall.inward()
        if into.min() < 0.13 and along.min() < high and along.max() > low:
            return False
    return True
