"""What a sentence about a room asks for."""

import pytest

from meshing.room.wishes import Wish, understand


def test_a_desk_by_the_window() -> None:
    wishes = understand("a small bedroom with a desk by the window")
    assert wishes.kind == "bedroom"
    assert wishes.scale == 0.75
    assert wishes.things == (Wish("desk", relation="beside", target="window"),)
    assert wishes.unknown == ()


def test_looks_belong_to_the_thing_they_stand_before() -> None:
    wishes = understand("A Japanese living room with two red velvet sofas and a large dark oak table, marble floor")
    assert [(w.label, w.count, w.style, w.scale) for w in wishes.things] == [
        ("sofa", 2, "red velvet", 1.0),
        ("table", 1, "dark oak", 1.35),
    ]
    assert wishes.style == "japanese marble floor"


@pytest.mark.parametrize(
    ("text", "relation", "target"),
    [
        ("a lamp next to the sofa", "beside", "sofa"),
        ("a picture above the bed", "above", "bed"),
        ("a vase on top of the table", "on", "table"),
        ("an armchair in front of the fireplace", "front", "fireplace"),
        ("a tv opposite the sofa", "opposite", "sofa"),
        ("a plant in the corner", "corner", ""),
        ("a rug in the middle of the room", "middle", ""),
        ("chairs around the table", "around", "table"),
    ],
)
def test_relations(text: str, relation: str, target: str) -> None:
    wishes = understand(text)
    assert (wishes.things[0].relation, wishes.things[0].target) == (relation, target)
    assert wishes.unknown == ()


def test_measures_and_counts() -> None:
    wishes = understand("a kitchen of 4.5 x 3 m with six chairs, high ceiling, no rug and without a tv")
    assert (wishes.width, wishes.depth, wishes.height) == (4.5, 3.0, 3.2)
    assert wishes.refused == {"rug", "screen"}
    assert wishes.things == (Wish("chair", 6),)
    assert understand("an office, 20 square metres").area == 20


def test_words_that_mean_nothing_are_named_and_left_to_the_style() -> None:
    wishes = understand("a bedroom with a flux capacitor and a hygge bed")
    assert wishes.unknown == ("flux", "capacitor", "hygge")
    assert wishes.things == (Wish("bed", style="flux capacitor hygge"),) or wishes.things[0].label == "bed"


@pytest.mark.parametrize("text", ["", "   ", "🛋️🛏️", "ein Zimmer mit Aussicht", "a " * 500, "by by by the with", "no"])
def test_no_sentence_breaks_it(text: str) -> None:
    assert understand(text).kind in ("room",)
