from pathlib import Path

import numpy as np
import pytest

from nerf.objects.splits import is_held_out_caption
from nerf.style.examples import Examples, Recipe, draw, joined

RECIPE = Recipe(views=3, size=32, points=64, captions=2)


def test_the_same_numbers_give_the_same_arrays(few: Examples) -> None:
    again = joined([draw("train", [i], RECIPE) for i in range(6)])
    assert again.captions == few.captions
    for name in ("rgb", "depth", "surface", "space", "inside"):
        assert np.array_equal(getattr(again, name), getattr(few, name))


def test_two_processes_draw_what_one_does(few: Examples) -> None:
    both = draw("train", range(2), RECIPE, workers=2)
    assert np.array_equal(both.rgb, few.rgb[:2])
    assert both.captions == few.captions[:2]


def test_validation_objects_are_others(few: Examples) -> None:
    other = draw("validation", range(6), RECIPE)
    assert not np.array_equal(other.rgb, few.rgb)
    assert all(is_held_out_caption(text) for texts in other.captions for text in texts[1:])


def test_what_was_saved_comes_back_and_bytes_repeat(few: Examples, tmp_path: Path) -> None:
    for name in ("a", "b"):
        few.save(tmp_path / name)
    back = Examples.load(tmp_path / "a")
    assert np.array_equal(back.rgb, few.rgb)
    assert back.captions == few.captions
    for file in ("arrays.npz", "words.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_depth_and_mask_agree(few: Examples) -> None:
    assert np.array_equal(few.depth > 0, few.mask > 0)
    assert 2.0 < few.depth[few.depth > 0].min() < few.depth.max() < 3.4


def test_nothing_to_draw_is_named() -> None:
    with pytest.raises(ValueError, match="needs at least one object"):
        draw("train", [])
