"""Shapes of a pond's animals: ducks, fish, turtles, snails."""

import math

import numpy as np

from nerf.objects.draft import Draft
from nerf.objects.eyes import eyes
from nerf.objects.solids import cylinder, ellipsoid, lathe, loft, prism, smooth, tube


def duck(draft: Draft) -> None:
    size, neck = draft.between(0.3, 0.36), draft.between(0.0, 0.22)
    draft.proportion(neck, (0.06, "short-necked"), (0.15, "long-necked"))
    outline = smooth([(0.03, -1.25), (0.55, -0.75), (1.0, 0.1), (0.7, 0.85), (0.05, 1.05)], 16)
    body = lathe((outline * size).tolist(), 26).turned("x", math.pi / 2)
    tilt = body.turned("x", -0.12)
    draft.main(tilt.scaled((0.95, 0.85, 1)).moved((0, size * 0.85, 0)))
    head = (0.0, size * 1.75 + neck, size * 0.75)
    draft.main(tube([(0, size, size * 0.55), head], [0.17, 0.13]), ellipsoid((0.2, 0.19, 0.2), head, 20))
    draft.accent(ellipsoid((0.1, 0.035, 0.15), (0, head[1] - 0.03, head[2] + 0.24), 14))
    eyes(draft, (0, head[1] + 0.06, head[2] + 0.15), 0.12, 0.032)
    for side in (-1, 1):
        wing = ellipsoid((0.06, size * 0.48, size * 0.75), n=16).turned("x", 0.25)
        draft.main(wing.moved((side * size * 0.9, size * 0.95, -0.05)))
    if draft.chance(0.5):
        for side in (-1, 1):
            draft.accent(tube([(side * 0.12, 0.02, 0.02), (side * 0.12, size * 0.3, 0)], 0.028).moved((0, -0.14, 0)))
            draft.accent(ellipsoid((0.08, 0.028, 0.12), (side * 0.12, -0.13, 0.07), 12))
        draft.called("standing")
    else:
        draft.called("floating")


def fish(draft: Draft) -> None:
    length, tall, wide = draft.between(0.5, 0.7), draft.between(0.2, 0.36), draft.between(0.1, 0.16)
    draft.proportion(tall / length, (0.4, "slim"), (0.55, "tall"))
    rings = []
    for at in np.linspace(-1, 1, 15):
        fat = max((1 - abs(at) ** 2.2) * (1 - 0.28 * (at < 0) * abs(at)), 0.02)
        angle = np.linspace(0, 2 * math.pi, 20, endpoint=False)
        rings.append(
            np.column_stack([wide * fat * np.cos(angle), tall * fat * np.sin(angle), np.full(20, at * length)])
        )
    draft.main(loft(np.stack(rings)))
    fork = draft.between(0.5, 0.9)
    tail = [(0.06, 0.0), (-0.3, tall * 1.0), (-0.3 + 0.22 * fork, 0.0), (-0.3, -tall * 1.0)]
    for half in (tail[:3], [tail[0], tail[2], tail[3]]):
        draft.accent(prism(half, 0.05).turned("y", -math.pi / 2).moved((0, 0, -length * 0.9)))
    top = [
        (0.25 * length, tall * 0.75),
        (-0.05 * length, tall * 1.5),
        (-0.5 * length, tall * 1.25),
        (-0.45 * length, tall * 0.6),
    ]
    draft.accent(prism(top, 0.05).turned("y", -math.pi / 2))
    for side in (-1, 1):
        fin = prism([(0.02, 0.03), (0.02, -0.05), (-0.22, -0.16), (-0.2, 0.02)], 0.04).turned("y", -math.pi / 2)
        draft.accent(fin.turned("y", side * 0.45).moved((side * wide * 0.93, -tall * 0.15, length * 0.3)))
        draft.contrasting(
            "white", "yellow", ellipsoid((0.04, 0.06, 0.06), (side * wide * 0.72, tall * 0.22, length * 0.62), 14)
        )
        draft.fixed(
            "black", ellipsoid((0.03, 0.034, 0.034), (side * (wide * 0.72 + 0.02), tall * 0.22, length * 0.63), 12)
        )
    draft.has("a forked tail" if fork > 0.7 else "a fan tail")


def turtle(draft: Draft) -> None:
    radius, dome = draft.between(0.38, 0.46), draft.between(0.2, 0.34)
    draft.proportion(dome / radius, (0.55, "flat-shelled"), (0.7, "high-shelled"))
    profile = [
        (0.02, 0.1),
        *smooth(
            [(radius * 0.9, 0.1), (radius, 0.15), (radius * 0.7, 0.14 + dome * 0.75), (0.02, 0.14 + dome)], 14
        ).tolist(),
    ]
    draft.main(lathe(profile, 36).scaled((0.88, 1, 1)))
    stretch = draft.between(0.12, 0.26)
    head = (0.0, 0.26 + stretch * 0.5, radius + stretch)
    draft.accent(tube([(0, 0.15, radius * 0.75), head], [0.085, 0.075]), ellipsoid((0.12, 0.105, 0.14), head, 18))
    eyes(draft, (0, head[1] + 0.05, head[2] + 0.08), 0.075, 0.028)
    for x in (-1, 1):
        for z in (-1, 1):
            draft.accent(ellipsoid((0.13, 0.08, 0.11), (x * radius * 0.74, 0.08, z * radius * 0.62), 14))
    draft.accent(cylinder(0.06, 0.17, top=0.01, n=10).turned("x", -math.pi / 2).moved((0, 0.12, -radius * 0.92)))


def snail(draft: Draft) -> None:
    radius = draft.between(0.26, 0.36)
    turns = np.linspace(0, 2.6 * 2 * math.pi, 60)
    spiral = radius * (1 - turns / turns[-1] * 0.86)
    path = np.column_stack(
        [
            0.02 * turns / turns[-1],
            radius + 0.1 + spiral * np.sin(turns - 1.2) * 0.72,
            -0.05 + spiral * np.cos(turns - 1.2) * 0.72,
        ]
    )
    draft.main(tube(path, (0.09 + spiral * 0.34).tolist(), 12))
    body = smooth([(0, 0.05, -radius - 0.28), (0, 0.09, 0), (0, 0.1, radius + 0.06), (0, 0.3, radius + 0.22)], 14)
    draft.accent(tube(body, np.interp(np.linspace(0, 1, 14), [0, 0.4, 1], [0.03, 0.12, 0.1]).tolist(), 14))
    draft.accent(ellipsoid((0.11, 0.1, 0.11), body[-1], 14))
    for side in (-1, 1):
        tip = (side * 0.11, 0.56, radius + 0.27)
        draft.accent(tube([(side * 0.05, 0.34, radius + 0.24), tip], 0.022))
        draft.contrasting("black", "white", ellipsoid((0.038, 0.038, 0.038), tip, 12))
    draft.proportion(radius, (0.29, "small-shelled"), (0.33, "big-shelled"))
    draft.has("two feelers")
