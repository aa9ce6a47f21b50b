import numpy as np

from vision.text_words import BUCKETS, GROUPS, groups, tokens, words


def test_words_are_cut_at_hyphens_and_marks() -> None:
    assert words("A high-backed, RED chair!") == ["a", "high", "backed", "red", "chair"]


def test_groups_are_the_word_and_its_runs() -> None:
    assert groups("cat") == ["=cat", "<cat", "cat>", "<ca", "cat", "at>"]


def test_forms_of_a_word_share_groups() -> None:
    wooden, wood, metal = (set(tokens([text])[0, 0].tolist()) - {0} for text in ("wooden", "wood", "metal"))
    assert len(wooden & wood) >= 3
    assert len(wooden & metal) <= 1


def test_short_texts_are_padded_with_nothing() -> None:
    numbers = tokens(["a red chair", "cup", ""])
    assert numbers.shape == (3, 3, GROUPS)
    assert (numbers[1, 1:] == 0).all()
    assert (numbers[2] == 0).all()
    assert numbers.max() < BUCKETS
    assert np.array_equal(numbers[1:2, :1], tokens(["cup"]))
