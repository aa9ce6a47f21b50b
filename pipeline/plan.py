"""What a run would do, and why: for each stage run or reuse, with its backend, its device and what it will take."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.digest import FileDigests, digest_value
from pipeline.errors import UserError, did_you_mean
from pipeline.history import Estimate, History, explain
from pipeline.job import Job, Node
from pipeline.stage import StageConfig, path_fields
from pipeline.store import Entry, Store


@dataclass(frozen=True)
class Step:
    """What is going to happen to one node. `key` and `entry` are None while an input is not made yet."""

    node: Node
    action: Literal["run", "reuse", "unavailable"]
    reason: str
    config: StageConfig
    device: str
    key: str | None = None
    recipe: Mapping[str, Any] | None = None
    entry: Entry | None = None
    estimate: Estimate | None = None

    @property
    def backends(self) -> dict[str, str]:
        return {name: str(getattr(self.config, name)) for name in self.node.stage.backends}


@dataclass(frozen=True)
class Plan:
    """The steps of a job in the order of its nodes."""

    job: Job
    device: str
    steps: Mapping[str, Step]

    def of(self, action: str) -> list[Step]:
        return [step for step in self.steps.values() if step.action == action]

    @property
    def seconds(self) -> float | None:
        """The estimated seconds of all stages that run, one after the other; None while one is unknown."""
        estimates = [step.estimate for step in self.of("run")]
        return sum(e.seconds for e in estimates if e) if all(estimates) else None


def make_plan(job: Job, store: Store, *, device: str = "cpu", force: Collection[str] = ()) -> Plan:
    """What running `job` with this store would do. `force` names nodes to run although their result is stored."""
    forced = nodes_named(job, force)
    history = History(store.folder / "history")
    steps: dict[str, Step] = {}
    for node in job.nodes.values():
        entries = {need: steps[need].entry for need in node.needs}
        steps[node.id] = make_step(job.name, node, entries, store, history, device, forced=node.id in forced)
    store.digests.save()
    return Plan(job, device, steps)


def nodes_named(job: Job, names: Collection[str]) -> set[str]:
    """The nodes called so, and all nodes of a stage that runs over many values; a UserError where there is none."""
    found = set()
    for name in names:
        matching = [id_ for id_ in job.nodes if id_ == name or id_.startswith(f"{name}[")]
        if not matching:
            raise UserError(f"the job has no stage {name!r}; {did_you_mean(name, job.nodes)}")
        found.update(matching)
    return found


def make_step(
    job_name: str,
    node: Node,
    inputs: Mapping[str, Entry | None],
    store: Store,
    history: History,
    device: str,
    *,
    forced: bool = False,
) -> Step:
    """What happens to one node, given the stored results it starts from."""
    device = device if device in node.stage.devices else node.stage.devices[0]
    config = node.stage.resolve_backends(node.config, device)
    missing = [need for need, entry in inputs.items() if entry is None]
    if missing:
        reason = f"waits for {', '.join(missing)}"
        step = Step(node, "run", reason, config, device, estimate=history.estimate(node.stage.name, device, None))
    else:
        made = {need: entry for need, entry in inputs.items() if entry is not None}
        recipe = make_recipe(node, config, made, store.digests)
        key = digest_value(recipe)
        entry = store.lookup(key)
        if entry and not forced:
            return Step(node, "reuse", "nothing changed", config, device, key, recipe, entry)
        reason = "asked for" if forced else _reason(job_name, node, recipe, key, store, history)
        size = sum(entry.bytes for entry in made.values())
        step = Step(
            node, "run", reason, config, device, key, recipe, None, history.estimate(node.stage.name, device, size)
        )
    unavailable = node.stage.unavailable(config)
    return Step(node, "unavailable", unavailable, config, device, step.key) if unavailable else step


def make_recipe(node: Node, config: StageConfig, inputs: Mapping[str, Entry], digests: FileDigests) -> dict[str, Any]:
    """Everything a result depends on; its digest is the key. Paths stand by their content, not by where they lie."""
    stage = node.stage
    settings = config.model_dump(mode="json")
    for name in path_fields(type(config)):
        value = getattr(config, name)
        if value is not None:
            settings[name] = _content(node.id, value, digests)
    recipe: dict[str, Any] = {
        "stage": stage.name,
        "version": stage.version,
        "config": settings,
        "inputs": {name: [inputs[id_].digest for id_ in ids] for name, ids in node.inputs.items()},
    }
    if stage.seeded:
        recipe["seed"] = node.seed
    sources = stage.sources(config)
    if sources:
        recipe["sources"] = _content(node.id, sources, digests)
    return recipe


def _content(node: str, value: Path | Sequence[Path], digests: FileDigests) -> dict[str, Any]:
    paths = [value] if isinstance(value, Path) else value
    try:
        return {"content": [[path.suffix.lower() if path.is_file() else "/", digests.of_path(path)] for path in paths]}
    except OSError as error:
        raise UserError(f"stages.{node}: cannot read {error.filename}: {error.strerror}") from None


def _reason(job: str, node: Node, recipe: Mapping[str, Any], key: str, store: Store, history: History) -> str:
    damage = store.damage_of(key)
    if damage:
        return f"its stored result is damaged ({damage})"
    return explain(history.last_recipe(job, node.id), recipe)


def part_of(job: Job, *, until: str = "", only: str = "") -> Job:
    """The job cut down to what `until` needs, or to `only` and what it is made from."""
    target = until or only
    if not target:
        return job
    wanted = nodes_named(job, [target])
    for node in reversed(list(job.nodes.values())):
        if node.id in wanted:
            wanted.update(node.needs)
    return Job(job.name, {id_: node for id_, node in job.nodes.items() if id_ in wanted}, job.description, job.seed)
