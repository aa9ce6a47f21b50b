"""Shapes of musical instruments: guitars and drums."""

import math

import numpy as np

from nerf.objects.draft import Draft
from nerf.objects.solids import box, cylinder, ellipsoid, prism, ring, tube


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
