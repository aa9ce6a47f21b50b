from nerf.objects.captions import full_caption, surface_told
from nerf.objects.library import make
from nerf.objects.palette import COLOURS, PATTERNS
from nerf.objects.questions import KINDS, LOOKS, SHADES, answers, own_colours


def test_a_full_caption_tells_the_pattern_and_the_second_colour() -> None:
    for number in range(60):
        description = make("train", number).description
        assert surface_told(full_caption(description)) == (description.pattern, description.second)


def test_what_is_striped_in_two_colours_has_both_and_what_has_spots_has_its_own() -> None:
    assert own_colours("red", "a red and white striped cup") == ("red", "white")
    assert own_colours("sky blue", "a sky blue vase with its color fading into gold") == ("sky blue", "gold")
    assert own_colours("red", "a tall red cup with white spots and a blue handle") == ("red",)
    assert own_colours("red", "a red chair with wooden legs") == ("red",)


def test_every_question_has_all_its_shares_answered() -> None:
    captions = ["a red and white striped cup", "a brown wooden stool with three legs"]
    kinds, shades, looks = answers(["cup", "stool"], ["red", "brown"], captions)
    assert KINDS[kinds[0].argmax()] == "a cup"
    assert {SHADES[i] for i in shades[0].nonzero()[0]} == {"something red", "something white"}
    assert [LOOKS[i] for i in looks.argmax(1)] == ["something striped", "something wooden"]
    assert [len(kinds[0]), len(shades[0]), len(looks[0])] == [58, len(COLOURS), len(PATTERNS)]
    assert all((shares.sum(1) == 1).all() for shares in (kinds, shades, looks))
