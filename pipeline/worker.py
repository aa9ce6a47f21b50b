"""Runs one stage: loads its inputs from the store, calls it, commits what it made."""

import errno
import json
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from shutil import rmtree
from typing import Any, cast

from filelock import Timeout

from pipeline.artifact import Artifact
from pipeline.errors import ScenewrightError
from pipeline.remote import open_store
from pipeline.stage import Context, Stage, load_catalogue
from pipeline.store import DamagedEntry, Entry, Store

_VERSIONED = ("numpy", "torch", "numba", "scipy", "scikit-image", "pillow", "trimesh", "xatlas", "embreex", "pycolmap")

_NO_ROOM = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota on the disk is used up",
    errno.EFBIG: "a file is larger than the system allows",
}


@dataclass(frozen=True)
class Task:
    """Everything a worker needs to make one result, as plain values."""

    node: str
    stage: str
    catalogue: str
    config: Mapping[str, Any]
    inputs: Mapping[str, list[str]]
    many: list[str]
    seed: int
    key: str
    recipe: Mapping[str, Any]
    store: str
    device: str
    threads: int
    backends: Mapping[str, str]
    forced: bool = False


Emit = Callable[[dict[str, Any]], None]


def execute(task: Task, emit: Emit) -> dict[str, Any]:
    """Make one result and commit it. The answer's `state` is finished, reused, damaged (`key` says which) or failed."""
    store = _open_once(task.store)
    work = store.work(task.key)
    try:
        with _locked(store, task.key, emit):
            found = None if task.forced else store.lookup(task.key)
            if found:
                return {"state": "reused"}
            stage = load_catalogue(task.catalogue)[task.stage]
            entry = _make(stage, task, store, work, emit)
            store.forget_work(task.key)
        return {"state": "finished", "bytes": entry.bytes}
    except DamagedEntry as damage:
        return {"state": "damaged", "key": damage.key, "path": damage.path}
    except (Exception, SystemExit) as error:
        return _failure(error, task, work)


@cache
def _open_once(address: str) -> Store:
    return open_store(address)


def _make(stage: Stage, task: Task, store: Store, work: Path, emit: Emit) -> Entry:
    started = time.perf_counter()
    reset_peak_memory()
    context = Context(
        seed=task.seed,
        checkpoint=work / "checkpoint",
        device=task.device,
        threads=task.threads,
        report=lambda fraction, message: emit({"event": "stage_progress", "fraction": fraction, "message": message}),
        log=lambda message: emit({"event": "stage_log", "message": message}),
    )
    config = stage.config.model_validate_json(json.dumps(task.config), strict=True)
    output = work.with_name(f"{work.name}.output")
    with ExitStack() as views:
        views.callback(rmtree, output, ignore_errors=True)
        inputs = _load_inputs(stage, task, store, views)
        result = stage.function(config, context, **inputs)
        if not isinstance(result, stage.output):
            raise TypeError(f"{stage.name} returned {type(result).__name__}, declared {stage.output.__name__}")
        rmtree(output, ignore_errors=True)
        output.mkdir()
        cast(Artifact, result).save(output)
        record = {
            "seconds": round(time.perf_counter() - started, 4),
            "peak_memory_bytes": peak_memory(),
            "device": task.device,
            "backends": dict(task.backends),
            "metrics": _plain(context.metrics),
            "licences": context.licences,
            "versions": _versions(),
        }
        return store.commit(task.key, output, type(result).__name__, task.recipe, record)


def _load_inputs(stage: Stage, task: Task, store: Store, views: ExitStack) -> dict[str, Any]:
    loaded: dict[str, Any] = {}
    for name, keys in task.inputs.items():
        artifacts = []
        for key in keys:
            entry = store.peek(key)
            if entry is None:
                raise DamagedEntry(key, "entry")
            folder = views.enter_context(store.view(entry))
            artifacts.append(_type_named(entry.type, stage.inputs[name].types).load(folder))
        loaded[name] = artifacts if name in task.many else artifacts[0]
    return loaded


def _type_named(name: str, kinds: Sequence[type]) -> type[Artifact]:
    """The artifact type of that name among some types and what is derived from them."""
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if kind.__name__ == name:
            return cast(type[Artifact], kind)
        waiting += kind.__subclasses__()
    raise TypeError(f"stored as {name}, which is none of {', '.join(kind.__name__ for kind in kinds)}")


@contextmanager
def _locked(store: Store, key: str, emit: Emit) -> Iterator[None]:
    """Hold a result's lock; a second passes in silence: the process of a killed try may be ending yet."""
    lock = store.lock(key)
    try:
        lock.acquire(timeout=1)
    except Timeout:
        emit({"event": "stage_log", "message": "waits for another run that makes the same result"})
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _failure(error: BaseException, task: Task, work: Path) -> dict[str, Any]:
    """The answer for a stage that raised; traceback and task are kept for `--only`, if the disk still takes them."""
    text = "".join(traceback.format_exception(error))
    for name, content in (("traceback.txt", text), ("task.json", json.dumps(asdict(task), indent=1))):
        try:
            work.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(content)
        except OSError:
            with suppress(OSError):
                (work / name).unlink()
    views = re.escape(str(work.parents[1] / "views"))
    message = re.sub(rf"{views}/[^/]+/", "", describe(error))  # where an input lay for a while tells nobody anything
    return {"state": "failed", "message": message, "traceback": text, "work": str(work)}


def describe(error: BaseException) -> str:
    """An exception in one line for the user; what only a developer understands is named with its type."""
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return f"{_NO_ROOM[error.errno]}{f' (writing {error.filename})' if error.filename else ''}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    text = " ".join(str(error).split())
    if isinstance(error, (ValueError, OSError, ImportError, ScenewrightError)) and text:
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def reset_peak_memory() -> None:
    """Let the peak count from now on, where the system can (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_memory() -> int:
    """The largest resident size of this process in bytes since the last reset."""
    with suppress(OSError, StopIteration, ValueError):
        status = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _plain(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Metrics as JSON takes them: numpy's numbers and arrays become plain ones, what is not finite becomes null."""
    text = json.dumps(metrics, default=lambda value: value.tolist() if hasattr(value, "tolist") else str(value))
    return dict(json.loads(text, parse_constant=lambda constant: None))


def _versions() -> dict[str, str]:
    names = {"scikit-image": "skimage", "pillow": "PIL"}
    return {name: _version(name) for name in _VERSIONED if names.get(name, name) in sys.modules}


@cache
def _version(distribution: str) -> str:
    return metadata.version(distribution)
