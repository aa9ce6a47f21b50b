"""A stage is read off its function; a catalogue is a table of stages that a worker finds again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.errors import UserError
from pipeline.stage import (
    Catalogue,
    Context,
    InputPath,
    Resources,
    Stage,
    StageConfig,
    load_catalogue,
    missing_paths,
    path_fields,
)


@dataclass(frozen=True)
class Thing:
    def save(self, folder: Path) -> None: ...

    @classmethod
    def load(cls, folder: Path) -> "Thing":
        return cls()


class Other(Thing):
    pass


class Config(StageConfig):
    steps: int = 1
    """How many."""
    backend: Literal["auto", "fast", "plain"] = "auto"


def good(
    config: Config,
    context: Context,
    *,
    a: Thing,
    b: Thing | None = None,
    c: list[Thing],
    d: Sequence[Thing | Other] = (),
) -> Thing:
    """Make a thing
    of things.

    More about it.
    """
    return Thing()


def test_a_signature_declares_settings_inputs_and_output() -> None:
    stage = Stage(good)
    assert (stage.name, stage.config, stage.output) == ("good", Config, Thing)
    assert stage.summary == "Make a thing of things."
    assert stage.help == "Make a thing\nof things.\n\nMore about it."
    told = [(i.name, i.types, i.optional, i.many) for i in stage.inputs.values()]
    assert told == [
        ("a", (Thing,), False, False),
        ("b", (Thing,), True, False),
        ("c", (Thing,), False, True),
        ("d", (Thing, Other), True, True),
    ]
    assert [str(i) for i in stage.inputs.values()] == [
        "a: Thing",
        "b: Thing (optional)",
        "c: list[Thing]",
        "d: list[Thing | Other] (optional)",
    ]


def no_context(config: Config) -> Thing: ...
def wrong_order(context: Context, config: Config) -> Thing: ...
def no_config(config: int, context: Context) -> Thing: ...
def no_output(config: Config, context: Context) -> None: ...
def no_artifact(config: Config, context: Context) -> int: ...
def positional(config: Config, context: Context, a: Thing) -> Thing: ...
def no_artifact_in(config: Config, context: Context, *, a: int) -> Thing: ...
def one_of_no_artifact(config: Config, context: Context, *, a: Thing | int) -> Thing: ...


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (no_context, "a stage takes config and context first"),
        (wrong_order, "a stage takes config and context first"),
        (no_config, "config must be a StageConfig"),
        (no_output, "must return an artifact type"),
        (no_artifact, "must return an artifact type"),
        (positional, "input a must be keyword-only"),
        (no_artifact_in, "input a must be an artifact type"),
        (one_of_no_artifact, "input a must be an artifact type"),
    ],
)
def test_a_function_that_is_no_stage_is_told_at_once(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(TypeError, match=f"{function.__name__}: {said}"):
        Stage(function)


def test_settings_are_frozen_strict_and_finite() -> None:
    config = Config()
    with pytest.raises(ValidationError):
        config.steps = 2  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Config.model_validate({"step": 2})
    assert Config.model_fields["steps"].description == "How many."


def test_a_stage_whose_modules_are_missing_names_the_command_that_adds_them() -> None:
    stage = Stage(good, modules=("json", "no_such_module", "no_such_package.inside"), extra="heic")
    assert stage.unavailable() == "needs no_such_module, no_such_package.inside: pip install 'scenewright[heic]'"
    assert Stage(good, modules=("json", "xml.dom")).unavailable() == ""


def test_auto_is_replaced_by_what_will_be_used_on_the_device() -> None:
    stage = Stage(good, backends={"backend": lambda device: "fast" if device == "cuda" else "plain"})
    assert stage.resolve_backends(Config(), "cuda") == Config(backend="fast")
    assert stage.resolve_backends(Config(), "cpu") == Config(backend="plain")
    assert stage.resolve_backends(Config(backend="fast"), "cpu") == Config(backend="fast")


class Paths(StageConfig):
    one: InputPath
    maybe: InputPath | None = None
    many: list[InputPath] = []  # noqa: RUF012
    text: str = ""
    other: Path = Path()


def test_input_paths_are_found_in_settings_and_missing_ones_told(tmp_path: Path) -> None:
    assert set(path_fields(Paths)) == {"one", "maybe", "many"}
    (tmp_path / "here.txt").touch()
    config = Paths(one=tmp_path / "here.txt", many=[tmp_path / "her.txt", tmp_path], other=Path("nowhere"))
    found = missing_paths(config, "stages.s.config", tmp_path)
    assert [problem.place for problem in found] == ["stages.s.config.many"]
    assert found[0].message == f"no file or folder at '{tmp_path}/her.txt'; did you mean 'here.txt'?"


def test_a_path_as_seen_from_the_shell_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "shell" / "room").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "shell")
    (problem,) = missing_paths(Paths(one=tmp_path / "jobs" / "room"), "stages.s.config", tmp_path / "jobs")
    assert problem.message.endswith(f"; paths are relative to the job file, give '{tmp_path}/shell/room'")


def test_the_checkpoint_folder_is_made_when_it_is_first_asked_for(tmp_path: Path) -> None:
    context = Context(seed=1, checkpoint=tmp_path / "a" / "b")
    assert not context.checkpoint.exists()
    assert context.folder == tmp_path / "a" / "b"
    assert context.folder.is_dir()


def test_progress_is_a_number_from_0_to_1_whatever_a_stage_says(tmp_path: Path) -> None:
    said: list[tuple[float, str]] = []
    context = Context(seed=0, checkpoint=tmp_path, report=lambda fraction, message: said.append((fraction, message)))
    for fraction in (0.25, -1, 2, float("nan"), np.float32(0.5), np.float64("inf")):
        context.progress(fraction, "x")
    assert [fraction for fraction, _ in said] == [0.25, 0.0, 1.0, 0.0, 0.5, 1.0]
    assert all(type(fraction) is float for fraction, _ in said)


def test_generators_depend_on_the_seed_alone(tmp_path: Path) -> None:
    a, b, c = (Context(seed=seed, checkpoint=tmp_path) for seed in (1, 1, 2))
    first = a.generator().random(4)
    assert np.array_equal(first, a.generator().random(4))
    assert np.array_equal(first, b.generator().random(4))
    assert not np.array_equal(first, c.generator().random(4))


def test_licences_are_recorded_once_and_empty_ones_not_at_all(tmp_path: Path) -> None:
    context = Context(seed=0, checkpoint=tmp_path)
    for text in ("CC0-1.0", "", "CC-BY-4.0", "CC0-1.0"):
        context.licence(text)
    assert context.licences == ["CC0-1.0", "CC-BY-4.0"]


def test_a_catalogue_is_a_table_by_name() -> None:
    stage = Stage(good, resources=Resources(cpu=0))
    catalogue = Catalogue([stage], "somewhere:CATALOGUE")
    assert dict(catalogue) == {"good": stage}
    assert catalogue.find("good") is stage
    with pytest.raises(UserError, match="no stage is called 'god'; did you mean 'good'"):
        catalogue.find("god")
    with pytest.raises(ValueError, match="two stages share a name"):
        Catalogue([stage, Stage(good)], "somewhere:CATALOGUE")


def test_a_catalogue_is_found_by_its_reference(toys: str, catalogue: Catalogue) -> None:
    assert catalogue.reference == toys
    assert load_catalogue(toys) is catalogue
    assert "load_capture" in load_catalogue("pipeline.stages.catalogue:CATALOGUE")


def test_a_reference_to_anything_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("CATALOGUE = 5\n")
    with pytest.raises(ImportError, match=r"x\.py:CATALOGUE is not a catalogue"):
        load_catalogue(f"{tmp_path / 'x.py'}:CATALOGUE")
    with pytest.raises(FileNotFoundError):
        load_catalogue(f"{tmp_path / 'gone.py'}:CATALOGUE")
