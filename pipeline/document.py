"""The job file as written: its text, its structure, and the changes that the command line makes to it."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, ValidationError

from pipeline.errors import JobError, Problem, UserError, did_you_mean
from pipeline.migrations import VERSION, migrate

MAX_BYTES = 64 * 1024 * 1024
"""A job file is written by a person or a template: anything larger is a mistake."""
MAX_DEPTH = 100
"""Objects and lists inside each other; the parsers that come after this one take 200."""

_ID = r"^[A-Za-z0-9_][A-Za-z0-9_.=,+\[\]-]{0,199}$"
_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
_NAME = r"^[^./\\\x00-\x1f][^/\\\x00-\x1f]*$"
_IN_WORDS = {
    _ID: "must be letters, digits and _ . = , + - [ ], beginning with a letter, a digit or _, at most 200 in all",
    _VARIABLE: "must be letters, digits and _, not beginning with a digit",
    _NAME: "must be the name of a folder: without / and \\, not beginning with a dot",
}

StageId = Annotated[str, StringConstraints(pattern=_ID)]
Scalar = str | bool | int | float


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


class Files(Strict):
    files: str
    """A glob pattern, relative to the job file; one value for each file that matches, in the order of their names."""


class Lines(Strict):
    lines: str
    """A text file, relative to the job file; one value for each line that is not empty."""


def _kind_of_values(value: object) -> str:
    """Which of the three ways to give values was meant, so that mistakes are told about that one alone."""
    if isinstance(value, Lines) or (isinstance(value, dict) and "lines" in value):
        return "Lines"
    return "Files" if isinstance(value, (dict, Files)) else "list"


Values = Annotated[
    Annotated[list[Any], Tag("list")] | Annotated[Files, Tag("Files")] | Annotated[Lines, Tag("Lines")],
    Discriminator(_kind_of_values),
]


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
    name: Annotated[str, StringConstraints(pattern=_NAME, max_length=200)] = "job"
    """The job's name; its default output folder is runs/NAME."""
    description: str = ""
    """For people."""
    seed: int = Field(0, ge=0, lt=2**63)
    """The seed of every stage that uses randomness."""
    variables: dict[Annotated[str, StringConstraints(pattern=_VARIABLE)], Scalar] = {}
    """Values for ${NAME} in settings; the command line's --var NAME=VALUE goes before them."""
    stages: dict[StageId, StageDocument] = Field(min_length=1)
    """The stages by id."""


def read_text(path: Path) -> dict[str, Any]:
    """The JSON object in a file. Syntax errors, repeated keys and non-finite numbers are JobErrors with their place."""
    return parse_text(read_limited(path), str(path))


def read_limited(path: Path) -> str:
    """The text in a file, of which no more is read than a job file may have; UserError where it is none."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from None
    if len(content) > MAX_BYTES:
        raise UserError(f"{path}: a job file has at most {MAX_BYTES >> 20} MB (this has more)")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: must be UTF-8 text (byte {error.start} is not)") from None


def parse_text(text: str, source: str) -> dict[str, Any]:
    """As `read_text`, of a text that is already at hand."""
    repeated: list[tuple[dict[str, Any], str]] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                repeated.append((seen, key))
            seen[key] = value
        return seen

    try:
        document = json.loads(text, object_pairs_hook=unique, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise JobError(
            source, [Problem(f"line {error.lineno} column {error.colno}", f"not JSON: {error.msg}")]
        ) from None
    except RecursionError:
        raise JobError(source, [Problem("", f"nested too deep (allowed: {MAX_DEPTH} levels)")]) from None
    twice = {id(seen): key for seen, key in repeated}
    problems = list(_oddities(document, "", MAX_DEPTH, twice))
    if not isinstance(document, dict):
        problems.append(Problem("", f"a job is a JSON object (got {_kind(document)})"))
    if problems:
        raise JobError(source, problems)
    return dict(document)


def _whole(digits: str) -> int | float:
    """A whole number; one that no computer counts to is treated as infinite."""
    return int(digits) if len(digits) < 300 else math.inf


def _oddities(value: Any, place: str, depth: int, twice: Mapping[int, str]) -> Iterator[Problem]:
    """What Python's JSON parser lets through although it is a mistake, with its place."""
    if isinstance(value, float) and not math.isfinite(value):
        yield Problem(place, f"must be a finite number (got {_kind(value)})")
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            yield Problem(place, "holds half of a surrogate pair, which is no text")
    if not isinstance(value, (dict, list)):
        return
    if depth == 0:
        yield Problem(f"{place[:60]}...", f"nested too deep (allowed: {MAX_DEPTH} levels)")
        return
    if id(value) in twice:
        yield Problem(_join(place, twice[id(value)]), "this key stands twice in one object")
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _oddities(inner, _join(place, key), depth - 1, twice)


def _join(place: str, key: object) -> str:
    return f"{place}.{key}" if place else str(key)


def apply_settings(document: dict[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """The document after `--set a.b.c=value` in turn; the value is JSON where it parses as such, else a string."""
    document = json.loads(json.dumps(document))
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals or not path.strip("."):
            raise UserError(f"--set {setting}: must be PATH=VALUE, such as stages.surface.config.voxel=0.01")
        _assign(document, path, parse_value(text))
    return document


def parse_value(text: str) -> Any:
    """A value from the command line: JSON where it parses as such, else the text itself."""
    try:
        value = json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError):
        return text
    return text if next(_oddities(value, "", MAX_DEPTH, {}), None) else value


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
            found = {problem.place: problem for problem in problems_of(error, JobDocument, document)}
            document = _without(document, error)
        if not document.get("stages") or not found.keys() - problems.keys():
            raise JobError(source, list({**found, **problems}.values()))
        problems = {**found, **problems}


def _without(document: dict[str, Any], error: ValidationError) -> dict[str, Any]:
    """The document less everything that an error points at; a stage without its name gets an empty one."""
    document = json.loads(json.dumps(document))
    for detail in error.errors(include_url=False):
        here: Any = document
        *parents, last = _location(detail, document) or ("",)
        for part in parents:
            inner = here.get(part)
            if not isinstance(inner, dict):
                last = part
                break
            here = inner
        if detail["type"] == "missing":
            here[last] = ""
        else:
            here.pop(last, None)
    return document


def problems_of(error: ValidationError, model: type[BaseModel], given: Any, place: str = "") -> list[Problem]:
    """pydantic's errors about `given` in our words: the dotted place, what is allowed, and what was given."""
    found: dict[str, Problem] = {}
    for detail in error.errors(include_url=False):
        location = _location(detail, given)
        where = ".".join(filter(None, [place, *map(str, location)]))
        if detail["type"] == "extra_forbidden":
            message = f"unknown key; {did_you_mean(str(location[-1]), _allowed(model, detail['loc'][:-1]))}"
        elif detail["type"] == "missing":
            message = "is required"
        else:
            message = _phrase(detail)
        if where not in found:
            found[where] = Problem(where, message)
        elif message not in found[where].message and detail["type"] != "extra_forbidden":
            before, alternative = found[where].message.rsplit(" (got", 1)[0], message.removeprefix("must be ")
            if alternative.rsplit(" (got", 1)[0] not in before:
                found[where] = Problem(where, f"{before} or {alternative}")
    outer = {where[: dot.start()] for where in found for dot in re.finditer(r"\.", where)}
    return [problem for where, problem in found.items() if where not in outer]  # a union's other ways of being wrong


def _location(detail: Any, given: Any) -> list[str | int]:
    """Where in `given` an error lies: pydantic's location less the names of a union's alternatives."""
    found: list[str | int] = []
    here = given
    for part in detail["loc"]:
        inside = part in here if isinstance(here, dict) else isinstance(here, list) and isinstance(part, int)
        if inside:
            found.append(part)
            here = here[part]
    if detail["type"] == "missing":
        found.append(detail["loc"][-1])
    return found


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


def _phrase(detail: Any) -> str:
    given = f" (got {_kind(detail['input'])})"
    pattern = detail.get("ctx", {}).get("pattern", "")
    if pattern in _IN_WORDS:
        return _IN_WORDS[pattern] + given
    message = re.sub(r"^(Input|Value|String|Dictionary|List|Object) should ", "must ", detail["msg"])
    message = re.sub(r"^Value error, ", "", message)
    message = re.sub(r" after validation, not \d+$", "", message)
    message = re.sub(r"a valid dictionary( or instance of \w+)?|an object", "an object", message)
    message = re.sub(r"a valid (\w+)(, unable to parse .*)?", r"a \1", message)
    message = message.replace("a array", "a list").replace("a integer", "a whole number")
    return f"{message[:1].lower()}{message[1:]}{given}"


def _kind(value: object) -> str:
    """A value as an error shows it: short, and by kind where it is long."""
    if isinstance(value, Mapping):
        return "an object" if value else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
