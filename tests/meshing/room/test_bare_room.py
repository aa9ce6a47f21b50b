"""The empty room of a sentence."""

import itertools

import numpy as np
import pytest

from meshing.room.bare_room import bare_room
from meshing.room.polygon import area
from meshing.room.wishes import KINDS, Wish, Wishes


@pytest.mark.parametrize("kind", KINDS)
def test_openings_lie_in_their_walls_beside_each_other(kind: str) -> None:
    things = (Wish("door", 5), Wish("window", 9, scale=1.5))
    for plan in (bare_room(Wishes(kind)), bare_room(Wishes(kind, things=things))):
        assert [opening.kind for opening in plan.openings].count("door") in (1, 3)
        for opening in plan.openings:
            assert 0 <= opening.offset <= opening.offset + opening.width <= plan.wall(opening.wall).length
            assert opening.sill + opening.height < plan.height
        for one, two in itertools.combinations(plan.openings, 2):
            if one.wall == two.wall and {one.kind, two.kind} == {"window"}:
                assert one.offset + one.width <= two.offset or two.offset + two.width <= one.offset


def test_the_room_is_as_large_as_was_said() -> None:
    assert np.allclose(np.ptp(bare_room(Wishes(width=4.0, depth=3.0)).polygon(), axis=0), [4, 3])
    assert area(bare_room(Wishes("office", area=20.0)).polygon()) == pytest.approx(20)
    assert area(bare_room(Wishes("office", scale=0.5)).polygon()) == pytest.approx(6)
    assert np.allclose(np.ptp(bare_room(Wishes(width=400.0, depth=0.1, height=99.0)).polygon(), axis=0), [30, 1.5])
    assert bare_room(Wishes(height=99.0)).height == 8


def test_no_opening_that_was_refused_and_no_window_in_a_hall() -> None:
    assert bare_room(Wishes(refused=frozenset({"door", "window"}))).openings == ()
    assert [opening.kind for opening in bare_room(Wishes("hall")).openings] == ["door"]
    asked = bare_room(Wishes("hall", things=(Wish("window"),)))
    assert [opening.kind for opening in asked.openings] == ["door", "window"]
