"""The folder of a run: what a person finds there, and that nothing of theirs is ever overwritten."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UserError
from pipeline.job import Job
from pipeline.outputs import RunFolder
from pipeline.store import Store

Check = Callable[..., Job]
Run = Callable[..., dict[str, Any]]


def say(text: str) -> dict[str, Any]:
    return {"w": {"stage": "say", "config": {"text": text}}}


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.name != ".lock"
    }


def test_a_run_leaves_its_papers_its_artifacts_and_what_a_person_wants(check: Check, run: Run, tmp_path: Path) -> None:
    job = check(
        {"n": {"stage": "make", "sweep": {"value": [1, 2]}}, "t": {"stage": "spell", "inputs": {"number": "n"}}}
    )
    manifest = run(job)
    out = tmp_path / "out"
    assert files(out) == {
        *("run.json", "job.json", "events.jsonl"),
        *("artifacts/n[1]/number.json", "artifacts/n[2]/number.json"),
        *("artifacts/t[1]/text.txt", "artifacts/t[2]/text.txt"),
        *("outputs/t[1].txt", "outputs/t[2].txt"),
    }
    assert (out / "outputs" / "t[2].txt").read_text() == "2.0"
    assert manifest["stages"]["t[2]"]["outputs"] == ["outputs/t[2].txt"]
    assert json.loads((out / "job.json").read_text()) == job.resolved()


def test_several_files_lie_in_a_folder_of_their_stage_under_their_own_names(
    check: Check, run: Run, tmp_path: Path
) -> None:
    pages = {"a.txt": "A", "left/page.txt": "L", "right/page.txt": "R", "read.md": "M", "data.bin": "B"}
    manifest = run(check({"p": {"stage": "pages", "config": {"pages": pages}}}))
    out = tmp_path / "out"
    wanted = {f"outputs/p/{name}": text for name, text in pages.items() if name != "data.bin"}
    assert {name: (out / name).read_text() for name in manifest["stages"]["p"]["outputs"]} == wanted
    assert {f"outputs/{name}" for name in files(out / "outputs")} == set(wanted)
    assert (out / "artifacts" / "p" / "data.bin").read_text() == "B"


def test_forms_of_one_file_lie_beside_each_other_under_their_stage_s_name(
    check: Check, run: Run, tmp_path: Path
) -> None:
    manifest = run(check({"p": {"stage": "pages", "config": {"pages": {"model.txt": "M", "model.plain.txt": "P"}}}}))
    assert set(manifest["stages"]["p"]["outputs"]) == {"outputs/p.txt", "outputs/p.plain.txt"}
    assert (tmp_path / "out" / "outputs" / "p.plain.txt").read_text() == "P"


def test_artifacts_take_no_second_place_and_outputs_are_files_of_their_own(
    check: Check, run: Run, store: Store, tmp_path: Path
) -> None:
    run(check(say("hi")))
    blob = next(iter(store.blobs()))
    assert (tmp_path / "out" / "artifacts" / "w" / "text.txt").samefile(blob)
    output = tmp_path / "out" / "outputs" / "w.txt"
    assert not output.samefile(blob)
    output.write_text("a person may write here")
    assert blob.read_text() == "hi"


def test_a_new_result_takes_the_place_of_the_old_one(check: Check, run: Run, tmp_path: Path) -> None:
    for text in ("one", "two", "one"):
        run(check(say(text)))
        assert (tmp_path / "out" / "outputs" / "w.txt").read_text() == text
        assert (tmp_path / "out" / "artifacts" / "w" / "text.txt").read_text() == text
        assert [path.name for path in (tmp_path / "out" / "outputs").iterdir()] == ["w.txt"]


def test_a_file_that_the_user_changed_is_kept_aside(check: Check, run: Run, tmp_path: Path) -> None:
    outputs = tmp_path / "out" / "outputs"
    run(check(say("one")))
    for number, text in enumerate(("two", "two", "three"), 1):
        (outputs / "w.txt").write_text(f"mine {number}")
        run(check(say(text)))
        assert (outputs / "w.txt").read_text() == text
        assert (outputs / f"w.yours-{number}.txt").read_text() == f"mine {number}"
    assert len(list(outputs.iterdir())) == 4


def test_a_file_that_lay_there_before_the_first_result_is_kept_aside(check: Check, run: Run, tmp_path: Path) -> None:
    run(check({"n": {"stage": "make"}}))
    outputs = tmp_path / "out" / "outputs"
    outputs.mkdir()
    (outputs / "w.txt").write_text("mine")
    run(check(say("one")))
    assert (outputs / "w.yours-1.txt").read_text() == "mine"


def test_what_an_earlier_run_left_is_ours_even_after_a_run_that_failed(check: Check, run: Run, tmp_path: Path) -> None:
    run(check(say("one")))
    with pytest.raises(Exception, match="NaN"):
        run(check({"b": {"stage": "broken"}}))
    run(check(say("two")))
    assert [path.name for path in (tmp_path / "out" / "outputs").iterdir()] == ["w.txt"]
    assert (tmp_path / "out" / "outputs" / "w.txt").read_text() == "two"


def test_a_deleted_output_comes_back(check: Check, run: Run, tmp_path: Path) -> None:
    run(check(say("one")))
    for gone in ("outputs/w.txt", "artifacts/w/text.txt"):
        (tmp_path / "out" / gone).unlink()
    (tmp_path / "out" / "artifacts" / "w").rmdir()
    run(check(say("one")))
    assert (tmp_path / "out" / "outputs" / "w.txt").read_text() == "one"
    assert (tmp_path / "out" / "artifacts" / "w" / "text.txt").read_text() == "one"


# Which folders a run takes


@pytest.mark.parametrize("present", [[], [".lock"], [".lock", ".job.json.123", ".run.json.9"]])
def test_an_empty_folder_is_taken(present: list[str], check: Check, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    for name in present:
        (out / name).touch()
    assert run(check(say("hi")), out=out)["status"] == "finished"


@pytest.mark.parametrize("present", [["events.jsonl"], [".lock", "events.jsonl", "job.json", ".run.json.5"]])
def test_a_run_that_was_killed_before_its_first_manifest_is_taken(
    present: list[str], check: Check, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in present:
        (out / name).touch()
    assert run(check(say("hi")))["status"] == "finished"


@pytest.mark.parametrize(
    "present", [["letter.txt"], ["job.json"], ["outputs"], ["events.jsonl", "letter.txt"], [".git"]]
)
def test_a_folder_of_other_things_is_refused_and_left_alone(
    present: list[str], check: Check, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in present:
        (out / name).write_text("mine")
    with pytest.raises(UserError, match="holds files that are no run of ours"):
        run(check(say("hi")))
    assert files(out) == set(present)
    assert all((out / name).read_text() == "mine" for name in present)


def test_a_place_that_cannot_be_a_folder_is_told(check: Check, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"--out .*file: is a file"):
        run(check(say("hi")), out=tmp_path / "file")
    with pytest.raises(UserError, match=r"--out .*inside: Not a directory"):
        run(check(say("hi")), out=tmp_path / "file" / "inside")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere: run the tests as another user")
def test_a_folder_that_may_not_be_written_is_told(check: Check, run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(UserError, match=r"--out .*out: Permission denied"):
        run(check(say("hi")))


def test_a_folder_that_another_run_writes_to_is_refused_until_that_one_ends(
    check: Check, run: Run, tmp_path: Path
) -> None:
    held = RunFolder(tmp_path / "out", check(say("hi")))
    program = "import sys; from filelock import FileLock; FileLock(sys.argv[1]).acquire(timeout=0)"
    other = [sys.executable, "-c", program, str(tmp_path / "out" / ".lock")]
    assert subprocess.run(other, capture_output=True).returncode == 1
    with pytest.raises(UserError, match="another run is writing to this folder"):
        run(check(say("hi")))
    held.close()
    assert subprocess.run(other, capture_output=True).returncode == 0
    assert run(check(say("hi")))["status"] == "finished"


def test_events_are_lines_of_json_with_a_time(check: Check, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "out", check(say("hi")))
    folder.event({"event": "stage_log", "stage": "a", "message": "zwei\nZeilen"})
    folder.event({"event": "run_finished"})
    lines = (tmp_path / "out" / "events.jsonl").read_text().splitlines()  # flushed: a viewer follows it
    folder.close()
    first, second = map(json.loads, lines)
    assert {key: first[key] for key in ("event", "stage", "message")} == {
        "event": "stage_log",
        "stage": "a",
        "message": "zwei\nZeilen",
    }
    assert first["time"] <= second["time"]
