"""Plans of rooms as stages give them."""

import json
from pathlib import Path

import pytest

from pipeline.stage import Context
from pipeline.stages.load_room import FurnishRoomConfig, LoadRoomConfig, examine_room, furnish_room, load_room


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "room.json"
    boxes = [{"label": "bed", "center": [9, 0]}, {"label": "flux capacitor", "center": [0, 1]}]
    path.write_text(json.dumps({"floor": {"width": 4, "depth": 4}, "boxes": boxes, "style": "plain"}))
    return path


def test_every_repair_is_told(plan_file: Path, tmp_path: Path) -> None:
    told: list[str] = []
    context = Context(seed=0, checkpoint=tmp_path / "c", log=told.append)
    plan = load_room(LoadRoomConfig(path=plan_file, style="rustic"), context)
    assert plan.style == "rustic"
    assert context.metrics["repairs"] == told == list(plan.repairs)
    assert context.metrics["boxes"] == 2
    text = "\n".join(told)
    for part in ("bed: moved", "taken as a plain box", "a door was added", "a window was added"):
        assert part in text


def test_the_look_before_the_run_says_the_same(plan_file: Path, tmp_path: Path) -> None:
    found = examine_room(LoadRoomConfig(path=plan_file, openings=False))
    assert found[0].message == "4 walls, 0 openings, 2 boxes"
    assert any("bed: moved" in finding.message for finding in found)
    (tmp_path / "bad.json").write_text("[]")
    (bad,) = examine_room(LoadRoomConfig(path=tmp_path / "bad.json"))
    assert bad.severity == "error"


def test_words_that_are_unknown_are_told(tmp_path: Path) -> None:
    told: list[str] = []
    config = FurnishRoomConfig(text="a room with a hygge armchair", furniture=False)
    plan = furnish_room(config, Context(seed=3, checkpoint=tmp_path / "c", log=told.append))
    assert [box.label for box in plan.boxes] == ["armchair"]
    assert "'hygge'" in told[0]
