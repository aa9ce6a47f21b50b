"""Runs one stage: loads its inputs from the store, calls it, commits what it made. Also the process that does so."""

import ctypes
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryFile
from typing import IO, Any

from filelock import Timeout

from pipeline.errors import ScenewrightError
from pipeline.remote import open_store
from pipeline.stage import Context, Stage, load_catalogue
from pipeline.store import DamagedEntry, Entry, Store

LOG_BYTES = 64_000
"""How much of what a stage printed is kept: the end of it."""

_VERSIONED = ("numpy", "torch", "numba", "scipy", "scikit-image", "pillow", "trimesh", "xatlas", "embreex", "pycolmap")


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
    except Exception as error:
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
        result.save(output)
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
            kind = next(kind for kind in stage.inputs[name].types if kind.__name__ == entry.type or entry.type in _subtypes(kind))
            artifacts.append(_subtypes(kind).get(entry.type, kind).load(folder))  # type: ignore[attr-defined]
        loaded[name] = artifacts if name in task.many else artifacts[0]
    return loaded


def _subtypes(kind: type) -> dict[str, type]:
    found = {kind.__name__: kind}
    for sub in kind.__subclasses__():
        found |= _subtypes(sub)
    return found


@contextmanager
def _locked(store: Store, key: str, emit: Emit) -> Iterator[None]:
    lock = store.lock(key)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        emit({"event": "stage_log", "message": "waits for another run that makes the same result"})
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _failure(error: Exception, task: Task, work: Path) -> dict[str, Any]:
    """The answer for a stage that raised; traceback and task are kept for `--only`, if the disk still takes them."""
    text = "".join(traceback.format_exception(error))
    with suppress(OSError):
        work.mkdir(parents=True, exist_ok=True)
        (work / "traceback.txt").write_text(text)
        (work / "task.json").write_text(json.dumps(asdict(task), indent=1))
    return {"state": "failed", "message": describe(error), "traceback": text, "work": str(work)}


def describe(error: BaseException) -> str:
    """An exception in one line for the user; what only a developer understands is named with its type."""
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, OSError) and error.errno == 28:
        return f"the disk is full{f' (writing {error.filename})' if error.filename else ''}"
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
    """Metrics as JSON takes them: numpy's numbers and arrays become plain ones."""
    return dict(json.loads(json.dumps(metrics, default=lambda value: value.tolist())))


def _versions() -> dict[str, str]:
    names = {"scikit-image": "skimage", "pillow": "PIL"}
    return {name: _version(name) for name in _VERSIONED if names.get(name, name) in sys.modules}


@cache
def _version(distribution: str) -> str:
    return metadata.version(distribution)


def main() -> None:
    """The worker process: tasks come in as JSON lines, events and answers go out as JSON lines."""
    outward = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while (task := tasks.get()) is not None:

        def emit(event: dict[str, Any]) -> None:
            outward.write(json.dumps(event) + "\n")

        with TemporaryFile() as printed:
            with _captured(printed.fileno()):
                answer = execute(Task(**task), emit)
            emit({"event": "answer", "log": _tail(printed), **answer})


def _listen(tasks: "queue.SimpleQueue[dict[str, Any] | None]") -> None:
    for line in sys.stdin:
        tasks.put(json.loads(line))
    os._exit(0)  # whoever gave the tasks is gone; a stage that still computes has nobody to make its result for


def _die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, also while compiled code keeps the interpreter's lock."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@contextmanager
def _captured(handle: int) -> Iterator[None]:
    """Send what libraries print, also from compiled code, to an open file."""
    saved = os.dup(1), os.dup(2)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for kept, standard in zip(saved, (1, 2), strict=True):
            os.dup2(kept, standard)
            os.close(kept)


def _tail(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LOG_BYTES))
    return file.read().decode(errors="replace")


if __name__ == "__main__":
    main()
