import pytest

from nerf.objects.library import FAMILIES
from nerf.objects.usual import coloured, says_look, thing_named, usual_colour


@pytest.mark.parametrize(
    ("text", "green", "orange"),
    [
        ("a tree", "a green tree", "an orange tree"),
        ("an elephant with big ears", "a green elephant with big ears", "an orange elephant with big ears"),
        ("a photo of a tree", "a photo of a green tree", "a photo of an orange tree"),
        ("A pear, a big one", "A green pear, a big one", "An orange pear, a big one"),
        ("the tree on a hill", "the green tree on a hill", "the orange tree on a hill"),
        ("trees", "green trees", "orange trees"),
    ],
)
def test_a_colour_is_said_right_before_the_thing(text: str, green: str, orange: str) -> None:
    assert coloured(text, "green") == green
    assert coloured(text, "orange") == orange


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("a tall house with a red roof", "a tall house"),
        ("a cactus in a pot", "a cactus"),
        ("a cup, red", "a cup"),
        ("a swing", "a swing"),
    ],
)
def test_what_a_thing_has_is_no_part_of_its_name(text: str, thing: str) -> None:
    assert thing_named(text) == thing


@pytest.mark.parametrize("thing", ["a red tree", "a Navy Blue car", "a wooden axe", "a pale dog", "a crimson seat"])
def test_words_for_colours_patterns_and_materials_are_known_in_all_wordings(thing: str) -> None:
    assert says_look(thing)


@pytest.mark.parametrize("thing", ["a tree", "a jet", "a blueprint", "a tanker", "a baby elephant", "a goldfish"])
def test_words_that_hold_a_colour_name_none(thing: str) -> None:
    assert not says_look(thing)


def test_each_seed_takes_one_of_the_usual_colours() -> None:
    assert {usual_colour("apple", seed) for seed in range(5)} == set(FAMILIES["apple"].usual)
    assert usual_colour("banana", 7) == "yellow"
    assert usual_colour("chair", 0) is None
    assert usual_colour("no such thing", 0) is None
