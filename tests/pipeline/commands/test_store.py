"""scenewright store: show, verify, prune."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.store import Store

CommandLine = Callable[..., tuple[int, str, str]]
WriteJob = Callable[..., Path]

STAGES = {"a": {"stage": "make"}, "b": {"stage": "say", "config": {"text": "hello"}}, "x": {"stage": "broken"}}


def test_a_store_is_shown_verified_repaired_and_pruned(
    command_line: CommandLine, write_job: WriteJob, store: Store
) -> None:
    assert command_line("store")[1] == f"{store.folder}: 0 results in 0 files, 0 B\n"
    assert command_line("run", write_job(STAGES))[0] == 1
    lines = command_line("store", "show")[1].splitlines()
    assert lines[:3] == [f"{store.folder}: 2 results in 2 files, 8 B", "  Number: 1, 3 B", "  Title: 1, 5 B"]
    assert lines[3].startswith("  unfinished stages: ")
    assert command_line("store", "verify") == (0, "every stored file is whole\n", "")
    blob = next(path for path in store.blobs() if path.read_text() == "hello")
    blob.chmod(0o644)
    blob.write_text("olleh")
    code, text, said = command_line("store", "verify")
    assert (code, text.split()[0], text.split()[-1]) == (1, "damaged:", "text.txt")
    assert said == "error: damaged: 1 stored file; --repair forgets such results, to be remade\n"
    assert command_line("store", "verify", "--repair")[0] == 0
    assert command_line("store", "verify")[0] == 0
    assert command_line("store", "prune", "--days", "0")[1] == "dropped 1 result and 0 files, 0 B\n"
    assert command_line("run", write_job(STAGES))[0] == 1
    assert "2 results" in command_line("store")[1]
    assert command_line("store", "prune", "--max-gb", "0")[1].startswith("dropped 2 results")


def test_another_place_is_named(command_line: CommandLine, tmp_path: Path) -> None:
    assert command_line("store", "--store", tmp_path / "other")[1].startswith(f"{tmp_path / 'other'}: 0 results")
    (tmp_path / "file").touch()
    code, _, said = command_line("store", "--store", tmp_path / "file")
    assert (code, said.count("\n")) == (2, 1)
    assert "cannot be used" in said


@pytest.mark.parametrize("limit", [("--days", "-1"), ("--days", "nan"), ("--max-gb", "-0.5"), ("--max-gb", "inf")])
def test_a_limit_that_makes_no_sense_drops_nothing(
    limit: tuple[str, str], command_line: CommandLine, write_job: WriteJob
) -> None:
    assert command_line("run", write_job({"a": STAGES["a"]}))[0] == 0
    code, _, said = command_line("store", "prune", *limit)
    assert (code, said) == (2, f"error: {limit[0]} {limit[1]}: must be 0 or more\n")
    assert ": 1 result in 1 file" in command_line("store")[1]
