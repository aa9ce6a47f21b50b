from nerf.objects.lexicon import LEXICON, parse, pieces
from nerf.objects.library import FAMILIES
from nerf.objects.palette import COLOURS


def test_training_never_says_a_held_out_word() -> None:
    said = {word.lower() for words in LEXICON.values() for word in words.training} | set(LEXICON)
    assert not said & {words.held_out.lower() for words in LEXICON.values()}


def test_every_colour_and_family_has_other_words() -> None:
    for name in (*COLOURS, *FAMILIES):
        assert len(LEXICON[name].training) >= 2
        assert LEXICON[name].held_out


def test_held_out_words_of_colours_and_families_are_all_different() -> None:
    for names in (COLOURS, FAMILIES):
        assert len({LEXICON[name].held_out for name in names}) == len(names)


def test_the_longest_known_piece_wins() -> None:
    words = parse("sky blue: azure-ish | x\nblue: cobalt | y\nlantern room: lamp room | z")
    assert words["sky blue"].training == ("azure-ish",)
    assert pieces("sky blue wings") == ["sky blue", "wings"]
    assert pieces("a lantern room") == ["a", "lantern room"]
