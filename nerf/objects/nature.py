"""Things that grow: plants, trees, mushrooms, fruit."""

import math

import numpy as np

from nerf.objects.draft import Draft, Family
from nerf.objects.palette import Pattern
from nerf.objects.solids import Solid, Vector, cylinder, ellipsoid, lathe, loft, smooth, tube

FRUIT: tuple[Pattern, ...] = ("plain", "metal", "wooden", "marble", "spotted", "striped", "fading")


def leaf(length: float, width: float, thickness: float = 0.03) -> Solid:
    """A pointed leaf from the origin along +y, its face towards z, bent a little."""
    rings = []
    for at in np.linspace(0, 1, 7):
        half = max(width / 2 * math.sin(math.pi * min(at * 0.85 + 0.1, 1.0)), 0.006)
        thick = thickness / 2 * max(1 - at, 0.25)
        bend = 0.22 * length * at**2
        angle = np.linspace(0, 2 * math.pi, 8, endpoint=False)
        rings.append(np.column_stack([half * np.cos(angle), np.full(8, at * length), bend + thick * np.sin(angle)]))
    return loft(np.stack(rings))


def plant(draft: Draft) -> None:
    pot, tall = draft.between(0.17, 0.24), draft.between(0.24, 0.36)
    draft.accent(
        cylinder(pot * 0.72, tall, top=pot, n=28),
        cylinder(pot * 1.12, 0.08, n=28, bevel=0.012).moved((0, tall - 0.08, 0)),
    )
    draft.contrasting("brown", "black", cylinder(pot * 0.95, 0.03, n=24).moved((0, tall - 0.01, 0)))
    kind = draft.choice("bushy", "bladed", "broad")
    if kind == "bladed":
        draft.called("spiky")
        for i in range(draft.count(9, 12)):
            lean = 0.12 + 0.5 * (i % 3) / 2
            blade = leaf(draft.between(0.5, 0.75), 0.11, 0.035).turned("x", lean).turned("y", i * 2.4)
            draft.main(blade.moved((0, tall, 0)))
    elif kind == "broad":
        draft.called("broad-leaved")
        for i in range(draft.count(6, 8)):
            lean, stem = 0.35 + 0.25 * (i % 3), draft.between(0.16, 0.28)
            blade = leaf(draft.between(0.34, 0.44), 0.24, 0.035).moved((0, stem, 0))
            stalk = tube([(0, 0, 0), (0, stem + 0.08, 0.01)], 0.018, 8)
            draft.main(*(solid.turned("x", lean).turned("y", i * 2.4).moved((0, tall, 0)) for solid in (blade, stalk)))
    else:
        draft.called("bushy")
        size = draft.between(0.24, 0.32)
        draft.main(ellipsoid((size, size * 0.9, size), (0, tall + size * 0.8, 0), 20))
        for i in range(14):
            at = _on_sphere(i, 14)
            draft.main(
                ellipsoid((0.11, 0.1, 0.11), (at[0] * size, tall + size * 0.8 + at[1] * size * 0.9, at[2] * size), 10)
            )
    if draft.chance(0.3):
        draft.has("small flowers")
        for i in range(7):
            angle, out = i * 2.4 + 0.5, 0.1 + 0.03 * i
            draft.contrasting(
                "pink",
                "white",
                ellipsoid(
                    (0.06, 0.05, 0.06),
                    (out * math.cos(angle), tall + draft.between(0.45, 0.62), out * math.sin(angle)),
                    12,
                ),
            )


def _on_sphere(i: int, n: int) -> tuple[float, float, float]:
    y = 1 - 2 * (i + 0.5) / n
    out = math.sqrt(1 - y * y)
    return out * math.cos(i * 2.4), y, out * math.sin(i * 2.4)


def flower(draft: Draft) -> None:
    height, petals = draft.between(0.7, 1.0), draft.count(5, 9)
    length, width = draft.between(0.22, 0.34), draft.between(0.14, 0.2)
    draft.has(f"{('five', 'six', 'seven', 'eight', 'nine')[petals - 5]} petals")
    green = "olive" if draft.colour == "green" else "green"
    stem = smooth([(0, 0, 0), (draft.between(-0.06, 0.06), height * 0.5, 0), (0, height, 0)], 10)
    draft.fixed(green, tube(stem, 0.035))
    for i in range(draft.count(2, 3)):
        blade = leaf(0.36, 0.15, 0.035).turned("x", 0.8).turned("y", i * 2.6 + 0.6)
        draft.fixed(green, blade.moved((0, height * (0.18 + 0.2 * i), 0)))
    tilt, open_ = draft.between(0.3, 0.9), draft.between(1.1, 1.45)
    head: list[tuple[Solid, bool]] = [(ellipsoid((0.13, 0.09, 0.13)), False)]
    for i in range(petals):
        head.append((leaf(length + 0.1, width, 0.045).turned("x", open_).turned("y", 2 * math.pi * i / petals), True))
    for solid, is_petal in head:
        (draft.main if is_petal else draft.accent)(solid.turned("x", tilt).moved((0, height, 0)))


def tree(draft: Draft) -> None:
    trunk, radius = draft.between(0.3, 0.6), draft.between(0.3, 0.44)
    thick = draft.between(0.06, 0.1)
    kind = draft.choice("conical", "round", "bushy", "palm")
    if kind == "palm":
        _palm(draft, trunk * 1.6 + 0.2, thick)
        return
    draft.called(kind)
    draft.accent(cylinder(thick * 1.25, trunk + 0.2, top=thick * 0.8, n=14))
    if kind == "conical":
        layers, tall = draft.count(2, 4), draft.between(0.7, 1.0)
        for i in range(layers):
            wide = radius * (1 - 0.7 * i / layers)
            draft.main(
                cylinder(wide, tall / layers * 1.5, top=0.01, n=24).moved((0, trunk + tall * i / layers * 0.9, 0))
            )
        draft.has(f"{('two', 'three', 'four')[layers - 2]} tiers")
    elif kind == "round":
        draft.main(ellipsoid((radius, radius * draft.between(0.85, 1.25), radius), (0, trunk + radius * 0.85, 0), 28))
    else:
        for i in range(9):
            at = _on_sphere(i, 9)
            size = radius * draft.between(0.48, 0.6)
            draft.main(
                ellipsoid(
                    (size, size * 0.9, size),
                    (at[0] * radius * 0.6, trunk + radius * 0.7 + at[1] * radius * 0.5, at[2] * radius * 0.6),
                    16,
                )
            )
    if draft.chance(0.3) and kind != "conical":
        draft.has("fruit")
        for i in range(12):
            at = _on_sphere(i, 12)
            draft.contrasting(
                "red",
                "yellow",
                ellipsoid(
                    (0.055, 0.055, 0.055),
                    (at[0] * radius * 0.97, trunk + radius * 0.82 + at[1] * radius * 0.82, at[2] * radius * 0.97),
                    10,
                ),
            )


def _palm(draft: Draft, height: float, thick: float) -> None:
    lean = draft.between(0.05, 0.3)
    draft.accent(
        tube(
            smooth([(0, 0, 0), (lean * 0.3, height * 0.5, 0), (lean, height, 0)], 12),
            np.linspace(thick * 1.2, thick * 0.7, 12).tolist(),
        )
    )
    for i in range(draft.count(6, 8)):
        frond = leaf(draft.between(0.5, 0.62), 0.2, 0.04).turned("x", 1.15 + 0.3 * (i % 2)).turned("y", i * 2.4)
        draft.main(frond.moved((lean, height - 0.02, 0)))
    if draft.chance(0.5):
        draft.fixed(
            "brown",
            *(
                ellipsoid((0.07, 0.07, 0.07), (lean + 0.08 * math.cos(a), height - 0.08, 0.08 * math.sin(a)), 14)
                for a in (0.3, 2.4, 4.5)
            ),
        )
        draft.has("coconuts")
    draft.noun = "palm tree"


def cactus(draft: Draft) -> None:
    pot, tall = draft.between(0.16, 0.22), draft.between(0.2, 0.28)
    draft.accent(cylinder(pot * 0.75, tall, top=pot, n=28), cylinder(pot * 1.1, 0.06, n=28).moved((0, tall - 0.05, 0)))
    radius, height = draft.between(0.1, 0.16), draft.between(0.45, 0.8)
    draft.proportion(height / radius, (4.2, "stubby"), (5.6, "tall"))
    draft.main(_ribbed(radius, height).moved((0, tall - 0.03, 0)))
    arms = draft.count(0, 3)
    if arms:
        draft.has(("one arm", "two arms", "three arms")[arms - 1])
    for arm in range(arms):
        side, y = (-1) ** arm, tall + height * (0.4 + 0.14 * arm)
        reach, rise = radius + 0.17, draft.between(0.16, 0.28)
        path = smooth(
            [(0, y, 0), (side * reach * 0.8, y + 0.01, 0), (side * reach, y + 0.1, 0), (side * reach, y + rise, 0)], 12
        )
        limb = tube(path, 0.065, 12)
        tip = ellipsoid((0.065, 0.065, 0.065), (side * reach, y + rise, 0), 12)
        draft.main(*(solid.turned("y", 0.25 if arm < 2 else 1.7) for solid in (limb, tip)))
    if draft.chance(0.45):
        draft.contrasting("pink", "white", ellipsoid((0.09, 0.07, 0.09), (0, tall + height - 0.01, 0), 14))
        draft.has("a flower")


def _ribbed(radius: float, height: float) -> Solid:
    """A column with ribs and a round top."""
    angle = np.linspace(0, 2 * math.pi, 40, endpoint=False)
    wave = radius * (1 + 0.10 * np.cos(8 * angle))
    rings = []
    for at in np.linspace(0, 1, 12):
        shrink = (
            math.sqrt(max(1 - max(at - 0.8, 0) ** 2 / 0.04, 0.0)) if at > 0.8 else 1 - 0.15 * max(0.2 - at, 0) / 0.2
        )
        rings.append(
            np.column_stack(
                [
                    wave * max(shrink, 0.02) * np.cos(angle),
                    np.full(40, at * height),
                    wave * max(shrink, 0.02) * np.sin(angle),
                ]
            )
        )
    return loft(np.stack(rings))


def mushroom(draft: Draft) -> None:
    height, radius = draft.between(0.35, 0.65), draft.between(0.28, 0.46)
    thick = draft.between(0.09, 0.16)
    draft.proportion(height / radius, (1.0, "squat"), (1.6, "tall"))
    stem = smooth([(thick * draft.between(1.2, 1.6), 0), (thick, height * 0.5), (thick * 0.85, height + 0.05)], 10)
    draft.accent(lathe(stem.tolist(), 24))
    kind = draft.choice("domed", "flat", "pointed")
    draft.has(f"a {kind} cap")
    cap = radius * {"domed": 0.75, "flat": 0.4, "pointed": 1.15}[kind]
    controls = [
        (radius * 0.8, height - 0.04),
        (radius, height + 0.03),
        (radius * (0.45 if kind == "pointed" else 0.78), height + cap * 0.68),
        (0.01, height + cap),
    ]
    draft.main(lathe([(0.02, height), *smooth(controls, 18).tolist()], 40))
    if draft.chance(0.35):
        draft.accent(
            lathe(
                [
                    (thick * 1.05, height * 0.6),
                    (thick * 1.9, height * 0.5),
                    (thick * 1.8, height * 0.54),
                    (thick, height * 0.68),
                ]
            )
        )
        draft.has("a ring around the stem")


def _leafy_stem(draft: Draft, top: float, *, leafy: bool) -> None:
    draft.contrasting(
        "brown", "black", tube(smooth([(0, top - 0.1, 0), (0.01, top + 0.06, 0), (0.06, top + 0.16, 0)], 8), 0.03)
    )
    if leafy:
        blade = leaf(0.26, 0.14, 0.035).turned("x", 1.0).turned("y", 0.9)
        draft.contrasting("green", "olive", blade.moved((0.02, top + 0.04, 0)))
        draft.has("a leaf")


def apple(draft: Draft) -> None:
    radius, tall = 0.42, draft.between(0.8, 1.05)
    outline = [(0.02, 0.05), (0.17, 0.0), (0.35, 0.2), (0.44, 0.5), (0.34, 0.74), (0.16, 0.78), (0.02, 0.68)]
    draft.main(lathe([(x * draft.between(0.995, 1.005), y * tall) for x, y in smooth(outline, 26)], 36))
    draft.proportion(tall, (0.87, "flat"), (0.98, "tall"))
    _leafy_stem(draft, radius * 1.6 * tall, leafy=draft.chance(0.6))


def pear(draft: Draft) -> None:
    neck, tall = draft.between(0.12, 0.2), draft.between(1.0, 1.3)
    draft.proportion(neck, (0.145, "narrow-topped"), (0.175, "plump"))
    outline = [(0.03, 0.03), (0.24, 0.0), (0.4, 0.28), (0.3, 0.56), (neck, 0.82), (neck * 0.55, 0.97), (0.01, 0.98)]
    draft.main(lathe([(x, y * tall) for x, y in smooth(outline, 26)], 36))
    _leafy_stem(draft, 0.97 * tall, leafy=draft.chance(0.6))


def banana(draft: Draft) -> None:
    count = draft.count(1, 3)
    draft.noun = None if count == 1 else "bunch of bananas"
    bend, thick = draft.between(0.35, 0.6), draft.between(0.11, 0.15)
    for i in range(count):
        path: list[Vector] = [(t, bend * 1.6 * (t - 0.5) ** 2, 0) for t in np.linspace(0, 1, 16)]
        radii = [thick * min(1.0, 0.35 + 4.5 * min(t, 1 - t)) for t in np.linspace(0, 1, 16)]
        turn = (i - (count - 1) / 2) * 0.55
        fruit = tube(path, radii, 10)
        ends = [ellipsoid((0.07, 0.055, 0.055), path[0], 12), ellipsoid((0.05, 0.04, 0.04), path[-1], 12)]
        draft.main(fruit.turned("y", turn))
        draft.contrasting("brown", "black", *(end.turned("y", turn) for end in ends))
    draft.proportion(bend, (0.43, "straight"), (0.52, "curved"))


def pumpkin(draft: Draft) -> None:
    ribs, flat = draft.count(7, 10), draft.between(0.6, 0.9)
    draft.proportion(flat, (0.69, "flat"), (0.81, "tall"))
    angle = np.linspace(0, 2 * math.pi, 60, endpoint=False)
    groove = 1 - 0.13 * np.abs(np.cos(ribs * angle / 2)) ** 6
    rings = []
    for radius, y in smooth([(0.08, 0.1), (0.3, 0.0), (0.5, 0.32), (0.42, 0.6), (0.2, 0.68), (0.05, 0.6)], 18):
        rings.append(
            np.column_stack(
                [radius * groove * np.cos(angle), np.full(60, y * flat / 0.7), radius * groove * np.sin(angle)]
            )
        )
    draft.main(loft(np.stack(rings)))
    top = 0.62 * flat / 0.7
    path = smooth([(0, top - 0.06, 0), (0, top + 0.12, 0), (draft.between(0.05, 0.12), top + 0.22, 0)], 8)
    draft.accent(tube(path, np.linspace(0.09, 0.05, 8).tolist()))
    if draft.chance(0.4):
        eyes = [ellipsoid((0.07, 0.08, 0.08), (x, 0.42 * flat / 0.7, 0.42), 12) for x in (-0.16, 0.16)]
        mouth = ellipsoid((0.19, 0.055, 0.08), (0, 0.2 * flat / 0.7, 0.44), 14)
        draft.contrasting("black", "yellow", *eyes, mouth)
        draft.has("a carved face")


NATURE = (
    Family(
        "plant", plant, (0.3, 0.8), "pot", ("plain", "spotted", "striped", "fading"), usual=("green", "olive", "lime")
    ),
    Family("flower", flower, (0.2, 0.6), "center", ("plain", "spotted", "fading"), usual_accents=("yellow", "brown")),
    Family(
        "tree",
        tree,
        (2.0, 9.0),
        "trunk",
        ("plain", "spotted", "fading"),
        usual=("green", "olive", "lime"),
        usual_accents=("brown",),
    ),
    Family("cactus", cactus, (0.15, 0.5), "pot", ("plain", "striped", "spotted", "fading"), usual=("green", "olive")),
    Family(
        "mushroom",
        mushroom,
        (0.06, 0.2),
        "stem",
        ("plain", "spotted", "striped", "fading"),
        usual=("red", "brown"),
        usual_accents=("white", "beige"),
    ),
    Family("apple", apple, (0.07, 0.1), None, FRUIT, usual=("red", "green")),
    Family("pear", pear, (0.08, 0.12), None, FRUIT, usual=("green", "yellow")),
    Family("banana", banana, (0.17, 0.22), None, ("plain", "metal", "spotted", "striped"), usual=("yellow",)),
    Family("pumpkin", pumpkin, (0.2, 0.5), "stem", FRUIT, usual=("orange",), usual_accents=("green", "brown")),
)
