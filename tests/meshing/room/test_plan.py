"""Plans of rooms: their axes, their walls, their file."""

from pathlib import Path

import numpy as np
import pytest

from meshing.room.plan import Box, Opening, RoomPlan
from meshing.room.polygon import area, contains

FLOOR = ((-2.0, 1.5), (2.0, 1.5), (2.0, -1.5), (-2.0, -1.5))


def test_convention_floor_is_counter_clockwise_seen_from_above() -> None:
    plan = RoomPlan("room", FLOOR, 2.6)
    up = np.zeros(3)
    for one, two in zip(plan.walls(), [*plan.walls()[1:], plan.walls()[0]], strict=True):
        up += np.cross(one.direction(), two.direction())
    assert np.allclose(up / 4, [0, 1, 0]), "walking along the walls turns to the left, about +y"
    assert area(plan.polygon()) == pytest.approx(12)


def test_convention_walls_look_inwards_and_begin_at_their_right_end() -> None:
    wall = RoomPlan("room", FLOOR, 2.6).wall(0)
    assert np.allclose(wall.inward(), [0, 0, -1])
    facing = -wall.inward()
    right = np.cross(facing, [0, 1, 0])
    assert float(right @ wall.direction()) == pytest.approx(-1)
    assert np.allclose(wall.point(1.0, 0.5, 0.25), [-1.0, 0.5, 1.25])


def test_convention_yaw_turns_the_front_from_z_to_x() -> None:
    box = Box("bed", "bed", (0.0, 0.5, 0.0), (1.6, 1.0, 2.0), np.pi / 2)
    assert np.allclose(box.axes()[2], [1, 0, 0])
    assert np.allclose(np.cross(box.axes()[0], box.axes()[1]), box.axes()[2]), "the axes are right-handed"
    assert np.allclose(np.ptp(box.corners(), axis=0), [2.0, 1.0, 1.6]), "its depth lies along x now"
    assert area(box.footprint()) == pytest.approx(3.2)


@pytest.mark.parametrize("yaw", [0.0, 0.3, 2.0, -2.5])
def test_a_box_maps_its_own_corner_to_the_room(yaw: float) -> None:
    box = Box("x", "box", (1.0, 2.0, 3.0), (0.4, 0.6, 0.8), yaw)
    corner = box.room_from_box() @ [-0.2, -0.3, 0.4, 1]
    assert np.allclose(corner[:3], box.corners()[0])
    assert contains(box.footprint(), np.array([[1.0, 3.0]]))[0]


def test_a_plan_survives_the_disk_with_any_letters(tmp_path: Path) -> None:
    plan = RoomPlan(
        "Wohnstübchen 居間",
        FLOOR,
        2.5,
        (Opening("door", 0, 0.3, 0.9, 2.0), Opening("window", 2, 1.0, 1.5, 1.2, 0.9)),
        (Box("böx", "bed", (0.1, 0.5, 0.2), (1.6, 1.0, 2.0), 0.25, "red velvet"),),
        "japanese",
        ("bed: moved",),
    )
    plan.save(tmp_path / "one")
    again = RoomPlan.load(tmp_path / "one")
    assert again == plan
    again.save(tmp_path / "two")
    assert (tmp_path / "one/plan.json").read_bytes() == (tmp_path / "two/plan.json").read_bytes()
