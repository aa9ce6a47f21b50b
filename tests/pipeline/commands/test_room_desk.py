import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from meshing.room.furnish import furnish
from pipeline.api import read_job
from pipeline.cli import main
from pipeline.commands.room_desk import complaints, has_room, read_plan_bytes, room_desk, write_job

PLAN: dict[str, Any] = {
    "name": "study",
    "floor": [[-1.5, 1.2], [1.5, 1.2], [1.5, -1.2], [-1.5, -1.2]],
    "height": 2.4,
    "openings": [{"kind": "window", "wall": 2, "offset": 0.8, "width": 1.2, "height": 1.2, "sill": 0.9}],
    "boxes": [{"name": "desk", "label": "desk", "center": [0, 0.37, -0.8], "size": [1.2, 0.74, 0.6], "yaw": 0.0}],
    "style": "rustic",
}


class Starter:
    """Remembers the jobs it was asked to start."""

    def __init__(self) -> None:
        self.jobs: list[Path] = []

    def start(self, job: Path) -> None:
        self.jobs.append(job)


def test_a_plan_becomes_a_job_that_can_be_run(tmp_path: Path) -> None:
    starter = Starter()
    desk = room_desk(tmp_path, starter)
    assert desk.plan() is None
    desk.start(PLAN)
    assert starter.jobs == [tmp_path / "room/job.json"]
    stages = read_job(starter.jobs[0]).resolved()["stages"]
    assert [stage["stage"] for stage in stages.values()] == ["load_room", "build_room", "export_room"]
    plan = desk.plan()
    assert plan is not None
    assert (plan["name"], plan["boxes"][0]["label"]) == ("study", "desk")
    assert has_room(tmp_path)


def test_a_plan_that_is_none_is_explained_and_nothing_is_started(tmp_path: Path) -> None:
    starter = Starter()
    desk = room_desk(tmp_path, starter)
    for wrong in ({"floor": "wide"}, {**PLAN, "boxes": [{"label": 7}]}, {**PLAN, "colour": "red"}):
        with pytest.raises(ValueError, match=r"plan"):
            desk.start(wrong)
    assert starter.jobs == []


def test_files_of_other_programs_are_read_by_name_and_content(shared_data: Path) -> None:
    scene = next((shared_data / "quest_rooms").glob("*.json"))
    plan = read_plan_bytes(scene.name, scene.read_bytes())
    assert plan["boxes"]
    assert json.loads(json.dumps(plan)) is not None
    with pytest.raises(ValueError, match=r"^letter\.json: ") as caught:
        read_plan_bytes("letter.json", b"Dear all")
    assert "/tmp" not in str(caught.value)


def test_a_written_plan_says_what_was_repaired(tmp_path: Path) -> None:
    outside = {**PLAN, "boxes": [{**PLAN["boxes"][0], "center": [1.4, 0.37, -0.8]}]}
    write_job(outside, tmp_path / "room")
    plan = json.loads((tmp_path / "room/plan.json").read_text())
    assert plan["repairs"]
    assert plan["boxes"][0]["center"][0] <= 0.91


def test_the_viewer_makes_no_room_in_a_folder_of_other_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("Dear all")
    assert main(["view", str(tmp_path), "--room"]) == 2
    assert "holds files that are no run of ours" in capsys.readouterr().err


def test_boxes_in_each_other_are_both_told_and_touching_ones_are_not() -> None:
    """Two cupboards of 1 m side by side, which reach 4 cm, then 6 cm into each other; 5 cm are allowed."""

    def plan(reach: float) -> dict[str, Any]:
        sides = {"a": -0.5 + reach / 2, "b": 0.5 - reach / 2}
        boxes = [
            {"name": name, "label": "cabinet", "center": [x, 0.5, -0.9], "size": [1.0, 1.0, 0.5], "yaw": 0.0}
            for name, x in sides.items()
        ]
        return {**PLAN, "boxes": boxes}

    assert complaints(plan(0.04)) == ["", ""]
    assert complaints(plan(0.06)) == ["overlaps b", "overlaps a"]
    assert complaints({**PLAN, "boxes": [{**PLAN["boxes"][0], "center": [9, 0.37, 0]}]}) == ["reaches out of the room"]


def test_the_editor_has_nothing_to_say_against_what_the_furnisher_places() -> None:
    for sentence in (
        "a bedroom with a desk by the window and a bookshelf",
        "an office with two shelves and an armchair",
    ):
        assert set(complaints(json.loads(json.dumps(asdict(furnish(sentence)))))) == {""}
