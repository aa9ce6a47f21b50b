"""The run loop: order, resources, failures that cost only what hangs on them, repair, and stopping."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ScenewrightError, StageFailed, Stopped
from pipeline.executors.executor import Executor
from pipeline.job import Job, check_job
from pipeline.outputs import RunFolder
from pipeline.plan import make_plan, part_of
from pipeline.run import MAX_DAMAGED
from pipeline.stage import Catalogue, Resources
from pipeline.store import Entry, Store
from pipeline.upkeep import verify

Check = Callable[..., Job]
Run = Callable[..., dict[str, Any]]
WriteJob = Callable[..., Path]


def states(folder: Path) -> dict[str, str]:
    """The state of each stage, by the manifest in a run's folder."""
    return {id_: stage["state"] for id_, stage in json.loads((folder / "run.json").read_text())["stages"].items()}


def events(folder: Path) -> list[tuple[str, str]]:
    """What happened, in order: (event, stage)."""
    lines = (folder / "events.jsonl").read_text().splitlines()
    return [(event["event"], event.get("stage", "")) for event in map(json.loads, lines)]


def value(folder: Path, stage: str) -> float:
    return float(json.loads((folder / "artifacts" / stage / "number.json").read_text()))


# What a run does


def test_a_run_makes_what_its_job_says(check: Check, run: Run, tmp_path: Path) -> None:
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


def test_events_tell_the_run_in_order(check: Check, run: Run, tmp_path: Path) -> None:
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


def test_running_a_finished_job_again_does_no_work(check: Check, run: Run, tmp_path: Path) -> None:
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


def test_one_result_that_two_stages_ask_for_is_made_once(check: Check, run: Run, tmp_path: Path) -> None:
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


# Side by side, under resources


def meeting(tmp_path: Path, **more: Any) -> dict[str, Any]:
    """Two stages that only finish when they run at the same time."""
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    return {
        "a": {"stage": "meet", "config": {"mine": a, "other": b, **more}},
        "b": {"stage": "meet", "config": {"mine": b, "other": a, **more}},
    }


def test_stages_that_do_not_depend_on_each_other_run_at_the_same_time(check: Check, run: Run, tmp_path: Path) -> None:
    assert run(check(meeting(tmp_path)), cores=2)["status"] == "finished"


def test_one_core_takes_one_stage_at_a_time(check: Check, run: Run, tmp_path: Path) -> None:
    with pytest.raises(StageFailed, match="nobody made"):
        run(check(meeting(tmp_path, patience=0.3)), cores=1)
    assert sorted(states(tmp_path / "out").values()) == ["failed", "finished"]


def spans(journal: Path) -> list[str]:
    return journal.read_text().splitlines()


@pytest.mark.parametrize("resources", [{"cpu": 0}, {"cpu": 99}, {"memory_gb": 5}])
def test_stages_that_do_not_fit_beside_each_other_wait(
    resources: dict[str, Any], check: Check, run: Run, tmp_path: Path
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
    lines = spans(journal)
    assert lines == [word for name in names for word in (f"begin {name}", f"end {name}")]
    threads = 1 if "memory_gb" in resources else 2
    assert value(tmp_path / "out", "x") == threads, "a stage is told how many cores it has"


def test_a_small_stage_passes_one_that_does_not_fit_now(check: Check, run: Run, tmp_path: Path) -> None:
    config = {"journal": str(tmp_path / "journal"), "name": "whole", "seconds": 0}
    whole = {"stage": "occupy", "config": config, "resources": {"cpu": 0}}
    first, second = meeting(tmp_path).values()
    run(check({"first": first, "whole": whole, "second": second}), cores=2)
    order = [stage for event, stage in events(tmp_path / "out") if event == "stage_started"]
    assert (set(order[:2]), order[2]) == ({"first", "second"}, "whole")


# Failures


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
    check: Check, run: Run, store: Store, tmp_path: Path
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


def test_a_long_chain_behind_a_failed_stage_is_skipped(check: Check, run: Run, tmp_path: Path) -> None:
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
    attempts = {name: len(spans(tmp_path / f"{name}.journal")) for name in stages}
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
    assert len(spans(tmp_path / "j")) == 2
    assert processes_marked(str(tmp_path)) == []


def test_a_stage_that_was_ended_for_its_time_goes_on_from_its_checkpoint(
    check: Check, run: Run, tmp_path: Path
) -> None:
    config = {"steps": 24, "seconds": 0.05, "journal": str(tmp_path / "j")}
    run(check({"s": {"stage": "slow", "config": config, "timeout": 0.6, "retries": 20}}), cores=1)
    steps = list(map(int, spans(tmp_path / "j")))
    assert steps == sorted(set(steps))
    assert steps[-1] == 24
    assert len(steps) >= 24 - 10


# Damage that shows only when the bytes are read


def rot(store: Store, text: str) -> None:
    """Change a stored number in place without a trace in its size and times."""
    for blob in store.blobs():
        if blob.read_text() == text:
            then = time.time() - 60
            os.utime(blob, (then, then))
            store.digests.of(blob)
            status = blob.stat()
            blob.chmod(0o644)
            blob.write_text(text[::-1])
            os.utime(blob, ns=(status.st_atime_ns, status.st_mtime_ns))
            return
    raise AssertionError(f"nothing holds {text}")


@pytest.mark.parametrize("cores", [0, 2])
def test_damage_found_by_a_stage_is_repaired_by_the_run(
    cores: int, check: Check, run: Run, store: Store, tmp_path: Path
) -> None:
    make = {"n": {"stage": "make", "config": {"value": 12}}}
    run(check(make))
    rot(store, "12.0")
    assert make_plan(check(make), store).steps["n"].action == "reuse", "nothing tells of it"
    users = {f"u{i}": {"stage": "add", "inputs": {"left": "n", "right": f"m{i}"}} for i in range(4)}
    others = {f"m{i}": {"stage": "make", "config": {"value": i}} for i in range(4)}
    manifest = run(
        check({**make, **others, **users, "sum": {"stage": "total", "inputs": {"numbers": list(users)}}}), cores=cores
    )
    assert manifest["status"] == "finished"
    assert value(tmp_path / "out", "sum") == 4 * 12 + 6
    assert value(tmp_path / "out", "n") == 12, "the run's folder shows the mended file"
    assert manifest["stages"]["n"]["state"] == "finished"
    assert verify(store) == []
    assert events(tmp_path / "out").count(("stage_started", "n")) == 1


def test_a_result_that_vanishes_before_it_is_published_is_made_again(
    check: Check, run: Run, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another run prunes the store between looking a result up and linking its files."""
    job = check({"a": {"stage": "make", "config": {"value": 3}}, "b": {"stage": "spell", "inputs": {"number": "a"}}})
    run(job)
    link, gone = store.link, []

    def prune_once(entry: Entry, folder: Path) -> None:
        if not gone:
            gone.append(entry.key)
            (store.folder / "blobs" / entry.files[0].sha256).unlink()
        link(entry, folder)

    monkeypatch.setattr(store, "link", prune_once)
    manifest = run(job, out=tmp_path / "other")
    assert manifest["status"] == "finished"
    assert manifest["stages"]["a"]["state"] == "finished"
    assert (tmp_path / "other/artifacts/a/number.json").read_text() == "3.0"


def test_damage_far_down_is_repaired_from_what_is_still_there(
    check: Check, run: Run, store: Store, tmp_path: Path
) -> None:
    chain = {
        "a": {"stage": "make", "config": {"value": 12}},
        "b": {"stage": "add", "inputs": {"left": "a", "right": "a"}},
        "c": {"stage": "add", "inputs": {"left": "b", "right": "a"}},
    }
    run(check(chain))
    for text in ("12.0", "24.0"):
        rot(store, text)
    after = {**chain, "d": {"stage": "add", "inputs": {"left": "b", "right": "c"}}}
    manifest = run(check(after))
    assert value(tmp_path / "out", "d") == 60
    assert {id_: stage["state"] for id_, stage in manifest["stages"].items()} == {
        "a": "finished",
        "b": "finished",
        "c": "reused",
        "d": "finished",
    }
    assert verify(store) == []


def test_a_disk_that_damages_everything_ends_in_one_message(
    check: Check, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt = Store._adopt

    def rotting(store: Store, path: Path, sha: str) -> None:
        adopt(store, path, sha)
        blob = store._blob(sha)
        blob.chmod(0o644)
        blob.write_text("rotten")

    monkeypatch.setattr(Store, "_adopt", rotting)
    with pytest.raises(
        StageFailed, match=r"stages\.b: its input is damaged in the store again and again \(number\.json\)"
    ):
        run(check({"a": {"stage": "make"}, "b": {"stage": "add", "inputs": {"left": "a"}}}))
    assert events(tmp_path / "out").count(("stage_started", "a")) == MAX_DAMAGED + 1


def test_a_stage_that_failed_by_itself_gets_no_new_life_from_a_repair(
    check: Check, run: Run, store: Store, tmp_path: Path
) -> None:
    make = {"n": {"stage": "make", "config": {"value": 12}}}
    run(check(make))
    stages = {
        **make,
        "bad": {"stage": "broken", "config": {"journal": str(tmp_path / "j")}, "inputs": {"start": "n"}},
        "late": {"stage": "add", "inputs": {"left": "n", "right": "other"}},
        "other": {"stage": "slow", "config": {"steps": 1, "seconds": 0.0}, "inputs": {"start": "n"}},
    }

    def damage_in_between(event: dict[str, Any]) -> None:
        if (event["event"], event.get("stage")) == ("stage_finished", "other"):
            rot(store, "12.0")

    with pytest.raises(StageFailed, match="bad"):
        run(check(stages), on_event=damage_in_between)
    assert spans(tmp_path / "j") == ["value"]
    assert states(tmp_path / "out") == {"n": "finished", "bad": "failed", "other": "finished", "late": "finished"}


# Stopping, and a disk that takes no more


@pytest.mark.parametrize("moment", [("run_started", ""), ("stage_started", "b"), ("stage_finished", "a")])
def test_an_interrupt_stops_cleanly_and_the_next_run_goes_on(
    moment: tuple[str, str], check: Check, run: Run, tmp_path: Path
) -> None:
    job = check({"a": {"stage": "make"}, "b": {"stage": "slow", "inputs": {"start": "a"}}})

    def interrupt(event: dict[str, Any]) -> None:
        if (event["event"], event.get("stage", "")) == moment:
            raise KeyboardInterrupt

    with pytest.raises(Stopped, match="running again goes on from there"):
        run(job, on_event=interrupt)
    data = json.loads((tmp_path / "out" / "run.json").read_text())
    assert data["status"] == "stopped"
    assert set(states(tmp_path / "out").values()) <= {"waiting", "stopped", "finished", "running"}
    assert run(job)["status"] == "finished", "the folder is free again"


def test_a_bug_of_ours_ends_the_run_with_a_manifest_and_its_traceback(check: Check, run: Run, tmp_path: Path) -> None:
    def bug(event: dict[str, Any]) -> None:
        raise ZeroDivisionError

    job = check({"a": {"stage": "make"}})
    with pytest.raises(ZeroDivisionError):
        run(job, on_event=bug)
    assert json.loads((tmp_path / "out" / "run.json").read_text())["status"] == "failed"
    assert run(job)["status"] == "finished"


def test_an_error_of_the_disk_under_the_run_itself_is_one_message(check: Check, run: Run, tmp_path: Path) -> None:
    def full(event: dict[str, Any]) -> None:
        if event["event"] == "stage_finished":
            raise OSError(28, "No space left on device", "out/run.json")

    job = check({"a": {"stage": "make"}, "b": {"stage": "add", "inputs": {"left": "a"}}})
    with pytest.raises(ScenewrightError, match=r"^the run cannot go on: the disk is full \(writing out/run\.json\)$"):
        run(job, on_event=full)
    again = run(job)
    assert [stage["state"] for stage in again["stages"].values()] == ["reused", "finished"]


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_a_disk_that_takes_no_more_of_the_events_keeps_finished_work(
    command: list[str], write_job: WriteJob, store: Store, tmp_path: Path
) -> None:
    job = write_job(
        {
            "first": {"stage": "make"},
            "chatty": {"stage": "slow", "config": {"steps": 400, "seconds": 0}, "inputs": {"start": "first"}},
        }
    )
    given = ["run", str(job), "--store", str(store.folder), "--out", str(tmp_path / "out")]
    python, script = command
    done = subprocess.run([python, "-c", LIMITED, script, *given], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert done.stderr == "error: the run cannot go on: a file is larger than the system allows\n"
    again = subprocess.run([*command, *given], capture_output=True, text=True, timeout=120)
    assert again.returncode == 0, again.stderr
    assert states(tmp_path / "out")["first"] == "reused"
    assert verify(store) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Any:
    """A disk of 600 kB, where the system lets us mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if not shutil.which("mount"):
        pytest.skip("needs mount")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("where", ["store", "out"])
def test_a_full_disk_is_one_message_and_finished_work_is_kept(
    where: str, small_disk: Path, scenewright: Callable[..., Any], write_job: WriteJob, tmp_path: Path
) -> None:
    folder, out = (small_disk if where == name else tmp_path for name in ("store", "out"))
    places = ["--store", folder / "s", "--out", out / "o"]
    first = {"first": {"stage": "make"}}
    assert scenewright("run", write_job(first), *places).returncode == 0
    full = scenewright("run", write_job({**first, "big": {"stage": "pages", "config": {"zeros": 700_000}}}), *places)
    assert full.returncode == 1
    assert "the disk is full" in full.stderr
    assert "Traceback" not in full.stderr + full.stdout
    small = scenewright("run", write_job({**first, "other": {"stage": "random"}}), *places)
    assert small.returncode == 0, small.stderr
    assert states(out / "o") == {"first": "reused", "other": "finished"}
    assert verify(Store(folder / "s")) == []


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_command_and_every_process_it_started(
    stop: signal.Signals,
    command: list[str],
    write_job: WriteJob,
    processes_marked: Callable[[str], list[int]],
    tmp_path: Path,
) -> None:
    journal = tmp_path / "journal"
    config = {"steps": 240, "seconds": 0.02, "journal": str(journal)}
    job = write_job(
        {
            "s": {"stage": "slow", "config": config},
            "child": {"stage": "broken", "config": {"how": "child"}},
            "after": {"stage": "add", "inputs": {"left": "s"}},
        }
    )
    given = [*command, "run", str(job), "--store", str(tmp_path / "store"), "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        given,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TOY_MARK": str(tmp_path)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests in the background may ignore it
    )
    wait_for(lambda: journal.exists() and len(spans(journal)) > 5)
    assert len(processes_marked(str(tmp_path))) >= 3
    process.send_signal(stop)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert said == "error: stopped; what had finished is kept, and running again goes on from there\n"
    assert processes_marked(str(tmp_path)) == []
    assert json.loads((tmp_path / "out" / "run.json").read_text())["status"] == "stopped"
    assert states(tmp_path / "out") == {"s": "stopped", "child": "stopped", "after": "waiting"}
    assert events(tmp_path / "out")[-1] == ("run_finished", "")
    if stop == signal.SIGTERM:
        return
    goes_on = subprocess.run([*given, "--until", "after"], capture_output=True, text=True, timeout=120)
    assert goes_on.returncode == 0, goes_on.stderr
    steps = list(map(int, spans(journal)))
    assert steps == sorted(set(steps))
    assert steps[-1] == 240


# Many at once


def test_two_runs_at_once_make_each_result_of_one_store_once(
    command: list[str], write_job: WriteJob, store: Store, tmp_path: Path
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
        assert list(map(int, spans(tmp_path / f"journal{i}"))) == list(range(1, 9)), "each step was taken once"
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


# Repeatable


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
