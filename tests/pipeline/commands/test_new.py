import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.api import read_job
from pipeline.cli import main

ROOT = Path(__file__).parents[3]


def arguments(kind: str, folder: Path) -> list[str]:
    """What a person types for each kind of job."""
    picture = folder / "picture.png"
    Image.fromarray(np.full((48, 64, 3), 128, np.uint8)).save(picture)
    plan = folder / "plan.json"
    plan.write_text(json.dumps({"floor": {"width": 4, "depth": 3}, "boxes": [{"label": "bed", "center": [0, 0]}]}))
    return {
        "capture": [str(ROOT / "assets/captures/demo"), "--target", "quest3-web"],
        "photo": [str(picture)],
        "object": ["a red chair", "--seed", "3"],
        "object by a picture": ["--image", str(picture)],
        "room": ["a small bedroom with a desk by the window"],
        "room by a plan": [str(plan), "--style", "rustic"],
    }[kind]


@pytest.mark.parametrize("kind", ["capture", "photo", "object", "object by a picture", "room", "room by a plan"])
def test_every_kind_of_job_is_complete_and_right(kind: str, tmp_path: Path) -> None:
    output = tmp_path / "job.json"
    assert main(["new", kind.split()[0], *arguments(kind, tmp_path), "-o", str(output)]) == 0
    stages = read_job(output).resolved()["stages"]  # reads every setting and connection
    assert [name for name in stages if "glb" in name] != []


@pytest.mark.parametrize("kind", ["capture", "photo", "object", "room"])
def test_help_speaks_of_what_is_typed_and_not_of_python(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["new", kind, "--help"])
    shown = capsys.readouterr().out
    assert "Write a job that makes" in shown
    assert "`" not in shown


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "job.json"
    output.write_text("mine")
    assert main(["new", "room", "a study", "-o", str(output)]) == 2
    assert output.read_text() == "mine"
    assert "exists already" in capsys.readouterr().err
    assert main(["new", "room", "a study", "-o", str(output), "--replace"]) == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["room", "plans/nothing.json"], "there is no such file"),
        (["photo", "nothing.jpg"], "nothing.jpg"),
        (["object", "--image", "nothing.png"], "nothing.png"),
        (["object"], "object"),
    ],
)
def test_what_cannot_become_a_job_is_explained(
    given: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", *given, "-o", str(tmp_path / "job.json")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert words in error
    assert not (tmp_path / "job.json").exists()
