"""scenewright run: what it prints, where things lie, and what it refuses to start."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

CommandLine = Callable[..., tuple[int, str, str]]
WriteJob = Callable[..., Path]

CHAIN: dict[str, Any] = {
    "a": {"stage": "make", "config": {"value": 2}},
    "b": {"stage": "add", "inputs": {"left": "a"}},
    "w": {"stage": "say", "config": {"text": "hi"}},
}


def states(folder: Path) -> dict[str, str]:
    return {id_: stage["state"] for id_, stage in json.loads((folder / "run.json").read_text())["stages"].items()}


def test_a_run_tells_its_plan_its_progress_and_where_everything_lies(
    command_line: CommandLine, write_job: WriteJob, tmp_path: Path
) -> None:
    code, text, said = command_line("run", write_job(CHAIN))
    assert (code, said) == (0, "")
    lines = text.splitlines()
    assert lines[0] == "job: 3 to run, 0 to reuse"
    assert {"a: starts", "b: starts", "w: starts"} <= set(lines)
    assert any(line.startswith("b: done in ") for line in lines)
    out = tmp_path / "runs" / "job"
    tail = lines[-5:]
    assert tail[0].startswith("finished in ")
    assert tail[0].endswith(": 3 ran, 0 reused")
    assert tail[1:] == [
        f"  {out / 'outputs' / 'b.json'}  3 B",
        f"  {out / 'outputs' / 'w.txt'}  2 B",
        "  licence: CC-BY-4.0",
        "look at it: scenewright view runs/job",
    ]
    again = command_line("run", tmp_path / "job.json")
    assert again[0] == 0
    assert again[1].splitlines()[:4] == ["job: 0 to run, 3 to reuse", "a: reused", "w: reused", "b: reused"]


def test_a_job_is_changed_from_the_command_line(command_line: CommandLine, write_job: WriteJob, tmp_path: Path) -> None:
    job = write_job({"w": {"stage": "say", "config": {"text": "${prompt}"}}}, variables={"prompt": "a"})
    given = ["run", job, "--var", "prompt=a red chair", "--set", 'stages.w.config.words=["x", "y"]', "--out", "here"]
    assert command_line(*given)[0] == 0
    assert (tmp_path / "here" / "outputs" / "w.txt").read_text() == "a red chair x y"


def test_a_failure_is_code_1_with_a_line_for_each_stage_that_failed(
    command_line: CommandLine, write_job: WriteJob
) -> None:
    broken = {"stage": "broken", "config": {"how": "bug"}}
    code, text, said = command_line("run", write_job({**CHAIN, "x": broken, "y": {"stage": "broken"}}))
    assert code == 1
    assert sorted(said.removeprefix("error: ").splitlines()) == [
        "stages.x: KeyError: 'missing'",
        "stages.y: frame 3: the depth holds NaN (allowed: finite numbers)",
    ]
    assert "b: done in" in text


def test_a_stage_that_cannot_run_here_is_told_before_anything_starts(
    command_line: CommandLine, write_job: WriteJob, tmp_path: Path
) -> None:
    code, text, said = command_line("run", write_job({**CHAIN, "m": {"stage": "missing"}}))
    assert (code, text) == (2, "")
    assert said == "error: stages.m: missing needs a_module_that_nobody_has: pip install 'scenewright[toys]'\n"
    assert not (tmp_path / "runs").exists()


def test_only_runs_one_stage_from_what_is_stored(
    command_line: CommandLine, write_job: WriteJob, tmp_path: Path
) -> None:
    job = write_job(CHAIN)
    code, _, said = command_line("run", job, "--only", "b")
    assert code == 2
    assert said == "error: --only b: what it needs is not stored (a); run without --only first\n"
    assert command_line("run", job, "--until", "a")[0] == 0
    for _ in range(2):
        assert command_line("run", job, "--only", "b")[0] == 0
        assert states(tmp_path / "runs" / "job") == {"a": "reused", "b": "finished"}


def test_only_names_all_values_of_a_stage(command_line: CommandLine, write_job: WriteJob, tmp_path: Path) -> None:
    swept = {"a": {"stage": "make", "sweep": {"value": [1, 2]}}, "b": {"stage": "add", "inputs": {"left": "a"}}}
    job = write_job(swept)
    assert command_line("run", job)[0] == 0
    assert command_line("run", job, "--only", "b")[0] == 0
    assert states(tmp_path / "runs" / "job") == {
        "a[1]": "reused",
        "a[2]": "reused",
        "b[1]": "finished",
        "b[2]": "finished",
    }


def test_what_leads_nowhere_is_told(command_line: CommandLine, write_job: WriteJob, tmp_path: Path) -> None:
    job = write_job(CHAIN)
    (tmp_path / "file").touch()
    for given, said in (
        (["--until", "c"], "the job has no stage 'c'; allowed: a, b, w"),
        (["--force", "c"], "the job has no stage 'c'; allowed: a, b, w"),
        (["--executor", "slurm"], "--executor slurm: no such executor"),
        (["--store", tmp_path / "file"], "file cannot be used: Not a directory"),
        (["--out", tmp_path / "file"], "file: is a file"),
        (["--out", tmp_path], "holds files that are no run of ours"),
        (["--var", "x=1"], "--var x: the job has no variables"),
        (["--set", "stages.c.config.x=1"], "the job has no stages.c"),
    ):
        code, _, error = command_line("run", job, *given)
        assert code == 2, given
        assert said in error
        assert error.count("\n") == 1
