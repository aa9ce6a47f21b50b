"""Things that carry people; their front looks along +x before the whole object is turned to face +z."""

import math
from collections.abc import Sequence

import numpy as np

from nerf.objects.draft import Draft, Family, Part
from nerf.objects.palette import Pattern
from nerf.objects.solids import Solid, Vector, box, cylinder, ellipsoid, frustum, lathe, loft, prism, smooth, tube

PAINTED: tuple[Pattern, ...] = ("plain", "striped", "metal", "spotted", "checkered")


def _wheels(draft: Draft, xs: Sequence[float], half_width: float, radius: float, width: float = 0.12) -> None:
    """Tyres with hubs at both sides, at these places along the vehicle."""
    for x in xs:
        for side in (-1, 1):
            tyre = cylinder(radius, width, n=24, bevel=0.02).turned("x", math.pi / 2)
            hub = cylinder(radius * 0.55, width + 0.03, n=16).turned("x", math.pi / 2)
            z = side * half_width
            draft.contrasting("black", "gray", tyre.moved((x, radius, z - width / 2)))
            draft.contrasting("white", "gray", hub.moved((x, radius, z - width / 2 - 0.015)))


def _face_front(draft: Draft) -> None:
    draft.parts = [Part(part.solid.turned("y", -math.pi / 2), part.role) for part in draft.parts]


def _body(outline: Sequence[Vector], width: float, pinch: float = 0.9) -> Solid:
    """A side view extruded across, narrower at its sides' edges so that the body looks rounded."""
    points = np.asarray(outline, np.float64)
    middle = points.mean(0)
    rings = [
        np.column_stack([middle + (points - middle) * s, np.full(len(points), z)])
        for s, z in ((pinch, -0.5), (1.0, -0.38), (1.0, 0.38), (pinch, 0.5))
    ]
    return loft(np.stack(rings) * (1, 1, width))


def car(draft: Draft) -> None:
    length, width = draft.between(1.7, 2.3), draft.between(0.8, 0.95)
    radius = draft.between(0.17, 0.22)
    low, belt = radius * 0.75, radius * 0.75 + draft.between(0.3, 0.36)
    half = length / 2
    outline = [
        (-half, low),
        (half, low),
        (half, belt - 0.08),
        (half - 0.1, belt - 0.02),
        (half * 0.5, belt),
        (-half + 0.08, belt),
        (-half, belt - 0.06),
    ]
    draft.main(_body(outline, width, 0.93))
    kind = draft.choice("sedan", "hatchback", "van", "convertible")
    roof = draft.between(0.28, 0.36)
    front, back = {
        "sedan": (0.38, -0.55),
        "hatchback": (0.35, -0.92),
        "van": (0.72, -0.95),
        "convertible": (0.3, -0.5),
    }[kind]
    start, end = back * half, front * half
    middle, size = (start + end) / 2, end - start
    if kind == "convertible":
        draft.has("an open top")
        draft.fixed(
            "black", frustum((0.05, width * 0.85), (0.05, width * 0.75), roof * 0.7, (-0.12, 0)).moved((end, belt, 0))
        )
        draft.accent(
            *(box((0.16, 0.3, width * 0.32), (middle, belt + 0.08, z * width * 0.22), bevel=0.04) for z in (-1, 1))
        )
    else:
        narrow = 0.84 if kind == "van" else 0.72
        draft.fixed(
            "navy" if draft.colour == "black" else "black",
            frustum((size, width * 0.9), (size * narrow, width * 0.76), roof).moved((middle, belt - 0.01, 0)),
        )
        draft.accent(box((size * narrow + 0.04, 0.07, width * 0.8), (middle, belt + roof + 0.01, 0), bevel=0.02))
        pillars = (-0.5, 0.05, 0.5) if kind != "van" else (-0.5, -0.15, 0.2, 0.5)
        for at in pillars:
            for side in (-1, 1):
                foot = (middle + at * size, belt, side * width * 0.45)
                top = (middle + at * size * narrow, belt + roof, side * width * 0.385)
                draft.main(tube([foot, top], 0.035, 8))
        if kind == "van":
            draft.called("boxy")
    _wheels(draft, (-half * 0.62, half * 0.62), width / 2 - 0.04, radius)
    lamp = ellipsoid((0.04, 0.07, 0.09))
    draft.fixed("yellow", *(lamp.moved((half - 0.01, belt - 0.15, side * width * 0.33)) for side in (-1, 1)))
    if draft.chance(0.25) and kind != "convertible":
        draft.fixed(
            "gray",
            *(
                tube(
                    [
                        (start * 0.7, belt + roof + 0.12, z * width * 0.3),
                        (end * 0.6, belt + roof + 0.12, z * width * 0.3),
                    ],
                    0.03,
                )
                for z in (-1, 1)
            ),
        )
        draft.has("a roof rack")
    elif draft.chance(0.25):
        draft.accent(
            box((0.16, 0.05, width * 0.9), (-half + 0.08, belt + 0.17, 0)),
            box((0.06, 0.18, 0.5 * width), (-half + 0.1, belt + 0.08, 0)),
        )
        draft.has("a spoiler")
    _face_front(draft)


def truck(draft: Draft) -> None:
    length, width = draft.between(1.9, 2.6), draft.between(0.75, 0.9)
    radius, cab = draft.between(0.17, 0.21), draft.between(0.55, 0.68)
    half, floor = length / 2, radius * 1.3
    draft.fixed("gray", box((length, 0.1, width * 0.8), (0, floor, 0)))
    tall = draft.between(0.62, 0.78)
    draft.main(box((cab, 0.36, width), (half - cab / 2, floor + 0.2, 0), bevel=0.04))
    draft.main(
        frustum((cab, width), (cab * 0.72, width * 0.9), tall - 0.3, (-0.06, 0)).moved(
            (half - cab / 2, floor + 0.34, 0)
        )
    )
    window = frustum((cab * 0.82, width * 1.02), (cab * 0.62, width * 0.93), (tall - 0.3) * 0.62, (-0.05, 0))
    draft.contrasting("black", "sky blue", window.moved((half - cab / 2 + 0.03, floor + 0.4, 0)))
    load = length - cab - 0.06
    x = -half + load / 2
    kind = draft.choice("box", "flatbed", "tanker")
    if kind == "box":
        draft.accent(box((load, tall + 0.16, width * 1.04), (x, floor + (tall + 0.16) / 2 + 0.04, 0), bevel=0.02))
        draft.has("a cargo box")
    elif kind == "tanker":
        tank = cylinder(width * 0.48, load, n=28, bevel=0.08).turned("z", math.pi / 2)
        draft.accent(tank.moved((x + load / 2, floor + width * 0.5, 0)))
        draft.has("a tank")
    else:
        draft.accent(box((load, 0.08, width), (x, floor + 0.09, 0)))
        for side in (-1, 1):
            draft.accent(box((load, 0.26, 0.06), (x, floor + 0.2, side * (width / 2 - 0.03))))
        draft.accent(box((0.06, 0.26, width), (-half + 0.03, floor + 0.2, 0)))
        draft.has("an open bed")
    _wheels(
        draft,
        (-half * 0.75, -half * 0.4, half * 0.68) if length > 2.25 else (-half * 0.6, half * 0.64),
        width / 2 - 0.03,
        radius,
    )
    draft.fixed(
        "yellow", *(ellipsoid((0.03, 0.06, 0.07), (half, floor + 0.2, side * width * 0.35)) for side in (-1, 1))
    )
    _face_front(draft)


def bus(draft: Draft) -> None:
    length, width, height = draft.between(2.0, 2.8), draft.between(0.72, 0.85), draft.between(0.62, 0.75)
    radius, floor = 0.17, 0.14
    double = draft.chance(0.35)
    draft.called("double-decker" if double else "single-decker")
    decks = 2 if double else 1
    total = height * (1 + 0.75 * (decks - 1))
    draft.main(box((length, total, width), (0, floor + total / 2, 0), bevel=0.07))
    draft.accent(box((length * 0.94, 0.06, width * 0.9), (0, floor + total + 0.02, 0), bevel=0.02))
    panes = draft.count(4, 5)
    for deck in range(decks):
        y = floor + height * (0.66 + 0.78 * deck)
        for i in range(panes):
            x = -length * 0.4 + i * length * 0.8 / (panes - 1)
            draft.contrasting(
                "black", "sky blue", box((length * 0.8 / panes * 0.85, height * 0.34, width + 0.02), (x, y, 0))
            )
        draft.contrasting("black", "sky blue", box((0.03, height * 0.36, width * 0.8), (length / 2, y, 0)))
    draft.accent(box((length + 0.02, 0.06, width + 0.015), (0, floor + height * 0.3, 0)))
    _wheels(draft, (-length * 0.3, length * 0.32), width / 2 - 0.04, radius)
    draft.fixed(
        "yellow", *(ellipsoid((0.03, 0.05, 0.07), (length / 2, floor + 0.17, side * width * 0.34)) for side in (-1, 1))
    )
    _face_front(draft)


def boat(draft: Draft) -> None:
    length, width, depth = draft.between(1.5, 2.0), draft.between(0.5, 0.68), draft.between(0.26, 0.36)
    draft.main(_hull(length, width, depth))
    draft.fixed(
        "beige" if draft.colour == "brown" else "brown",
        _hull(length * 0.9, width * 0.8, 0.05).moved((0, depth - 0.01, 0)),
    )
    kind = draft.choice("sail", "motor", "rowing")
    if kind == "sail":
        tall = draft.between(1.1, 1.5)
        draft.fixed("brown", tube([(0.1, depth, 0), (0.1, depth + tall, 0)], 0.03))
        draft.accent(prism([(0.06, depth + 0.14), (0.06, depth + tall), (-length * 0.44, depth + 0.14)], 0.045))
        if draft.chance(0.6):
            draft.accent(
                prism([(0.14, depth + 0.14), (length * 0.46, depth + 0.14), (0.14, depth + tall * 0.8)], 0.045)
            )
            draft.has("two sails")
        else:
            draft.has("one sail")
        draft.noun = "sailboat"
    elif kind == "motor":
        cabin = draft.between(0.5, 0.7)
        draft.accent(
            frustum((cabin, width * 0.72), (cabin * 0.8, width * 0.6), 0.34, (-0.04, 0)).moved((-0.15, depth, 0))
        )
        draft.fixed(
            "black",
            frustum((cabin * 0.9, width * 0.74), (cabin * 0.82, width * 0.66), 0.13).moved((-0.13, depth + 0.14, 0)),
        )
        if draft.chance(0.5):
            draft.main(cylinder(0.09, 0.3, n=20).moved((-0.28, depth + 0.32, 0)))
            draft.has("a funnel")
        draft.has("a cabin")
    else:
        draft.accent(*(box((0.14, 0.05, width * 0.8), (x, depth + 0.06, 0)) for x in (-length * 0.2, length * 0.16)))
        for side in (-1, 1):
            oar = tube([(-0.05, depth + 0.1, side * 0.1), (-0.3, depth - 0.12, side * (width / 2 + 0.36))], 0.025)
            blade = ellipsoid((0.11, 0.03, 0.16), (-0.33, depth - 0.15, side * (width / 2 + 0.42)), 14)
            draft.accent(oar, blade)
        draft.noun = "rowboat"
        draft.has("oars")
    _face_front(draft)


def _hull(length: float, width: float, depth: float) -> Solid:
    rings = []
    for at, wide, keel in (
        (-0.5, 0.62, 0.25),
        (-0.4, 0.85, 0.08),
        (-0.1, 1.0, 0.0),
        (0.2, 0.88, 0.02),
        (0.4, 0.45, 0.18),
        (0.5, 0.05, 0.5),
    ):
        half, low = wide * width / 2, keel * depth
        sides = [
            (half, 1.0),
            (half * 0.93, 0.6),
            (half * 0.62, 0.2),
            (0.0, 0.0),
            (-half * 0.62, 0.2),
            (-half * 0.93, 0.6),
            (-half, 1.0),
        ]
        sheer = depth * (1 + 0.45 * max(at, 0) ** 2 * 4)
        rings.append([(at * length, low + y * (sheer - low), z) for z, y in sides])
    return loft(np.array(rings))


def airplane(draft: Draft) -> None:
    length, radius = draft.between(1.5, 2.0), draft.between(0.15, 0.2)
    span, half = draft.between(1.5, 2.1), length / 2
    nose = smooth(
        [
            (0.02, -half),
            (radius * 0.55, -half * 0.8),
            (radius, -half * 0.2),
            (radius, half * 0.6),
            (radius * 0.6, half * 0.9),
            (0.03, half),
        ],
        18,
    )
    draft.main(lathe(nose.tolist(), 24).turned("z", -math.pi / 2))
    sweep = draft.between(0.0, 0.35)
    kind = draft.choice("jet", "propeller", "biplane")
    heights = (-0.05, radius + 0.28) if kind == "biplane" else (-0.03,)
    for y in heights:
        for side in (-1, 1):
            draft.accent(_wing(length * 0.19, span / 2, sweep, side).moved((0.1, y, 0)))
        if kind == "biplane" and y > 0:
            draft.accent(*(tube([(0.1, -0.05, z * span * 0.35), (0.1, y, z * span * 0.35)], 0.024) for z in (-1, 1)))
            draft.accent(*(tube([(0.1, 0, z * 0.1), (0.1, y, z * 0.16)], 0.024) for z in (-1, 1)))
    draft.accent(
        _wing(length * 0.09, span * 0.2, 0.15, 1).moved((-half * 0.86, 0.03, 0)),
        _wing(length * 0.09, span * 0.2, 0.15, -1).moved((-half * 0.86, 0.03, 0)),
    )
    draft.accent(_wing(length * 0.1, 0.36, 0.2, 1).turned("x", -math.pi / 2).moved((-half * 0.84, 0.02, 0)))
    draft.contrasting("black", "sky blue", ellipsoid((0.2, 0.1, radius * 0.72), (half * 0.45, radius * 0.8, 0)))
    if kind == "jet":
        for side in (-1, 1):
            pod = cylinder(0.09, 0.3, top=0.075, n=20).turned("z", math.pi / 2)
            draft.contrasting("gray", "white", pod.moved((0.3, -0.16, side * span * 0.24)))
        draft.has("two jet engines")
    else:
        draft.contrasting(
            "gray",
            "white",
            *(box((0.03, 0.6, 0.08)).turned("x", turn).moved((half + 0.03, 0, 0)) for turn in (0.6, 0.6 + math.pi / 2)),
        )
        draft.has("a propeller")
        draft.fixed(
            "black",
            *(
                cylinder(0.1, 0.07, n=18).turned("x", math.pi / 2).moved((0.25, -radius - 0.14, side * 0.24))
                for side in (-1, 1)
            ),
        )
        draft.contrasting(
            "gray",
            "white",
            *(tube([(0.25, -0.05, side * 0.08), (0.25, -radius - 0.14, side * 0.24)], 0.025) for side in (-1, 1)),
        )
    draft.noun = "biplane" if kind == "biplane" else None
    _face_front(draft)


def _wing(chord: float, span: float, sweep: float, side: int) -> Solid:
    """A tapered slab from the body outwards along z."""
    root = np.array([(chord, 0.0), (0.3 * chord, 0.035), (-chord, 0.0), (0.3 * chord, -0.035)])
    rings = []
    for out, scale in ((0.0, 1.0), (1.0, 0.62)):
        points = root * (scale, 1.0) - (sweep * span * out, 0)
        rings.append(np.column_stack([points, np.full(4, side * span * out)]))
    return loft(np.stack(rings))


def locomotive(draft: Draft) -> None:
    length, radius = draft.between(1.4, 1.8), draft.between(0.22, 0.28)
    half, floor = length / 2, 0.3
    cab = draft.between(0.42, 0.52)
    draft.accent(box((length, 0.12, 0.56), (0, floor, 0)))
    boiler = cylinder(radius, length - cab, n=28, bevel=0.03).turned("z", -math.pi / 2)
    draft.main(boiler.moved((-half + cab, floor + radius + 0.06, 0)))
    draft.main(box((cab, 0.62, 0.6), (-half + cab / 2, floor + 0.36, 0)))
    draft.accent(box((cab + 0.14, 0.07, 0.72), (-half + cab / 2, floor + 0.7, 0), bevel=0.02))
    draft.fixed(
        "sky blue" if draft.colour != "sky blue" else "white",
        box((cab * 0.5, 0.22, 0.62), (-half + cab / 2, floor + 0.5, 0)),
    )
    top = floor + 2 * radius
    funnel = draft.choice("flared", "straight")
    draft.accent(cylinder(0.07, 0.36, top=0.15 if funnel == "flared" else 0.08, n=20).moved((half - 0.22, top, 0)))
    draft.has("a flared chimney" if funnel == "flared" else "a straight chimney")
    draft.accent(ellipsoid((0.12, 0.12, 0.12), (0.0, top + 0.07, 0)))
    draft.fixed("yellow", ellipsoid((0.05, 0.08, 0.08), (half, top - 0.05, 0)))
    wheels = draft.count(2, 3)
    _wheels(draft, [(-half + 0.25) + i * (length - 0.5) / (wheels - 1) for i in range(wheels)], 0.24, 0.19, 0.09)
    draft.accent(frustum((0.2, 0.56), (0.06, 0.4), 0.22, (-0.06, 0)).moved((half + 0.06, 0.06, 0)))
    _face_front(draft)


def rocket(draft: Draft) -> None:
    radius, height = draft.between(0.17, 0.26), draft.between(1.0, 1.4)
    draft.proportion(height / radius, (4.7, "stubby"), (6.3, "slender"))
    base = 0.16
    profile = smooth([(radius * 0.75, base), (radius, base + height * 0.35), (radius * 0.9, base + height * 0.68)], 12)
    draft.main(lathe(profile.tolist(), 36))
    tip = base + height
    draft.accent(
        lathe(
            [
                *smooth(
                    [(radius * 0.9, base + height * 0.68), (radius * 0.6, base + height * 0.86), (0.01, tip)], 10
                ).tolist()
            ],
            36,
        )
    )
    draft.fixed("gray", cylinder(radius * 0.5, 0.14, top=radius * 0.4, n=20).moved((0, base - 0.1, 0)))
    fins = draft.count(3, 4)
    draft.has("three fins" if fins == 3 else "four fins")
    out = draft.between(0.2, 0.3)
    for fin in range(fins):
        shape = prism(
            [
                (radius * 0.6, base + 0.02),
                (radius + out, 0),
                (radius + out, 0.22),
                (radius * 0.7, base + height * 0.36),
            ],
            0.05,
        )
        draft.accent(shape.turned("y", 2 * math.pi * fin / fins + 0.4))
    windows = draft.count(1, 2)
    draft.has("one porthole" if windows == 1 else "two portholes")
    for i in range(windows):
        y = base + height * (0.56 - 0.2 * i)
        for turn in (0.0, math.pi):
            draft.contrasting(
                "sky blue",
                "white",
                ellipsoid((0.085, 0.085, 0.04), (0, 0, radius * 0.97), 18).turned("y", turn).moved((0, y, 0)),
            )
            draft.fixed(
                "gray", ellipsoid((0.11, 0.11, 0.03), (0, 0, radius * 0.96), 18).turned("y", turn).moved((0, y, 0))
            )


VEHICLES = (
    Family("car", car, (3.6, 4.8), "roof", PAINTED),
    Family("truck", truck, (5.0, 8.0), "load area", PAINTED),
    Family("bus", bus, (8.0, 12.0), "trim", ("plain", "striped", "metal"), usual=("red", "yellow")),
    Family("boat", boat, (3.0, 8.0), "upper parts", ("plain", "wooden", "striped"), usual_accents=("white",)),
    Family("airplane", airplane, (7.0, 12.0), "wings", PAINTED),
    Family(
        "locomotive",
        locomotive,
        (5.0, 9.0),
        "chimney and frame",
        ("plain", "metal", "striped"),
        usual_accents=("black",),
    ),
    Family(
        "rocket",
        rocket,
        (2.0, 20.0),
        "nose and fins",
        ("plain", "striped", "checkered", "metal"),
        usual=("white",),
        usual_accents=("red",),
    ),
)
