"""Plans that no room can be built from as they are: each is repaired with a report, or refused with one sentence."""

import contextlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from meshing.room.arrange import problems
from meshing.room.plan import Box, Opening, RoomPlan
from meshing.room.polygon import area, is_simple
from meshing.room.repair import MOST_BOXES, repair, scaled

NAN, INF = float("nan"), float("inf")
FLOOR = ((-2.0, 1.5), (2.0, 1.5), (2.0, -1.5), (-2.0, -1.5))
BED = Box("bed", "bed", (0.0, 0.5, -0.45), (1.6, 1.0, 2.0))
CHAIR = Box("chair", "chair", (1.6, 0.45, 1.0), (0.5, 0.9, 0.5))
WARDROBE = Box("wardrobe", "wardrobe", (-1.65, 1.0, 0.0), (1.6, 2.0, 0.6), float(np.pi / 2))
DOOR = Opening("door", 0, 0.4, 0.9, 2.0)
SOUND = RoomPlan("room", FLOOR, 2.6, (DOOR,), (BED, CHAIR, WARDROBE))


def with_boxes(*boxes: Box) -> RoomPlan:
    return replace(SOUND, boxes=boxes)


def crowd(n: int) -> RoomPlan:
    random = np.random.default_rng(0)
    places = random.uniform(-1.4, 1.4, (n, 2)).tolist()
    return with_boxes(*(Box(f"b{i}", "box", (x, 0.2, z), (0.3, 0.4, 0.3)) for i, (x, z) in enumerate(places)))


REPAIRED: dict[str, tuple[RoomPlan, str]] = {
    "NaN center": (with_boxes(BED, replace(CHAIR, center=(NAN, 0.4, 0.0))), "chair: left out"),
    "NaN size": (with_boxes(BED, replace(CHAIR, size=(0.5, NAN, 0.5))), "not a number"),
    "infinite size": (with_boxes(BED, replace(CHAIR, size=(0.5, INF, 0.5))), "not a number"),
    "NaN yaw": (with_boxes(replace(BED, yaw=NAN)), "its turn is not a number"),
    "negative size": (with_boxes(replace(BED, size=(-1.6, 1.0, 2.0))), "negative size"),
    "zero size": (with_boxes(replace(BED, size=(0.0, 0.0, 0.0))), "is no size for a bed"),
    "giant chair": (with_boxes(replace(CHAIR, size=(9.0, 9.0, 9.0))), "is no size for a chair"),
    "higher than the room": (with_boxes(replace(WARDROBE, size=(1.6, 4.2, 0.6))), "is no size for a wardrobe"),
    "outside": (with_boxes(replace(BED, center=(3.5, 0.5, 0.0))), "inside the room"),
    "far outside": (with_boxes(replace(BED, center=(1e6, 0.5, -1e6))), "inside the room"),
    "overlap": (with_boxes(BED, replace(WARDROBE, center=(-0.8, 1.0, -0.4))), "off a bed"),
    "same place": (with_boxes(BED, replace(BED, name="other")), "other: moved"),
    "door blocked": (with_boxes(replace(WARDROBE, center=(-1.2, 1.0, 1.15), yaw=0.0)), "out of a door's way"),
    "in the air": (with_boxes(replace(BED, center=(0.0, 1.5, -0.45))), "put on the floor"),
    "in the ground": (with_boxes(replace(BED, center=(0.0, 0.0, -0.45))), "put on the floor"),
    "unknown class": (with_boxes(replace(CHAIR, label="flux capacitor")), "a plain box"),
    "misspelt class": (with_boxes(replace(CHAIR, label="chiar")), "nearest kind, chair"),
    "other letters": (with_boxes(replace(CHAIR, name="椅子 №1", label="椅子")), "椅子 №1: no kind is called '椅子'"),
    "empty label": (with_boxes(replace(CHAIR, name="", label="")), "a plain box"),
    "same names": (with_boxes(replace(BED, name="thing"), replace(CHAIR, name="thing")), "more than one"),
    "shell as a box": (with_boxes(BED, replace(CHAIR, label="wall")), "the room itself makes walls"),
    "window as a box": (
        with_boxes(BED, Box("w", "window", (0.0, 1.5, -1.5), (1.2, 1.2, 0.1))),
        "became a window in wall 2",
    ),
    "floating picture": (with_boxes(Box("p", "picture", (0.0, 1.5, 0.0), (0.8, 0.6, 0.03))), "hung on wall"),
    "ten thousand boxes": (crowd(10_000), f"the {MOST_BOXES} largest were kept"),
    "centimetres": (scaled(SOUND, 100.0), "centimetres"),
    "millimetres": (scaled(SOUND, 1000.0), "millimetres"),
    "inches": (scaled(SOUND, 1 / 0.0254), "inches"),
    "crossed edges": (replace(SOUND, floor=(FLOOR[0], FLOOR[2], FLOOR[1], FLOOR[3])), "cross each other"),
    "no floor": (replace(SOUND, floor=(), openings=()), "around the boxes"),
    "floor on a line": (replace(SOUND, floor=((0.0, 0.0), (1.0, 0.0), (2.0, 0.0)), openings=()), "around the boxes"),
    "NaN corner": (replace(SOUND, floor=(*FLOOR, (NAN, 0.0))), "corners that are not numbers"),
    "no height": (replace(SOUND, height=NAN), "height: must be 1.9 to 12 m (got nan)"),
    "negative height": (replace(SOUND, height=-2.6), "height: must be"),
    "no such wall": (replace(SOUND, openings=(replace(DOOR, wall=9),)), "there is no wall 9"),
    "opening past its wall": (replace(SOUND, openings=(replace(DOOR, offset=3.8),)), "to fit into wall 0"),
    "opening higher than the room": (replace(SOUND, openings=(replace(DOOR, height=5.0),)), "to fit into wall 0"),
    "NaN opening": (replace(SOUND, openings=(replace(DOOR, width=NAN),)), "a measure is not a number"),
    "openings in each other": (replace(SOUND, openings=(DOOR, replace(DOOR, offset=0.5))), "meets another"),
}

REFUSED: dict[str, tuple[RoomPlan, str]] = {
    "nothing": (RoomPlan("room", (), 2.6), "at least 3 corners"),
    "two centimetres": (RoomPlan("room", tuple((x / 200, z / 200) for x, z in FLOOR), 2.6), r"0\.8 to 60 m"),
    "a sliver": (RoomPlan("room", ((0.0, 0.1), (9.0, 0.1), (9.0, 0.0), (0.0, 0.0)), 2.6), r"0\.8 to 60 m"),
    "a country": (RoomPlan("room", tuple((x * 1e8, z * 1e8) for x, z in FLOOR), 2.6), r"0\.8 to 60 m"),
    "too many corners": (
        RoomPlan("room", tuple((float(np.cos(t)), float(np.sin(t))) for t in np.linspace(0, 6.2, 999)), 2.6),
        "at most 200 corners",
    ),
}


def test_there_are_thirty_hostile_plans() -> None:
    assert len(REPAIRED) + len(REFUSED) >= 30


def test_a_sound_plan_comes_back_as_it_is() -> None:
    assert repair(SOUND) == SOUND


@pytest.mark.parametrize(("plan", "report"), REPAIRED.values(), ids=REPAIRED)
def test_what_can_be_repaired_is_and_is_reported(plan: RoomPlan, report: str) -> None:
    made = repair(plan)
    assert report in "\n".join(made.repairs)
    check(made)
    assert repair(made) == made, "what was repaired needs no repair"


@pytest.mark.parametrize(("plan", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_is_refused_with_one_sentence(plan: RoomPlan, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        repair(plan)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def check(plan: RoomPlan) -> None:
    """Everything that the makers of rooms rely on."""
    corners = plan.polygon()
    assert area(corners) > 0.6
    assert is_simple(corners)
    assert 1.9 <= plan.height <= 12
    assert problems(plan) == []
    assert len({box.name for box in plan.boxes}) == len(plan.boxes)
    for opening in plan.openings:
        assert 0 <= opening.offset <= opening.offset + opening.width <= plan.wall(opening.wall).length
        assert 0 <= opening.sill < opening.sill + opening.height < plan.height
    for box in plan.boxes:
        assert min(box.size) > 0
        assert np.isfinite([*box.center, *box.size, box.yaw]).all()


def test_units_are_brought_to_metres_exactly() -> None:
    made = repair(scaled(SOUND, 100.0))
    assert np.allclose(made.floor, SOUND.floor)
    assert all(np.allclose(a.center, b.center) for a, b in zip(made.boxes, SOUND.boxes, strict=True))
    assert made.openings[0].width == pytest.approx(DOOR.width)


def test_a_clockwise_floor_keeps_its_openings_where_they_were() -> None:
    flipped = replace(SOUND, floor=FLOOR[::-1], openings=(replace(DOOR, wall=2, offset=4 - 0.4 - 0.9),), boxes=())
    assert np.allclose(flipped.wall(2).point(2.7 + 0.45, 0.0), SOUND.wall(0).point(0.85, 0.0)), "the same place"
    made = repair(flipped)
    (door,) = made.openings
    assert np.allclose(made.wall(door.wall).point(door.offset + 0.45, 0.0), SOUND.wall(0).point(0.85, 0.0))


def test_labels_become_classes() -> None:
    made = repair(with_boxes(replace(BED, label="Double_Bed"), replace(CHAIR, label="office chairs")))
    assert [box.label for box in made.boxes] == ["bed", "chair"]
    assert made.repairs == ()


def test_random_plans_never_break_it() -> None:
    for seed in range(15):
        random = np.random.default_rng(seed)
        plan = random_plan(random)
        with contextlib.suppress(ValueError):
            check(repair(plan))


def random_plan(random: np.random.Generator) -> RoomPlan:
    def number() -> float:
        return float(
            random.choice([random.normal() * 3, random.normal() * 1e4, NAN, 0.0, -INF], p=[0.9, 0.03, 0.03, 0.02, 0.02])
        )

    def three() -> Any:
        return (number(), number(), number())

    labels = ["bed", "sofa", "lamp", "picture", "rug", "ceiling lamp", "window", "dog", "screen", "vase"]
    boxes = tuple(Box("b", str(random.choice(labels)), three(), three(), number()) for _ in range(8))
    openings = tuple(
        Opening("window", int(random.integers(-1, 6)), number(), number(), number(), number()) for _ in range(4)
    )
    floor = tuple((number(), number()) for _ in range(int(random.integers(3, 7))))
    return RoomPlan("random", floor, number(), openings, boxes)
