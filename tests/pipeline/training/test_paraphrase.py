import numpy as np

from nerf.objects.lexicon import LEXICON
from pipeline.training.paraphrase import css_colours, kept_for_tests, other_words, paraphrased
from vision.text_meanings import Meanings, compressed
from vision.text_words import words

TABLE = ("chair", "armchair", "chaise", "red", "ruby", "crimson", "pot")


def table() -> Meanings:
    """Three chairs, three reds and a pot; "chaise" and "crimson" are words kept for tests."""
    rng = np.random.default_rng(0)
    features = np.repeat(np.eye(3, 8), (3, 3, 1), axis=0) + 0.02 * rng.normal(size=(7, 8))
    return compressed(TABLE, features.astype(np.float32), 4)


def test_neighbours_stand_in_for_a_word_but_never_one_that_is_kept_for_tests() -> None:
    others = other_words(["a red chair with four pots"], table())
    assert "armchair" in others["chair"]
    assert "ruby" in others["red"]
    assert {"chaise", "crimson"} <= kept_for_tests()
    for options in others.values():
        assert not {"chaise", "crimson"} & set(options)
    assert "with" not in others
    assert "four" not in others


def test_no_word_of_a_test_wording_is_brought_in_for_any_word_of_the_library() -> None:
    listed = {word for entry in LEXICON.values() for text in entry.training for word in words(text)}
    brought = {w for options in other_words(LEXICON, table()).values() for text in options for w in words(text)}
    assert not (brought - listed) & kept_for_tests()


def test_colours_of_css_stand_for_the_nearest_of_the_library() -> None:
    colours = css_colours()
    assert "firebrick" in colours["red"]
    assert "seagreen" in colours["green"]
    assert "forestgreen" not in other_words(["a green chair"], None)["green"]  # "forest" is kept for tests
    assert "firebrick" in other_words(["a red chair"], None)["red"]


def test_the_share_says_how_much_of_a_text_is_replaced() -> None:
    others = {"red": ("ruby",), "chair": ("armchair",)}
    rng = np.random.default_rng(0)
    assert paraphrased("a red chair", others, 0.0, rng) == "a red chair"
    assert paraphrased("a red chair", others, 1.0, rng) == "a ruby armchair"
    half = [paraphrased("a red chair", others, 0.5, rng) for _ in range(200)]
    assert 60 < sum("ruby" in text for text in half) < 140
