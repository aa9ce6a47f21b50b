"""The job file as written: its text, its structure, and the changes that the command line makes to it."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pipeline.errors import JobError, Problem, UserError, did_you_mean
from pipeline.migrations import VERSION, migrate

MAX_BYTES = 64 * 1024 * 1024
"""A job file is written by a person or a template: anything larger is a mistake."""

StageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.=,+\[\]-]{0,199}$")]
Scalar = str | bool | int | float


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


class Files(Strict):
    files: str
    """A glob pattern, relative to the job file; one value for each file that matches, in the order of their names."""


class Lines(Strict):
    lines: str
    """A text file, relative to the job file; one value for each line that is not empty."""


Values = list[Any] | Files | Lines


class ResourcesDocument(Strict):
    cpu: int | None = Field(None, ge=0)
    """Cores; 0 means all."""
    memory_gb: float | None = Field(None, gt=0)
    """Memory in GB."""
    gpu: int | None = Field(None, ge=0)
    """GPUs."""


class StageDocument(Strict):
    """One stage of a job."""

    stage: str
    """What to run: a name from the catalogue."""
    config: dict[str, Any] = {}
    """Its settings; what is left out has its default."""
    inputs: dict[str, StageId | list[StageId]] = {}
    """Where each input comes from: the id of another stage, or a list of ids where a list is taken."""
    map: dict[str, Values] = {}
    """Run once for each value of a setting; several settings go through their values side by side."""
    sweep: dict[str, Values] = {}
    """Run once for each combination of the values of settings."""
    seed: int | None = Field(None, ge=0, lt=2**63)
    """This stage's own seed, instead of the job's."""
    retries: int = Field(0, ge=0, le=100)
    """How often to try again after a failure."""
    timeout: float | None = Field(None, gt=0)
    """Seconds after which the stage is stopped as failed."""
    resources: ResourcesDocument = ResourcesDocument(cpu=None, memory_gb=None, gpu=None)
    """What the stage occupies, where the catalogue's figure does not fit."""


class JobDocument(Strict):
    """A job: a graph of stages."""

    schema_: str = Field("", alias="$schema")
    """Where editors find the JSON Schema of this format."""
    version: int = VERSION
    """The version of the job format."""
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "job"
    """The job's name; its default output folder is runs/NAME."""
    description: str = ""
    """For people."""
    seed: int = Field(0, ge=0, lt=2**63)
    """The seed of every stage that uses randomness."""
    variables: dict[Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], Scalar] = {}
    """Values for ${NAME} in settings; the command line's --var NAME=VALUE goes before them."""
    stages: dict[StageId, StageDocument] = Field(min_length=1)
    """The stages by id."""


def read_text(path: Path) -> dict[str, Any]:
    """The JSON object in a file. Syntax errors, repeated keys and non-finite numbers are JobErrors with their place."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(
                f"{path}: a job file has at most {MAX_BYTES >> 20} MB (this has {path.stat().st_size >> 20})"
            )
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: must be UTF-8 text (byte {error.start} is not)") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from None
    return parse_text(text, str(path))


def parse_text(text: str, source: str) -> dict[str, Any]:
    """As `read_text`, of a text that is already at hand."""
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                repeated.append(key)
            seen[key] = value
        return seen

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not a JSON number")

    try:
        document = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise JobError(
            source, [Problem(f"line {error.lineno} column {error.colno}", f"not JSON: {error.msg}")]
        ) from None
    except (ValueError, RecursionError) as error:
        raise JobError(source, [Problem("", f"not JSON: {str(error) or 'nested too deep'}")]) from None
    if repeated:
        raise JobError(source, [Problem(key, "this key stands twice in one object") for key in repeated])
    if not isinstance(document, dict):
        raise JobError(source, [Problem("", f"a job is a JSON object (got {_kind(document)})")])
    return document


def apply_settings(document: dict[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """The document after `--set a.b.c=value` in turn; the value is JSON where it parses as such, else a string."""
    document = json.loads(json.dumps(document))
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals or not path:
            raise UserError(f"--set {setting}: must be PATH=VALUE, such as stages.surface.config.voxel=0.01")
        _assign(document, path, parse_value(text))
    return document


def parse_value(text: str) -> Any:
    """A value from the command line: JSON where it parses as such, else the text itself."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if value != value or value in (float("inf"), float("-inf")) else value


def _assign(document: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = re.findall(r"[^.\[\]]+(?:\[[^\]]*\])?", path)
    here: Any = document
    for depth, name in enumerate(parents):
        if not isinstance(here, dict):
            raise UserError(f"--set {path}: {'.'.join(parents[:depth])} is not an object")
        if name not in here:
            if parents[:depth] in ([], ["stages"]) and name != "variables":
                raise UserError(
                    f"--set {path}: the job has no {'.'.join(parents[: depth + 1])}; {did_you_mean(name, here)}"
                )
            here[name] = {}
        here = here[name]
    if not isinstance(here, dict):
        raise UserError(f"--set {path}: {'.'.join(parents)} is not an object")
    here[last] = value


def check_structure(document: dict[str, Any], source: str) -> tuple[JobDocument, list[Problem]]:
    """The document as a model, migrated to the newest version, with every mistake in its structure.

    What is wrong is left out of the model, so that the rest of the file can still be checked; a JobError where too
    little is left.
    """
    try:
        document = migrate(document)
    except ValueError as error:
        raise JobError(source, [Problem("version", str(error))]) from None
    problems: dict[str, Problem] = {}
    while True:
        try:
            return JobDocument.model_validate_json(json.dumps(document), strict=True), list(problems.values())
        except ValidationError as error:
            found = {problem.place: problem for problem in problems_of(error, JobDocument)}
            document = _without(document, error)
        if not document.get("stages") or not found.keys() - problems.keys():
            raise JobError(source, list({**found, **problems}.values()))
        problems = {**found, **problems}


def _without(document: dict[str, Any], error: ValidationError) -> dict[str, Any]:
    """The document less everything that an error points at; a stage without its name gets an empty one."""
    document = json.loads(json.dumps(document))
    for detail in error.errors(include_url=False):
        here: Any = document
        *parents, last = detail["loc"] or ("",)
        for part in parents:
            inner = here[part] if isinstance(here, dict) and part in here else None
            if inner is None:
                break
            here, last = (inner, last) if isinstance(inner, dict) else (here, part)
        if isinstance(here, dict) and detail["type"] == "missing":
            here[last] = ""
        elif isinstance(here, dict):
            here.pop(last, None)
    return document


def problems_of(error: ValidationError, model: type[BaseModel], place: str = "") -> list[Problem]:
    """pydantic's errors in our words: the dotted place, what is allowed, and what was given."""
    found: dict[str, Problem] = {}
    for detail in error.errors(include_url=False):
        location = [str(part) for part in detail["loc"] if not _is_branch(part)]
        where = ".".join(filter(None, [place, *location]))
        if detail["type"] == "extra_forbidden":
            message = f"unknown key; {did_you_mean(location[-1], _allowed(model, detail['loc'][:-1]))}"
        elif detail["type"] == "missing":
            message = "is required"
        else:
            message = _phrase(detail["msg"], detail["input"])
        if where not in found:
            found[where] = Problem(where, message)
        elif message not in found[where].message and detail["type"] != "extra_forbidden":
            before, alternative = found[where].message.rsplit(" (got", 1)[0], message.removeprefix("must be ")
            if alternative.rsplit(" (got", 1)[0] not in before:
                found[where] = Problem(where, f"{before} or {alternative}")
    return list(found.values())


def _is_branch(part: object) -> bool:
    """Whether a part of pydantic's location names an alternative of a union and not a place in the file."""
    return isinstance(part, str) and bool(
        re.match(
            r"^(list|dict|function|constrained|union|tagged|Files|Lines|str|int|float|bool|literal)\b(\[|-|$)", part
        )
    )


def _allowed(model: Any, location: Sequence[Any]) -> list[str]:
    """The keys of the model that `location` leads to."""
    for part in location:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            break
        info = next((info for name, info in model.model_fields.items() if part in (name, info.alias)), None)
        if info is not None:
            inner = [
                kind for kind in _types_in(info.annotation) if isinstance(kind, type) and issubclass(kind, BaseModel)
            ]
            model = inner[0] if inner else model
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [info.alias or name for name, info in model.model_fields.items()]


def _types_in(annotation: Any) -> list[Any]:
    inner = getattr(annotation, "__args__", ())
    return [annotation, *(kind for part in inner for kind in _types_in(part))]


def _phrase(message: str, given: object) -> str:
    message = re.sub(r"^(Input|Value|String|Dictionary|List|Object) should ", "must ", message)
    message = re.sub(r"^Value error, ", "", message)
    message = re.sub(r"a valid dictionary( or instance of \w+)?|an object", "an object", message)
    message = re.sub(r"a valid (\w+)(, unable to parse .*)?", r"a \1", message).replace("a array", "a list")
    return f"{message[:1].lower()}{message[1:]} (got {_kind(given)})"


def _kind(value: object) -> str:
    """A value as an error shows it: short, and by kind where it is long."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
