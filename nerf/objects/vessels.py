"""Things that hold something: vases, bowls, bottles, cups, pots."""

import math

import numpy as np

from nerf.objects.draft import HARD, STONE, Draft, Family
from nerf.objects.solids import Array, Solid, arc, box, cylinder, ellipsoid, lathe, ring, smooth, tube

WALL = 0.03


def hollow(outside: Array, depth: float, *, n: int = 40, wall: float = WALL) -> Solid:
    """A vessel from its outside profile (bottom to rim), open at the top; the inside ends `depth` under the rim."""
    rim = outside[-1, 1]
    keep = outside[:, 1] > rim - depth
    inside = outside[keep] - (wall, 0)
    inside[:, 0] = np.maximum(inside[:, 0], 0.01)
    return lathe([*outside.tolist(), *inside[::-1].tolist(), (inside[0, 0], rim - depth)], n)


def vase(draft: Draft) -> None:
    height, belly = draft.between(0.6, 1.2), draft.between(0.2, 0.34)
    neck, foot = draft.between(0.08, 0.24), draft.between(0.1, 0.2)
    draft.proportion(height / belly, (2.5, "squat"), (4.0, "tall"))
    at = draft.between(0.25, 0.65)
    lip = neck * draft.between(1.0, 1.6)
    controls = [(foot, 0), (belly, at * height), (neck, min(at + 0.32, 0.9) * height), (lip, height)]
    profile = smooth(controls, 20)
    profile[:, 0] = np.maximum(profile[:, 0], 0.06)
    draft.main(hollow(profile, height * 0.35))
    draft.has(
        "a narrow neck"
        if neck < 0.12
        else "a wide mouth"
        if lip > 0.24
        else "a flared rim"
        if lip > neck * 1.35
        else "a foot"
    )
    if draft.features[-1] == "a foot":
        draft.main(cylinder(foot * 1.25, 0.06, n=32, bevel=0.015))
    if draft.chance(0.3):
        draft.has("two handles")
        start, end = (belly * 0.92, at * height + 0.06, 0), (neck * 0.95, min(at + 0.32, 0.9) * height + 0.02, 0)
        middle = (max(belly, neck) + 0.12, (start[1] + end[1]) / 2 + 0.06, 0)
        handle = tube(smooth([start, middle, end], 14), 0.03)
        draft.accent(handle, handle.mirrored())
    elif draft.chance(0.35):
        draft.has("flowers")
        _bouquet(draft, height, min(lip, neck) * 0.5)


def _bouquet(draft: Draft, rim: float, spread: float) -> None:
    for i in range(5):
        angle, out = i * 2.4, (0.06 + 0.05 * i / 2) + spread
        top = (math.cos(angle) * out, rim + draft.between(0.16, 0.3), math.sin(angle) * out)
        draft.contrasting("green", "olive", tube([(0, rim - 0.15, 0), top], 0.016, 8))
        draft.accent(ellipsoid((0.08, 0.06, 0.08), top, 14))


def bowl(draft: Draft) -> None:
    radius, height = draft.between(0.35, 0.5), draft.between(0.18, 0.4)
    draft.proportion(height / radius, (0.58, "shallow"), (0.85, "deep"))
    foot = radius * draft.between(0.3, 0.55)
    profile = smooth([(foot, 0), (radius * draft.between(0.78, 0.95), height * 0.45), (radius, height)], 14)
    draft.main(hollow(profile, height - 0.04, wall=0.035))
    if draft.chance(0.5):
        draft.accent(cylinder(foot * 1.08, 0.06, top=foot * 0.95, n=32).moved((0, -0.045, 0)))
        draft.has("a foot ring")
    if draft.chance(0.35):
        draft.accent(ring(radius - 0.012, 0.028, 40).moved((0, height, 0)))
        draft.has("a thick rim")
    if draft.chance(0.4):
        draft.has("fruit")
        for i in range(6):
            angle, out = i * 1.2, 0.0 if i == 5 else radius * 0.42
            colour = ("red", "orange", "yellow", "lime", "red", "orange")[i]
            size = radius * draft.between(0.27, 0.32)
            y = height - size * 0.3 + (size * 0.8 if i == 5 else 0)
            draft.fixed(colour, ellipsoid((size, size, size), (out * math.cos(angle), y, out * math.sin(angle)), 18))


def bottle(draft: Draft) -> None:
    style = draft.choice("wine", "flask", "square", "jug")
    height, radius = draft.between(0.85, 1.15), draft.between(0.17, 0.26)
    neck = radius * draft.between(0.3, 0.45)
    draft.proportion(height / radius, (4.0, "stout"), (5.4, "slender"))
    shoulder = height * draft.between(0.5, 0.66)
    if style == "flask":
        draft.called("round-bodied")
        draft.main(
            lathe(smooth([(radius * 0.6, 0), (radius * 1.25, height * 0.28), (neck, shoulder), (neck, height)], 20))
        )
    elif style == "square":
        draft.called("square")
        draft.main(box((radius * 1.8, shoulder, radius * 1.8), (0, shoulder / 2, 0), bevel=0.04))
        draft.main(lathe([(radius * 0.8, shoulder - 0.02), (neck, shoulder + 0.12), (neck, height)]))
    else:
        draft.main(
            lathe([(radius * 0.92, 0), (radius, 0.04), (radius, shoulder), (neck, shoulder + 0.18), (neck, height)], 36)
        )
    if style == "jug":
        handle = smooth(
            [(neck, height * 0.93, 0), (radius * 1.35, shoulder + 0.16, 0), (radius * 0.95, shoulder - 0.1, 0)], 14
        )
        draft.main(tube(handle, 0.03))
        draft.has("a handle")
    if draft.chance(0.6):
        draft.accent(cylinder(neck * 1.25, 0.12, n=24, bevel=0.015).moved((0, height - 0.04, 0)))
    else:
        draft.accent(cylinder(neck * 0.9, 0.12, top=neck * 1.1, n=24).moved((0, height - 0.03, 0)))
    if draft.chance(0.4) and style in ("wine", "jug"):
        draft.contrasting(
            "white", "beige", cylinder(radius * 1.03, shoulder * 0.42, n=36).moved((0, shoulder * 0.28, 0))
        )
        draft.has("a label")


def cup(draft: Draft) -> None:
    radius, height = draft.between(0.26, 0.36), draft.between(0.36, 0.72)
    draft.proportion(height / radius, (1.45, "low"), (2.0, "tall"))
    taper = draft.between(0.65, 1.0)
    profile = smooth(
        [(radius * taper * 0.92, 0), (radius * (taper + 1) / 2 * 1.02, height * 0.4), (radius, height)], 14
    )
    draft.main(hollow(profile, height * 0.7))
    draft.fixed("brown", cylinder(radius - 0.035, 0.02, n=32).moved((0, height - 0.1, 0))) if draft.chance(
        0.5
    ) else None
    if draft.chance(0.8):
        size = height * draft.between(0.24, 0.32)
        at = radius * (taper + 1) / 2 + 0.01
        handle = arc(size, -math.pi / 2, math.pi / 2, 14) * (draft.between(0.8, 1.1), 1, 1)
        draft.accent(tube(handle, 0.036).moved((at, height * 0.5, 0)))
    else:
        draft.accent(
            ring(radius - 0.01, 0.024, 36).moved((0, height, 0)),
            ring(radius * taper * 0.9, 0.024, 36).moved((0, 0.03, 0)),
        )
        draft.called("handleless")
    if draft.chance(0.3):
        draft.has("a saucer")
        saucer = smooth([(radius * 0.7, -0.06), (radius * 1.3, -0.03), (radius * 1.75, 0.05)], 10)
        draft.main(hollow(saucer, 0.06))


def teapot(draft: Draft) -> None:
    radius, height = draft.between(0.34, 0.44), draft.between(0.26, 0.42)
    draft.proportion(height / radius, (0.78, "squat"), (0.98, "tall"))
    draft.main(ellipsoid((radius, height, radius), (0, height, 0), 32), cylinder(radius * 0.6, 0.06, n=28))
    spout = smooth(
        [(radius * 0.8, height * 0.7, 0), (radius * 1.3, height * 1.0, 0), (radius * 1.6, height * 1.7, 0)], 12
    )
    draft.main(tube(spout, np.linspace(0.09, 0.05, 12).tolist(), 14))
    if draft.chance(0.3):
        loop = tube(arc(radius * 0.95, 0.25, math.pi - 0.25, 18) * (1, 1.15, 1), 0.032)
        draft.accent(loop.moved((0, height * 1.55, 0)))
        draft.has("a handle on top")
    else:
        loop = tube(arc(height * 0.62, math.pi / 2, 3 * math.pi / 2, 14), 0.042)
        draft.accent(loop.moved((-radius * 0.9, height * 1.02, 0)))
    lid = smooth([(radius * 0.5, height * 1.8), (radius * 0.42, height * 1.96), (0.04, height * 2.06)], 8)
    draft.accent(lathe(lid.tolist()), ellipsoid((0.055, 0.055, 0.055), (0, height * 2.06 + 0.05, 0), 14))


def basket(draft: Draft) -> None:
    radius, height = draft.between(0.32, 0.46), draft.between(0.3, 0.45)
    draft.proportion(height / radius, (0.8, "shallow"), (1.1, "deep"))
    profile = np.array([(radius * 0.75, 0), (radius * 0.95, height * 0.6), (radius, height)])
    draft.main(hollow(profile, height * 0.75, wall=0.04))
    for level in (0.04, 0.34, 0.66, 0.98):
        at = np.interp(level * height, profile[:, 1], profile[:, 0])
        draft.main(ring(float(at) + 0.004, 0.03, 36).moved((0, level * height, 0)))
    if draft.chance(0.6):
        tall = draft.between(0.9, 1.3)
        draft.accent(tube(arc(radius - 0.01, 0, math.pi, 20) * (1, tall, 1) + (0, height, 0), 0.034))
        draft.has("a tall handle")
    else:
        for side in (-1, 1):
            loop = tube(arc(0.13, -0.2, math.pi + 0.2, 12, plane="zy"), 0.03)
            draft.accent(loop.moved((side * radius, height, 0)))
        draft.has("two loops")
    if draft.chance(0.35):
        draft.has("eggs")
        for i in range(7):
            angle, out = i * 2 * math.pi / 6, 0.0 if i == 6 else radius * 0.5
            egg = ellipsoid(
                (0.13, 0.15, 0.13), (out * math.cos(angle), height * 0.92 + 0.06 * (i == 6), out * math.sin(angle)), 16
            )
            draft.contrasting("white", "beige", egg)


def bucket(draft: Draft) -> None:
    radius, height = draft.between(0.3, 0.38), draft.between(0.45, 0.65)
    draft.proportion(height / radius, (1.5, "wide"), (1.85, "tall"))
    draft.main(hollow(np.array([(radius * 0.72, 0), (radius * 0.86, height / 2), (radius, height)]), height * 0.8))
    draft.accent(ring(radius, 0.026, 36).moved((0, height, 0)))
    fallen = draft.chance(0.5)
    bail = arc(radius + 0.02, 0, math.pi, 20) * (1, 1.05, 1)
    draft.accent(tube(bail, 0.022).turned("x", 1.9 if fallen else 0.15).moved((0, height - 0.03, 0)))
    draft.has("a lowered handle" if fallen else "a raised handle")
    if draft.chance(0.3):
        draft.fixed("sky blue", cylinder(radius * 0.93, 0.02, n=32).moved((0, height * 0.86, 0)))
        draft.has("water")


VESSELS = (
    Family("vase", vase, (0.2, 0.6), "details", (*STONE, "checkered")),
    Family("bowl", bowl, (0.15, 0.4), "rim", (*STONE, "wooden", "checkered")),
    Family("bottle", bottle, (0.2, 0.35), "cap", ("plain", "striped", "metal", "spotted", "fading")),
    Family("cup", cup, (0.09, 0.14), "handle", (*STONE, "checkered")),
    Family("teapot", teapot, (0.18, 0.3), "lid and handle", STONE),
    Family(
        "basket", basket, (0.25, 0.5), "handle", ("plain", "wooden", "checkered", "striped"), usual=("beige", "brown")
    ),
    Family("bucket", bucket, (0.25, 0.4), "handle and rim", HARD),
)
