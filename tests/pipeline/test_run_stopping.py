"""A run that is stopped, or whose disk takes no more: finished work is kept, and the next run goes on."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ScenewrightError, Stopped
from pipeline.job import Job
from pipeline.store import Store
from pipeline.upkeep import verify

Check = Callable[..., Job]
Run = Callable[..., dict[str, Any]]
WriteJob = Callable[..., Path]
States = Callable[[Path], dict[str, str]]
Events = Callable[[Path], list[tuple[str, str]]]


@pytest.mark.parametrize("moment", [("run_started", ""), ("stage_started", "b"), ("stage_finished", "a")])
def test_an_interrupt_stops_cleanly_and_the_next_run_goes_on(
    moment: tuple[str, str], check: Check, run: Run, tmp_path: Path, states: States
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
    command: list[str], write_job: WriteJob, store: Store, tmp_path: Path, states: States
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
    where: str, small_disk: Path, scenewright: Callable[..., Any], write_job: WriteJob, tmp_path: Path, states: States
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
    states: States,
    events: Events,
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
    wait_for(lambda: journal.exists() and len(journal.read_text().splitlines()) > 5)
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
    steps = list(map(int, journal.read_text().splitlines()))
    assert steps == sorted(set(steps))
    assert steps[-1] == 240
