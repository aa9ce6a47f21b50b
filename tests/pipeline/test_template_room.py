"""Jobs for rooms, as `scenewright new room` writes them."""

import json
from pathlib import Path

import pytest

from pipeline.api import default_catalogue
from pipeline.errors import UserError
from pipeline.job import check_job
from pipeline.template_room import room_job

PLAN = {"floor": {"width": 3, "depth": 4}, "boxes": [{"label": "bed", "center": [0, 0]}]}


def test_words_become_a_job_that_is_valid(tmp_path: Path) -> None:
    job = room_job("a small bedroom with a desk by the window", tmp_path, "rustic")
    assert job["name"] == "small-bedroom-desk-window"
    assert job["stages"]["plan"]["stage"] == "furnish_room"
    assert job["stages"]["room"]["config"] == {"style": "rustic"}
    check_job(job, default_catalogue(), folder=tmp_path)


def test_a_plan_becomes_a_job_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(json.dumps(PLAN))
    (tmp_path / "jobs").mkdir()
    job = room_job(str(tmp_path / "mine.json"), tmp_path / "jobs")
    assert job["stages"]["plan"] == {"stage": "load_room", "config": {"path": "../mine.json"}}
    check_job(job, default_catalogue(), folder=tmp_path / "jobs")


def test_a_plan_that_cannot_be_read_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(UserError, match="is no plan of a room"):
        room_job(str(tmp_path / "bad.json"), tmp_path)
    for missing in ("none.json", "rooms/none", "none.glb"):
        with pytest.raises(UserError, match="there is no such file"):
            room_job(missing, tmp_path)


def test_what_is_neither_plan_nor_words_is_refused_at_once(tmp_path: Path) -> None:
    for nothing in ("", " ", "..."):
        with pytest.raises(UserError, match="say what room it is"):
            room_job(nothing, tmp_path)
    with pytest.raises(UserError, match="is a folder; give the file of a plan"):
        room_job(str(tmp_path), tmp_path)


def test_a_very_long_sentence_is_no_path(tmp_path: Path) -> None:
    assert room_job("bed " * 400, tmp_path)["stages"]["plan"]["stage"] == "furnish_room"


def test_a_diffusion_model_draws_where_there_is_one(tmp_path: Path) -> None:
    for part in ("base", "depth", "semantic"):
        (tmp_path / "sd" / part).mkdir(parents=True)
    (tmp_path / "jobs").mkdir()
    job = room_job("a small bedroom", tmp_path / "jobs", "rustic", tmp_path / "sd")
    chain = ["plan", "proxy", "panorama", "aligned", "complete", "surface", "room", "glb"]
    assert list(job["stages"]) == chain
    assert job["stages"]["panorama"]["config"] == {"generator": "diffusion", "models": "../sd", "text": "rustic"}
    check_job(job, default_catalogue(), folder=tmp_path / "jobs")
    (tmp_path / "sd" / "semantic").rmdir()
    with pytest.raises(UserError, match=r"sd: must hold folders base, depth and semantic \(lacks semantic\)"):
        room_job("a small bedroom", tmp_path / "jobs", "", tmp_path / "sd")
