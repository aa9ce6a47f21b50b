"""Shapes of what people carry along: umbrellas, hats, suitcases, gift boxes."""

import math

import numpy as np

from nerf.objects.draft import Draft
from nerf.objects.solids import Vector, arc, box, cylinder, ellipsoid, lathe, loft, smooth, tube


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
