import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.commands.view import Starter

ROOT = Path(__file__).parents[3]


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["view", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"error: {tmp_path}: is not the folder of a run (it has no run.json)\n"


def test_the_page_starts_the_runs_own_job_once_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENEWRIGHT_STORE", str(tmp_path / "store"))
    run = tmp_path / "run"
    run.mkdir()
    mesh = tmp_path / "triangle.stl"
    mesh.write_text(
        "solid t\nfacet normal 0 0 1\nouter loop\n"
        "vertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\n"
        "endloop\nendfacet\nendsolid t\n"
    )
    stages = {"mesh": {"stage": "import_mesh", "config": {"path": str(mesh)}}}
    (run / "job.json").write_text(json.dumps({"version": 1, "name": "triangle", "stages": stages}))
    (run / "events.jsonl").touch()
    start = Starter(run)
    start({})
    with pytest.raises(ValueError, match="running already"):
        start({})
    start.wait()
    assert json.loads((run / "run.json").read_text())["stages"]["mesh"]["state"] == "finished"


def test_the_page_may_say_how_large_a_captures_unit_is_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENEWRIGHT_STORE", str(tmp_path / "store"))
    config = {"path": str(ROOT / "assets/captures/demo")}
    stages = {"photos": {"stage": "load_capture", "config": config}}
    run = tmp_path / "run"
    run.mkdir()
    (run / "job.json").write_text(json.dumps({"version": 1, "name": "scale", "stages": stages}))
    (run / "events.jsonl").touch()
    start = Starter(run)
    for name in ("stages.photos.config.path", "stages.other.config.metres_per_unit", "seed", "--out"):
        with pytest.raises(ValueError, match="metres_per_unit of a capture only"):
            start({name: 2})
    for value in (0, -1, float("inf"), True, "2", None):
        with pytest.raises(ValueError, match="must be a number above 0"):
            start({"stages.photos.config.metres_per_unit": value})
    assert not (run / "run.json").exists()
    start({"stages.photos.config.metres_per_unit": 0.5})
    start.wait()
    job = json.loads((run / "job.json").read_text())
    assert job["stages"]["photos"]["config"]["metres_per_unit"] == 0.5
    assert json.loads((run / "run.json").read_text())["status"] == "finished"
