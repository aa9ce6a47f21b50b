"""Reads a job file into a checked graph of nodes, or says everything that is wrong with it."""

import heapq
import itertools
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.axes import MAX_POINTS, Axis, Point, node_id, points_of, read_axes
from pipeline.document import JobDocument, StageDocument, apply_settings, check_structure, problems_of, read_text
from pipeline.errors import JobError, Problem, did_you_mean
from pipeline.migrations import VERSION
from pipeline.stage import Catalogue, Input, Resources, Stage, StageConfig, missing_paths, path_fields
from pipeline.variables import escape, read_variables, substitute


@dataclass(frozen=True)
class Node:
    """One stage to run, with everything settled but where its inputs lie. `inputs` name other nodes."""

    id: str
    stage: Stage
    config: StageConfig
    inputs: Mapping[str, tuple[str, ...]]
    seed: int
    resources: Resources
    retries: int = 0
    timeout: float | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """The ids of the nodes this one waits for, each once."""
        return tuple(dict.fromkeys(itertools.chain.from_iterable(self.inputs.values())))


@dataclass(frozen=True)
class Job:
    """A checked job: nodes in an order in which they can run, each after what it needs."""

    name: str
    nodes: Mapping[str, Node]
    description: str = ""
    seed: int = 0

    def resolved(self) -> dict[str, Any]:
        """The job as a file would say it with nothing left out: a job file itself, with absolute paths."""
        return {
            "version": VERSION,
            "name": self.name,
            "description": self.description,
            "seed": self.seed,
            "stages": {node.id: _resolved(node) for node in self.nodes.values()},
        }


def read_job(
    path: str | Path, catalogue: Catalogue, *, variables: Sequence[str] = (), settings: Sequence[str] = ()
) -> Job:
    """The job in a file, after `settings` (`stages.a.config.b=1`) and `variables` (`name=value`).

    Raises JobError with every mistake at once: unknown keys, wrong values, dangling references, cycles, types.
    """
    path = Path(path)
    document = apply_settings(read_text(path), settings)
    return check_job(document, catalogue, source=str(path), folder=path.absolute().parent, variables=variables)


def check_job(
    document: dict[str, Any],
    catalogue: Catalogue,
    *,
    source: str = "job",
    folder: Path | None = None,
    variables: Sequence[str] = (),
) -> Job:
    """As `read_job`, of a document that is already at hand; its paths are relative to `folder`."""
    job, problems = check_structure(document, source)
    folder = folder or Path.cwd()
    values = read_variables(variables, job.variables)
    raw = job.model_dump(by_alias=True)["stages"]
    read = {id_: _substituted(id_, raw[id_], values, problems) for id_ in job.stages}
    stages = {id_: stage for id_, stage in read.items() if stage}
    axes = {id_: read_axes(id_, stage, folder, problems) for id_, stage in stages.items()}
    known = {id_: catalogue[stage.stage] for id_, stage in stages.items() if stage.stage in catalogue}
    problems += [
        Problem(f"stages.{id_}.stage", f"no stage is called {stage.stage!r}; {did_you_mean(stage.stage, catalogue)}")
        for id_, stage in stages.items()
        if id_ not in known
    ]
    problems = [_told_as_setting(problem, known) for problem in problems]
    configs = {
        id_: _configs(id_, stages[id_], known[id_], axes[id_], folder, problems) for id_ in stages if id_ in known
    }
    for id_ in stages:
        _check_inputs(id_, stages, known, set(document["stages"]), problems)
    order = _order(stages, problems)
    nodes = {} if problems else _expand(job, stages, known, axes, configs, order, problems)
    if problems:
        raise JobError(source, _unique(problems))
    return Job(job.name, nodes, job.description, job.seed)


def _told_as_setting(problem: Problem, known: Mapping[str, Stage]) -> Problem:
    """Of an unknown key of a stage that is one of its settings: where it belongs."""
    id_, _, key = problem.place.removeprefix("stages.").partition(".")
    is_unknown = problem.message.startswith("unknown key")
    if not is_unknown or id_ not in known or key not in known[id_].config.model_fields:
        return problem
    return Problem(problem.place, f"is a setting of {known[id_].name} and belongs into stages.{id_}.config")


def _substituted(
    id_: str, raw: dict[str, Any], values: Mapping[str, Any], problems: list[Problem]
) -> StageDocument | None:
    """A stage with its variables replaced; None where one has a value of the wrong kind for its place."""
    given = substitute(raw, values, f"stages.{id_}", problems)
    try:
        return StageDocument.model_validate(given)
    except ValidationError as error:
        problems += problems_of(error, StageDocument, given, f"stages.{id_}")
        return None


def _configs(
    id_: str, document: StageDocument, stage: Stage, axes: Sequence[Axis], folder: Path, problems: list[Problem]
) -> dict[Point, StageConfig]:
    """The settings of a stage at each point of its own axes."""
    found = {}
    for point in points_of(axes):
        by_name = {axis.name: axis for axis in axes}
        changes = [by_name[name].changes[index] for name, index in point]
        values = {**document.config, **{key: value for change in changes for key, value in change.items()}}
        place = f"stages.{id_}.config"
        try:
            config = stage.config.model_validate_json(json.dumps(_absolute(values, stage.config, folder)), strict=True)
        except ValidationError as error:
            problems += problems_of(error, stage.config, values, place)
            continue
        problems += missing_paths(config, place, folder)
        found[point] = config
    return found


def _absolute(values: dict[str, Any], config: type[StageConfig], folder: Path) -> dict[str, Any]:
    """Settings with their input paths made absolute, so that no stage depends on where the command was typed."""

    def one(value: Any) -> Any:
        if isinstance(value, str) and value and "\0" not in value:
            with suppress(RuntimeError):  # the home folder of a user who is not there
                return os.path.normpath(folder / Path(value).expanduser())
        return value

    changed = dict(values)
    for name in path_fields(config):
        if isinstance(changed.get(name), list):
            changed[name] = [one(value) for value in changed[name]]
        elif name in changed:
            changed[name] = one(changed[name])
    return changed


def _check_inputs(
    id_: str,
    stages: Mapping[str, StageDocument],
    known: Mapping[str, Stage],
    named: set[str],
    problems: list[Problem],
) -> None:
    """What is wrong with a stage's inputs; `named` are all ids in the file, those of broken stages included."""
    place = f"stages.{id_}.inputs"
    stage = known.get(id_)
    given = stages[id_].inputs
    for name, value in given.items():
        sources = value if isinstance(value, list) else [value]
        for source in sources:
            if source not in named:
                problems.append(
                    Problem(f"{place}.{name}", f"no stage has the id {source!r}; {did_you_mean(source, stages)}")
                )
        if stage is None:
            continue
        if name not in stage.inputs:
            problems.append(Problem(f"{place}.{name}", f"unknown key; {did_you_mean(name, stage.inputs)}"))
            continue
        spec = stage.inputs[name]
        if isinstance(value, list) and not spec.many:
            problems.append(Problem(f"{place}.{name}", f"takes one stage, not a list of {len(value)}"))
        for source in sources:
            if source in known and not spec.accepts(known[source].output):
                made = f"{source!r} ({known[source].name}) makes {known[source].output.__name__}"
                problems.append(Problem(f"{place}.{name}", f"takes {spec.kinds}, but {made}"))
    others = {other: kind for other, kind in known.items() if other != id_}
    for name, spec in stage.inputs.items() if stage else ():
        if not spec.optional and not given.get(name):
            problems.append(Problem(f"{place}.{name}", f"is required ({spec.kinds}{_makers(spec, others)})"))


def _makers(spec: Input, known: Mapping[str, Stage]) -> str:
    makers = [id_ for id_, stage in known.items() if spec.accepts(stage.output)]
    return f", which {' or '.join(makers[:4])} makes" if makers else ""


def _sources(document: StageDocument) -> list[str]:
    return [one for value in document.inputs.values() for one in (value if isinstance(value, list) else [value])]


def _order(stages: Mapping[str, StageDocument], problems: list[Problem]) -> list[str]:
    """The ids so that each comes after what it needs, otherwise as in the file; each cycle is a problem."""
    waiting = {id_: {source for source in _sources(stage) if source in stages} for id_, stage in stages.items()}
    ids = list(stages)
    place = {id_: index for index, id_ in enumerate(ids)}
    order: list[str] = []
    ready = [place[id_] for id_, needs in waiting.items() if not needs]
    followers: dict[str, list[str]] = {id_: [] for id_ in stages}
    for id_, needs in waiting.items():
        for need in needs:
            followers[need].append(id_)
    while ready:
        id_ = ids[heapq.heappop(ready)]
        order.append(id_)
        for follower in followers[id_]:
            waiting[follower].discard(id_)
            if not waiting[follower]:
                heapq.heappush(ready, place[follower])
    placed = set(order)
    for cycle in _cycles({id_: needs for id_, needs in waiting.items() if id_ not in placed}):
        problems.append(Problem(f"stages.{cycle[0]}.inputs", f"stages wait for each other: {' -> '.join(cycle)}"))
    return order


def _cycles(waiting: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """Cycles that share no stage, until nothing waits for itself any more."""
    rest = dict(waiting)
    while rest:
        gone = {id_ for id_, needs in rest.items() if not needs & rest.keys()}
        if not gone:
            cycle = _cycle(rest)
            yield cycle
            gone = set(cycle)
        rest = {id_: needs for id_, needs in rest.items() if id_ not in gone}


def _cycle(waiting: Mapping[str, set[str]]) -> list[str]:
    """One cycle among stages that all wait for another of them."""
    path = [next(iter(waiting))]
    while True:
        following = min(need for need in waiting[path[-1]] if need in waiting)
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)


def _expand(
    job: JobDocument,
    stages: Mapping[str, StageDocument],
    known: Mapping[str, Stage],
    own: Mapping[str, list[Axis]],
    configs: Mapping[str, Mapping[Point, StageConfig]],
    order: Sequence[str],
    problems: list[Problem],
) -> dict[str, Node]:
    """Nodes for every point of every stage's axes: its own and those of the single inputs it hangs on."""
    axes: dict[str, list[Axis]] = {}
    nodes: dict[str, Node] = {}
    for id_ in order:
        document, stage = stages[id_], known[id_]
        inherited: dict[str, Axis] = {}
        for name, value in document.inputs.items():
            if isinstance(value, str) and not stage.inputs[name].many:
                inherited.update({axis.name: axis for axis in axes[value]})
        axes[id_] = [*inherited.values(), *own[id_]]
        mine = {axis.name for axis in own[id_]}
        times = math.prod(len(axis.labels) for axis in axes[id_])
        if len(nodes) + times > MAX_POINTS:
            problems.append(Problem(f"stages.{id_}", f"would run {times} times (allowed: {MAX_POINTS} for all stages)"))
            break
        for point in points_of(axes[id_]):
            config = configs[id_][tuple(part for part in point if part[0] in mine)]
            inputs = {
                name: _bind(value, stage.inputs[name].many, axes, dict(point))
                for name, value in document.inputs.items()
            }
            node = _node(node_id(id_, axes[id_], point), job, document, stage, config, inputs)
            if node.id in nodes:
                problems.append(Problem(f"stages.{id_}", f"two stages would be called {node.id!r}; rename one"))
            nodes[node.id] = node
    return nodes


def _bind(value: str | list[str], many: bool, axes: Mapping[str, list[Axis]], at: dict[str, int]) -> tuple[str, ...]:
    """The nodes an input takes: the one at the same point, or all of them where a list is taken."""
    if not many:
        source = value if isinstance(value, str) else value[0]
        point = tuple((axis.name, at[axis.name]) for axis in axes[source])
        return (node_id(source, axes[source], point),)
    sources = [value] if isinstance(value, str) else value
    return tuple(node_id(source, axes[source], point) for source in sources for point in points_of(axes[source]))


def _node(
    id_: str,
    job: JobDocument,
    document: StageDocument,
    stage: Stage,
    config: StageConfig,
    inputs: dict[str, tuple[str, ...]],
) -> Node:
    asked = {name: value for name, value in document.resources.model_dump().items() if value is not None}
    return Node(
        id=id_,
        stage=stage,
        config=config,
        inputs=inputs,
        seed=job.seed if document.seed is None else document.seed,
        resources=replace(stage.resources, **asked),
        retries=document.retries,
        timeout=document.timeout,
    )


def _resolved(node: Node) -> dict[str, Any]:
    inputs = {
        name: list(sources) if node.stage.inputs[name].many else sources[0] for name, sources in node.inputs.items()
    }
    written: dict[str, Any] = {
        "stage": node.stage.name,
        "config": escape(node.config.model_dump(mode="json")),
        "inputs": inputs,
    }
    written |= {"seed": node.seed, "retries": node.retries, "timeout": node.timeout}
    written["resources"] = {"cpu": node.resources.cpu, "memory_gb": node.resources.memory_gb, "gpu": node.resources.gpu}
    return written


def _unique(problems: Sequence[Problem]) -> list[Problem]:
    """The problems without those that only follow from another one at the same place, or in what was left out."""
    first: dict[str, Problem] = {}
    for problem in problems:
        if problem.message.startswith("is required") and any(_nested(problem.place, place) for place in first):
            continue
        first.setdefault(problem.place, problem)
    return list(first.values())


def _nested(one: str, other: str) -> bool:
    return one.startswith(f"{other}.") or other.startswith(f"{one}.")
