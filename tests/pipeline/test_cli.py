"""The command `scenewright`: its help, its exit codes, and that it starts without loading what takes seconds."""

import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from pipeline.cli import COMMANDS, main, make_parser

CommandLine = Callable[..., tuple[int, str, str]]


def test_help_names_every_command_and_how_to_begin(command_line: CommandLine) -> None:
    code, text, _ = command_line("--help")
    assert code == 0
    for name, summary in COMMANDS.items():
        assert name in text
        assert summary.split(",")[0] in " ".join(text.split())
    assert "scenewright new capture FOLDER -o job.json" in " ".join(text.split())


def test_without_a_command_the_help_is_shown(command_line: CommandLine) -> None:
    code, text, said = command_line()
    assert (code, text) == (2, "")
    assert said == command_line("--help")[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_its_arguments(name: str, command_line: CommandLine) -> None:
    code, text, _ = command_line(name, "--help")
    assert code == 0
    assert text.startswith(f"usage: scenewright {name}")
    assert len(text.splitlines()) > 3


def test_every_command_has_a_file_and_every_file_a_command() -> None:
    import pipeline.commands

    files = {path.stem for path in Path(str(pipeline.commands.__path__[0])).glob("*.py")}
    behind_view = {"live_fields", "room_desk"}
    assert files - {"__init__", "arguments"} - behind_view == set(COMMANDS)


def test_the_version_is_that_of_the_distribution(command_line: CommandLine) -> None:
    assert command_line("--version")[:2] == (0, f"scenewright {metadata.version('scenewright')}\n")


def test_a_command_that_nobody_knows_is_told(command_line: CommandLine) -> None:
    code, _, said = command_line("rnu")
    assert code == 2
    assert "invalid choice: 'rnu'" in said


def test_a_mistake_is_one_line_and_code_2_and_its_traceback_is_there_on_request(
    command_line: CommandLine, tmp_path: Path
) -> None:
    given = ("check", tmp_path / "gone.json")
    assert command_line(*given) == (2, "", f"error: {tmp_path / 'gone.json'}: No such file or directory\n")
    code, _, said = command_line("--debug", *given)
    assert code == 2
    assert "Traceback" in said
    assert said.endswith(f"error: {tmp_path / 'gone.json'}: No such file or directory\n")


def test_an_error_of_the_disk_is_one_line_and_code_1(command_line: CommandLine, tmp_path: Path) -> None:
    target = tmp_path / "no" / "such" / "folder.json"
    assert command_line("schema", "-o", target) == (1, "", f"error: {target}: No such file or directory\n")


def test_a_stop_is_code_130(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(parsed: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.commands.schema.main", stop)
    assert command_line("schema") == (130, "", "stopped\n")


def test_a_bug_of_ours_is_no_line_for_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(parsed: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("pipeline.commands.schema.main", bug)
    with pytest.raises(ZeroDivisionError):
        main(["schema"])


def test_a_reader_that_leaves_early_is_no_error(command: list[str]) -> None:
    program = f"{' '.join(command)} stages --markdown | head -1"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("# Stages\n", "")


def test_arguments_of_other_commands_are_not_loaded() -> None:
    parser = make_parser("plan")
    assert parser.parse_args(["plan", "job.json", "--set", "a=1", "--set", "b=2"]).settings == ["a=1", "b=2"]
    with pytest.raises(SystemExit):
        parser.parse_args(["store", "prune"])


HEAVY = (
    "torch",
    "numba",
    "scipy",
    "skimage",
    "trimesh",
    "xatlas",
    "embreex",
    "pycolmap",
    "ray",
    "fsspec",
    "rich",
    "uvicorn",
)


@pytest.mark.parametrize("module", ["pipeline.cli", "pipeline.worker_process", "pipeline.stages.catalogue"])
def test_nothing_that_takes_seconds_is_loaded_at_the_start(module: str) -> None:
    program = f"import sys, {module}; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("[]\n", "")
