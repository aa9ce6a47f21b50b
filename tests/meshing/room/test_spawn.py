"""Somebody who enters stands free and sees the furniture."""

import numpy as np

from meshing.room.plan import Box, RoomPlan
from meshing.room.spawn import standing_place

SQUARE = ((0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0))


def test_the_place_is_inside_and_away_from_walls_and_things() -> None:
    plan = RoomPlan("room", SQUARE, 2.5, boxes=(Box("bed", "bed", (1.0, 0.5, 1.2), (1.6, 1.0, 2.0), 0.3),))
    (x, z), yaw = standing_place(plan)
    assert 0.3 < x < 3.7
    assert 0.3 < z < 3.7
    local = np.abs(plan.boxes[0].axes() @ (np.array([x, 0.5, z]) - plan.boxes[0].center))
    assert (local > np.array(plan.boxes[0].size) / 2).any()
    look = np.array([np.sin(yaw), np.cos(yaw)])
    assert look @ (np.array([1.0, 1.2]) - (x, z)) > 0


def test_an_empty_room_and_a_full_one_have_a_place_too() -> None:
    (x, z), _ = standing_place(RoomPlan("empty", SQUARE, 2.5))
    assert 0 < x < 4
    assert 0 < z < 4
    full = Box("crate", "box", (2.0, 1.0, 2.0), (4.0, 2.0, 4.0))
    assert np.isfinite(standing_place(RoomPlan("full", SQUARE, 2.5, boxes=(full,)))[0]).all()


def test_in_a_room_with_a_corner_it_is_not_outside() -> None:
    l_shape = ((0.0, 0.0), (0.0, 4.0), (5.0, 4.0), (5.0, 2.0), (2.0, 2.0), (2.0, 0.0))
    (x, z), _ = standing_place(RoomPlan("l", l_shape, 2.5))
    assert x < 2 or z > 2
