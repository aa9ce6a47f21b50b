"""Words choose looks, colours and materials, and go to the thing they are said of."""

from collections.abc import Sequence

import numpy as np
import pytest

from meshing.room.looks import LOOKS
from meshing.room.style import lexical_similarity, style_for_box, style_of


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_look_is_found_by_its_name(look) -> None:  # type: ignore[no-untyped-def]
    assert style_of(f"a {look.name} room").look.name == look.name


@pytest.mark.parametrize(
    ("words", "look"),
    [("hygge and airy", "scandinavian"), ("a farmhouse kitchen", "rustic"), ("loft with exposed pipes", "industrial"),
     ("tea room in Kyoto", "japanese"), ("by the seaside", "coastal"), ("for a baby", "nursery"), ("", "modern"),
     ("qwertz", "modern")],
)  # fmt: skip
def test_other_words_lead_to_looks_too(words: str, look: str) -> None:
    assert style_of(words).look.name == look


def test_what_is_said_of_a_thing_goes_to_that_thing() -> None:
    plain = style_of("rustic").look
    look = style_of("rustic, brick wall, red sofa, white curtains, marble floor, walnut furniture, brass lamps").look
    assert look.accent_wall == "brick"
    assert look.fabrics[0] == "a8322a"
    assert look.curtain == "f3f2ee"
    assert look.floor == "marble"
    assert look.woods == ("7d5436", "4a2f1d")
    assert look.metal == "b08d48"
    assert look.wall == plain.wall
    assert style_of("blue walls").look.wall == "34608f"


def test_what_was_understood_is_told() -> None:
    assert style_of("rustic, brick wall, red sofa").chosen == ("look rustic", "accent wall brick", "fabric red")
    assert style_of("").chosen == ("look modern, by default",)


def test_a_second_look_mixes_in_where_it_is_nearly_as_like() -> None:
    style = style_of("scandinavian japanese")
    assert style.chosen[1].startswith("mixed with")
    assert style.look.wall not in {look.wall for look in LOOKS}


def test_night_and_sun_change_the_light() -> None:
    assert style_of("modern room at night").look.night
    assert style_of("modern, overcast").look.sun == 0
    assert style_of("sunny scandinavian room").look.sun > 1


def test_the_similarity_may_come_from_elsewhere() -> None:
    def always_the_third(words: Sequence[str], text: str) -> list[float]:
        return [1.0 if number == 2 else 0.0 for number in range(len(words))]

    assert style_of("whatever", always_the_third).look.name == LOOKS[2].name


def test_similarity_counts_words_in_whole_or_in_their_beginning() -> None:
    assert lexical_similarity(["stone house", "blue barn"], "a stone blue barn") == pytest.approx([1.0, 1.0])
    assert lexical_similarity(["scandinavian"], "scandinavia") == pytest.approx([0.7])


def test_a_thing_with_words_of_its_own_gets_its_own_materials() -> None:
    style = style_of("modern")
    assert style_for_box(style, "") is style.surfaces
    assert style_for_box(style, "lovely") is style.surfaces
    own = style_for_box(style, "red velvet")
    assert own is not style.surfaces


def test_colours_reach_the_paint() -> None:
    from meshing.room.materials import Samples

    n = 500
    at = Samples(np.random.default_rng(0).random((n, 2)), np.zeros((n, 3)), np.ones((n, 2)), np.full(n, 0.2))
    r, g, b = style_of("blue sofa").surfaces["fabric"].paint(at).mean(axis=0)
    assert b > 2 * r
    assert b > g
