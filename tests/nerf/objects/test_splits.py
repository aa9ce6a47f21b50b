from collections import Counter

import pytest

from nerf.objects import splits
from nerf.objects.captions import caption
from nerf.objects.library import FAMILIES, make
from nerf.objects.palette import COLOURS


def test_splits_have_different_objects_and_the_same_number_gives_the_same_one() -> None:
    draws = {split: splits.generator(split, 7).random() for split in ("train", "validation", "test")}
    assert len(set(draws.values())) == 3
    assert splits.generator("train", 7).random() == draws["train"]


def test_no_usual_colour_is_held_out() -> None:
    for family in FAMILIES.values():
        held_out = splits.held_out_colours(family.name, family.usual)
        assert len(set(held_out)) == splits.PAIRS_HELD_OUT
        assert not set(held_out) & set(family.usual)


def test_training_never_meets_a_held_out_pair_and_tests_always_do() -> None:
    for index in range(60):
        for split in ("train", "test"):
            is_held_out = _pair_is_held_out(split, index)
            assert is_held_out == (split == "test")


def test_even_colours_leave_out_held_out_pairs_alone_and_are_as_often_all_others() -> None:
    even = [make("train", index, "apple", even=True).description for index in range(170)]
    usual = [make("train", index, "apple").description for index in range(170)]
    held_out = splits.held_out_colours("apple", FAMILIES["apple"].usual)
    counts = Counter(each.colour for each in even)
    assert set(counts) == set(COLOURS) - set(held_out)
    assert max(counts.values()) < 25 < max(Counter(each.colour for each in usual).values())


def _pair_is_held_out(split: splits.Split, index: int) -> bool:
    description = make(split, index).description
    return description.colour in splits.held_out_colours(description.family, FAMILIES[description.family].usual)


def test_no_caption_is_in_training_and_in_tests() -> None:
    rng = splits.generator("train", 0)
    training = {caption(make("train", i).description, "train", rng) for i in range(40)}
    tests = {caption(make("train", i).description, "test", rng) for i in range(40)}
    assert not training & tests


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="index: must be 0 or more"):
        splits.generator("train", -1)
