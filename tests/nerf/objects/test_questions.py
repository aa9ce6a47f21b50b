from nerf.objects.captions import accent_told, full_caption, surface_told
from nerf.objects.library import make
from nerf.objects.palette import COLOURS, PATTERNS
from nerf.objects.questions import ACCENTS, KINDS, LOOKS, SHADES, answers, own_colours


def test_a_full_caption_tells_the_pattern_and_the_second_colour() -> None:
    for number in range(60):
        description = make("train", number).description
        assert surface_told(full_caption(description)) == (description.pattern, description.second)


def test_a_full_caption_tells_the_colour_of_other_parts_where_it_is_another() -> None:
    for number in range(60):
        description = make("train", number).description
        is_told = description.accent_parts and (description.accent_wooden or description.accent != description.colour)
        assert accent_told(full_caption(description)) == (description.accent if is_told else None)
    assert accent_told("a red chair with wooden legs") == "brown"
    assert accent_told("a tall red cup with white spots") is None


def test_what_is_striped_in_two_colours_has_both_and_what_has_spots_has_its_own() -> None:
    assert own_colours("red", "a red and white striped cup") == ("red", "white")
    assert own_colours("sky blue", "a sky blue vase with its color fading into gold") == ("sky blue", "gold")
    assert own_colours("red", "a tall red cup with white spots and a blue handle") == ("red",)
    assert own_colours("red", "a red chair with wooden legs") == ("red",)


def test_every_question_has_all_its_shares_answered_or_is_not_asked() -> None:
    captions = ["a red and white striped cup with a sky blue handle", "a brown wooden stool with three legs"]
    kinds, shades, looks, accents = answers(["cup", "stool"], ["red", "brown"], captions)
    assert KINDS[kinds[0].argmax()] == "a cup"
    assert {SHADES[i] for i in shades[0].nonzero()[0]} == {"something red", "something white"}
    assert [LOOKS[i] for i in looks.argmax(1)] == ["something striped", "something wooden"]
    assert [len(kinds[0]), len(shades[0]), len(looks[0])] == [58, len(COLOURS), len(PATTERNS)]
    assert ACCENTS[accents[0].argmax()] == "something with sky blue parts"
    assert accents.sum(1).tolist() == [1, 0]
    assert all((shares.sum(1) == 1).all() for shares in (kinds, shades, looks))
