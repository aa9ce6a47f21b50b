"""scenewright doctor: what this machine has, and what each stage will use."""

from collections.abc import Callable

import pytest

from pipeline.commands.doctor import extras
from pipeline.devices import cores
from pipeline.stage import Catalogue

CommandLine = Callable[..., tuple[int, str, str]]


def test_machine_store_extras_and_stages_are_told(command_line: CommandLine, catalogue: Catalogue) -> None:
    code, text, said = command_line("doctor", "--device", "cpu")
    assert (code, said) == (0, "")
    lines = text.splitlines()
    assert lines[0].startswith(f"machine: {cores()} cores, ")
    assert lines[1].startswith("store: ")
    told = {line.split(":")[0].strip(): line.split(": ", 1)[1] for line in lines if line.startswith("  ")}
    assert set(catalogue) <= set(told)
    assert set(extras()) <= set(told)
    assert told["make"] == "cpu"
    assert told["kernel"] == "cpu, backend numba"
    assert told["missing"] == "unavailable, needs a_module_that_nobody_has: pip install 'scenewright[toys]'"


def test_what_a_stage_falls_back_to_is_told(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.devices.cuda_devices", lambda: 1)
    text = command_line("doctor", "--device", "cuda")[1]
    assert "  make: cpu (has no other)\n" in text
    assert "  kernel: cuda, backend numpy\n" in text


def test_extras_are_those_of_the_distribution_without_the_developers_own() -> None:
    found = extras()
    assert "pycolmap" in found["sfm"]
    assert "ray" in found["ray"]
    assert "dev" not in found
