"""Doors and windows for rooms that came without."""

from meshing.room.arrange import problems
from meshing.room.openings import with_openings
from meshing.room.plan import Box, Opening, RoomPlan

FLOOR = ((-2.0, 1.5), (2.0, 1.5), (2.0, -1.5), (-2.0, -1.5))


def test_an_empty_room_gets_one_of_each_apart_from_each_other() -> None:
    plan = with_openings(RoomPlan("room", FLOOR, 2.6))
    door, window = plan.openings
    assert (door.kind, window.kind) == ("door", "window")
    assert len(plan.repairs) == 2
    for opening in plan.openings:
        assert 0 <= opening.offset <= plan.wall(opening.wall).length - opening.width
        assert opening.sill + opening.height < plan.height


def test_what_is_there_is_kept() -> None:
    given = (Opening("door", 1, 0.5, 0.9, 2.0), Opening("window", 3, 0.5, 1.0, 1.2, 0.9))
    plan = RoomPlan("room", FLOOR, 2.6, given)
    assert with_openings(plan) == plan


def test_the_door_avoids_furniture() -> None:
    wardrobes = tuple(
        Box(f"w{i}", "wardrobe", (x, 1.0, z), (w, 2.0, d))
        for i, (x, z, w, d) in enumerate([(0.0, -1.2, 4.0, 0.6), (0.0, 1.2, 4.0, 0.6), (-1.7, 0.0, 0.6, 1.8)])
    )
    plan = with_openings(RoomPlan("room", FLOOR, 2.6, boxes=wardrobes))
    assert [opening.wall for opening in plan.openings if opening.kind == "door"] == [1]
    assert problems(plan) == []


def test_a_room_full_to_its_walls_says_that_it_has_no_door() -> None:
    block = Box("block", "box", (0.0, 1.2, 0.0), (3.98, 2.4, 2.98))
    plan = with_openings(RoomPlan("room", FLOOR, 2.6, boxes=(block,)))
    assert plan.openings == ()
    assert any("no door" in line for line in plan.repairs)
    assert any("no window" in line for line in plan.repairs)
