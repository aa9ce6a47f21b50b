"""A stage that breaks, whatever way, costs one message and what hangs on it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import StageFailed
from pipeline.job import Job
from pipeline.plan import part_of
from pipeline.store import Store
from pipeline.upkeep import verify

Check = Callable[..., Job]
Run = Callable[..., dict[str, Any]]
States = Callable[[Path], dict[str, str]]
Events = Callable[[Path], list[tuple[str, str]]]


BREAKDOWNS = {
    "value": "frame 3: the depth holds NaN (allowed: finite numbers)",
    "bug": "KeyError: 'missing'",
    "exit": "its process ended by itself (exit code 3)",
    "kill": "its process was killed (by a person, or by the system because memory ran out)",
    "segfault": "its process crashed (SIGSEGV)",
    "disk": "the disk is full (writing somewhere/big.npz)",
    "limit": "a file is larger than the system allows",
    "memory": "not enough memory",
    "wrong": "TypeError: broken returned Text, declared Number",
    "leave": "SystemExit: a library that ends the process",
}


def test_whatever_breaks_costs_one_message_and_what_hangs_on_it(
    check: Check, run: Run, store: Store, tmp_path: Path, events: Events
) -> None:
    stages: dict[str, Any] = {how: {"stage": "broken", "config": {"how": how}} for how in BREAKDOWNS}
    stages |= {f"after_{how}": {"stage": "add", "inputs": {"left": how}} for how in BREAKDOWNS}
    stages |= {"good": {"stage": "make"}, "better": {"stage": "add", "inputs": {"left": "good"}}}
    with pytest.raises(StageFailed) as caught:
        run(check(stages), cores=2)
    told = dict(line.removeprefix("stages.").split(": ", 1) for line in str(caught.value).splitlines())
    assert told == BREAKDOWNS
    found = json.loads((tmp_path / "out" / "run.json").read_text())
    assert found["status"] == "failed"
    for how, message in BREAKDOWNS.items():
        assert (found["stages"][how]["state"], found["stages"][how]["error"]) == ("failed", message)
        after = found["stages"][f"after_{how}"]
        assert (after["state"], after["reason"]) == ("skipped", f"needs {how}, which failed")
        assert "a line that a library printed" in (tmp_path / "out" / "logs" / f"{how}.txt").read_text()
    assert (found["stages"]["good"]["state"], found["stages"]["better"]["state"]) == ("finished", "finished")
    assert "in breakdown" in (tmp_path / "out" / "logs" / "segfault.txt").read_text(), "where it crashed is told, too"
    assert {event for event in events(tmp_path / "out") if event[0] == "stage_skipped"} == {
        ("stage_skipped", f"after_{how}") for how in BREAKDOWNS
    }
    assert len(list(store.entries())) == 2
    assert verify(store) == []


def test_a_failed_stage_leaves_its_traceback_and_its_task_and_only_it_runs_again(
    check: Check, run: Run, store: Store, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    stages = {
        "a": {"stage": "make", "config": {"value": 3}},
        "b": {"stage": "broken", "config": {"how": "bug", "marker": str(marker)}, "inputs": {"start": "a"}},
        "c": {"stage": "add", "inputs": {"left": "b"}},
    }
    job = check(stages)
    with pytest.raises(StageFailed):
        run(job)
    failed = json.loads((tmp_path / "out" / "run.json").read_text())["stages"]["b"]
    work = Path(failed["work"])
    assert work == store.work(failed["key"])
    assert "toys.py" in (work / "traceback.txt").read_text()
    assert (work / "traceback.txt").read_text() == failed["traceback"]
    task = json.loads((work / "task.json").read_text())
    assert (task["node"], task["stage"], task["key"]) == ("b", "broken", failed["key"])
    assert store.lookup(task["inputs"]["start"][0]), "its input is kept"
    again = run(part_of(job, only="b"), force=["b"])
    assert {id_: stage["state"] for id_, stage in again["stages"].items()} == {"a": "reused", "b": "finished"}
    assert not {"traceback", "work"} & again["stages"]["b"].keys()
    assert not work.exists()
    assert {id_: stage["state"] for id_, stage in run(job)["stages"].items()} == {
        "a": "reused",
        "b": "reused",
        "c": "finished",
    }


def test_a_long_chain_behind_a_failed_stage_is_skipped(check: Check, run: Run, tmp_path: Path, states: States) -> None:
    stages: dict[str, Any] = {"s0": {"stage": "broken"}}
    stages |= {f"s{i}": {"stage": "add", "inputs": {"left": f"s{i - 1}"}} for i in range(1, 1500)}
    with pytest.raises(StageFailed):
        run(check(stages))
    found = states(tmp_path / "out")
    assert (found["s0"], found["s1"], found["s1499"]) == ("failed", "skipped", "skipped")


def test_a_stage_is_tried_again_as_often_as_the_job_allows(check: Check, run: Run, tmp_path: Path) -> None:
    def broken(name: str, retries: int, how: str, **more: Any) -> dict[str, Any]:
        config = {"how": how, "journal": str(tmp_path / f"{name}.journal"), **more}
        return {"stage": "broken", "config": config, "retries": retries}

    stages = {
        "never": broken("never", 2, "value"),
        "second": broken("second", 3, "bug", marker=str(tmp_path / "m")),
        "crash": broken("crash", 1, "kill", marker=str(tmp_path / "n")),
        "once": broken("once", 0, "exit"),
    }
    with pytest.raises(StageFailed) as caught:
        run(check(stages), cores=2)
    assert [line.split(":")[0] for line in sorted(str(caught.value).splitlines())] == ["stages.never", "stages.once"]
    attempts = {name: len((tmp_path / f"{name}.journal").read_text().splitlines()) for name in stages}
    assert attempts == {"never": 3, "second": 2, "crash": 2, "once": 1}
    found = json.loads((tmp_path / "out" / "run.json").read_text())["stages"]
    assert (found["second"]["state"], found["second"]["error"]) == ("finished", None)
    assert "traceback" not in found["second"]
    assert (found["never"]["state"], "Traceback" in found["never"]["traceback"]) == ("failed", True)


def test_a_stage_that_takes_too_long_is_ended_with_all_that_it_started(
    check: Check,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    processes_marked: Callable[[str], list[int]],
    states: States,
) -> None:
    monkeypatch.setenv("TOY_MARK", str(tmp_path))
    started = time.monotonic()
    stages = {
        "hang": {
            "stage": "broken",
            "config": {"how": "child", "journal": str(tmp_path / "j")},
            "timeout": 0.6,
            "retries": 1,
        },
        "good": {"stage": "make"},
        "after": {"stage": "add", "inputs": {"left": "hang"}},
    }
    with pytest.raises(StageFailed, match=r"stages\.hang: took longer than its timeout of 0\.6 s"):
        run(check(stages), cores=2)
    assert time.monotonic() - started < 50, "nobody waited for the 60 seconds"
    assert states(tmp_path / "out") == {"hang": "failed", "good": "finished", "after": "skipped"}
    assert len((tmp_path / "j").read_text().splitlines()) == 2
    assert processes_marked(str(tmp_path)) == []


def test_a_stage_that_was_ended_for_its_time_goes_on_from_its_checkpoint(
    check: Check, run: Run, tmp_path: Path
) -> None:
    config = {"steps": 24, "seconds": 0.05, "journal": str(tmp_path / "j")}
    run(check({"s": {"stage": "slow", "config": config, "timeout": 0.6, "retries": 20}}), cores=1)
    steps = list(map(int, (tmp_path / "j").read_text().splitlines()))
    assert steps == sorted(set(steps))
    assert steps[-1] == 24
    assert len(steps) >= 24 - 10
