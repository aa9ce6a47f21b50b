"""Shapes of clocks: round, square, alarm and grandfather clocks."""

import math

from nerf.objects.draft import Draft
from nerf.objects.solids import arc, box, cylinder, ellipsoid, lathe, prism, tube


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
