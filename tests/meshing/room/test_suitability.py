"""What speaks for a place."""

import math

import pytest

from meshing.room.plan import Box, Opening, RoomPlan
from meshing.room.suitability import gap, opening_distance, share_before_opening, wall_score
from meshing.room.wishes import Wish

FLOOR = ((-2.0, 2.0), (2.0, 2.0), (2.0, -2.0), (-2.0, -2.0))
PLAN = RoomPlan("room", FLOOR, 2.6, (Opening("window", 0, 1.0, 1.0, 1.2, 0.9),))


def box(x: float, z: float, label: str = "cabinet", yaw: float = 0.0) -> Box:
    return Box(label, label, (float(x), 0.5, float(z)), (1.0, 1.0, 1.0), yaw)


def test_a_gap_is_between_sides_and_nothing_where_boxes_overlap() -> None:
    assert gap(box(0, 0), box(1.75, 0.3)) == pytest.approx(0.75)
    assert gap(box(0, 0), box(4, 5)) == pytest.approx(5)
    assert gap(box(0, 0), box(2, 0, yaw=math.pi / 4)) == pytest.approx(1.5 - math.sqrt(0.5))
    assert gap(box(0, 0), box(0.9, 0)) == 0


def test_distance_is_to_the_middle_of_the_nearest_opening_of_a_kind() -> None:
    x, _, z = PLAN.wall(0).point(1.5, 0.0)
    assert opening_distance(PLAN, box(x - 3, z - 4), "window") == pytest.approx(5)
    assert opening_distance(PLAN, box(0, 0), "door") == 0


def test_a_box_stands_before_the_share_of_the_window_that_it_covers() -> None:
    assert share_before_opening(PLAN, 0, 1.5, box(0, 0)) == pytest.approx(1)
    assert share_before_opening(PLAN, 0, 1.25, box(0, 0)) == pytest.approx(0.75)
    assert share_before_opening(PLAN, 0, 3.0, box(0, 0)) == 0
    assert share_before_opening(PLAN, 1, 1.5, box(0, 0)) == 0


def test_what_was_asked_for_decides() -> None:
    def score(place: Box, relation: str, *targets: Box) -> float:
        return wall_score(PLAN, place, Wish(place.label, relation=relation), targets, corner=1.0, centred=-0.2)

    sofa = box(0, -1.5, "sofa")
    ahead, turned, aside = box(0, 1.5, yaw=math.pi), box(0, 1.5), box(1, 1.5, yaw=math.pi)
    assert score(ahead, "opposite", sofa) > score(turned, "opposite", sofa)
    assert score(ahead, "opposite", sofa) > score(aside, "opposite", sofa)
    assert score(box(1.03, -1.5), "beside", sofa) > score(box(1.5, -1.5), "beside", sofa)
    assert score(box(0, -1.6, "picture"), "above", sofa) > score(box(1, -1.6, "picture"), "above", sofa)


def test_some_things_like_corners_and_others_the_middle() -> None:
    def score(label: str, corner: float, centred: float) -> float:
        return wall_score(PLAN, box(0, 0, label), Wish(label), (), corner=corner, centred=centred)

    assert score("wardrobe", 0.0, -0.4) > score("wardrobe", 1.0, 0.0)
    assert score("cabinet", 0.0, -0.4) < score("cabinet", 1.0, 0.0)
