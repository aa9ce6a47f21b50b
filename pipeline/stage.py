"""A stage is a plain function; its signature declares its settings, its inputs and what it makes."""

import importlib.util
import inspect
import os
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from pipeline.artifact import is_artifact_type
from pipeline.errors import Problem, UserError, did_you_mean


class StageConfig(BaseModel):
    """The settings of a stage: frozen, with a description for every field; a key nobody knows is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Reads:
    """Marks a path setting: it is relative to the job file, must exist, and its content is part of the stage's key."""


InputPath = Annotated[Path, Reads()]


@dataclass(frozen=True)
class Resources:
    """What a stage occupies while it runs. `cpu` 0 means every core; memory in GB (1e9 bytes)."""

    cpu: int = 1
    memory_gb: float = 0.5
    gpu: int = 0


@dataclass(frozen=True)
class Context:
    """What a stage may know about its run.

    `folder` outlives a kill: what a stage leaves there is found again when it is run for the same key, and is removed
    when the stage commits.
    """

    seed: int
    checkpoint: Path
    device: str = "cpu"
    threads: int = 1
    report: Callable[[float, str], None] = lambda fraction, message: None
    log: Callable[[str], None] = lambda message: None
    metrics: dict[str, Any] = field(default_factory=dict)
    licences: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The checkpoint folder, made when it is first asked for."""
        self.checkpoint.mkdir(parents=True, exist_ok=True)
        return self.checkpoint

    def progress(self, fraction: float, message: str = "") -> None:
        """Tell how far the stage is, from 0 to 1."""
        self.report(min(max(0.0, float(fraction)), 1.0), message)  # in this order, so that NaN becomes 0

    def metric(self, name: str, value: Any) -> None:
        """Record something the stage measured, such as `psnr` or `triangles`, in the run's manifest."""
        self.metrics[name] = value

    def licence(self, text: str) -> None:
        """Record the licence of data or weights that went into the result."""
        if text and text not in self.licences:
            self.licences.append(text)

    def generator(self) -> np.random.Generator:
        """A fresh random generator that depends on the seed alone."""
        return np.random.default_rng(self.seed)


@dataclass(frozen=True)
class Input:
    """One input of a stage, read off its signature."""

    name: str
    types: tuple[type, ...]
    optional: bool
    many: bool

    def accepts(self, output: type) -> bool:
        return issubclass(output, self.types)

    @property
    def kinds(self) -> str:
        """The artifact types it takes, by name."""
        return " | ".join(kind.__name__ for kind in self.types)

    def __str__(self) -> str:
        taken = f"list[{self.kinds}]" if self.many else self.kinds
        return f"{self.name}: {taken}{' (optional)' if self.optional else ''}"


@dataclass(frozen=True)
class Finding:
    """What a look at a stage's settings or files turned up before any work: severity is error, warning or note."""

    severity: str
    place: str
    message: str
    advice: str = ""


@dataclass(frozen=True)
class Stage:
    """A function of the catalogue with what its signature cannot say.

    version     bumped by hand when the same inputs would give another result
    seeded      whether the result depends on the seed at all
    exports     glob patterns of artifact files that a person wants in `outputs/`
    modules     what must be importable, and `extra` the extra of this distribution that brings it
    also_needs  what must be importable for some settings only, brought by the same extra
    backends    for a setting that may say "auto": the function from device to the backend that is used
    sources     further files that a config leads to, weights included; their checksums go into the key
    check       a look at what the config points to, before any work
    noted       what a quick look at the config says of the choice that the stage will make; the plan tells it
    """

    function: Callable[..., Any]
    version: int = 1
    resources: Resources = Resources()
    seeded: bool = False
    exports: Sequence[str] = ()
    extra: str = ""
    modules: Sequence[str] = ()
    also_needs: Callable[[Any], Sequence[str]] = lambda config: ()
    devices: Sequence[str] = ("cpu",)
    backends: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    sources: Callable[[Any], Sequence[Path]] = lambda config: ()
    check: Callable[[Any], Sequence[Finding]] = lambda config: ()
    noted: Callable[[Any], str] = lambda config: ""
    config: type[StageConfig] = field(init=False)
    inputs: Mapping[str, Input] = field(init=False)
    output: type = field(init=False)

    def __post_init__(self) -> None:
        config, inputs, output = _read_signature(self.function)
        object.__setattr__(self, "config", config)
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "output", output)

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def summary(self) -> str:
        """The first paragraph of the function's docstring."""
        return " ".join((inspect.getdoc(self.function) or "").split("\n\n")[0].split())

    @property
    def help(self) -> str:
        return inspect.getdoc(self.function) or ""

    def unavailable(self, config: StageConfig | None = None) -> str:
        """Why this stage cannot run here with these settings, and the command that changes that; empty when it can."""
        wanted = [*self.modules, *(self.also_needs(config) if config else ())]
        missing = [name for name in wanted if not _importable(name)]
        return f"needs {', '.join(missing)}: pip install 'scenewright[{self.extra}]'" if missing else ""

    def resolve_backends(self, config: StageConfig, device: str) -> StageConfig:
        """The config with every "auto" among its backend settings replaced by what will be used on `device`."""
        chosen = {name: choose(device) for name, choose in self.backends.items() if getattr(config, name) == "auto"}
        return config.model_copy(update=chosen) if chosen else config


class Catalogue(Mapping[str, Stage]):
    """The explicit table of stages by name. `reference` is where a worker finds it: `module:NAME` or `file.py:NAME`."""

    def __init__(self, stages: Sequence[Stage], reference: str) -> None:
        self._stages = {stage.name: stage for stage in stages}
        self.reference = reference
        if len(self._stages) != len(stages):
            raise ValueError("two stages share a name")

    def __getitem__(self, name: str) -> Stage:
        return self._stages[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stages)

    def __len__(self) -> int:
        return len(self._stages)

    def find(self, name: str) -> Stage:
        """The stage called `name`; a UserError with the nearest names where there is none."""
        if name not in self._stages:
            raise UserError(f"no stage is called {name!r}; {did_you_mean(name, self._stages)}")
        return self._stages[name]


@cache
def load_catalogue(reference: str) -> Catalogue:
    """The catalogue a reference points to."""
    module_name, _, attribute = reference.rpartition(":")
    if module_name.endswith(".py"):
        spec = importlib.util.spec_from_file_location(Path(module_name).stem, module_name)
        if spec is None or spec.loader is None:
            raise ImportError(f"no catalogue at {module_name}")
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(module_name)
    catalogue = getattr(module, attribute)
    if not isinstance(catalogue, Catalogue):
        raise ImportError(f"{reference} is not a catalogue")
    return catalogue


def path_fields(config: type[StageConfig]) -> dict[str, bool]:
    """The settings that are input paths; the value tells whether the field holds a list of them."""
    found = {}
    for name, info in config.model_fields.items():
        if any(isinstance(mark, Reads) for mark in info.metadata):
            found[name] = False
        elif "Reads()" in repr(info.annotation):
            found[name] = typing.get_origin(info.annotation) in (list, tuple)
    return found


def missing_paths(config: StageConfig, place: str, folder: Path) -> list[Problem]:
    """A problem for every input path of `config` that does not exist, with the names that lie beside it.

    `folder` is that of the job, to which paths are relative.
    """
    problems = []
    for name in path_fields(type(config)):
        value = getattr(config, name)
        for path in value if isinstance(value, (list, tuple)) else [value] if value is not None else []:
            try:
                if not path.is_absolute() or not path.exists():
                    hint = _elsewhere(path, folder) or _beside(path)
                    problems.append(Problem(f"{place}.{name}", f"no file or folder at {_shown(path)}{hint}"))
            except OSError as error:
                problems.append(Problem(f"{place}.{name}", f"cannot be read: {error.strerror} ({_shown(path)})"))
    return problems


def _shown(path: Path) -> str:
    text = "" if path == Path() else str(path)
    return repr(text if len(text) <= 200 else f"{text[:197]}...")


def _elsewhere(path: Path, folder: Path) -> str:
    """A hint for who gave a path as it is seen from where the command was typed."""
    if not path.is_absolute():
        return ""
    typed = Path.cwd() / os.path.relpath(path, folder)
    return f"; paths are relative to the job file, give {_shown(typed.resolve())}" if typed.exists() else ""


def _beside(path: Path) -> str:
    if not path.is_absolute():
        return ""
    if not path.parent.is_dir():
        return f" ({_shown(path.parent)} does not exist either)"
    near = get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], n=2)
    return f"; did you mean {' or '.join(repr(name) for name in near)}?" if near else ""


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a module inside a package that is missing itself
        return False


def _read_signature(function: Callable[..., Any]) -> tuple[type[StageConfig], dict[str, Input], type]:
    hints = typing.get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())
    name = getattr(function, "__name__", repr(function))
    if len(parameters) < 2 or [p.name for p in parameters[:2]] != ["config", "context"]:
        raise TypeError(f"{name}: a stage takes config and context first")
    config, output = hints["config"], hints.get("return")
    if not (isinstance(config, type) and issubclass(config, StageConfig)):
        raise TypeError(f"{name}: config must be a StageConfig (is {config!r})")
    if not is_artifact_type(output):
        raise TypeError(f"{name}: must return an artifact type, with save and load (is {output!r})")
    inputs = {}
    for parameter in parameters[2:]:
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(f"{name}: input {parameter.name} must be keyword-only")
        inputs[parameter.name] = _read_input(name, parameter, hints[parameter.name])
    return config, inputs, typing.cast(type, output)


def _read_input(function: str, parameter: inspect.Parameter, hint: Any) -> Input:
    options = _alternatives(hint)
    many = any(typing.get_origin(option) in (list, tuple, Sequence) for option in options)
    if many:
        inside = [inner for option in options for inner in typing.get_args(option) if inner is not Ellipsis]
        options = [option for inner in inside for option in _alternatives(inner)]
    artifacts = tuple(option for option in options if option is not types.NoneType)
    if not artifacts or not all(is_artifact_type(option) for option in artifacts):
        raise TypeError(f"{function}: input {parameter.name} must be an artifact type (is {hint!r})")
    return Input(parameter.name, artifacts, parameter.default is not inspect.Parameter.empty, many)


def _alternatives(hint: Any) -> list[Any]:
    """The kinds that a union names, or the one kind there is."""
    return list(typing.get_args(hint)) if typing.get_origin(hint) in (typing.Union, types.UnionType) else [hint]
