import numpy as np

from vision.text_domain import unlearned
from vision.text_meanings import Meanings

TABLE = Meanings(
    ("red", "crimson", "chair", "violin"), np.array([[100, 0], [90, 20], [0, 100], [50, -80]], np.int8), 0.01
)
VOCABULARY = ["a", "red", "chair"]


def test_known_words_are_no_news() -> None:
    assert unlearned("a Red chair, a chair", VOCABULARY, TABLE) == []


def test_a_new_word_is_told_with_the_learned_word_it_is_most_like() -> None:
    (found,) = unlearned("a crimson chair", VOCABULARY, TABLE)
    assert (found.word, found.nearest) == ("crimson", "red")
    assert abs(found.likeness - 90 / np.hypot(90, 20)) < 1e-6
    assert found.note == "prompt: 'crimson' was never learned; read as like 'red' (similarity 0.98)"


def test_a_word_that_nothing_knows_may_be_ignored() -> None:
    for table in (TABLE, None):
        (found,) = unlearned("a blorptang", VOCABULARY, table)
        assert (found.nearest, found.likeness) == ("", 0.0)
        assert "never learned; it may be ignored" in found.note
