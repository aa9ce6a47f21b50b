from pathlib import Path

import numpy as np
import pytest

from vision.text_wordnet import WordNet, colours, retrofitted

NOUNS = """  1 A licence, which every reader skips
00000001 03 n 01 colour 0 000 | what light leaves
00000002 07 n 02 red 0 redness 0 001 @ 00000001 n 0000 | the colour of blood; "the red of a wine"
00000003 07 n 02 crimson 0 ruby 0 001 @ 00000002 n 0000 | a deep red
00000004 06 n 01 chair 0 000 | a seat with a back
00000005 06 n 02 throne 0 chair_of_state 0 001 @ 00000004 n 0000 | a chair for a king
00000006 07 n 01 lime 0 001 @ 00000001 n 0000 | a green colour with a yellowish tinge
00000007 07 n 01 green 0 000 | the colour of grass
00000008 07 n 01 yellow 0 000 | the colour of butter
00000009 13 n 01 plum 0 000 | a purple fruit
00000010 07 n 01 chalk 0 000 | a white shade
00000011 07 n 01 white 0 000 | the colour of snow
"""
ADJECTIVES = """00000001 00 s 01 crimson(p) 0 001 + 00000003 n 0101 | of a deep red
00000002 00 s 01 chalky 0 000 | having the color of chalk
"""


@pytest.fixture
def net(tmp_path: Path) -> WordNet:
    (tmp_path / "data.noun").write_text(NOUNS)
    (tmp_path / "data.adj").write_text(ADJECTIVES)
    index = {"red": 2, "redness": 2, "crimson": 3, "ruby": 3, "chair": 4, "throne": 5}
    index |= {"lime": 6, "green": 7, "yellow": 8, "plum": 9, "chalk": 10, "white": 11}
    (tmp_path / "index.noun").write_text("".join(f"{w} n 1 1 @ 1 0 {n:08d}\n" for w, n in index.items()))
    (tmp_path / "index.adj").write_text("crimson a 1 1 + 1 0 00000001\nchalky a 1 0 1 0 00000002\n")
    return WordNet.load(tmp_path)


def test_senses_have_their_words_relations_and_definitions_without_examples(net: WordNet) -> None:
    red, crimson = net.senses[1], net.senses[2]
    assert red.words == ("red", "redness")
    assert red.definition == ("the", "colour", "of", "blood")
    assert crimson.near == (1,)
    assert net.senses[4].words == ("throne",)  # words of several pieces are left out
    assert net.of["crimson"] == (2, 11)
    assert net.senses[11].near == (2,)
    assert {"chair", "crimson", "red", "redness", "ruby", "throne"} < set(net.concrete_words())
    assert "colour" not in net.concrete_words()


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


def test_colours_are_those_that_their_definitions_name_and_fruit_are_none(net: WordNet) -> None:
    found = colours(net)
    assert found["crimson"] == {"red": 1.0}
    assert found["lime"] == {"green": pytest.approx(2 / 3), "yellow": pytest.approx(1 / 3)}
    assert found["chalky"] == found["chalk"] == {"white": 1.0}
    assert not {"red", "plum", "throne"} & set(found)


def test_a_folder_without_wordnet_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"must hold data\.noun"):
        WordNet.load(tmp_path)
