"""Places that a thing could have."""

import math

import pytest

from meshing.room.arrange import back_distance
from meshing.room.bare_room import bare_room
from meshing.room.plan import Box, RoomPlan
from meshing.room.spots import Spot, spots
from meshing.room.wishes import Wish, Wishes

PLAN = bare_room(Wishes("room", width=5.0, depth=4.0))
TABLE = Box("table", "table", (0.0, 0.375, 0.0), (1.6, 0.75, 0.9))


def places(label: str, size: tuple[float, float, float], relation: str = "", *targets: Box) -> list[Spot]:
    thing, wish = Box(label, label, (0.0, 0.0, 0.0), size), Wish(label, relation=relation)
    return list(spots(PLAN, thing, wish, targets))


def best(found: list[Spot]) -> Box:
    return max(found, key=lambda spot: spot.score).box


def test_furniture_has_its_back_to_a_wall_and_its_feet_on_the_floor() -> None:
    found = places("wardrobe", (1.2, 2.0, 0.6))
    assert {round(spot.box.yaw / (math.pi / 2)) % 4 for spot in found} == {0, 1, 2, 3}
    for spot in found:
        assert back_distance(spot.box, PLAN) == pytest.approx(0.003)
        assert spot.box.bottom == pytest.approx(0)


def test_pictures_hang_above_what_they_belong_to_and_lamps_from_the_ceiling() -> None:
    sofa = Box("sofa", "sofa", (2.05, 0.4, 0.0), (2.0, 0.8, 0.9), -math.pi / 2)
    picture = best(places("picture", (0.6, 0.5, 0.03), "above", sofa))
    assert picture.bottom > sofa.top
    assert picture.center[0] > 2.4
    assert abs(picture.center[2]) < 0.1
    assert all(spot.box.top == pytest.approx(PLAN.height) for spot in places("ceiling_lamp", (0.5, 0.3, 0.5)))


def test_chairs_look_at_the_table_from_all_sides() -> None:
    found = [spot for spot in places("chair", (0.45, 0.9, 0.5), "around", TABLE) if spot.score > 1]
    assert {round(spot.box.yaw / (math.pi / 2)) % 4 for spot in found} == {0, 1, 2, 3}
    for spot in found:
        assert spot.box.axes()[2][::2] @ (-spot.box.center[0], -spot.box.center[2]) > 0


def test_what_stands_on_something_stands_on_it_and_first_in_its_middle() -> None:
    found = places("vase", (0.2, 0.3, 0.2), "on", TABLE)
    assert all(spot.box.bottom == pytest.approx(TABLE.top) for spot in found)
    assert best(found).center[::2] == (0, 0)


def test_each_window_gets_its_curtain_and_one_that_has_one_is_worth_less() -> None:
    plan = bare_room(Wishes("room", things=(Wish("window", 2),)))
    thing, wish = Box("curtain", "curtain", (0.0, 0.0, 0.0), (1.5, 2.0, 0.1)), Wish("curtain")
    first = list(spots(plan, thing, wish, ()))
    assert [spot.score for spot in first] == [1, 1]
    hung = RoomPlan(plan.name, plan.floor, plan.height, plan.openings, (first[0].box,))
    assert [spot.score for spot in spots(hung, thing, wish, ())] == [0, 1]
