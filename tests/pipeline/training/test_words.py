import numpy as np
import pytest

from pipeline.training.words import common_words, pairs_told_apart
from vision.text_meanings import compressed


def test_words_that_mean_alike_are_told_from_those_that_do_not() -> None:
    words = ["red", "scarlet", "chair", "seat", "blue"]
    rng = np.random.default_rng(0)
    red, chair = rng.normal(size=(2, 8))
    features = np.stack([red, red, chair, chair, rng.normal(size=8)]) + 0.1 * rng.normal(size=(5, 8))
    found = pairs_told_apart(compressed(words, features.astype(np.float32), 3))
    assert found["alike"] > 0.8 > found["apart"]


def test_a_missing_list_of_words_comes_with_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "wordfreq", None)
    with pytest.raises(ImportError, match=r"pip install 'scenewright\[words\]'"):
        common_words(3)
