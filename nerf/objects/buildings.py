"""Things that stand outdoors and have a door."""

import math

import numpy as np

from nerf.objects.draft import Draft, Family
from nerf.objects.solids import Solid, arc, box, cylinder, frustum, lathe, prism, tube


def house(draft: Draft) -> None:
    width, depth = draft.between(0.8, 1.3), draft.between(0.7, 1.0)
    storeys = draft.count(1, 2)
    height, roof = 0.42 + 0.36 * (storeys - 1), draft.between(0.26, 0.5)
    draft.has("one storey" if storeys == 1 else "two storeys")
    draft.main(box((width, height, depth), (0, height / 2, 0)))
    _roof(draft, width, depth, height, roof)
    draft.contrasting("brown", "white", box((0.18, 0.3, 0.05), (0, 0.15, depth / 2)))
    panes = "white" if draft.colour in ("sky blue", "turquoise") else "sky blue"
    for storey in range(storeys):
        y = 0.24 + 0.36 * storey
        xs = (-0.32, 0.32) if storey == 0 else (-0.32, 0.0, 0.32)
        draft.fixed(panes, *(box((0.16, 0.16, 0.05), (x * width, y, side * depth / 2)) for x in xs for side in (-1, 1)))
        draft.fixed(
            panes,
            *(box((0.05, 0.16, 0.16), (side * width / 2, y, z * depth)) for z in (-0.22, 0.22) for side in (-1, 1)),
        )


def _roof(draft: Draft, width: float, depth: float, height: float, roof: float) -> None:
    over = 0.08
    kind = draft.choice("gable", "gable", "hip", "flat")
    if kind == "gable":
        eaves = prism([(-depth / 2 - over, 0), (depth / 2 + over, 0), (0, roof)], width + 2 * over)
        draft.accent(eaves.turned("y", math.pi / 2).moved((0, height, 0)))
        draft.has("a gable roof")
    elif kind == "hip":
        draft.accent(frustum((width + 2 * over, depth + 2 * over), (width * 0.35, 0.02), roof).moved((0, height, 0)))
        draft.has("a hip roof")
    else:
        draft.accent(box((width + 0.1, 0.09, depth + 0.1), (0, height + 0.04, 0)))
        draft.has("a flat roof")
        roof = 0.12
    if draft.chance(0.5):
        tall = roof * 0.8 + 0.16
        draft.contrasting("maroon", "gray", box((0.13, tall, 0.13), (width * 0.28, height + tall / 2, -depth * 0.12)))
        draft.has("a chimney")


def tower(draft: Draft) -> None:
    radius, height = draft.between(0.2, 0.32), draft.between(0.9, 1.5)
    draft.proportion(height / radius, (4.0, "squat"), (5.6, "slender"))
    square = draft.chance(0.35)
    draft.called("square" if square else "round")
    taper = draft.between(0.75, 1.0)
    top = radius * taper
    draft.main(_shaft(radius, top, height, square))
    draft.main(_shaft(top * 1.2, top * 1.2, 0.12, square).moved((0, height, 0)))
    kind = draft.choice("battlements", "pointed", "lantern")
    if kind == "battlements":
        for i in range(8):
            angle = 2 * math.pi * (i + 0.5) / 8
            out = top * 1.06 * (1.12 if square and i % 2 == 0 else 1.0)
            merlon = box((0.13, 0.13, 0.13), (0, height + 0.17, out)).turned("y", angle)
            draft.accent(merlon)
        draft.has("battlements")
    elif kind == "pointed":
        peak = draft.between(0.4, 0.6)
        cap = cylinder(top * 1.5, peak, top=0.005, n=4 if square else 32)
        draft.accent(
            (cap.turned("y", math.pi / 4).scaled((1.05, 1, 1.05)) if square else cap).moved((0, height + 0.11, 0))
        )
        draft.has("a pointed roof")
    else:
        draft.fixed("yellow", _shaft(top * 0.7, top * 0.7, 0.2, square).moved((0, height + 0.12, 0)))
        draft.accent(cylinder(top * 1.0, 0.2, top=0.02, n=28).moved((0, height + 0.31, 0)))
        draft.has("a lantern room")
        draft.noun = "lighthouse" if not square else None
    draft.contrasting("brown", "black", box((0.16, 0.28, 0.1), (0, 0.14, radius - 0.03)))
    for level, turn in ((0.42, 0.0), (0.68, 0.9), (0.68, -0.9), (0.5, math.pi)):
        at = radius + (top - radius) * level
        draft.contrasting(
            "black",
            "white",
            box((0.09, 0.15, 0.08), (0, height * level, at - 0.025)).turned(
                "y", turn if not square else round(turn) * math.pi / 2
            ),
        )


def _shaft(bottom: float, top: float, height: float, square: bool) -> Solid:
    if square:
        return frustum((bottom * 1.8, bottom * 1.8), (top * 1.8, top * 1.8), height)
    return cylinder(bottom, height, top=top, n=32)


def windmill(draft: Draft) -> None:
    radius, height = draft.between(0.26, 0.36), draft.between(0.8, 1.1)
    draft.proportion(height / radius, (2.6, "squat"), (3.5, "tall"))
    top = radius * draft.between(0.6, 0.75)
    draft.main(cylinder(radius, height, top=top, n=8 if draft.chance(0.4) else 32))
    draft.accent(
        lathe([(top * 1.15, height), (top * 1.1, height + 0.1), (top * 0.6, height + 0.26), (0.02, height + 0.32)])
    )
    draft.contrasting("brown", "black", box((0.17, 0.28, 0.12), (0, 0.14, radius - 0.05)))
    draft.contrasting(
        "sky blue",
        "white",
        *(
            box((0.12, 0.14, 0.1), (0, height * 0.55, radius * 0.82 - 0.04)).turned("y", turn)
            for turn in (0, math.pi / 2, -math.pi / 2, math.pi)
        ),
    )
    blades, length = draft.count(3, 4), draft.between(0.55, 0.72)
    draft.has("three blades" if blades == 3 else "four blades")
    start, z, y = draft.between(0, 1.5), top + 0.2, height + 0.06
    draft.fixed("gray", tube([(0, y, 0), (0, y, z + 0.05)], 0.06))
    for blade in range(blades):
        sail = prism([(-0.02, 0.1), (0.13, 0.14), (0.13, length), (-0.02, length)], 0.045)
        spar = box((0.05, length, 0.055), (0, length / 2, 0))
        turn = start + 2 * math.pi * blade / blades
        draft.contrasting("white", "beige", sail.turned("z", turn).moved((0, y, z)))
        draft.fixed("brown", spar.turned("z", turn).moved((0, y, z)))


def tent(draft: Draft) -> None:
    width, depth, height = draft.between(0.8, 1.1), draft.between(0.9, 1.3), draft.between(0.6, 0.8)
    kind = draft.choice("ridge", "tipi", "dome")
    if kind == "ridge":
        draft.main(prism([(-width / 2, 0), (width / 2, 0), (0, height)], depth))
        draft.accent(prism([(-width * 0.2, 0), (width * 0.2, 0), (0, height * 0.72)], 0.05).moved((0, 0, depth / 2)))
        draft.fixed(
            "brown", *(tube([(0, 0, z), (0, height + 0.08, z)], 0.025) for z in (-depth / 2 - 0.02, depth / 2 + 0.03))
        )
        draft.called("ridge-shaped")
    elif kind == "tipi":
        tall = height * 1.5
        draft.main(cylinder(width * 0.55, tall, top=0.05, n=draft.count(8, 12)))
        lean = math.atan2(width * 0.5, tall)
        flap = prism([(-width * 0.17, 0), (width * 0.17, 0), (0, tall * 0.5)], 0.06)
        draft.accent(flap.turned("x", -lean).moved((0, 0, width * 0.53)))
        for i in range(4):
            angle = i * math.pi / 2 + 0.4
            draft.fixed(
                "brown",
                tube(
                    [
                        (0.05 * math.cos(angle), tall - 0.1, 0.05 * math.sin(angle)),
                        (-0.12 * math.cos(angle), tall + 0.2, -0.12 * math.sin(angle)),
                    ],
                    0.022,
                ),
            )
        draft.called("conical")
    else:
        half = [(math.cos(a), math.sin(a)) for a in np.linspace(0, math.pi / 2, 10)]
        draft.main(lathe([(x * width * 0.6, y * height * 0.9) for x, y in half], 32))
        for turn in (0.0, math.pi / 2):
            draft.accent(
                tube((arc(1.0, 0, math.pi, 24) * (width * 0.605, height * 0.905, 1)), 0.03).turned("y", turn + 0.78)
            )
        door = [
            (-width * 0.2, 0),
            (width * 0.2, 0),
            (width * 0.16, height * 0.35),
            (0, height * 0.5),
            (-width * 0.16, height * 0.35),
        ]
        draft.accent(prism(door, 0.12).turned("x", -0.25).moved((0, 0, width * 0.57)))
        draft.called("dome-shaped")


BUILDINGS = (
    Family(
        "house",
        house,
        (7.0, 12.0),
        "roof",
        ("plain", "wooden", "striped", "marble"),
        usual=("white", "beige"),
        usual_accents=("maroon", "red"),
    ),
    Family("tower", tower, (12.0, 30.0), "top", ("plain", "striped", "marble", "checkered"), usual=("gray", "white")),
    Family("windmill", windmill, (10.0, 20.0), "cap", ("plain", "striped", "wooden"), usual=("white",)),
    Family("tent", tent, (2.0, 4.0), "entrance", ("plain", "striped", "checkered", "spotted", "fading")),
)
