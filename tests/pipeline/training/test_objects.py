import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from nerf.style.examples import Recipe, draw
from pipeline.training import objects
from pipeline.training.objects import draw_data, examples, first_of
from pipeline.training.run import TrainingRun

ROOT = Path(__file__).parents[3]
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


def test_a_folder_of_its_own_takes_another_recipe_and_begins_where_it_is_told(tmp_path: Path) -> None:
    run = TrainingRun("data", tmp_path, tell=lambda line: None)
    examples(run, "train", 1, RECIPE)
    even = replace(RECIPE, even=True)
    found = examples(run, "train", 2, even, begin=5, folder="even")
    assert np.array_equal(found.rgb, draw("train", range(5, 7), even).rgb)
    assert sorted(path.name for path in (tmp_path / "data" / "even").iterdir()) == ["recipe.json", "train-00005"]


def test_a_recipe_that_was_kept_before_it_had_all_its_settings_is_read_with_their_defaults(tmp_path: Path) -> None:
    run = TrainingRun("data", tmp_path, tell=lambda line: None)
    examples(run, "train", 1, RECIPE)
    path = tmp_path / "data" / "recipe.json"
    path.write_text(json.dumps({name: value for name, value in asdict(RECIPE).items() if name != "even"}))
    assert len(examples(run, "train", 1, RECIPE)) == 1
    with pytest.raises(ValueError, match="drawn by another recipe"):
        examples(run, "train", 1, replace(RECIPE, even=True))


def test_of_two_that_begin_at_once_with_other_recipes_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is at the same place at the same time: it lays its recipe down between our look and our write."""
    run = TrainingRun("data", tmp_path, tell=lambda line: None)
    others = {**asdict(RECIPE), "size": 32}
    (tmp_path / "data").mkdir()

    def link(part: str | Path, path: Path, kept: Callable[..., None] = os.link) -> None:
        path.write_text(json.dumps(others))
        kept(part, path)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(ValueError, match="drawn by another recipe"):
        examples(run, "train", 1, RECIPE)
    assert json.loads((tmp_path / "data" / "recipe.json").read_text()) == others
    assert list((tmp_path / "data").glob("*.part")) == []


def test_processes_that_draw_the_same_piece_at_once_leave_one_whole(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from nerf.style.examples import Recipe\n"
        "from pipeline.training.objects import examples; from pipeline.training.run import TrainingRun\n"
        "recipe = Recipe(views=2, size=16, points=16, captions=1, supersampling=1)\n"
        "examples(TrainingRun('data', Path(sys.argv[1]), tell=lambda line: None), 'train', 2, recipe)"
    )
    both = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT) for _ in range(2)]
    assert [each.wait() for each in both] == [0, 0]
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["recipe.json", "train-00000"]
    said: list[str] = []
    found = examples(TrainingRun("data", tmp_path, tell=said.append), "train", 2, RECIPE)
    assert said == []
    assert np.array_equal(found.rgb, draw("train", range(2), RECIPE).rgb)


def test_the_first_of_many_are_cut_from_every_array() -> None:
    few = first_of(draw("train", range(3), RECIPE), 2)
    assert {len(value) for value in vars(few).values()} == {2}


def test_the_data_of_the_tiny_preset_come_with_a_sheet(tmp_path: Path) -> None:
    figures = draw_data(TrainingRun("data", tmp_path, "tiny", tell=lambda line: None))
    assert figures == {"objects": 48, "held_out": 8, "views": 5}
    assert (tmp_path / "sheets" / "data.png").is_file()
