import json
from pathlib import Path
from typing import get_args

import pytest

from pipeline import read_job
from pipeline.errors import UserError
from pipeline.stages.export_gltf import TargetName
from pipeline.templates import capture_job, target_names

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "assets" / "captures" / "demo"


def test_the_job_for_a_capture_is_valid_where_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text(json.dumps(capture_job(DEMO, tmp_path)))
    job = read_job(path)
    assert job.nodes["capture"].config.path == DEMO  # type: ignore[attr-defined]
    assert list(job.nodes)[-1] == "glb"
    assert job.nodes["glb"].stage.exports


def test_paths_are_relative_to_the_job(tmp_path: Path) -> None:
    job = capture_job(DEMO, ROOT / "assets" / "jobs")
    assert job["stages"]["capture"]["config"]["path"] == "../captures/demo"
    assert job["$schema"] == "../schema/job.schema.json"


def test_what_is_no_capture_is_refused_before_a_job_is_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no-capture"):
        capture_job(tmp_path / "no-capture", tmp_path)


def test_photos_without_depth_become_a_field_first(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text(json.dumps(capture_job(shared_data / "fox", tmp_path)))
    job = read_job(path)
    assert list(job.nodes) == ["capture", "field", "surface", "light", "textured", "glb"]
    painted = json.loads(path.read_text())["stages"]["textured"]["config"]
    assert painted["align"] is False
    assert painted["refine"]
    assert painted["refine_shape"]


def test_a_depth_sensor_paints_by_its_calibrated_colour_camera(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text(json.dumps(capture_job(shared_data / "rgbd_7scenes", tmp_path)))
    job = read_job(path)
    assert list(job.nodes) == ["capture", "surface", "colour", "light", "textured", "glb"]
    written = json.loads(path.read_text())["stages"]
    assert written["textured"]["inputs"]["views"] == "colour"
    assert written["surface"]["inputs"]["views"] == "capture"
    assert "align" not in written["textured"]["config"]


def test_a_target_sets_the_budget_of_every_stage(tmp_path: Path) -> None:
    stages = capture_job(DEMO, tmp_path, "planner-item")["stages"]
    assert stages["light"]["config"]["triangles"] == 20_833
    assert stages["textured"]["config"]["size"] == 1024
    assert stages["glb"]["config"]["target"] == "planner-item"


def test_every_target_file_can_be_named_in_a_job() -> None:
    assert target_names() == sorted(get_args(TargetName))
