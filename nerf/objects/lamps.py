"""Shapes of lamps and candles."""

import math

import numpy as np

from nerf.objects.draft import Draft
from nerf.objects.solids import arc, cylinder, ellipsoid, lathe, smooth, tube


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
