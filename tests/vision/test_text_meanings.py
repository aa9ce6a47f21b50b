from pathlib import Path

import numpy as np
import pytest
import torch

from vision.encoders_dual import DualConfig, DualEncoder, initial, load, save
from vision.text_meanings import Meanings, compressed

WORDS = ("red", "scarlet", "crimson", "chair", "seat", "stool")


def table(width: int = 4) -> Meanings:
    """Two groups of words, each close together."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(2, 12))
    return compressed(WORDS, (np.repeat(centres, 3, 0) + 0.1 * rng.normal(size=(6, 12))).astype(np.float32), width)


def test_words_that_were_close_stay_close_in_few_numbers() -> None:
    vectors = table().vectors.astype(np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    likeness = vectors @ vectors.T
    assert likeness[:3, :3].min() > 0.8
    assert likeness[:3, 3:].max() < 0


def test_each_word_of_a_text_finds_its_vector_and_unknown_ones_are_zero() -> None:
    found, known = table().of(["a Red chair", "stool"])
    assert known.tolist() == [[False, True, True], [True, False, False]]
    assert np.array_equal(found[0, 1], table().vectors[0].astype(np.float32) * np.float32(table().scale))
    assert not found[0, 0].any()


def test_a_word_can_be_made_of_others_and_all_other_words_stay() -> None:
    before = table()
    shares = {"chair": {"red": 0.5, "scarlet": 0.5}, "stool": {"nothing": 1.0}, "nothing": {"red": 1.0}}
    after = before.blended(shares, 0.1)
    assert before.alike("chair", "red") < 0
    assert after.alike("chair", "red") > 0.95
    others = [row for row, word in enumerate(WORDS) if word != "chair"]
    assert np.array_equal(after.vectors[others], before.vectors[others])
    assert np.linalg.norm(after.vectors[3]) == pytest.approx(np.linalg.norm(before.vectors[3]), rel=0.03)


def test_a_table_comes_back_from_disk_with_its_model(tmp_path: Path) -> None:
    model = initial(DualConfig(width=16, size=32, channels=(8, 8), words=16, layers=1, heads=2, meaning=4), 0, table())
    save(model, tmp_path)
    texts = ["a red chair", "a violin"]
    assert np.array_equal(DualEncoder(load(tmp_path)).text(texts), DualEncoder(model).text(texts))


def test_a_tower_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"needs a table of words of width 8 \(got 4\)"):
        initial(DualConfig(meaning=8), 0, table())


def test_a_table_that_lacks_vectors_is_refused() -> None:
    with pytest.raises(ValueError, match=r"6 words need as many vectors \(got 2\)"):
        Meanings(WORDS, np.zeros((2, 4), np.int8), 1.0)


def test_neighbours_come_closest_first_without_the_word_itself() -> None:
    assert set(table().neighbours("red", 5, 0.8)) == {"scarlet", "crimson"}
    assert len(table().neighbours("red", 1, 0.8)) == 1
    assert table().neighbours("violin", 5, 0.0) == []


def test_a_plural_is_read_as_its_word() -> None:
    assert table().row("chairs") == table().row("chair") >= 0
    assert table().row("violins") == -1


def test_spelling_counts_for_learned_words_and_for_those_without_a_meaning_alone() -> None:
    config = DualConfig(width=16, size=32, channels=(8, 8), words=16, layers=1, heads=2, meaning=4)
    model = initial(config, 0, table(), frozenset(["stool"]))
    before = DualEncoder(model).text(["red chair", "blue violin", "red stool"])
    with torch.no_grad():
        model.text.groups.weight.mul_(-1)
    after = DualEncoder(model).text(["red chair", "blue violin", "red stool"])
    assert np.array_equal(before[0], after[0])
    assert not np.allclose(before[1], after[1], atol=1e-3)
    assert not np.allclose(before[2], after[2], atol=1e-3)
