"""Shapes of what runs on wheels: cars, trucks, buses, locomotives; built looking along +x, at last turned to +z."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nerf.objects.draft import Draft
from nerf.objects.solids import Solid, Vector, box, cylinder, ellipsoid, frustum, loft, tube


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
    cabin = _Cabin(kind, back * half, front * half, width, belt, roof)
    if kind == "convertible":
        _open_top(draft, cabin)
    else:
        _closed_top(draft, cabin)
    _wheels(draft, (-half * 0.62, half * 0.62), width / 2 - 0.04, radius)
    lamp = ellipsoid((0.04, 0.07, 0.09))
    draft.fixed("yellow", *(lamp.moved((half - 0.01, belt - 0.15, side * width * 0.33)) for side in (-1, 1)))
    if draft.chance(0.25) and kind != "convertible":
        _roof_rack(draft, cabin)
    elif draft.chance(0.25):
        draft.accent(
            box((0.16, 0.05, width * 0.9), (-half + 0.08, belt + 0.17, 0)),
            box((0.06, 0.18, 0.5 * width), (-half + 0.1, belt + 0.08, 0)),
        )
        draft.has("a spoiler")
    draft.face_front()


@dataclass(frozen=True)
class _Cabin:
    """What stands on a car, from `start` at the back to `end` at the front; `roof` is its height above `belt`."""

    kind: str
    start: float
    end: float
    width: float
    belt: float
    roof: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def _open_top(draft: Draft, cabin: _Cabin) -> None:
    """A windscreen and two seats."""
    width, belt, middle = cabin.width, cabin.belt, cabin.middle
    draft.has("an open top")
    draft.fixed(
        "black",
        frustum((0.05, width * 0.85), (0.05, width * 0.75), cabin.roof * 0.7, (-0.12, 0)).moved((cabin.end, belt, 0)),
    )
    draft.accent(
        *(box((0.16, 0.3, width * 0.32), (middle, belt + 0.08, z * width * 0.22), bevel=0.04) for z in (-1, 1))
    )


def _closed_top(draft: Draft, cabin: _Cabin) -> None:
    """Dark windows between pillars, under a roof."""
    width, belt, roof, middle, size = cabin.width, cabin.belt, cabin.roof, cabin.middle, cabin.end - cabin.start
    narrow = 0.84 if cabin.kind == "van" else 0.72
    draft.fixed(
        "navy" if draft.colour == "black" else "black",
        frustum((size, width * 0.9), (size * narrow, width * 0.76), roof).moved((middle, belt - 0.01, 0)),
    )
    draft.accent(box((size * narrow + 0.04, 0.07, width * 0.8), (middle, belt + roof + 0.01, 0), bevel=0.02))
    pillars = (-0.5, 0.05, 0.5) if cabin.kind != "van" else (-0.5, -0.15, 0.2, 0.5)
    for at in pillars:
        for side in (-1, 1):
            foot = (middle + at * size, belt, side * width * 0.45)
            top = (middle + at * size * narrow, belt + roof, side * width * 0.385)
            draft.main(tube([foot, top], 0.035, 8))
    if cabin.kind == "van":
        draft.called("boxy")


def _roof_rack(draft: Draft, cabin: _Cabin) -> None:
    """Two rails along the roof."""
    y = cabin.belt + cabin.roof + 0.12
    rails = [[(cabin.start * 0.7, y, z), (cabin.end * 0.6, y, z)] for z in (-cabin.width * 0.3, cabin.width * 0.3)]
    draft.fixed("gray", *(tube(rail, 0.03) for rail in rails))
    draft.has("a roof rack")


def _body(outline: Sequence[Vector], width: float, pinch: float = 0.9) -> Solid:
    """A side view extruded across, narrower at its sides' edges so that the body looks rounded."""
    points = np.asarray(outline, np.float64)
    middle = points.mean(0)
    rings = [
        np.column_stack([middle + (points - middle) * s, np.full(len(points), z)])
        for s, z in ((pinch, -0.5), (1.0, -0.38), (1.0, 0.38), (pinch, 0.5))
    ]
    return loft(np.stack(rings) * (1, 1, width))


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
    draft.face_front()


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
    draft.face_front()


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
    draft.face_front()


def _wheels(draft: Draft, xs: Sequence[float], half_width: float, radius: float, width: float = 0.12) -> None:
    """Tyres with hubs at both sides, at these places along the vehicle."""
    for x in xs:
        for side in (-1, 1):
            tyre = cylinder(radius, width, n=24, bevel=0.02).turned("x", math.pi / 2)
            hub = cylinder(radius * 0.55, width + 0.03, n=16).turned("x", math.pi / 2)
            z = side * half_width
            draft.contrasting("black", "gray", tyre.moved((x, radius, z - width / 2)))
            draft.contrasting("white", "gray", hub.moved((x, radius, z - width / 2 - 0.015)))
