"""One result is made: inputs loaded and checked, the stage called, its result committed, what went wrong described."""

import errno
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ScenewrightError
from pipeline.job import Job
from pipeline.plan import make_plan
from pipeline.store import Store
from pipeline.worker import Task, describe, execute, peak_memory, reset_peak_memory

Check = Callable[..., Job]
MakeTask = Callable[..., Task]


@pytest.fixture
def task_of(store: Store, toys: str) -> MakeTask:
    """A function that makes the task of one node of a job, whose inputs are stored."""

    def task_of(job: Job, id_: str, **more: Any) -> Task:
        steps = make_plan(job, store).steps
        step, node = steps[id_], job.nodes[id_]
        given = {
            "node": id_,
            "stage": node.stage.name,
            "catalogue": toys,
            "config": step.config.model_dump(mode="json"),
            "inputs": {name: [steps[need].key for need in needs] for name, needs in node.inputs.items()},
            "many": [name for name in node.inputs if node.stage.inputs[name].many],
            "seed": node.seed,
            "key": step.key,
            "recipe": step.recipe,
            "store": store.address,
            "device": step.device,
            "threads": 1,
            "backends": step.backends,
        }
        return Task(**{**given, **more})

    return task_of


def quiet(event: dict[str, Any]) -> None:
    """Hears nothing."""


def test_a_task_is_plain_json(check: Check, task_of: MakeTask) -> None:
    from dataclasses import asdict

    task = task_of(check({"a": {"stage": "make"}}), "a")
    assert Task(**json.loads(json.dumps(asdict(task)))) == task


def test_a_result_is_made_once_and_then_found(check: Check, task_of: MakeTask, store: Store) -> None:
    task = task_of(check({"a": {"stage": "make", "config": {"value": 4}}}), "a")
    assert execute(task, quiet) == {"state": "finished", "bytes": 3}
    assert execute(task, quiet) == {"state": "reused"}
    entry = store.lookup(task.key)
    assert entry
    assert (entry.type, dict(entry.recipe)) == ("Number", task.recipe)
    with store.view(entry) as folder:
        assert (folder / "number.json").read_text() == "4.0"


def test_a_forced_task_is_made_again(check: Check, task_of: MakeTask) -> None:
    job = check({"a": {"stage": "make"}})
    execute(task_of(job, "a"), quiet)
    assert execute(task_of(job, "a", forced=True), quiet)["state"] == "finished"


def test_inputs_are_handed_over_by_name_as_one_or_as_a_list(check: Check, task_of: MakeTask, store: Store) -> None:
    stages = {
        "x": {"stage": "make", "config": {"value": 5}},
        "y": {"stage": "say", "config": {"text": "why"}},
        "sum": {"stage": "add", "inputs": {"left": "x", "right": "x"}},
        "alone": {"stage": "add", "inputs": {"left": "x"}},
        "both": {"stage": "join", "inputs": {"parts": ["y", "x", "y"]}},
        "loud": {"stage": "shout", "inputs": {"text": "y"}},
    }
    job = check(stages)
    made = {}
    for id_ in stages:
        task = task_of(job, id_)
        assert execute(task, quiet)["state"] == "finished"
        entry = store.lookup(task.key)
        assert entry
        with store.view(entry) as folder:
            made[id_] = next(folder.iterdir()).read_text()
    assert made == {"x": "5.0", "y": "why", "sum": "10.0", "alone": "5.0", "both": "why 5 why", "loud": "WHY"}


def test_a_stage_is_told_its_device_threads_and_backend(check: Check, task_of: MakeTask, store: Store) -> None:
    job = check({"k": {"stage": "kernel"}, "o": {"stage": "occupy", "config": {"journal": "", "name": ""}}})
    kernel, occupy = task_of(job, "k"), task_of(job, "o", threads=3)
    for task, text in ((kernel, "numba cpu"), (occupy, "3")):
        execute(task, quiet)
        entry = store.lookup(task.key)
        assert entry
        with store.view(entry) as folder:
            assert next(folder.iterdir()).read_text() == text
    entry = store.lookup(kernel.key)
    assert entry
    assert (entry.record["backends"], entry.record["device"]) == ({"backend": "numba"}, "cpu")


@pytest.mark.parametrize("how", ["blob", "entry"])
def test_a_damaged_input_is_told_by_its_key(how: str, check: Check, task_of: MakeTask, store: Store) -> None:
    job = check({"x": {"stage": "make"}, "y": {"stage": "spell", "inputs": {"number": "x"}}})
    execute(task_of(job, "x"), quiet)
    task = task_of(job, "y")
    key = task.inputs["number"][0]
    if how == "blob":
        blob = next(iter(store.blobs()))
        blob.chmod(0o644)
        blob.write_text("9.0")
    else:
        store.remove(key)
    path = "number.json" if how == "blob" else "entry"
    assert execute(task, quiet) == {"state": "damaged", "key": key, "path": path}
    assert not store.work(task.key).exists()


def test_a_failure_keeps_traceback_task_and_checkpoint_until_it_succeeds(
    check: Check, task_of: MakeTask, store: Store, tmp_path: Path
) -> None:
    task = task_of(check({"b": {"stage": "broken", "config": {"how": "bug", "marker": str(tmp_path / "m")}}}), "b")
    checkpoint = store.work(task.key) / "checkpoint" / "state"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_text("half way")
    failed = execute(task, quiet)
    assert (failed["state"], failed["message"]) == ("failed", "KeyError: 'missing'")
    assert failed["work"] == str(store.work(task.key))
    assert (store.work(task.key) / "traceback.txt").read_text() == failed["traceback"]
    assert Task(**json.loads((store.work(task.key) / "task.json").read_text())) == task
    assert checkpoint.read_text() == "half way"
    assert list((store.folder / "views").iterdir()) == []
    assert execute(task, quiet)["state"] == "finished"
    assert list((store.folder / "work").iterdir()) == []


def test_a_failure_on_a_disk_that_takes_no_traceback_is_still_told(
    check: Check, task_of: MakeTask, store: Store
) -> None:
    task = task_of(check({"b": {"stage": "broken"}}), "b")
    store.work(task.key).write_text("a file where the folder should be")
    assert execute(task, quiet)["message"] == "frame 3: the depth holds NaN (allowed: finite numbers)"


def test_half_made_output_of_a_failed_stage_is_cleared_away(check: Check, task_of: MakeTask, store: Store) -> None:
    task = task_of(check({"p": {"stage": "pages", "config": {"pages": {"a.txt": "A", "x\0y": "B"}}}}), "p")
    assert execute(task, quiet)["state"] == "failed"
    assert [path.name for path in (store.folder / "work").iterdir()] == [task.key]
    assert list(store.blobs()) == []


def test_settings_are_checked_once_more_where_the_stage_runs(check: Check, task_of: MakeTask) -> None:
    task = task_of(check({"a": {"stage": "make"}}), "a", config={"value": "5"})
    assert execute(task, quiet)["state"] == "failed"


def test_a_task_waits_for_another_that_makes_the_same_and_uses_its_result(
    check: Check, task_of: MakeTask, store: Store
) -> None:
    task = task_of(check({"a": {"stage": "make"}}), "a")
    said: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    lock = store.lock(task.key)
    lock.acquire()
    thread = threading.Thread(target=lambda: answers.append(execute(task, said.append)))
    thread.start()
    deadline = time.monotonic() + 20
    while not said and time.monotonic() < deadline:
        time.sleep(0.01)
    assert said == [{"event": "stage_log", "message": "waits for another run that makes the same result"}]
    folder = store.folder / "work" / "by-hand"
    folder.mkdir()
    (folder / "number.json").write_text("1.0")
    store.commit(task.key, folder, "Number", {}, {})
    lock.release()
    thread.join(20)
    assert answers == [{"state": "reused"}]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("frame 3: no\n  such thing"), "frame 3: no such thing"),
        (ScenewrightError("said already"), "said already"),
        (FileNotFoundError(2, "No such file or directory", "a.png"), "a.png: No such file or directory"),
        (FileNotFoundError("a.png: no such image file"), "a.png: no such image file"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.ENOSPC, "No space left on device", "x.npz"), "the disk is full (writing x.npz)"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "x"), "the quota on the disk is used up (writing x)"),
        (OSError(errno.EFBIG, "File too large"), "a file is larger than the system allows"),
        (ImportError("pip install 'scenewright[sfm]'"), "pip install 'scenewright[sfm]'"),
        (MemoryError(), "not enough memory"),
        (KeyError("missing"), "KeyError: 'missing'"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (ValueError(), "ValueError"),
        (AssertionError(), "AssertionError"),
    ],
)  # fmt: skip
def test_an_error_is_described_in_one_line(error: BaseException, text: str) -> None:
    assert describe(error) == text


def test_the_peak_of_memory_is_that_since_the_last_reset() -> None:
    reset_peak_memory()
    before = peak_memory()
    block = bytearray(150_000_000)
    block[::4096] = b"x" * len(block[::4096])
    held = peak_memory()
    assert held - before > 100_000_000
    del block
    assert peak_memory() > held - 10_000_000
    reset_peak_memory()
    if Path("/proc/self/clear_refs").exists():
        assert peak_memory() < held - 100_000_000
