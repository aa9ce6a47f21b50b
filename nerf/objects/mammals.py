"""Shapes of animals on four legs: dogs, cats, elephants, rabbits."""

import numpy as np

from nerf.objects.draft import Draft
from nerf.objects.eyes import eyes
from nerf.objects.solids import cylinder, ellipsoid, lathe, prism, smooth, tube


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
    eyes(draft, (0, head_y + 0.05, head_z + 0.135), 0.075, 0.028)
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
    eyes(draft, (0, head_y + 0.03, head_z + 0.145), 0.085, 0.032)


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
    eyes(draft, (0, y + 0.07, z + 0.175), 0.11, 0.03)
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
    eyes(draft, (0, head[1] + 0.05, head[2] + 0.155), 0.09, 0.03)
