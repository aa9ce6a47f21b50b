"""Plans from sentences."""

import math

import numpy as np
import pytest

from meshing.room.arrange import back_distance, problems
from meshing.room.furnish import furnish
from meshing.room.plan import Box, RoomPlan
from meshing.room.polygon import area


def things(plan: RoomPlan, label: str) -> list[Box]:
    return [box for box in plan.boxes if box.label == label]


def window_distance(plan: RoomPlan, box: Box) -> float:
    spots = [plan.wall(o.wall).point(o.offset + o.width / 2, 0.0) for o in plan.openings if o.kind == "window"]
    return min(math.hypot(spot[0] - box.center[0], spot[2] - box.center[2]) for spot in spots)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_desk_stands_by_the_window(seed: int) -> None:
    plan = furnish("a small bedroom with a desk by the window", seed=seed)
    (desk,), (bed,) = things(plan, "desk"), things(plan, "bed")
    assert window_distance(plan, desk) < 1.0
    assert window_distance(plan, desk) < window_distance(plan, bed)
    assert back_distance(bed, plan) < 0.1
    assert problems(plan) == []
    assert area(plan.polygon()) == pytest.approx(0.75 * 14)
    assert plan.repairs == ()


@pytest.mark.parametrize("kind", ["living room", "kitchen", "bathroom", "office", "kids room", "library", "hall"])
def test_every_kind_of_room_is_furnished_without_a_conflict(kind: str) -> None:
    plan = furnish(f"a {kind}")
    assert problems(plan) == []
    assert len(plan.boxes) >= 3
    assert "door" in {opening.kind for opening in plan.openings}
    assert plan == furnish(f"a {kind}"), "the same sentence and seed give the same plan"


def test_a_table_has_its_chairs_around_it_and_they_look_at_it() -> None:
    plan = furnish("a dining room with a table and four chairs")
    (table,), chairs = things(plan, "table"), things(plan, "chair")
    assert len(chairs) == 4
    for chair in chairs:
        way = np.subtract(table.center, chair.center)[::2]
        assert np.linalg.norm(way) < 1.4
        assert chair.axes()[2][::2] @ way > 0.5 * np.linalg.norm(way)
    assert len({round(chair.yaw, 1) for chair in chairs}) >= 3, "on at least three sides"


def test_what_stands_on_something_stands_on_it() -> None:
    plan = furnish("a living room")
    (screen,), (stand,) = things(plan, "screen"), things(plan, "tv_stand")
    assert screen.bottom == pytest.approx(stand.top)
    (picture,), (sofa,) = things(plan, "picture"), things(plan, "sofa")
    assert picture.bottom > sofa.top
    assert math.hypot(picture.center[0] - sofa.center[0], picture.center[2] - sofa.center[2]) < 1.5


def test_what_is_refused_is_not_there() -> None:
    plan = furnish("a bedroom without a wardrobe, no rug, two windows, 4 x 3 m")
    assert not things(plan, "wardrobe")
    assert not things(plan, "rug")
    assert [opening.kind for opening in plan.openings].count("window") == 2
    assert np.allclose(np.ptp(plan.polygon(), axis=0), [4, 3])


def test_nothing_but_what_is_named_where_that_is_wanted() -> None:
    plan = furnish("a room with a green armchair next to a lamp", furniture=False)
    assert sorted(box.label for box in plan.boxes) == ["armchair", "lamp"]
    assert things(plan, "armchair")[0].style == "green"


def test_it_says_what_it_did_not_understand_and_what_found_no_place() -> None:
    plan = furnish("a tiny bathroom with a flux capacitor and eight sofas")
    text = "\n".join(plan.repairs)
    assert "not understood, and left to the style: 'flux', 'capacitor'" in text
    assert "found no free place" in text
    assert problems(plan) == []


def test_no_words_or_too_many_are_an_error() -> None:
    with pytest.raises(ValueError, match="must describe a room"):
        furnish("  ")
    with pytest.raises(ValueError, match="at most 2000 letters"):
        furnish("bed " * 1000)
