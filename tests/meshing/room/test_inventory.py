"""What is to be placed, and in which order."""

import pytest

from meshing.room.inventory import things_wanted
from meshing.room.wishes import KINDS, Wish, Wishes, understand


@pytest.mark.parametrize("kind", KINDS)
def test_each_thing_comes_after_what_it_refers_to(kind: str) -> None:
    labels = [wish.label for wish in things_wanted(Wishes(kind), furniture=True)]
    targets = {wish.label: wish.target for wish in things_wanted(Wishes(kind), furniture=True)}
    assert len(labels) >= 3
    for at, label in enumerate(labels):
        assert targets[label] in ("", "window", "door", *labels[:at])


def test_the_sentence_adds_to_and_takes_from_what_such_a_room_has() -> None:
    usual = {wish.label for wish in things_wanted(Wishes("bedroom"), furniture=True)}
    asked = things_wanted(understand("a bedroom with two desks, without a wardrobe"), furniture=True)
    assert {wish.label for wish in asked} == usual - {"wardrobe"} | {"desk"}
    assert next(wish.count for wish in asked if wish.label == "desk") == 2
    bare = things_wanted(understand("a bedroom with two desks, without a wardrobe"), furniture=False)
    assert [wish.label for wish in bare] == ["desk"]


def test_a_thing_stands_where_such_things_do_unless_the_sentence_says_where() -> None:
    silent, told = (
        next(wish for wish in things_wanted(Wishes("bedroom", things=(asked,)), furniture=True) if wish.label == "rug")
        for asked in (Wish("rug"), Wish("rug", relation="middle"))
    )
    assert (silent.relation, silent.target) == ("front", "bed")
    assert (told.relation, told.target) == ("middle", "")


def test_what_refers_to_something_that_is_not_there_refers_to_nothing() -> None:
    without = things_wanted(Wishes("bedroom", refused=frozenset({"bed"})), furniture=True)
    rug = next(wish for wish in without if wish.label == "rug")
    assert (rug.relation, rug.target) == ("", "")
