"""Shapes of figures that people make: teddy bears, snowmen, robots."""

import math

from nerf.objects.draft import Draft
from nerf.objects.eyes import eyes
from nerf.objects.solids import Solid, box, cylinder, ellipsoid, lathe, prism, smooth, tube


def teddy_bear(draft: Draft) -> None:
    belly, arms = draft.between(0.24, 0.31), draft.between(-0.9, 0.9)
    draft.main(ellipsoid((belly, 0.3, belly * 0.85), (0, 0.36, 0), 24))
    draft.accent(ellipsoid((belly * 0.68, 0.2, 0.08), (0, 0.35, belly * 0.75), 18))
    draft.proportion(belly, (0.26, "slim"), (0.29, "chubby"))
    y = 0.82
    draft.main(ellipsoid((0.25, 0.22, 0.21), (0, y, 0), 24))
    draft.accent(ellipsoid((0.11, 0.085, 0.09), (0, y - 0.05, 0.19), 16))
    draft.contrasting("black", "brown", ellipsoid((0.042, 0.03, 0.03), (0, y - 0.01, 0.275), 10))
    eyes(draft, (0, y + 0.05, 0.18), 0.095, 0.03)
    for side in (-1, 1):
        draft.main(ellipsoid((0.095, 0.095, 0.05), (side * 0.2, y + 0.19, -0.01), 16))
        draft.accent(ellipsoid((0.055, 0.055, 0.03), (side * 0.2, y + 0.19, 0.035), 14))
        limb: list[Solid] = [ellipsoid((0.095, 0.2, 0.095), (0, -0.14, 0), 16)]
        draft.main(
            *(
                part.turned("x", -0.3).turned("z", side * (0.8 + arms)).moved((side * belly * 0.8, 0.56, 0.02))
                for part in limb
            )
        )
        draft.main(ellipsoid((0.11, 0.11, 0.22), (side * 0.17, 0.11, 0.17), 16))
        draft.accent(ellipsoid((0.08, 0.08, 0.04), (side * 0.17, 0.12, 0.375), 14))
    draft.has("raised arms" if arms > 0.3 else "lowered arms" if arms < -0.3 else "open arms")
    if draft.chance(0.4):
        bow = [
            prism([(0, 0), (side * 0.13, 0.075), (side * 0.13, -0.075)], 0.06).moved((0, 0.63, belly * 0.8))
            for side in (-1, 1)
        ]
        draft.contrasting("red", "white", *bow, ellipsoid((0.04, 0.04, 0.04), (0, 0.63, belly * 0.82), 10))
        draft.has("a bow tie")


def snowman(draft: Draft) -> None:
    big, middle, head = draft.between(0.3, 0.36), draft.between(0.2, 0.26), draft.between(0.14, 0.18)
    ys = (big * 0.9, big * 1.75 + middle * 0.75, big * 1.75 + middle * 2.2 + head * 0.5)
    for radius, y in zip((big, middle, head), ys, strict=True):
        draft.main(ellipsoid((radius, radius * 0.95, radius), (0, y, 0), 24))
    nose = cylinder(0.04, 0.2, top=0.005, n=12).turned("x", math.pi / 2)
    draft.contrasting("orange", "red", nose.moved((0, ys[2], head * 0.85)))
    eyes(draft, (0, ys[2] + 0.06, head * 0.85), 0.06, 0.028)
    draft.contrasting(
        "black",
        "white",
        *(ellipsoid((0.03, 0.03, 0.03), (0, ys[1] + dy, middle * (0.99 - 6 * dy * dy)), 10) for dy in (-0.08, 0.04)),
    )
    top = ys[2] + head * 0.75
    if draft.chance(0.6):
        draft.accent(
            cylinder(head * 1.35, 0.05, n=28).moved((0, top, 0)),
            cylinder(head * 0.85, head * 1.2, n=28).moved((0, top, 0)),
        )
        draft.has("a top hat")
    else:
        draft.accent(
            lathe([(head * 1.02, top - 0.06), (head * 0.85, top + 0.06), (0.05, top + 0.16)]),
            ellipsoid((0.07, 0.07, 0.07), (0, top + 0.19, 0), 12),
        )
        draft.has("a bobble hat")
    neck = (ys[1] + middle * 0.85 + ys[2] - head * 0.8) / 2
    draft.accent(
        lathe([(head * 0.9, neck - 0.045), (head * 1.12, neck), (head * 0.9, neck + 0.045)]),
        box((0.09, 0.26, 0.05), (0.1, neck - 0.14, middle * 0.88)).turned("y", 0.15),
    )
    for side in (-1, 1):
        draft.contrasting(
            "brown",
            "black",
            tube(
                [(side * middle * 0.8, ys[1], 0), (side * (middle + 0.3), ys[1] + draft.between(0.02, 0.22), 0.05)],
                0.025,
            ),
        )


def robot(draft: Draft) -> None:
    width, height, depth = draft.between(0.36, 0.52), draft.between(0.4, 0.52), draft.between(0.26, 0.34)
    leg = draft.between(0.2, 0.32)
    draft.main(box((width, height, depth), (0, leg + height / 2, 0), bevel=0.04))
    draft.fixed("gray", box((width * 0.6, height * 0.4, 0.04), (0, leg + height * 0.58, depth / 2), bevel=0.01))
    draft.fixed("red", ellipsoid((0.035, 0.035, 0.03), (-0.07, leg + height * 0.6, depth / 2 + 0.02), 10))
    draft.fixed("yellow", ellipsoid((0.035, 0.035, 0.03), (0.07, leg + height * 0.6, depth / 2 + 0.02), 10))
    y = leg + height + 0.06
    round_head = draft.chance(0.4)
    draft.has("a round head" if round_head else "a square head")
    size = draft.between(0.26, 0.34)
    draft.accent(
        ellipsoid((size * 0.55, size * 0.5, size * 0.5), (0, y + size * 0.45, 0), 22)
        if round_head
        else box((size * 1.15, size * 0.9, size), (0, y + size * 0.45, 0), bevel=0.03)
    )
    draft.fixed("gray", cylinder(0.07, 0.1, n=14).moved((0, y - 0.08, 0)))
    for side in (-1, 1):
        draft.contrasting(
            "white", "yellow", ellipsoid((0.055, 0.055, 0.04), (side * size * 0.26, y + size * 0.52, size * 0.46), 14)
        )
        draft.fixed(
            "black", ellipsoid((0.028, 0.028, 0.03), (side * size * 0.26, y + size * 0.52, size * 0.46 + 0.025), 10)
        )
        draft.accent(
            box((0.1, leg + 0.02, 0.13), (side * width * 0.27, leg / 2, 0)),
            box((0.15, 0.07, 0.24), (side * width * 0.27, 0.035, 0.04), bevel=0.015),
        )
    raised = draft.chance(0.4)
    draft.has("raised arms" if raised else "lowered arms")
    for side in (-1, 1):
        hand = (side * (width / 2 + 0.17), leg + height * (1.15 if raised else 0.25), 0.06)
        draft.accent(
            tube(
                smooth(
                    [
                        (side * width / 2, leg + height * 0.8, 0),
                        (side * (width / 2 + 0.14), leg + height * 0.72, 0),
                        hand,
                    ],
                    10,
                ),
                0.045,
            ),
            ellipsoid((0.075, 0.075, 0.075), hand, 14),
        )
    if draft.chance(0.6):
        draft.fixed("gray", tube([(0, y + size * 0.85, 0), (0, y + size * 0.9 + 0.18, 0)], 0.02))
        draft.fixed("red", ellipsoid((0.05, 0.05, 0.05), (0, y + size * 0.9 + 0.2, 0), 12))
        draft.has("an antenna")
