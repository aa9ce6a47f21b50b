"""Lamps, books, clocks, instruments and other things about the house."""

import math

import numpy as np

from nerf.objects.draft import CLOTH, HARD, Draft, Family
from nerf.objects.solids import Solid, Vector, arc, box, cylinder, ellipsoid, lathe, loft, prism, ring, smooth, tube


def lamp(draft: Draft) -> None:
    height, shade = draft.between(0.35, 1.1), draft.between(0.24, 0.36)
    draft.proportion(height / shade, (1.7, "short"), (2.6, "tall"))
    deep, top = draft.between(0.24, 0.4), draft.between(0.3, 1.0)
    kind = draft.choice("straight", "bulbous", "arched")
    at = 0.0
    if kind == "bulbous":
        body = smooth(
            [(0.08, 0), (draft.between(0.14, 0.22), height * 0.35), (0.05, height * 0.8), (0.035, height)], 16
        )
        draft.accent(lathe(body.tolist(), 28))
        draft.has("a rounded stand")
    elif kind == "arched":
        at = 0.28
        path = smooth(
            [
                (0, 0, 0),
                (0, height * 0.7, 0),
                (0.1, height + deep + 0.1, 0),
                (at, height + deep + 0.12, 0),
                (at, height + deep - 0.02, 0),
            ],
            20,
        )
        draft.accent(tube(path, 0.028))
        draft.has("an arched stand")
    else:
        draft.accent(tube([(0, 0, 0), (0, height + deep * 0.5, 0)], 0.028))
    draft.accent(cylinder(draft.between(0.16, 0.23), 0.06, n=32, bevel=0.015))
    style = draft.choice("cone", "drum", "dome")
    if style == "dome":
        rim = [(shade * math.cos(a), height + deep * math.sin(a)) for a in np.linspace(0, math.pi / 2, 10)]
        draft.has("a dome shade")
    else:
        top = top * 0.5 + 0.05 if style == "cone" else 0.85 + 0.15 * top
        rim = [(shade, height), (shade * top, height + deep)]
        draft.has("a cone shade" if style == "cone" else "a drum shade")
    inside = [(max(x - 0.035, 0.01), y - 0.03) for x, y in rim[::-1]]
    draft.main(lathe([*rim, *inside, (max(inside[-1][0], 0.01), height)], 36).moved((at, 0, 0)))
    draft.fixed("yellow", ellipsoid((0.07, 0.09, 0.07), (at, height + 0.09, 0), 16))


def book(draft: Draft) -> None:
    width, height, thick = draft.between(0.6, 0.75), draft.between(0.8, 1.0), draft.between(0.1, 0.24)
    if draft.chance(0.3):
        _open_book(draft, width, height)
        return
    draft.proportion(thick, (0.135, "thin"), (0.2, "thick"))
    cover = 0.035
    pieces: list[tuple[Solid, str]] = [
        (box((width, height, cover), (0, height / 2, thick / 2)), "main"),
        (box((width, height, cover), (0, height / 2, -thick / 2)), "main"),
        (box((cover, height, thick + cover), (-width / 2, height / 2, 0)), "main"),
        (
            box((width - 0.05, height - 0.06, thick), (0, height / 2, 0)),
            "beige" if draft.colour == "white" else "white",
        ),
        (box((width * 0.6, height * 0.16, 0.03), (0.03, height * 0.72, thick / 2 + cover * 0.5)), "accent"),
    ]
    if draft.chance(0.5):
        pieces.append((box((width * 0.36, 0.05, 0.03), (0.03, height * 0.3, thick / 2 + cover * 0.5)), "accent"))
    if draft.chance(0.5):
        pieces.append((box((0.05, 0.2, 0.03), (width * 0.1, -0.02, 0)), "accent"))
        draft.has("a bookmark")
    lying = draft.chance(0.5)
    draft.called("lying" if lying else "standing")
    lean = -math.pi / 2 if lying else 0.0
    for solid, role in pieces:
        draft.fixed(role, solid.turned("x", lean).turned("y", 0.0 if lying else 0.35))


def _open_book(draft: Draft, width: float, height: float) -> None:
    draft.called("open")
    lift = draft.between(0.15, 0.4)
    for side in (-1, 1):
        half = width * 0.8
        cover = box((half, 0.04, height), (side * half / 2, 0, 0))
        xs = np.linspace(0, half - 0.03, 9)
        curve = 0.11 * np.sin(np.pi * np.clip(xs / half * 0.85 + 0.12, 0, 1))
        outline = [*zip(xs, 0.02 + curve, strict=True), (half - 0.03, 0.01), (0, 0.01)]
        pages = prism([(side * x, y) for x, y in outline], height - 0.06)
        lines = [
            box((half * 0.6, 0.02, 0.04), (side * half * 0.5, 0.115, z * height)) for z in (-0.3, -0.15, 0.0, 0.15)
        ]
        draft.main(cover.turned("z", side * lift))
        draft.contrasting("white", "beige", pages.turned("z", side * lift))
        draft.accent(*(line.turned("z", side * lift) for line in lines))


def clock(draft: Draft) -> None:
    radius, thick = draft.between(0.34, 0.42), draft.between(0.1, 0.18)
    kind = draft.choice("round", "alarm", "square", "grandfather")
    y = {"round": radius, "alarm": radius + 0.12, "square": radius, "grandfather": 1.1}[kind]
    face = "beige" if draft.colour == "white" else "white"
    if kind == "square":
        draft.main(box((radius * 2, radius * 2, thick), (0, y, 0), bevel=0.03))
        draft.called("square")
    elif kind == "grandfather":
        radius = 0.22
        draft.main(
            box((0.5, 1.35, 0.3), (0, 0.68, 0), bevel=0.02),
            box((0.6, 0.14, 0.36), (0, 0.07, 0)),
            box((0.58, 0.1, 0.36), (0, 1.36, 0)),
        )
        draft.main(prism([(-0.29, 0), (0.29, 0), (0, 0.2)], 0.3).moved((0, 1.4, 0)))
        draft.contrasting("black", "white", box((0.26, 0.62, 0.04), (0, 0.5, 0.14)))
        draft.accent(
            tube([(0, 0.78, 0.17), (0.05, 0.36, 0.17)], 0.02), ellipsoid((0.08, 0.08, 0.03), (0.05, 0.34, 0.17), 16)
        )
        draft.noun, thick = "grandfather clock", 0.3
    else:
        draft.main(cylinder(radius, thick, n=40, bevel=0.02).turned("x", math.pi / 2).moved((0, y, -thick / 2)))
        draft.called("round")
    draft.fixed(face, cylinder(radius * 0.82, 0.03, n=36).turned("x", math.pi / 2).moved((0, y, thick / 2 - 0.005)))
    _clock_hands(draft, radius * 0.82, y, thick / 2 + 0.025)
    if kind == "alarm":
        for side in (-1, 1):
            bell = lathe([(0.16, 0), (0.13, 0.08), (0.02, 0.13)], 20).turned("z", -side * 0.6)
            draft.accent(bell.moved((side * radius * 0.6, y + radius * 0.82, 0)))
            draft.accent(tube([(side * radius * 0.5, y - radius * 0.75, 0), (side * radius * 0.85, 0, 0)], 0.035))
        draft.accent(tube(arc(0.1, 0, math.pi, 10), 0.024).moved((0, y + radius + 0.02, 0)))
        draft.noun = "alarm clock"
    elif kind == "round" and draft.chance(0.6):
        draft.accent(box((radius * 1.1, 0.1, 0.24), (0, 0.0, 0), bevel=0.02))
        draft.has("a foot")


def _clock_hands(draft: Draft, radius: float, y: float, z: float) -> None:
    dark = "navy" if draft.colour == "black" else "black"
    hour, minute = draft.between(0, 6.28), draft.between(0, 6.28)
    for angle, length, width in ((hour, 0.55, 0.05), (minute, 0.82, 0.035)):
        hand = box((width, radius * length, 0.025), (0, radius * length / 2, 0)).turned("z", angle)
        draft.fixed(dark, hand.moved((0, y, z)))
    for i in range(12):
        size = (0.04, radius * (0.2 if i % 3 == 0 else 0.1), 0.02)
        draft.fixed(dark, box(size, (0, radius * 0.85, 0)).turned("z", i * math.pi / 6).moved((0, y, z)))


def umbrella(draft: Draft) -> None:
    radius, deep, stick = draft.between(0.55, 0.75), draft.between(0.22, 0.36), draft.between(0.85, 1.1)
    draft.proportion(deep / radius, (0.4, "flat"), (0.5, "deep"))
    ribs = draft.count(6, 9)
    n = ribs * 6
    angle = np.linspace(0, 2 * math.pi, n, endpoint=False)
    rings = []
    levels = [
        (1.0, 0.0),
        (0.93, 0.3),
        (0.7, 0.68),
        (0.4, 0.9),
        (0.05, 1.0),
        (0.05, 0.93),
        (0.38, 0.8),
        (0.66, 0.58),
        (0.9, 0.2),
        (0.97, -0.03),
    ]
    for out, up in levels:
        scallop = 1 - 0.07 * np.abs(np.sin(ribs * angle / 2)) * out
        sag = up * deep + 0.05 * out * np.abs(np.sin(ribs * angle / 2))
        rings.append(
            np.column_stack(
                [radius * out * scallop * np.cos(angle), sag + stick, radius * out * scallop * np.sin(angle)]
            )
        )
    draft.main(loft(np.stack(rings)))
    draft.fixed("gray", tube([(0, 0.12, 0), (0, stick + deep + 0.1, 0)], 0.024))
    if draft.chance(0.65):
        hook = tube(arc(0.1, 0, -math.pi, 12), 0.036).moved((-0.1, 0.1, 0))
        draft.accent(hook, tube([(0, 0.08, 0), (0, 0.24, 0)], 0.036))
        draft.has("a hooked handle")
    else:
        draft.accent(tube([(0, 0.0, 0), (0, 0.24, 0)], 0.05))
        draft.has("a straight handle")


def hat(draft: Draft) -> None:
    kind = draft.choice("top", "sun", "wizard", "cap")
    if kind == "cap":
        draft.main(lathe([(0.36 * math.cos(a), 0.3 * math.sin(a)) for a in np.linspace(0, math.pi / 2, 10)], 32))
        draft.main(ellipsoid((0.3, 0.03, 0.34), (0, 0.03, 0.34), 24))
        draft.accent(ellipsoid((0.05, 0.04, 0.05), (0, 0.3, 0), 12), cylinder(0.375, 0.09, top=0.365, n=32))
        draft.noun = "cap"
        return
    brim = draft.between(0.5, 0.68)
    tall, width = {
        "top": (draft.between(0.4, 0.6), 0.32),
        "sun": (draft.between(0.22, 0.3), 0.34),
        "wizard": (draft.between(0.8, 1.1), 0.32),
    }[kind]
    curl = draft.between(0.0, 0.12)
    draft.main(
        lathe(
            [
                *smooth([(0.05, 0), (brim * 0.7, 0.0), (brim, curl)], 10).tolist(),
                *smooth([(brim - 0.02, curl + 0.05), (brim * 0.7, 0.05), (0.1, 0.05)], 10).tolist(),
            ],
            40,
        )
    )
    crowns: dict[str, list[Vector]] = {
        "top": [(width, 0.0), (width * 0.96, tall * 0.5), (width * 1.06, tall)],
        "sun": [(width, 0.0), (width * 0.98, tall * 0.6), (width * 0.6, tall), (0.02, tall)],
        "wizard": [(width, 0.0), (width * 0.5, tall * 0.55), (0.015, tall)],
    }
    draft.main(lathe(crowns[kind], 36))
    draft.accent(
        cylinder(width * 1.05, 0.11, top=width * (0.95 if kind == "wizard" else 1.03), n=36).moved((0, 0.045, 0))
    )
    draft.called({"top": "tall-crowned", "sun": "low-crowned", "wizard": "pointed"}[kind])
    draft.proportion(brim, (0.55, "narrow-brimmed"), (0.62, "wide-brimmed"))


def suitcase(draft: Draft) -> None:
    width, height, depth = draft.between(0.6, 0.85), draft.between(0.5, 0.9), draft.between(0.24, 0.32)
    draft.proportion(height / width, (0.8, "wide"), (1.05, "tall"))
    base = 0.09
    draft.main(box((width, height, depth), (0, base + height / 2, 0), bevel=0.06))
    for x in (-0.28, 0.28):
        draft.accent(box((0.08, height + 0.03, depth + 0.03), (x * width, base + height / 2, 0), bevel=0.01))
    top = base + height
    if draft.chance(0.45):
        tall = draft.between(0.25, 0.4)
        draft.fixed(
            "gray",
            *(tube([(x, top - 0.02, -depth * 0.3), (x, top + tall, -depth * 0.3)], 0.022) for x in (-0.14, 0.14)),
        )
        draft.accent(tube([(-0.17, top + tall, -depth * 0.3), (0.17, top + tall, -depth * 0.3)], 0.035))
        draft.has("a pull-out handle")
    else:
        draft.accent(tube(arc(0.13, 0, math.pi, 12) * (1.2, 0.8, 1) + (0, top - 0.01, 0), 0.03))
        draft.has("a carrying handle")
    draft.fixed(
        "black",
        *(
            ellipsoid((0.06, 0.07, 0.06), (x * width * 0.4, 0.07, z * depth * 0.3), 14)
            for x in (-1, 1)
            for z in (-1, 1)
        ),
    )


def gift(draft: Draft) -> None:
    width, height, depth = draft.between(0.5, 0.8), draft.between(0.35, 0.8), draft.between(0.5, 0.7)
    draft.proportion(height / width, (0.65, "flat"), (1.05, "tall"))
    draft.main(box((width, height, depth), (0, height / 2, 0)))
    ribbon = 0.1
    draft.accent(
        box((ribbon, height + 0.03, depth + 0.03), (0, height / 2, 0)),
        box((width + 0.03, height + 0.03, ribbon), (0, height / 2, 0)),
    )
    if draft.chance(0.5):
        draft.main(box((width + 0.07, height * 0.22, depth + 0.07), (0, height * 0.9, 0)))
        draft.accent(
            box((ribbon, height * 0.22, depth + 0.1), (0, height * 0.91, 0)),
            box((width + 0.1, height * 0.22, ribbon), (0, height * 0.91, 0)),
        )
        draft.has("a lid")
    loops = draft.count(2, 4)
    draft.has("a bow")
    for i in range(loops):
        loop = arc(0.13, 0, 2 * math.pi, 18) * (1.0, 0.62, 1) + (0.13, 0, 0)
        draft.accent(
            tube(loop, 0.034).turned("z", 0.55).turned("y", 2 * math.pi * i / loops + 0.4).moved((0, height + 0.03, 0))
        )
    draft.accent(ellipsoid((0.07, 0.06, 0.07), (0, height + 0.05, 0), 14))


def candle(draft: Draft) -> None:
    radius, height = draft.between(0.08, 0.16), draft.between(0.45, 0.85)
    draft.proportion(height / radius, (4.2, "thick"), (6.2, "slim"))
    base = draft.between(0.24, 0.34)
    draft.accent(
        lathe([*smooth([(base * 0.8, 0), (base, 0.05), (base * 0.96, 0.09)], 8).tolist(), (radius + 0.04, 0.06)], 36)
    )
    draft.accent(cylinder(radius + 0.035, 0.14, n=28).moved((0, 0.03, 0)))
    if draft.chance(0.5):
        draft.accent(tube(arc(0.11, -math.pi * 0.6, math.pi * 0.6, 12), 0.03).moved((base + 0.02, 0.12, 0)))
        draft.has("a finger loop")
    draft.main(cylinder(radius, height, n=28, bevel=0.02).moved((0, 0.06, 0)))
    top = 0.06 + height
    if draft.chance(0.3):
        draft.main(
            *(
                ellipsoid((0.03, 0.1, 0.03), (radius * math.cos(a), top - 0.12, radius * math.sin(a)), 10)
                for a in (0.4, 2.0, 4.1)
            )
        )
        draft.has("dripping wax")
    draft.fixed("black", tube([(0, top - 0.02, 0), (0, top + 0.07, 0)], 0.018))
    flame = lathe(smooth([(0.01, 0), (0.06, 0.07), (0.035, 0.15), (0.005, 0.24)], 12).tolist(), 18)
    draft.fixed("orange", flame.moved((0, top + 0.04, 0)))
    draft.fixed("yellow", ellipsoid((0.045, 0.06, 0.045), (0, top + 0.09, 0.022), 12))


def guitar(draft: Draft) -> None:
    size, waist = draft.between(0.26, 0.32), draft.between(0.62, 0.82)
    angle = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    y = 0.36 - 0.36 * np.cos(angle)
    wide = np.interp(y, [0, 0.05, 0.25, 0.44, 0.6, 0.69, 0.72], [0.2, 0.75, 1.0, waist, 0.82, 0.5, 0.1])
    outline = np.column_stack([np.where(angle < math.pi, 1, -1) * wide * size, y])
    depth = draft.between(0.12, 0.18)
    draft.main(prism(outline, depth))
    draft.contrasting(
        "black", "white", cylinder(0.1, 0.02, n=28).turned("x", math.pi / 2).moved((0, 0.42, depth / 2 - 0.005))
    )
    neck = draft.between(0.6, 0.75)
    draft.accent(box((0.085, neck, 0.06), (0, 0.66 + neck / 2, depth / 2 - 0.01)))
    draft.accent(
        box((0.16, 0.2, 0.055), (0, 0.66 + neck + 0.09, depth / 2 - 0.02), bevel=0.02),
        box((0.2, 0.045, 0.05), (0, 0.18, depth / 2 + 0.01)),
    )
    draft.contrasting(
        "white",
        "black",
        *(tube([(x, 0.18, depth / 2 + 0.045), (x, 0.66 + neck, depth / 2 + 0.035)], 0.008, 6) for x in (-0.025, 0.025)),
    )
    for side in (-1, 1):
        draft.contrasting(
            "gray",
            "white",
            *(
                ellipsoid((0.04, 0.025, 0.03), (side * 0.105, 0.66 + neck + dy, depth / 2 - 0.02), 10)
                for dy in (0.04, 0.13)
            ),
        )
    draft.proportion(waist, (0.68, "slim-waisted"), (0.76, "full-bodied"))


def drum(draft: Draft) -> None:
    radius, height = draft.between(0.34, 0.46), draft.between(0.3, 0.62)
    draft.proportion(height / radius, (0.9, "shallow"), (1.25, "deep"))
    draft.main(cylinder(radius, height, n=40))
    draft.contrasting("white", "beige", cylinder(radius * 0.94, 0.03, n=36).moved((0, height, 0)))
    draft.accent(*(ring(radius, 0.04, 40).moved((0, y, 0)) for y in (0.03, height - 0.01)))
    if draft.chance(0.55):
        turns = draft.count(6, 9)
        for i in range(turns):
            for step in (0.5, -0.5):
                a, b = 2 * math.pi * i / turns, 2 * math.pi * (i + step) / turns
                low, high = radius + 0.015, radius + 0.015
                draft.accent(
                    tube(
                        [
                            (low * math.cos(a), 0.05, low * math.sin(a)),
                            (high * math.cos(b), height - 0.05, high * math.sin(b)),
                        ],
                        0.018,
                        6,
                    )
                )
        draft.has("zigzag cords")
    if draft.chance(0.5):
        for side in (-1, 1):
            start, end = (side * 0.1, height + 0.06, 0.3), (side * -0.12, height + 0.09, -0.3)
            draft.contrasting("brown", "black", tube([start, end], 0.028), ellipsoid((0.055, 0.05, 0.06), end, 12))
        draft.has("drumsticks")


HOUSEHOLD = (
    Family(
        "lamp",
        lamp,
        (0.35, 1.7),
        "stand",
        ("plain", "striped", "checkered", "spotted", "fading", "metal"),
        wooden_accent=True,
    ),
    Family("book", book, (0.15, 0.35), "title", ("plain", "striped", "marble", "spotted", "checkered")),
    Family("clock", clock, (0.15, 2.0), "fittings", HARD),
    Family("umbrella", umbrella, (0.8, 1.2), "handle", CLOTH, wooden_accent=True),
    Family("hat", hat, (0.25, 0.5), "band", CLOTH),
    Family("suitcase", suitcase, (0.4, 0.8), "straps", ("plain", "metal", "checkered", "striped", "spotted")),
    Family("gift box", gift, (0.1, 0.5), "ribbon", CLOTH),
    Family(
        "candle",
        candle,
        (0.1, 0.3),
        "holder",
        ("plain", "striped", "marble", "spotted", "fading"),
        usual_accents=("gold", "gray"),
    ),
    Family(
        "guitar",
        guitar,
        (0.95, 1.1),
        "neck",
        ("plain", "wooden", "fading", "metal", "striped"),
        usual=("brown", "orange"),
    ),
    Family("drum", drum, (0.3, 0.6), "hoops", HARD),
)
