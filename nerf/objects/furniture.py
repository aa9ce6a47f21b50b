"""Things to sit on, lie on, put things on."""

import math

from nerf.objects.draft import CLOTH, HARD, Draft, Family
from nerf.objects.solids import Solid, arc, box, cylinder, ellipsoid, lathe, prism, ring, tube


def chair(draft: Draft) -> None:
    width, depth = draft.between(0.42, 0.56), draft.between(0.42, 0.52)
    height, back = draft.between(0.4, 0.55), draft.between(0.38, 0.7)
    thickness = draft.between(0.05, 0.09)
    draft.proportion(back / width, (0.85, "low-backed"), (1.22, "high-backed"))
    if draft.chance(0.25):
        draft.main(cylinder(width / 2, thickness, n=32, bevel=0.012).moved((0, height, 0)))
        draft.has("a round seat")
    else:
        draft.main(box((width, thickness, depth), (0, height + thickness / 2, 0), bevel=0.015))
    _seat_legs(draft, width, depth, height)
    _chair_back(draft, width, depth, height + thickness, back)
    if draft.chance(0.3):
        draft.has("armrests")
        for side in (-1, 1):
            x = side * (width / 2 - 0.02)
            draft.main(box((0.06, 0.05, depth), (x, height + thickness + 0.2, 0), bevel=0.012))
            draft.main(box((0.05, 0.2, 0.05), (x, height + thickness + 0.09, depth / 2 - 0.05)))


def _chair_back(draft: Draft, width: float, depth: float, seat: float, back: float) -> None:
    lean = draft.between(-0.22, -0.02)
    style = draft.choice("solid", "solid", "slats", "ladder", "arch")
    pieces: list[Solid] = []
    if style == "solid":
        pieces.append(box((width, back, 0.06), (0, back / 2, 0), bevel=0.02))
    elif style == "arch":
        outline = [
            (-width / 2, 0),
            (width / 2, 0),
            *((arc(width / 2, 0, math.pi, 14)[:, :2] + (0, back * 0.6)).tolist()),
        ]
        pieces.append(prism(outline, 0.06))
        draft.has("a rounded back")
    else:
        for side in (-1, 1):
            pieces.append(box((0.05, back, 0.05), (side * (width / 2 - 0.03), back / 2, 0)))
        pieces.append(box((width, 0.09, 0.055), (0, back - 0.045, 0), bevel=0.012))
        if style == "slats":
            bars = draft.count(2, 3)
            xs = [(i + 1) / (bars + 1) * (width - 0.06) - (width - 0.06) / 2 for i in range(bars)]
            pieces += [box((0.045, back, 0.04), (x, back / 2, 0)) for x in xs]
            draft.has("a slatted back")
        else:
            pieces += [box((width - 0.05, 0.065, 0.04), (0, back * level, 0)) for level in (0.28, 0.58)]
            draft.has("a ladder back")
    draft.main(*(piece.turned("x", lean).moved((0, seat - 0.02, -depth / 2 + 0.04)) for piece in pieces))


def _seat_legs(draft: Draft, width: float, depth: float, height: float) -> None:
    style = draft.choice("four", "four", "splayed", "pedestal")
    if style == "pedestal":
        draft.accent(cylinder(0.045, height, n=16), cylinder(width * 0.45, 0.06, top=width * 0.3, n=28))
        draft.has("a round base")
        return
    radius, spread = draft.between(0.027, 0.042), draft.between(0.04, 0.1) if style == "splayed" else 0.0
    if style == "splayed":
        draft.called("splay-legged")
    for x in (-1, 1):
        for z in (-1, 1):
            top = (x * (width / 2 - 0.06), height + 0.02, z * (depth / 2 - 0.06))
            foot = (top[0] + x * spread, 0, top[2] + z * spread)
            draft.accent(tube([foot, top], [radius * 0.75, radius], 10))


def stool(draft: Draft) -> None:
    height, radius = draft.between(0.35, 0.85), draft.between(0.17, 0.24)
    draft.proportion(height, (0.48, "low"), (0.68, "tall"))
    if draft.chance(0.65):
        draft.main(cylinder(radius, 0.08, n=32, bevel=0.02).moved((0, height, 0)))
        draft.called("round")
    else:
        draft.main(box((radius * 2, 0.08, radius * 1.8), (0, height + 0.04, 0), bevel=0.02))
        draft.called("square")
    legs = draft.count(3, 4)
    draft.has("three legs" if legs == 3 else "four legs")
    spread = draft.between(1.0, 1.35)
    for leg in range(legs):
        angle = 2 * math.pi * (leg + 0.5) / legs
        x, z = math.sin(angle) * radius * 0.78, math.cos(angle) * radius * 0.78
        draft.accent(tube([(x * spread, 0, z * spread), (x, height + 0.02, z)], 0.026, 10))
    if draft.chance(0.5) and height > 0.5:
        draft.accent(ring(radius * 0.78 * (1 + (spread - 1) * 0.7), 0.018).moved((0, height * 0.3, 0)))
        draft.has("a footrest")


def sofa(draft: Draft) -> None:
    seats = draft.count(1, 3)
    width = 0.45 + 0.5 * seats
    back, arm = draft.between(0.4, 0.62), draft.between(0.12, 0.2)
    draft.noun = "armchair" if seats == 1 else None
    base = 0.14
    draft.main(box((width, 0.2, 0.8), (0, base + 0.1, 0), bevel=0.03))
    draft.main(box((width, back + 0.2, 0.2), (0, base + (back + 0.2) / 2, -0.32), bevel=0.06))
    room = (width - 2 * arm) / seats
    for seat in range(seats):
        x = -width / 2 + arm + room * (seat + 0.5)
        draft.main(ellipsoid((room * 0.5, 0.1, 0.34), (x, base + 0.27, 0.08), roundness=0.35))
    rounded = draft.chance(0.45)
    for side in (-1, 1):
        x = side * (width / 2 - arm / 2)
        if rounded:
            draft.main(cylinder(arm * 0.62, 0.8, n=20).turned("x", math.pi / 2).moved((x, base + 0.42, -0.4)))
        draft.main(box((arm, 0.42, 0.8), (x, base + 0.21, 0), bevel=0.03))
        for z in (-0.33, 0.33):
            draft.accent(cylinder(0.035, base + 0.02, top=0.05, n=12).moved((side * (width / 2 - 0.08), 0, z)))
    if rounded:
        draft.has("rolled arms")
    if seats > 1:
        draft.called("wide" if seats == 3 else "compact")
    if draft.chance(0.35):
        pillow = ellipsoid((0.2, 0.2, 0.09), roundness=0.5).turned("x", -0.35).turned("z", 0.3)
        draft.accent(pillow.moved((-width / 2 + arm + 0.2, base + 0.5, -0.14)))
        draft.has("a throw pillow")


def table(draft: Draft) -> None:
    height, width = draft.between(0.35, 0.78), draft.between(0.7, 1.25)
    depth, thickness = width * draft.between(0.55, 1.0), draft.between(0.05, 0.09)
    draft.proportion(height / width, (0.42, "low"), (0.8, "tall"))
    if draft.chance(0.42):
        draft.called("round")
        draft.main(cylinder(width / 2, thickness, n=40, bevel=0.012).moved((0, height, 0)))
        legs_width = legs_depth = width * 0.7
    else:
        draft.proportion(depth / width, (0.72, "long"), (0.92, "square"))
        draft.main(box((width, thickness, depth), (0, height + thickness / 2, 0), bevel=0.012))
        legs_width, legs_depth = width - 0.06, depth - 0.06
    _table_legs(draft, legs_width, legs_depth, height)
    if draft.chance(0.18):
        draft.accent(lathe([(0.05, 0), (0.08, 0.07), (0.05, 0.16), (0.07, 0.2)]).moved((0, height + thickness, 0)))
        draft.has("a small vase on top")


def _table_legs(draft: Draft, width: float, depth: float, height: float) -> None:
    style = draft.choice("four", "four", "pedestal", "trestle")
    radius = draft.between(0.03, 0.05)
    if style == "pedestal":
        foot = min(width, depth) * 0.36
        draft.accent(lathe([(foot, 0), (foot * 0.8, 0.05), (0.07, 0.1), (0.05, height * 0.6), (0.1, height + 0.01)]))
        draft.has("a central leg")
    elif style == "trestle":
        for side in (-1, 1):
            draft.accent(box((0.06, height + 0.01, depth * 0.85), (side * width * 0.4, height / 2, 0), bevel=0.01))
        draft.accent(box((width * 0.8, 0.07, 0.06), (0, height * 0.35, 0)))
        draft.has("plank legs")
    else:
        for x in (-1, 1):
            for z in (-1, 1):
                leg = cylinder(radius * draft.between(0.69, 0.71), height + 0.01, top=radius, n=12)
                draft.accent(leg.moved((x * (width / 2 - radius), 0, z * (depth / 2 - radius))))
        if draft.chance(0.3):
            draft.accent(box((width - 0.1, 0.04, depth - 0.1), (0, height * 0.32, 0)))
            draft.has("a lower shelf")


def bed(draft: Draft) -> None:
    width, length = draft.between(0.8, 1.7), 1.9
    legs, head = draft.between(0.1, 0.28), draft.between(0.4, 0.85)
    draft.proportion(width, (1.05, "narrow"), (1.4, "wide"))
    draft.accent(box((width, 0.14, length), (0, legs + 0.07, 0), bevel=0.02))
    draft.main(box((width * 0.97, 0.2, length * 0.95), (0, legs + 0.22, 0.02), bevel=0.06))
    pillows = 2 if width > 1.2 else 1
    for i in range(pillows):
        x = (i - (pillows - 1) / 2) * width * 0.46
        size = (width * 0.42 / pillows * (1.0 if pillows > 1 else 0.9), 0.09, 0.2)
        draft.contrasting("white", "sky blue", ellipsoid(size, (x, legs + 0.37, -length * 0.34), roundness=0.5))
    z = -length / 2 + 0.04
    if draft.chance(0.35):
        outline = [(-width / 2, 0.0), (width / 2, 0.0)]
        outline += [
            (width / 2 * math.cos(a), head * (0.75 + 0.3 * math.sin(a))) for a in (i * math.pi / 12 for i in range(13))
        ]
        draft.accent(prism(outline, 0.1).moved((0, legs, z)))
        draft.has("a curved headboard")
    else:
        draft.accent(box((width, head, 0.1), (0, legs + head / 2, z), bevel=0.03))
        draft.has("a headboard")
    if draft.chance(0.4):
        draft.accent(box((width, 0.34, 0.08), (0, legs + 0.17, length / 2), bevel=0.02))
        draft.has("a footboard")
    for x in (-1, 1):
        for z in (-1, 1):
            draft.accent(cylinder(0.05, legs + 0.02, n=12).moved((x * (width / 2 - 0.07), 0, z * (length / 2 - 0.07))))


def bookshelf(draft: Draft) -> None:
    width, height, depth = draft.between(0.6, 1.2), draft.between(0.8, 1.7), draft.between(0.28, 0.38)
    shelves = draft.count(2, 4)
    draft.proportion(height / width, (1.05, "wide"), (1.8, "tall"))
    draft.has(f"{('two', 'three', 'four')[shelves - 2]} shelves")
    board = 0.06
    for side in (-1, 1):
        draft.main(box((board, height, depth), (side * (width - board) / 2, height / 2, 0)))
    draft.main(box((width - board, height, 0.04), (0, height / 2, -depth / 2 + 0.02)))
    pitch = (height - board) / shelves
    for i in range(shelves + 1):
        draft.main(box((width, board, depth), (0, board / 2 + i * pitch, 0)))
    if draft.chance(0.65):
        draft.has("books")
        for i in range(shelves):
            _row_of_books(draft, width - 2 * board, board + i * pitch, pitch - board, depth)


def _row_of_books(draft: Draft, width: float, floor: float, room: float, depth: float) -> None:
    x = -width / 2
    end = x + width * draft.between(0.5, 1.0)
    while x < end - 0.08:
        thick, tall = draft.between(0.06, 0.1), room * draft.between(0.6, 0.85)
        colour = draft.choice("red", "blue", "green", "yellow", "white", "orange", "purple", "turquoise")
        draft.fixed(colour, box((thick - 0.008, tall, depth * 0.75), (x + thick / 2, floor + tall / 2, 0.02)))
        x += thick


def cushion(draft: Draft) -> None:
    size, plump = draft.between(0.4, 0.5), draft.between(0.12, 0.2)
    draft.proportion(plump / size, (0.3, "thin"), (0.4, "plump"))
    lean = draft.between(-0.45, -0.15)
    pieces: list[tuple[Solid, bool]] = []
    if draft.chance(0.3):
        draft.called("round")
        pieces.append((ellipsoid((size, size, plump), n=32, roundness=1.0), True))
        pieces.append((ring(size * 0.985, 0.03, 36).turned("x", math.pi / 2), False))
    else:
        wide = draft.between(1.0, 1.5)
        draft.called("square" if wide < 1.2 else "long")
        pieces.append((ellipsoid((size * wide, size, plump), n=36, roundness=0.42), True))
        for x in (-1, 1):
            for y in (-1, 1):
                corner = (x * size * wide * 0.88, y * size * 0.88, 0)
                pieces.append((ellipsoid((0.06, 0.06, 0.06), corner, 10), False))
        draft.has("tassels")
    if draft.chance(0.5):
        pieces.append((ellipsoid((0.07, 0.07, 0.04), (0, 0, plump * 0.98), 14), False))
        draft.has("a button")
    for solid, is_main in pieces:
        (draft.main if is_main else draft.accent)(solid.turned("x", lean))


FURNITURE = (
    Family("chair", chair, (0.75, 1.2), "legs", HARD, wooden_accent=True),
    Family("stool", stool, (0.4, 0.8), "legs", HARD, wooden_accent=True),
    Family("sofa", sofa, (0.9, 2.1), "feet", CLOTH, wooden_accent=True),
    Family("table", table, (0.6, 1.8), "legs", (*HARD, "marble"), wooden_accent=True),
    Family("bed", bed, (1.9, 2.1), "frame", CLOTH, wooden_accent=True),
    Family("bookshelf", bookshelf, (0.9, 2.0), None, ("plain", "wooden", "metal"), usual=("brown", "white")),
    Family("cushion", cushion, (0.4, 0.6), "trim", CLOTH),
)
