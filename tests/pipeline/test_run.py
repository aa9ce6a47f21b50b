"""The run loop: order, resources, many at once, and the same bytes again."""

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ScenewrightError, StageFailed
from pipeline.executors.executor import Executor
from pipeline.job import Job, check_job
from pipeline.outputs import RunFolder
from pipeline.stage import Catalogue, Resources
from pipeline.store import Store
from pipeline.upkeep import verify

Check = Callable[..., Job]
Run = Callable[..., dict[str, Any]]
WriteJob = Callable[..., Path]
States = Callable[[Path], dict[str, str]]
Events = Callable[[Path], list[tuple[str, str]]]
Value = Callable[[Path, str], float]


def test_a_run_makes_what_its_job_says(check: Check, run: Run, tmp_path: Path, value: Value) -> None:
    stages = {
        "n": {"stage": "make", "sweep": {"value": [1, 2, 4]}},
        "twice": {"stage": "add", "inputs": {"left": "n", "right": "n"}},
        "sum": {"stage": "total", "inputs": {"numbers": ["twice", "n"]}},
        "text": {"stage": "join", "inputs": {"parts": ["sum", "twice"]}},
        "none": {"stage": "join"},
    }
    run(check(stages))
    assert value(tmp_path / "out", "sum") == 21
    assert (tmp_path / "out" / "outputs" / "text.txt").read_text() == "21 2 4 8"
    assert (tmp_path / "out" / "outputs" / "none.txt").read_text() == ""


def test_events_tell_the_run_in_order(check: Check, run: Run, tmp_path: Path, events: Events) -> None:
    job = check(
        {"s": {"stage": "slow", "config": {"steps": 2, "seconds": 0}}, "b": {"stage": "add", "inputs": {"left": "s"}}}
    )
    heard: list[dict[str, Any]] = []
    run(job, on_event=heard.append)
    expected = [
        ("run_started", ""),
        *(("stage_started", "s"), ("stage_progress", "s"), ("stage_progress", "s"), ("stage_finished", "s")),
        *(("stage_started", "b"), ("stage_finished", "b")),
        ("run_finished", ""),
    ]
    assert events(tmp_path / "out") == expected == [(event["event"], event.get("stage", "")) for event in heard]
    progress = [event for event in heard if event["event"] == "stage_progress"]
    assert [(event["fraction"], event["message"]) for event in progress] == [(0.5, "step 1"), (1.0, "step 2")]
    assert heard[0] == {"event": "run_started", "job": "job", "stages": 2}
    assert heard[-1] == {"event": "run_finished", "status": "finished"}


class NoExecutor(Executor):
    """Where nothing may run."""

    name = "none"

    def capacity(self) -> Resources:
        return Resources()

    def start(self, task: Any, resources: Resources) -> None:
        raise AssertionError(f"{task.node} was started")

    def next(self, timeout: float) -> None:
        raise AssertionError("somebody waits")

    def cancel(self, node: str) -> None:
        raise AssertionError("somebody cancels")

    def close(self) -> None:
        self.closed = True


def test_running_a_finished_job_again_does_no_work(check: Check, run: Run, tmp_path: Path, events: Events) -> None:
    job = check({"a": {"stage": "make"}, "b": {"stage": "add", "inputs": {"left": "a"}}})
    run(job)
    executor = NoExecutor()
    assert run(job, executor=executor)["status"] == "finished"
    assert executor.closed
    assert events(tmp_path / "out") == [
        ("run_started", ""),
        *(("stage_reused", "a"), ("stage_reused", "b")),
        ("run_finished", ""),
    ]


def test_one_result_that_two_stages_ask_for_is_made_once(check: Check, run: Run, tmp_path: Path, value: Value) -> None:
    slow = {"stage": "slow", "config": {"steps": 5, "seconds": 0.01, "journal": str(tmp_path / "journal")}}
    manifest = run(check({"a": slow, "b": slow, "c": {"stage": "add", "inputs": {"left": "a", "right": "b"}}}), cores=2)
    assert (tmp_path / "journal").read_text().split() == ["1", "2", "3", "4", "5"]
    assert sorted(stage["state"] for stage in manifest["stages"].values()) == ["finished", "finished", "reused"]
    assert value(tmp_path / "out", "c") == 10


def test_an_executor_is_closed_even_where_the_run_never_begins(check: Check, run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    executor = NoExecutor()
    with pytest.raises(ScenewrightError, match="is a file"):
        run(check({"a": {"stage": "make"}}), executor=executor)
    assert executor.closed


def meeting(tmp_path: Path, **more: Any) -> dict[str, Any]:
    """Two stages that only finish when they run at the same time."""
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    return {
        "a": {"stage": "meet", "config": {"mine": a, "other": b, **more}},
        "b": {"stage": "meet", "config": {"mine": b, "other": a, **more}},
    }


def test_stages_that_do_not_depend_on_each_other_run_at_the_same_time(check: Check, run: Run, tmp_path: Path) -> None:
    assert run(check(meeting(tmp_path)), cores=2)["status"] == "finished"


def test_one_core_takes_one_stage_at_a_time(check: Check, run: Run, tmp_path: Path, states: States) -> None:
    with pytest.raises(StageFailed, match="nobody made"):
        run(check(meeting(tmp_path, patience=0.3)), cores=1)
    assert sorted(states(tmp_path / "out").values()) == ["failed", "finished"]


@pytest.mark.parametrize("resources", [{"cpu": 0}, {"cpu": 99}, {"memory_gb": 5}])
def test_stages_that_do_not_fit_beside_each_other_wait(
    resources: dict[str, Any], check: Check, run: Run, tmp_path: Path, value: Value
) -> None:
    journal = tmp_path / "journal"
    names = ["x", "y", "z"] if resources == {"cpu": 0} else ["x", "y"]
    stages = {
        name: {
            "stage": "occupy",
            "config": {"journal": str(journal), "name": name, "seconds": 0.05},
            "resources": resources,
        }
        for name in names
    }
    run(check(stages), cores=2)
    lines = journal.read_text().splitlines()
    assert lines == [word for name in names for word in (f"begin {name}", f"end {name}")]
    threads = 1 if "memory_gb" in resources else 2
    assert value(tmp_path / "out", "x") == threads, "a stage is told how many cores it has"


def test_a_small_stage_passes_one_that_does_not_fit_now(check: Check, run: Run, tmp_path: Path, events: Events) -> None:
    config = {"journal": str(tmp_path / "journal"), "name": "whole", "seconds": 0}
    whole = {"stage": "occupy", "config": config, "resources": {"cpu": 0}}
    first, second = meeting(tmp_path).values()
    run(check({"first": first, "whole": whole, "second": second}), cores=2)
    order = [stage for event, stage in events(tmp_path / "out") if event == "stage_started"]
    assert (set(order[:2]), order[2]) == ({"first", "second"}, "whole")


def test_two_runs_at_once_make_each_result_of_one_store_once(
    command: list[str], write_job: WriteJob, store: Store, tmp_path: Path, states: States, value: Value
) -> None:
    stages: dict[str, Any] = {
        f"s{i}": {"stage": "slow", "config": {"steps": 8, "seconds": 0.02, "journal": str(tmp_path / f"journal{i}")}}
        for i in range(4)
    }
    stages["sum"] = {"stage": "total", "inputs": {"numbers": list(stages)}}
    job = write_job(stages)
    given = [*command, "run", str(job), "--store", str(store.folder), "--out"]
    runs = [
        subprocess.Popen([*given, str(tmp_path / name)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    for process in runs:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
    for i in range(4):
        assert list(map(int, (tmp_path / f"journal{i}").read_text().splitlines())) == list(range(1, 9)), (
            "each step was taken once"
        )
    made = [states(tmp_path / name) for name in ("one", "two")]
    assert all({one[stage], two[stage]} == {"finished", "reused"} for one, two in [made] for stage in stages)
    assert value(tmp_path / "one", "sum") == value(tmp_path / "two", "sum") == 32
    assert verify(store) == []


def test_a_run_in_a_thread_beside_another_is_refused_the_same_folder(
    check: Check, run: Run, toys: str, store: Store, tmp_path: Path
) -> None:
    held = RunFolder(tmp_path / "out", check({"a": {"stage": "make"}}))
    errors: list[BaseException] = []

    def try_it() -> None:
        try:
            run(check({"a": {"stage": "make"}}))
        except ScenewrightError as error:
            errors.append(error)

    thread = threading.Thread(target=try_it)
    thread.start()
    thread.join()
    held.close()
    assert [str(error) for error in errors] == [f"--out {tmp_path / 'out'}: another run is writing to this folder"]


def outputs_of(manifest: dict[str, Any]) -> dict[str, Any]:
    return {id_: stage["output"]["files"] for id_, stage in manifest["stages"].items()}


def test_the_same_job_and_seed_give_the_same_bytes_in_another_store(check: Check, run: Run, tmp_path: Path) -> None:
    stages = {
        "r": {"stage": "random"},
        "own": {"stage": "random", "seed": 5},
        "s": {"stage": "slow", "config": {"steps": 3, "seconds": 0.01}, "inputs": {"start": "r"}},
        "sum": {"stage": "total", "inputs": {"numbers": ["r", "own", "s"]}},
        "t": {"stage": "spell", "inputs": {"number": "sum"}},
    }
    results = [
        outputs_of(
            run(check(stages, seed=seed), store=Store(tmp_path / name), out=tmp_path / f"out-{name}", cores=cores)
        )
        for name, seed, cores in (("one", 7, 2), ("two", 7, 1), ("three", 8, 0))
    ]
    assert results[0] == results[1]
    changed = {id_ for id_ in stages if results[0][id_] != results[2][id_]}
    assert changed == {"r", "s", "sum", "t"}


def test_a_resolved_job_of_a_run_is_a_job_that_gives_the_same(
    check: Check, run: Run, catalogue: Catalogue, tmp_path: Path
) -> None:
    first = run(check({"r": {"stage": "random"}, "t": {"stage": "spell", "inputs": {"number": "r"}}}, seed=3))
    kept = json.loads((tmp_path / "out" / "job.json").read_text())
    again = run(check_job(kept, catalogue), store=Store(tmp_path / "other"), out=tmp_path / "again")
    assert outputs_of(first) == outputs_of(again)


def test_what_a_run_takes_is_remembered_for_the_next_plan(check: Check, run: Run, store: Store) -> None:
    run(check({"a": {"stage": "occupy", "config": {"journal": "", "name": "", "seconds": 0.3}}}))
    heard: list[dict[str, Any]] = []
    later = check({"b": {"stage": "occupy", "config": {"journal": "", "name": "b", "seconds": 0.0}}})
    run(later, on_event=heard.append)
    started = next(event for event in heard if event["event"] == "stage_started")
    assert started["eta_seconds"] >= 0.3
