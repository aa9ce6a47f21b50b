"""Boxes brought to where they can stand."""

from dataclasses import replace

import numpy as np
import pytest

from meshing.room.arrange import arranged, back_distance, door_room, problems
from meshing.room.plan import Box, Opening, RoomPlan

FLOOR = ((-2.0, 1.5), (2.0, 1.5), (2.0, -1.5), (-2.0, -1.5))
ROOM = RoomPlan("room", FLOOR, 2.6)
TABLE = Box("table", "table", (0.5, 0.375, 0.0), (1.2, 0.75, 0.8))
VASE = Box("vase", "vase", (0.6, 0.9, 0.1), (0.2, 0.3, 0.2))


def arrange(*boxes: Box, room: RoomPlan = ROOM) -> tuple[tuple[Box, ...], list[str]]:
    notes: list[str] = []
    return arranged(replace(room, boxes=boxes), notes), notes


def test_a_box_moves_no_farther_than_it_must() -> None:
    (table,), notes = arrange(replace(TABLE, center=(1.9, 0.375, 0.0)))
    assert table.center == pytest.approx((1.4, 0.375, 0.0), abs=2e-3)
    assert "moved 0.50 m to stand inside the room" in notes[0]


def test_what_stands_on_a_table_stays_on_it_when_it_moves() -> None:
    (table, vase), _ = arrange(replace(TABLE, center=(1.9, 0.375, 0.0)), replace(VASE, center=(2.0, 0.9, 0.1)))
    assert np.subtract(vase.center, table.center) == pytest.approx([0.1, 0.525, 0.1], abs=2e-3)
    assert vase.bottom == pytest.approx(table.top)


def test_what_hovers_over_a_table_comes_down_onto_it() -> None:
    (_, vase), notes = arrange(TABLE, replace(VASE, center=(0.6, 1.3, 0.1)))
    assert vase.bottom == pytest.approx(0.75)
    assert notes == ["vase: put on table, 0.40 m lower"]


def test_chairs_may_be_tucked_under_tables_and_rugs_lie_under_everything() -> None:
    chair = Box("chair", "chair", (0.5, 0.45, 0.4), (0.45, 0.9, 0.5), np.pi)
    rug = Box("rug", "rug", (0.5, 0.01, 0.0), (2.0, 0.02, 1.4))
    boxes, notes = arrange(TABLE, chair, rug)
    assert boxes == (TABLE, chair, rug)
    assert notes == []


def test_pictures_hang_flat_on_the_nearest_wall_away_from_windows() -> None:
    room = replace(ROOM, openings=(Opening("window", 2, 1.0, 1.6, 1.2, 0.9),))  # wall 2 is at z = -1.5
    (picture,), _ = arrange(Box("p", "picture", (0.2, 1.5, -1.2), (0.6, 0.5, 0.03)), room=room)
    assert picture.axes()[2] == pytest.approx([0, 0, 1])
    assert back_distance(picture, room) < 0.005
    window = room.wall(2).point(1.8, 0.0)[0]
    assert abs(picture.center[0] - window) >= (1.6 + 0.6) / 2 - 1e-9


def test_two_pictures_do_not_share_a_place() -> None:
    one = Box("one", "picture", (0.0, 1.5, -1.48), (0.8, 0.6, 0.03))
    boxes, _ = arrange(one, replace(one, name="two"))
    assert abs(boxes[0].center[0] - boxes[1].center[0]) >= 0.8 - 1e-9


def test_ceiling_lamps_hang_from_the_ceiling() -> None:
    (lamp,), _ = arrange(Box("lamp", "ceiling_lamp", (0.0, 1.0, 0.0), (0.5, 0.4, 0.5)))
    assert lamp.top == pytest.approx(2.6)


def test_the_way_through_a_door_stays_free() -> None:
    room = replace(ROOM, openings=(Opening("door", 0, 1.0, 0.9, 2.0),))
    zone = door_room(room, room.openings[0])
    assert zone.min(axis=0) == pytest.approx([-1.0, 0.9])
    blocking = Box("shelf", "shelf", (-0.5, 0.9, 1.3), (0.9, 1.8, 0.32), np.pi)
    assert problems(replace(room, boxes=(blocking,))) == ["shelf: stands in a door's way"]
    (moved,), notes = arrange(blocking, room=room)
    assert problems(replace(room, boxes=(moved,))) == []
    assert "out of a door's way" in notes[0]


def test_a_room_of_an_odd_shape_keeps_its_notch_free() -> None:
    notch = ((0.0, 4.0), (2.0, 4.0), (2.0, 2.0), (4.0, 2.0), (4.0, 0.0), (0.0, 0.0))
    room = RoomPlan("l", notch, 2.6)
    bridge = replace(TABLE, center=(2.0, 0.375, 2.2), size=(1.6, 0.75, 0.8))
    assert problems(replace(room, boxes=(bridge,))) == ["table: reaches out of the room"]
    (moved,), _ = arrange(bridge, room=room)
    assert problems(replace(room, boxes=(moved,))) == []


def test_what_has_no_place_is_left_out_and_named() -> None:
    full = [Box(f"w{i}", "cabinet", (x, 1.0, 0.0), (0.8, 2.0, 2.98)) for i, x in enumerate((-1.6, -0.8, 0.0, 0.8, 1.6))]
    small = [replace(box, size=(0.8, 2.0, 1.78)) for box in full]
    boxes, notes = arrange(*small, *(replace(box, name=f"again {box.name}") for box in small))
    assert problems(replace(ROOM, boxes=boxes)) == []
    assert any("left out, there is no free place" in line or "made smaller" in line for line in notes)


def test_a_bed_across_its_box_is_turned_to_the_wall() -> None:
    (bed,), notes = arrange(Box("bed", "bed", (-0.95, 0.5, 0.0), (2.1, 1.0, 1.6), 0.0))
    assert bed.axes()[2] == pytest.approx([1, 0, 0], abs=1e-9)
    assert bed.size == (1.6, 1.0, 2.1)
    assert "across" in notes[0]
