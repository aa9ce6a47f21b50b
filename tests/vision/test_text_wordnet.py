from pathlib import Path

import numpy as np
import pytest

from vision.text_wordnet import WordNet, retrofitted

NOUNS = """  1 A licence, which every reader skips
00000001 03 n 01 colour 0 000 | what light leaves
00000002 07 n 02 red 0 redness 0 001 @ 00000001 n 0000 | the colour of blood; "the red of a wine"
00000003 07 n 02 crimson 0 ruby 0 001 @ 00000002 n 0000 | a deep red
00000004 06 n 01 chair 0 000 | a seat with a back
00000005 06 n 02 throne 0 chair_of_state 0 001 @ 00000004 n 0000 | a chair for a king
"""
ADJECTIVES = "00000001 00 s 01 crimson(p) 0 001 + 00000003 n 0101 | of a deep red\n"


@pytest.fixture
def net(tmp_path: Path) -> WordNet:
    (tmp_path / "data.noun").write_text(NOUNS)
    (tmp_path / "data.adj").write_text(ADJECTIVES)
    index = {"red": 2, "redness": 2, "crimson": 3, "ruby": 3, "chair": 4, "throne": 5}
    (tmp_path / "index.noun").write_text("".join(f"{w} n 1 1 @ 1 0 {n:08d}\n" for w, n in index.items()))
    (tmp_path / "index.adj").write_text("crimson a 1 1 + 1 0 00000001\n")
    return WordNet.load(tmp_path)


def test_senses_have_their_words_relations_and_definitions_without_examples(net: WordNet) -> None:
    red, crimson = net.senses[1], net.senses[2]
    assert red.words == ("red", "redness")
    assert red.definition == ("the", "colour", "of", "blood")
    assert crimson.near == (1,)
    assert net.senses[4].words == ("throne",)  # words of several pieces are left out
    assert net.of["crimson"] == (2, 5)
    assert net.senses[5].near == (2,)
    assert net.concrete_words() == ["chair", "crimson", "red", "redness", "ruby", "throne"]


def test_a_word_that_a_model_misplaced_comes_back_to_its_kind_and_new_words_find_a_place(net: WordNet) -> None:
    known = ["red", "crimson", "chair", "offer", "blood", "seat"]
    features = np.eye(6, dtype=np.float32)
    features[1] = 0.9 * features[3] + 0.1 * features[0]  # "crimson" beside "offer"
    wanted = ["red", "crimson", "chair", "offer", "ruby", "throne", "zzz"]
    alone = retrofitted(net, known, features, wanted, own=0.999)
    found = retrofitted(net, known, features, wanted, own=0.3)
    likeness = found @ found.T
    assert likeness[1, 0] > (alone @ alone.T)[1, 0] + 0.2
    assert likeness[1, 0] > likeness[1, 2]
    assert likeness[4, 0] > likeness[4, 2]
    assert likeness[5, 2] > likeness[5, 0]
    assert not found[6].any()
    assert np.linalg.norm(found[:6], axis=1) == pytest.approx(1, abs=1e-5)


def test_a_folder_without_wordnet_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"must hold data\.noun"):
        WordNet.load(tmp_path)
