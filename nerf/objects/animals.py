"""Animals and stuffed ones, put together from rounded bodies."""

import math

import numpy as np

from nerf.objects.draft import Draft, Family
from nerf.objects.palette import Pattern
from nerf.objects.solids import Number, Solid, box, cylinder, ellipsoid, lathe, loft, prism, smooth, tube

FUR: tuple[Pattern, ...] = ("plain", "spotted", "striped", "wooden", "metal", "fading")


def _eyes(draft: Draft, centre: tuple[Number, Number, Number], apart: float, size: float) -> None:
    x, y, z = centre
    draft.contrasting(
        "black", "white", *(ellipsoid((size, size, size * 0.7), (x + side * apart, y, z), 10) for side in (-1, 1))
    )


def _four_legs(draft: Draft, half_width: float, half_length: float, height: float, radius: float) -> None:
    for x in (-1, 1):
        for z in (-1, 1):
            foot = (x * half_width, radius * 0.5, z * half_length)
            draft.main(
                tube([foot, (x * half_width * 0.92, height + 0.05, z * half_length * 0.95)], [radius * 0.9, radius], 12)
            )
            draft.accent(
                ellipsoid(
                    (radius * 1.15, radius * 0.75, radius * 1.4), (foot[0], radius * 0.62, foot[2] + radius * 0.3), 14
                )
            )


def dog(draft: Draft) -> None:
    leg, body = draft.between(0.16, 0.42), draft.between(0.3, 0.46)
    draft.proportion(leg, (0.23, "short-legged"), (0.34, "long-legged"))
    thick = draft.between(0.15, 0.2)
    draft.main(ellipsoid((thick, thick * 1.05, body), (0, leg + thick * 0.7, 0), 24))
    _four_legs(draft, thick * 0.7, body * 0.62, leg + thick * 0.4, 0.058)
    head_y, head_z = leg + thick * 2.1, body + 0.06
    draft.main(tube([(0, leg + thick, body * 0.7), (0, head_y, head_z)], [thick * 0.75, thick * 0.6]))
    draft.main(ellipsoid((0.16, 0.15, 0.16), (0, head_y, head_z), 20))
    draft.main(ellipsoid((0.085, 0.075, 0.15), (0, head_y - 0.05, head_z + 0.17), 16))
    draft.contrasting("black", "maroon", ellipsoid((0.045, 0.04, 0.04), (0, head_y - 0.02, head_z + 0.32), 12))
    _eyes(draft, (0, head_y + 0.05, head_z + 0.135), 0.075, 0.028)
    if draft.chance(0.6):
        draft.has("floppy ears")
        draft.accent(
            *(
                ellipsoid((0.035, 0.15, 0.085), (side * 0.165, head_y - 0.05, head_z - 0.02), 14).turned("z", 0.0)
                for side in (-1, 1)
            )
        )
    else:
        draft.has("pointed ears")
        draft.accent(
            *(
                cylinder(0.075, 0.17, top=0.01, n=12).moved((side * 0.09, head_y + 0.1, head_z - 0.03))
                for side in (-1, 1)
            )
        )
    tail = smooth(
        [
            (0, leg + thick * 1.3, -body * 0.9),
            (0, leg + thick * 1.9, -body - 0.12),
            (0, leg + thick * 2.9, -body - 0.1),
        ],
        8,
    )
    draft.main(tube(tail, np.linspace(0.05, 0.03, 8).tolist()))
    if draft.chance(0.4):
        collar = lathe([(thick * 0.8, -0.025), (thick * 0.8, 0.025)], 20).turned("x", 0.5)
        draft.accent(collar.moved((0, leg + thick * 1.7, body * 0.92)))
        draft.has("a collar")


def cat(draft: Draft) -> None:
    sitting = draft.chance(0.5)
    draft.called("sitting" if sitting else "standing")
    thick = draft.between(0.15, 0.2)
    if sitting:
        head_y, head_z = 0.72, 0.14
        draft.main(lathe(smooth([(thick * 1.1, 0), (thick * 1.45, 0.14), (thick * 0.75, 0.62)], 12).tolist(), 24))
        for side in (-1, 1):
            draft.main(tube([(side * 0.08, 0.04, 0.2), (side * 0.08, 0.4, 0.1)], 0.055))
            draft.accent(ellipsoid((0.065, 0.045, 0.09), (side * 0.08, 0.045, 0.22), 14))
            draft.main(ellipsoid((0.1, 0.14, 0.17), (side * thick * 1.05, 0.14, 0.03), 14))
        tail = smooth([(0, 0.06, -0.18), (0.25, 0.06, -0.2), (0.36, 0.06, 0.05), (0.26, 0.07, 0.2)], 14)
    else:
        leg, body = draft.between(0.22, 0.32), draft.between(0.34, 0.42)
        head_y, head_z = leg + thick * 1.9, body + 0.1
        draft.main(ellipsoid((thick * 0.9, thick * 0.95, body), (0, leg + thick * 0.7, 0), 24))
        draft.main(tube([(0, leg + thick, body * 0.7), (0, head_y, head_z)], thick * 0.55))
        _four_legs(draft, thick * 0.6, body * 0.66, leg + thick * 0.4, 0.05)
        tail = smooth(
            [
                (0, leg + thick, -body * 0.9),
                (0, leg + thick * 1.4, -body - 0.2),
                (0, leg + thick * 3.2, -body - 0.14),
                (0, leg + thick * 3.9, -body - 0.24),
            ],
            14,
        )
    draft.main(tube(tail, 0.042))
    draft.main(ellipsoid((0.2, 0.165, 0.165), (0, head_y, head_z), 22))
    for side in (-1, 1):
        ear = prism([(-0.085, 0), (0.085, 0), (side * 0.03, 0.17)], 0.06)
        draft.accent(ear.moved((side * 0.115, head_y + 0.1, head_z)))
    draft.accent(ellipsoid((0.085, 0.055, 0.05), (0, head_y - 0.06, head_z + 0.145), 14))
    draft.contrasting("pink", "black", ellipsoid((0.025, 0.02, 0.02), (0, head_y - 0.03, head_z + 0.19), 10))
    _eyes(draft, (0, head_y + 0.03, head_z + 0.145), 0.085, 0.032)


def elephant(draft: Draft) -> None:
    leg, body, thick = draft.between(0.24, 0.4), draft.between(0.36, 0.44), draft.between(0.27, 0.33)
    draft.main(ellipsoid((thick, thick, body), (0, leg + thick * 0.75, 0), 28))
    for x in (-1, 1):
        for end in (-1, 1):
            draft.main(cylinder(0.105, leg + thick * 0.6, n=16).moved((x * thick * 0.6, 0, end * body * 0.55)))
            draft.accent(ellipsoid((0.09, 0.05, 0.06), (x * thick * 0.6, 0.05, end * body * 0.55 + 0.07), 10))
    y, z = leg + thick * 1.3, body + 0.1
    draft.main(ellipsoid((0.22, 0.23, 0.21), (0, y, z), 22))
    low = draft.chance(0.5)
    path = (
        [(0, y - 0.03, z + 0.12), (0, y - 0.22, z + 0.26), (0, 0.2, z + 0.24), (0, 0.1, z + 0.3)]
        if low
        else [(0, y - 0.03, z + 0.12), (0, y - 0.16, z + 0.3), (0, y + 0.02, z + 0.46), (0, y + 0.24, z + 0.44)]
    )
    draft.main(tube(smooth(path, 14), np.linspace(0.1, 0.055, 14).tolist(), 14))
    draft.has("a lowered trunk" if low else "a raised trunk")
    size = draft.between(0.2, 0.27)
    for side in (-1, 1):
        ear = ellipsoid((size * 0.85, size, 0.035), n=18).turned("y", side * -0.5)
        draft.accent(ear.moved((side * (0.2 + size * 0.55), y + 0.03, z - 0.07)))
    draft.proportion(size, (0.225, "small-eared"), (0.245, "big-eared"))
    _eyes(draft, (0, y + 0.07, z + 0.175), 0.11, 0.03)
    if draft.chance(0.6):
        for side in (-1, 1):
            tusk = smooth(
                [
                    (side * 0.12, y - 0.12, z + 0.15),
                    (side * 0.15, y - 0.22, z + 0.28),
                    (side * 0.15, y - 0.19, z + 0.38),
                ],
                8,
            )
            draft.contrasting("white", "beige", tube(tusk, np.linspace(0.035, 0.02, 8).tolist()))
        draft.has("tusks")
    draft.main(tube([(0, leg + thick, -body * 0.95), (0, leg + 0.05, -body - 0.1)], 0.03))


def rabbit(draft: Draft) -> None:
    size, ears = draft.between(0.26, 0.32), draft.between(0.26, 0.46)
    draft.main(ellipsoid((size, size * 1.05, size * 1.15), (0, size * 0.95, -0.05), 24))
    head = (0.0, size * 1.9, size * 0.65)
    draft.main(ellipsoid((0.19, 0.18, 0.19), head, 20))
    fallen = draft.chance(0.3)
    draft.has("drooping ears" if fallen else "upright ears")
    draft.proportion(ears, (0.32, "short-eared"), (0.4, "long-eared"))
    for side in (-1, 1):
        ear = ellipsoid((0.065, ears / 2, 0.04), (0, ears / 2, 0), 16).turned("z", side * (-2.5 if fallen else -0.22))
        inner = ellipsoid((0.035, ears * 0.38, 0.03), (0, ears / 2, 0.022), 14).turned(
            "z", side * (-2.5 if fallen else -0.22)
        )
        at = (side * (0.13 if fallen else 0.08), head[1] + 0.13, head[2] - 0.03)
        draft.main(ear.moved(at))
        draft.accent(inner.moved(at))
        draft.main(ellipsoid((0.09, 0.07, 0.15), (side * size * 0.6, 0.07, size * 0.7), 14))
        draft.accent(ellipsoid((0.055, 0.05, 0.04), (side * 0.05, head[1] - 0.06, head[2] + 0.165), 12))
    draft.accent(ellipsoid((0.11, 0.11, 0.11), (0, size * 0.7, -size * 1.2), 16))
    draft.contrasting("pink", "black", ellipsoid((0.03, 0.022, 0.025), (0, head[1] - 0.015, head[2] + 0.19), 10))
    _eyes(draft, (0, head[1] + 0.05, head[2] + 0.155), 0.09, 0.03)


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
    _eyes(draft, (0, head[1] + 0.06, head[2] + 0.15), 0.12, 0.032)
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
    _eyes(draft, (0, head[1] + 0.05, head[2] + 0.08), 0.075, 0.028)
    for x in (-1, 1):
        for z in (-1, 1):
            draft.accent(ellipsoid((0.13, 0.08, 0.11), (x * radius * 0.74, 0.08, z * radius * 0.62), 14))
    draft.accent(cylinder(0.06, 0.17, top=0.01, n=10).turned("x", -math.pi / 2).moved((0, 0.12, -radius * 0.92)))


def teddy_bear(draft: Draft) -> None:
    belly, arms = draft.between(0.24, 0.31), draft.between(-0.9, 0.9)
    draft.main(ellipsoid((belly, 0.3, belly * 0.85), (0, 0.36, 0), 24))
    draft.accent(ellipsoid((belly * 0.68, 0.2, 0.08), (0, 0.35, belly * 0.75), 18))
    draft.proportion(belly, (0.26, "slim"), (0.29, "chubby"))
    y = 0.82
    draft.main(ellipsoid((0.25, 0.22, 0.21), (0, y, 0), 24))
    draft.accent(ellipsoid((0.11, 0.085, 0.09), (0, y - 0.05, 0.19), 16))
    draft.contrasting("black", "brown", ellipsoid((0.042, 0.03, 0.03), (0, y - 0.01, 0.275), 10))
    _eyes(draft, (0, y + 0.05, 0.18), 0.095, 0.03)
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


def snowman(draft: Draft) -> None:
    big, middle, head = draft.between(0.3, 0.36), draft.between(0.2, 0.26), draft.between(0.14, 0.18)
    ys = (big * 0.9, big * 1.75 + middle * 0.75, big * 1.75 + middle * 2.2 + head * 0.5)
    for radius, y in zip((big, middle, head), ys, strict=True):
        draft.main(ellipsoid((radius, radius * 0.95, radius), (0, y, 0), 24))
    nose = cylinder(0.04, 0.2, top=0.005, n=12).turned("x", math.pi / 2)
    draft.contrasting("orange", "red", nose.moved((0, ys[2], head * 0.85)))
    _eyes(draft, (0, ys[2] + 0.06, head * 0.85), 0.06, 0.028)
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


ANIMALS = (
    Family("dog", dog, (0.4, 0.9), "ears and paws", FUR, usual=("brown", "beige", "black", "white")),
    Family("cat", cat, (0.35, 0.6), "ears and muzzle", FUR, usual=("orange", "gray", "black", "white")),
    Family("elephant", elephant, (2.5, 4.5), "ears", FUR, usual=("gray",)),
    Family(
        "rabbit",
        rabbit,
        (0.25, 0.5),
        "tail and inner ears",
        FUR,
        usual=("white", "brown", "gray"),
        usual_accents=("pink", "white"),
    ),
    Family("duck", duck, (0.3, 0.6), "beak", FUR, usual=("yellow", "white"), usual_accents=("orange",)),
    Family("fish", fish, (0.1, 0.6), "fins", FUR),
    Family("turtle", turtle, (0.2, 0.8), "head and legs", (*FUR, "checkered"), usual=("green", "olive", "brown")),
    Family(
        "snail",
        snail,
        (0.03, 0.06),
        "body",
        ("plain", "striped", "spotted", "fading"),
        usual_accents=("beige", "brown"),
    ),
    Family(
        "teddy bear",
        teddy_bear,
        (0.25, 0.6),
        "belly and muzzle",
        ("plain", "spotted", "striped", "checkered"),
        usual=("brown", "beige"),
        usual_accents=("beige", "white"),
    ),
    Family("snowman", snowman, (0.8, 1.8), "hat and scarf", ("plain",), usual=("white",)),
    Family(
        "robot",
        robot,
        (0.2, 1.8),
        "head and limbs",
        ("plain", "metal", "striped", "checkered", "spotted"),
        usual_accents=("gray",),
    ),
)
