"""Tools with a head of metal and a handle: hammers, axes, shovels."""

import math

import numpy as np

from nerf.objects.draft import Draft, Family
from nerf.objects.solids import box, cylinder, lathe, loft, smooth, tube


def hammer(draft: Draft) -> None:
    length, head = draft.between(0.8, 1.15), draft.between(0.34, 0.5)
    draft.proportion(length / head, (2.1, "short-handled"), (2.6, "long-handled"))
    thick = draft.between(0.045, 0.06)
    draft.accent(
        lathe(
            smooth([(thick * 1.15, 0), (thick * 1.3, 0.18), (thick * 0.9, length * 0.6), (thick, length)], 14).tolist(),
            20,
        )
    )
    kind = draft.choice("claw", "mallet", "sledge")
    y = length - 0.02
    if kind == "mallet":
        draft.main(
            cylinder(head * 0.36, head * 1.1, n=28, bevel=0.02).turned("z", math.pi / 2).moved((head * 0.55, y, 0))
        )
        draft.noun = "mallet"
    elif kind == "sledge":
        draft.main(box((head, 0.22, 0.22), (0, y, 0), bevel=0.04))
        draft.has("a block head")
    else:
        draft.main(
            box((head * 0.5, 0.15, 0.14), (0.02, y, 0), bevel=0.02),
            cylinder(0.1, 0.1, n=22, bevel=0.015).turned("z", -math.pi / 2).moved((head * 0.25, y, 0)),
        )
        for side in (-1, 1):
            claw = smooth(
                [
                    (-head * 0.18, y, side * 0.02),
                    (-head * 0.45, y + 0.02, side * 0.045),
                    (-head * 0.72, y - 0.1, side * 0.06),
                ],
                10,
            )
            draft.main(tube(claw, np.linspace(0.06, 0.03, 10).tolist()))
        draft.has("a claw")


def axe(draft: Draft) -> None:
    length, blade = draft.between(0.8, 1.15), draft.between(0.26, 0.4)
    bend = draft.between(-0.05, 0.05)
    draft.accent(tube(smooth([(0.03, 0, 0), (bend, length * 0.5, 0), (0, length + 0.06, 0)], 14), 0.048))
    y = length - 0.06
    double = draft.chance(0.35)
    draft.called("double-bladed" if double else "single-bladed")
    for side in (1, -1) if double else (1,):
        edge = [(blade, blade * 0.62), (blade * 1.1, 0.2 * blade), (blade * 1.1, -0.2 * blade), (blade, -blade * 0.62)]
        outline = np.array([(0.0, 0.1), (blade * 0.4, 0.11), *edge, (blade * 0.4, -0.11), (0.0, -0.1)])
        rings = np.stack(
            [np.column_stack([outline, z * (1 - 0.75 * outline[:, 0] / (blade * 1.1))]) for z in (-0.075, 0.075)]
        )
        shape = loft(rings).moved((0, y, 0))
        draft.main(shape if side > 0 else shape.mirrored())
    draft.proportion(blade, (0.3, "narrow-bladed"), (0.36, "broad-bladed"))
    if not double:
        draft.main(box((0.13, 0.17, 0.14), (-0.03, y, 0), bevel=0.015))


def shovel(draft: Draft) -> None:
    length, width = draft.between(0.8, 1.1), draft.between(0.26, 0.36)
    pointed = draft.chance(0.5)
    draft.called("pointed" if pointed else "square-bladed")
    tip = (
        [(-0.5, 0.42), (-0.5, 0.0), (0.0, -0.5), (0.5, 0.0), (0.5, 0.42)]
        if pointed
        else [(-0.5, 0.42), (-0.46, -0.4), (0.46, -0.4), (0.5, 0.42)]
    )
    outline = np.array([(x * width, 0.2 + y * 0.44) for x, y in tip])
    rings = np.stack([np.column_stack([outline, 0.9 * outline[:, 0] ** 2 / width + z]) for z in (-0.025, 0.025)])
    draft.main(loft(rings), tube([(0, 0.25, 0.02), (0, 0.52, 0)], 0.05))
    draft.accent(tube([(0, 0.4, 0), (0, 0.4 + length, 0)], 0.036))
    top = 0.4 + length
    if draft.chance(0.7):
        draft.accent(
            tube([(0, top - 0.02, 0), (-0.12, top + 0.14, 0)], 0.03),
            tube([(0, top - 0.02, 0), (0.12, top + 0.14, 0)], 0.03),
            tube([(-0.15, top + 0.14, 0), (0.15, top + 0.14, 0)], 0.038),
        )
        draft.has("a D-shaped grip")
    else:
        draft.accent(tube([(-0.14, top, 0), (0.14, top, 0)], 0.042))
        draft.has("a T-shaped grip")


TOOLS = (
    Family("hammer", hammer, (0.25, 0.4), "handle", ("plain", "metal"), usual=("gray",), wooden_accent=True),
    Family("axe", axe, (0.4, 0.9), "handle", ("plain", "metal"), usual=("gray",), wooden_accent=True),
    Family("shovel", shovel, (0.9, 1.3), "handle", ("plain", "metal"), usual=("gray",), wooden_accent=True),
)
