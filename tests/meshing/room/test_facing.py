"""Where the front of a thing must be."""

import numpy as np
import pytest

from meshing.room.facing import faced
from meshing.room.plan import Box, RoomPlan

PLAN = RoomPlan("room", ((-2.5, 3.0), (2.5, 3.0), (2.5, -3.0), (-2.5, -3.0)), 2.6)


@pytest.mark.parametrize("turns", range(4))
def test_a_sofa_at_a_wall_looks_into_the_room_however_it_was_drawn(turns: int) -> None:
    size = (0.9, 0.8, 2.0) if turns % 2 else (2.0, 0.8, 0.9)  # 0.9 along x, 2.0 along z
    yaw = turns * np.pi / 2 + np.pi / 2
    sofa = faced(Box("sofa", "sofa", (2.0, 0.4, 0.5), size, yaw), PLAN)
    assert np.allclose(sofa.axes()[2], [-1, 0, 0])
    assert sofa.size == (2.0, 0.8, 0.9)


def test_a_bed_lies_with_its_head_at_the_wall() -> None:
    bed = faced(Box("bed", "bed", (0.0, 0.3, -1.9), (1.6, 0.6, 2.1), np.pi), PLAN)
    assert np.allclose(bed.axes()[2], [0, 0, 1])
    assert bed.size[2] == 2.1


def test_a_chair_in_the_middle_faces_some_way_and_keeps_its_place() -> None:
    chair = Box("chair", "chair", (0.9, 0.45, 0.0), (0.5, 0.9, 0.5))
    turned = faced(chair, PLAN)
    assert turned.center == chair.center
    assert np.allclose(turned.axes()[2], [-1, 0, 0]), "towards the middle"
