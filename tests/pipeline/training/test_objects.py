from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nerf.style.examples import Recipe, draw
from pipeline.training import objects
from pipeline.training.objects import draw_data, examples, first_of
from pipeline.training.run import TrainingRun

RECIPE = Recipe(views=2, size=16, points=16, captions=1, supersampling=1)


def test_pieces_are_drawn_once_and_give_what_one_draw_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "PIECE", 3)
    said: list[str] = []
    run = TrainingRun("data", tmp_path, tell=said.append)
    found = examples(run, "train", 5, RECIPE)
    assert np.array_equal(found.rgb, draw("train", range(5), RECIPE).rgb)
    assert len(said) == 2
    assert examples(run, "train", 4, RECIPE).captions == found.captions[:4]
    assert len(said) == 2


def test_another_recipe_wants_another_folder(tmp_path: Path) -> None:
    run = TrainingRun("data", tmp_path, tell=lambda line: None)
    examples(run, "train", 1, RECIPE)
    with pytest.raises(ValueError, match="drawn by another recipe"):
        examples(run, "train", 1, replace(RECIPE, size=32))


def test_the_first_of_many_are_cut_from_every_array() -> None:
    few = first_of(draw("train", range(3), RECIPE), 2)
    assert {len(value) for value in vars(few).values()} == {2}


def test_the_data_of_the_tiny_preset_come_with_a_sheet(tmp_path: Path) -> None:
    figures = draw_data(TrainingRun("data", tmp_path, "tiny", tell=lambda line: None))
    assert figures == {"objects": 48, "held_out": 8, "views": 5}
    assert (tmp_path / "sheets" / "data.png").is_file()
