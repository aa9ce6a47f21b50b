"""The example jobs are valid, and there is one for each kind of capture."""

import json
from pathlib import Path
from typing import get_args

import pytest

from nerf.captures.read import CaptureFormat
from pipeline import read_job

ASSETS = Path(__file__).resolve().parents[2] / "assets"
JOBS = sorted((ASSETS / "jobs").glob("*.json"))


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.stem)
def test_every_example_is_a_valid_job_that_ends_in_a_glb(path: Path) -> None:
    declared = json.loads(path.read_text()).get("variables", {})
    job = read_job(path, variables=[f"capture={ASSETS / 'captures' / 'demo'}"] if "capture" in declared else [])
    assert list(job.nodes.values())[-1].stage.exports == ("*.glb",)


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.stem)
def test_the_schema_of_every_example_is_where_it_says(path: Path) -> None:
    assert (path.parent / json.loads(path.read_text())["$schema"]).resolve() == ASSETS / "schema" / "job.schema.json"


def test_every_kind_of_capture_has_an_example() -> None:
    formats = {_capture(path).get("format") for path in JOBS}
    assert set(get_args(CaptureFormat)) <= formats


def _capture(path: Path) -> dict[str, str]:
    """The settings of a job's capture; none where it begins with something else."""
    stage: dict[str, dict[str, str]] = json.loads(path.read_text())["stages"].get("capture", {})
    return stage.get("config", {})
