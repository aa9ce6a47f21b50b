"""scenewright plan: a table of what a run would do."""

from collections.abc import Callable
from pathlib import Path

CommandLine = Callable[..., tuple[int, str, str]]
WriteJob = Callable[..., Path]


def rows(text: str) -> dict[str, list[str]]:
    """The cells of each row by its first one."""
    lines = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines()[1:]]
    return {cells[0]: cells[1:] for cells in lines}


def test_each_stage_has_a_row_with_action_reason_backend_device_and_cost(
    command_line: CommandLine, write_job: WriteJob
) -> None:
    stages = {"a": {"stage": "make"}, "k": {"stage": "kernel"}, "s": {"stage": "add", "inputs": {"left": "a"}}}
    job = write_job(stages)
    code, text, said = command_line("plan", job, "--device", "cpu")
    assert (code, said) == (0, "")
    assert rows(text) == {
        "a": ["run", "new", "-", "cpu", "not known yet"],
        "k": ["run", "new", "numba", "cpu", "not known yet"],
        "s": ["run", "waits for a", "-", "cpu", "not known yet"],
        "3 to run, 0 to reuse": [],
    }
    assert command_line("run", job, "--device", "cpu")[0] == 0
    text = command_line("plan", job, "--device", "cpu", "--set", "stages.a.config.value=3")[1]
    found = rows(text)
    assert found["k"] == ["reuse", "nothing changed", "numba", "cpu", "-"]
    assert found["a"][:4] == ["run", "config.value 1.0 -> 3.0", "-", "cpu"]
    assert found["a"][4].endswith(" s")
    assert found["a"][5].endswith("MB")
    assert text.splitlines()[-1].startswith("2 to run, 1 to reuse, about ")


def test_labels_in_brackets_are_shown(command_line: CommandLine, write_job: WriteJob) -> None:
    job = write_job({"k": {"stage": "kernel", "sweep": {"backend": ["numpy", "numba"]}}})
    assert set(rows(command_line("plan", job)[1])) == {"k[numpy]", "k[numba]", "2 to run, 0 to reuse"}


def test_a_stage_that_cannot_run_here_is_code_1(command_line: CommandLine, write_job: WriteJob) -> None:
    code, text, _ = command_line("plan", write_job({"m": {"stage": "missing"}}))
    assert code == 1
    assert rows(text)["m"][:2] == ["unavailable", "needs a_module_that_nobody_has: pip install 'scenewright[toys]'"]


def test_a_part_of_a_job_and_forced_stages_are_planned(command_line: CommandLine, write_job: WriteJob) -> None:
    job = write_job({"a": {"stage": "make"}, "b": {"stage": "add", "inputs": {"left": "a"}}, "c": {"stage": "make"}})
    assert command_line("run", job)[0] == 0
    found = rows(command_line("plan", job, "--until", "b", "--force", "a")[1])
    assert {id_: cells[:2] for id_, cells in found.items() if cells} == {
        "a": ["run", "asked for"],
        "b": ["run", "waits for a"],
    }
