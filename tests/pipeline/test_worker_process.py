"""The worker process: one task after the other over a pipe, its prints kept, gone when nobody listens any more."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pipeline.worker import Task

Spawn = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A worker process that prints into a file, as the local executor starts it."""
    with (tmp_path / "printed").open("w+") as printed:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pipeline.worker_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=printed,
            text=True,
        )
        yield process
        process.kill()
        process.communicate()


@pytest.fixture
def task_of(toys: str, tmp_path: Path) -> Callable[..., Task]:
    """A function that makes a task out of a stage and its settings."""

    def task_of(stage: str, **config: Any) -> Task:
        key = f"{stage}-{len(config)}-{time.monotonic_ns()}"
        return Task("n", stage, toys, config, {}, [], 0, key, {}, str(tmp_path / "store"), "cpu", 1, {})

    return task_of


def give(worker: "subprocess.Popen[str]", task: Task) -> None:
    assert worker.stdin
    worker.stdin.write(json.dumps(asdict(task)) + "\n")
    worker.stdin.flush()


def hear(worker: "subprocess.Popen[str]", until: str = "answer") -> list[dict[str, Any]]:
    """What the worker says, up to an event."""
    assert worker.stdout
    said: list[dict[str, Any]] = []
    while not said or said[-1]["event"] != until:
        said.append(json.loads(worker.stdout.readline()))
    return said


def test_tasks_are_served_one_after_the_other_each_with_its_own_prints(
    worker: "subprocess.Popen[str]", task_of: Callable[..., Task]
) -> None:
    give(worker, task_of("broken", how="print"))
    give(worker, task_of("slow", steps=2, seconds=0))
    give(worker, task_of("broken", how="value"))
    first, second, third = hear(worker), hear(worker), hear(worker)
    assert [event["event"] for event in first] == ["begun", "answer"]
    assert (first[-1]["state"], first[-1]["log"]) == ("finished", "a line that a library printed\n")
    assert [event.get("message") for event in second[1:-1]] == ["step 1", "step 2"]
    assert (second[-1]["state"], second[-1]["log"]) == ("finished", "")
    assert (third[-1]["state"], third[-1]["log"]) == ("failed", "a line that a library printed\n")


def test_the_end_of_a_crash_is_in_the_file_that_its_prints_go_to(
    worker: "subprocess.Popen[str]", task_of: Callable[..., Task], tmp_path: Path
) -> None:
    give(worker, task_of("broken", how="segfault"))
    assert worker.wait(30) == -signal.SIGSEGV
    text = (tmp_path / "printed").read_text()
    assert text.startswith("a line that a library printed\nFatal Python error: Segmentation fault")
    assert "in breakdown" in text


def test_the_worker_ends_when_the_line_is_closed_even_in_the_middle_of_a_stage(
    worker: "subprocess.Popen[str]", task_of: Callable[..., Task]
) -> None:
    give(worker, task_of("broken", how="hang"))
    hear(worker, "begun")
    assert worker.stdin
    worker.stdin.close()
    worker.stdin = None
    assert worker.wait(20) == 0


def test_an_interrupt_meant_for_the_run_does_not_reach_the_stage(
    worker: "subprocess.Popen[str]", task_of: Callable[..., Task]
) -> None:
    give(worker, task_of("slow", steps=5, seconds=0.05))
    hear(worker, "begun")
    worker.send_signal(signal.SIGINT)
    assert hear(worker)[-1]["state"] == "finished"


PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-P", "-m", "pipeline.worker_process"], stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
child.stdin.write(sys.argv[1] + "\\n")
child.stdin.flush()
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
@pytest.mark.parametrize("how", ["hang", "busy"])
def test_the_worker_dies_with_its_parent_whatever_it_is_doing(how: str, task_of: Callable[..., Task]) -> None:
    command = [sys.executable, "-c", PARENT, json.dumps(asdict(task_of("broken", how=how)))]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    os.kill(child, 0)
    time.sleep(0.3)
    parent.kill()
    parent.communicate()
    try:
        deadline = time.monotonic() + 10
        while Path(f"/proc/{child}/status").exists() and "State:\tZ" not in Path(f"/proc/{child}/status").read_text():
            assert time.monotonic() < deadline, "the worker lives on"
            time.sleep(0.01)
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
