"""The same from Python: read a job, plan it, run it."""

import json
from pathlib import Path

import pytest

import pipeline
from pipeline import api
from pipeline.errors import JobError, UserError
from pipeline.stage import Catalogue
from pipeline.store import Store


def test_a_job_is_read_planned_and_run(catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCENEWRIGHT_STORE", str(tmp_path / "store"))
    stages = {
        "a": {"stage": "make", "config": {"value": "${n}"}},
        "b": {"stage": "add", "inputs": {"left": "a"}},
    }
    (tmp_path / "job.json").write_text(json.dumps({"name": "fox", "variables": {"n": 1}, "stages": stages}))
    settings = ["stages.b.inputs.right=a"]
    job = pipeline.read_job("job.json", variables=["n=4"], settings=settings, catalogue=catalogue)
    assert [step.action for step in pipeline.plan(job).steps.values()] == ["run", "run"]
    heard = []
    manifest = pipeline.run(job, catalogue=catalogue, on_event=heard.append, device="cpu")
    assert json.loads((tmp_path / "runs" / "fox" / "run.json").read_text()) == json.loads(json.dumps(manifest))
    assert (tmp_path / "runs" / "fox" / "outputs" / "b.json").read_text() == "8.0"
    assert heard[-1] == {"event": "run_finished", "status": "finished"}
    for store in (None, tmp_path / "store", str(tmp_path / "store"), Store(tmp_path / "store")):
        assert [step.action for step in pipeline.plan(job, store=store).steps.values()] == ["reuse", "reuse"]
    assert [step.action for step in pipeline.plan(job, store=tmp_path / "other").steps.values()] == ["run", "run"]
    assert [step.action for step in pipeline.plan(job, force=["b"]).steps.values()] == ["reuse", "run"]


def test_mistakes_are_raised_as_they_are(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text('{"stages": {"a": {"stage": "mak"}}}')
    with pytest.raises(JobError, match="did you mean 'make'"):
        pipeline.read_job(tmp_path / "job.json", catalogue=catalogue)
    (tmp_path / "job.json").write_text('{"stages": {"a": {"stage": "make"}}}')
    job = pipeline.read_job(tmp_path / "job.json", catalogue=catalogue)
    with pytest.raises(UserError, match="no such executor"):
        pipeline.run(job, tmp_path / "out", store=tmp_path / "store", executor="slurm", catalogue=catalogue)


def test_without_a_catalogue_the_stages_that_ship_are_taken(tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text('{"stages": {"a": {"stage": "load_capture", "config": {"path": "."}}}}')
    assert pipeline.read_job(tmp_path / "job.json").nodes["a"].stage is api.default_catalogue()["load_capture"]


def test_the_store_is_where_the_user_says_or_in_the_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENEWRIGHT_STORE", str(tmp_path / "mine"))
    assert api.default_store() == str(tmp_path / "mine")
    monkeypatch.delenv("SCENEWRIGHT_STORE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert api.default_store() == str(tmp_path / "cache" / "scenewright" / "store")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert api.default_store() == str(tmp_path / ".cache" / "scenewright" / "store")
