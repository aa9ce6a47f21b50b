"""scenewright check: a job, and what its stages say of the files it points to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.commands.check import is_job, print_findings
from pipeline.stage import Finding

CommandLine = Callable[..., tuple[int, str, str]]
WriteJob = Callable[..., Path]


def test_a_valid_job_is_counted_and_looked_at(command_line: CommandLine, write_job: WriteJob, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("abc")
    job = write_job({"r": {"stage": "read", "config": {"path": "a.txt"}}, "m": {"stage": "make"}})
    assert command_line("check", job) == (
        0,
        f"{job}: a valid job of 2 stages\nnote {tmp_path / 'a.txt'}: 3 letters\n",
        "",
    )


def test_an_error_that_a_stage_finds_is_code_1_with_advice(
    command_line: CommandLine, write_job: WriteJob, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").touch()
    job = write_job({"r": {"stage": "read", "config": {"path": "a.txt"}}})
    code, text, _ = command_line("check", job)
    assert code == 1
    assert text.splitlines()[1:] == [f"error {tmp_path / 'a.txt'}: is empty", "    write something into it"]


def test_every_mistake_of_a_job_is_printed(command_line: CommandLine, write_job: WriteJob) -> None:
    job = write_job({"r": {"stage": "raad"}, "m": {"stage": "make", "config": {"value": "1"}}})
    assert command_line("check", job) == (
        2,
        "",
        f"error: {job}: 2 mistakes\n"
        "  stages.r.stage: no stage is called 'raad'; did you mean 'read' or 'random'?\n"
        '  stages.m.config.value: must be a number (got "1")\n',
    )


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("job.json", '{"stages": {}}', True),
        ("job.json", "no json", True),
        ("transforms.json", '{"frames": []}', False),
        ("job.json", '{"frames": [], "stages": {}}', True),
        ("poses.npy", "", False),
        ("video.mp4", "", False),
        ("job", "{}", True),
    ],
)
def test_jobs_are_told_from_captures(name: str, content: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    assert is_job(tmp_path / name) is expected
    assert is_job(tmp_path) is False
    assert is_job(tmp_path / "gone.json") is True


def test_a_source_without_an_end_is_taken_for_a_job_that_is_too_large(command_line: CommandLine) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("needs /dev/zero")
    code, _, said = command_line("check", "/dev/zero")
    assert (code, said) == (2, "error: /dev/zero: a job file has at most 64 MB (this has more)\n")


def test_a_place_that_a_library_names_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    print_findings([Finding("error", "a.json", "a.json: is cut short"), Finding("note", "b", "a.json: other [x]")])
    assert capsys.readouterr().out == "error a.json: is cut short\nnote b: a.json: other [x]\n"
