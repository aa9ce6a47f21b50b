"""Shapes of what floats and flies: boats, airplanes, rockets; built looking along +x, at last turned to +z."""

import math

import numpy as np

from nerf.objects.draft import Draft
from nerf.objects.solids import Solid, box, cylinder, ellipsoid, frustum, lathe, loft, prism, smooth, tube


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
    draft.face_front()


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
        _jet_engines(draft, span)
    else:
        _propeller(draft, half)
        _landing_gear(draft, radius)
    draft.noun = "biplane" if kind == "biplane" else None
    draft.face_front()


def _jet_engines(draft: Draft, span: float) -> None:
    """Two, under the wings."""
    for side in (-1, 1):
        pod = cylinder(0.09, 0.3, top=0.075, n=20).turned("z", math.pi / 2)
        draft.contrasting("gray", "white", pod.moved((0.3, -0.16, side * span * 0.24)))
    draft.has("two jet engines")


def _propeller(draft: Draft, half: float) -> None:
    """At the nose, `half` a length ahead of the middle."""
    draft.contrasting(
        "gray",
        "white",
        *(box((0.03, 0.6, 0.08)).turned("x", turn).moved((half + 0.03, 0, 0)) for turn in (0.6, 0.6 + math.pi / 2)),
    )
    draft.has("a propeller")


def _landing_gear(draft: Draft, radius: float) -> None:
    """Two wheels and their struts, under a body of that radius."""
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


def _wing(chord: float, span: float, sweep: float, side: int) -> Solid:
    """A tapered slab from the body outwards along z."""
    root = np.array([(chord, 0.0), (0.3 * chord, 0.035), (-chord, 0.0), (0.3 * chord, -0.035)])
    rings = []
    for out, scale in ((0.0, 1.0), (1.0, 0.62)):
        points = root * (scale, 1.0) - (sweep * span * out, 0)
        rings.append(np.column_stack([points, np.full(4, side * span * out)]))
    return loft(np.stack(rings))


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
