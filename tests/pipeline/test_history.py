"""What earlier runs teach: why a stage has to run again, and what it will take."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.history import KEPT, Estimate, History, explain

RECIPE: dict[str, Any] = {
    "stage": "toy",
    "version": 1,
    "config": {"voxel": 0.02, "path": {"content": [[".txt", "a" * 64]]}},
    "inputs": {"views": ["b" * 64], "masks": ["c" * 64]},
    "seed": 7,
}


def changed(**changes: Any) -> dict[str, Any]:
    return {**RECIPE, **changes}


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (RECIPE, "its result is no longer stored"),
        (changed(version=2), "version 1 -> 2"),
        (changed(stage="other"), 'stage "toy" -> "other"'),
        (changed(seed=8), "seed 7 -> 8"),
        (changed(config={**RECIPE["config"], "voxel": 0.01}), "config.voxel 0.02 -> 0.01"),
        (changed(config={**RECIPE["config"], "new": "x" * 99}), f'config.new is new: "{"x" * 36}...'),
        (changed(config={"path": RECIPE["config"]["path"]}), "config.voxel is gone"),
        ({key: value for key, value in RECIPE.items() if key != "seed"}, "seed is gone"),
        (changed(config={"voxel": 0.02, "path": {"content": []}}), "config.path points to other content"),
        (changed(config={"voxel": 0.02, "path": None}), "config.path a path -> null"),
        (changed(config={"voxel": {"content": []}, "path": RECIPE["config"]["path"]}), "config.voxel 0.02 -> a path"),
        (changed(inputs={"views": ["d"], "masks": ["c" * 64]}), "input views changed"),
        (changed(inputs={"views": ["b" * 64]}), "input masks changed"),
        (changed(sources={"content": [["/", "e"]]}), "files or weights it uses changed"),
        (
            changed(version=2, seed=8, config={**RECIPE["config"], "voxel": 1}, inputs={"masks": ["c" * 64]}),
            "version 1 -> 2; seed 7 -> 8; config.voxel 0.02 -> 1; input views changed",
        ),
    ],
)  # fmt: skip
def test_the_reason_names_what_changed(now: dict[str, Any], reason: str) -> None:
    assert explain(RECIPE, now) == reason


def test_a_stage_that_never_ran_is_new() -> None:
    assert explain(None, RECIPE) == "new"


def test_the_last_recipe_is_remembered_by_job_and_node(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.remember_recipe("fox", "a[1]", RECIPE)
    history.remember_recipe("fox", "a[2]", changed(seed=8))
    history.remember_recipe("fox", "a[2]", changed(seed=9))
    again = History(tmp_path)
    assert again.last_recipe("fox", "a[1]") == RECIPE
    assert again.last_recipe("fox", "a[2]") == changed(seed=9)
    assert again.last_recipe("cat", "a[1]") is None
    assert {path.suffix for path in tmp_path.iterdir()} == {".json"}


@pytest.mark.parametrize("content", [b"", b"{", b"5", b"[1]", b"\xff\xfe", b"\0\0"])
def test_a_damaged_memory_costs_reasons_and_estimates_only(content: bytes, tmp_path: Path) -> None:
    history = History(tmp_path)
    history.remember_recipe("fox", "a", RECIPE)
    history.remember_cost("toy", "cpu", 10, 1.0, 100)
    for path in tmp_path.iterdir():
        path.write_bytes(content)
    history = History(tmp_path)
    assert history.last_recipe("fox", "a") is None
    assert history.estimate("toy", "cpu", 10) is None
    history.remember_recipe("fox", "a", RECIPE)
    history.remember_cost("toy", "cpu", 10, 1.0, 100)
    assert history.last_recipe("fox", "a") == RECIPE
    assert history.estimate("toy", "cpu", 10) == Estimate(1.0, 100)


def test_lines_that_are_cut_off_are_passed_over(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.remember_cost("toy", "cpu", 10, 2.0, 100)
    path = next(tmp_path.iterdir())
    path.write_text(f'["cpu", 1\n5\n["cpu", "x", 1, 2]\n["cpu", 1, 2]\n{path.read_text()}["cpu", 10, 4')
    assert History(tmp_path).estimate("toy", "cpu", 10) == Estimate(2.0, 100)


def test_an_estimate_is_the_median_of_the_five_runs_nearest_in_size(tmp_path: Path) -> None:
    history = History(tmp_path)
    for size, seconds in (
        (1_000, 9.0),
        (1_000_000, 1.0),
        (1_100_000, 2.0),
        (900_000, 3.0),
        (1_200_000, 4.0),
        (800_000, 5.0),
    ):
        history.remember_cost("toy", "cpu", size, seconds, round(seconds * 10))
    for again in (history, History(tmp_path)):
        assert again.estimate("toy", "cpu", 1_000_000) == Estimate(3.0, 30)
        assert again.estimate("toy", "cuda", 1_000_000) is None
        assert again.estimate("other", "cpu", 1_000_000) is None


def test_an_estimate_for_inputs_of_unknown_size_is_that_of_the_last_runs(tmp_path: Path) -> None:
    history = History(tmp_path)
    for seconds in (100.0, 1.0, 2.0, 3.0, 4.0, 5.0):
        history.remember_cost("toy", "cpu", 10, seconds, 1)
    assert history.estimate("toy", "cpu", None) == Estimate(3.0, 1)


def test_only_the_newest_measurements_are_read_back(tmp_path: Path) -> None:
    history = History(tmp_path)
    for index in range(KEPT + 5):
        history.remember_cost("toy", "cpu", 10, 50.0 if index < 5 else 1.0, 1)
    for remembered in (history, History(tmp_path)):
        assert len(remembered._read_costs("toy")) == KEPT
        assert remembered.estimate("toy", "cpu", 10) == Estimate(1.0, 1)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    history = History(tmp_path / "gone")
    history.remember_recipe("fox", "a", RECIPE)
    history.remember_cost("toy", "cpu", 10, 1.0, 100)
    assert history.estimate("toy", "cpu", 10) == Estimate(1.0, 100)


def test_trimming_leaves_the_newest_measurements_of_each_stage(tmp_path: Path) -> None:
    history = History(tmp_path)
    for seconds in range(KEPT + 7):
        history.remember_cost("long", "cpu", 1, seconds, 0)
    history.remember_cost("short", "cpu", 1, 5, 0)
    history.trim()
    rows = (tmp_path / "cost-long.jsonl").read_text().splitlines()
    assert (len(rows), rows[0], rows[-1]) == (KEPT, '["cpu", 1, 7, 0]', f'["cpu", 1, {KEPT + 6}, 0]')
    assert len((tmp_path / "cost-short.jsonl").read_text().splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"cost-long.jsonl", "cost-short.jsonl"}
