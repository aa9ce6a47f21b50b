"""Processes of this machine: reused while they live, replaced when they die, gone with the executor."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.devices import cores
from pipeline.executors.local import LocalExecutor
from pipeline.stage import Resources
from pipeline.worker import Task


@pytest.fixture
def executor() -> Iterator[LocalExecutor]:
    executor = LocalExecutor(Resources(2, 8.0, 0))
    yield executor
    executor.close()


@pytest.fixture
def task(toys: str, tmp_path: Path) -> Callable[..., Task]:
    """A function that makes a task of a name, a stage and its settings."""

    def task(node: str, stage: str, **config: Any) -> Task:
        key = f"{node}-{time.monotonic_ns()}"
        return Task(node, stage, toys, config, {}, [], 0, key, {}, str(tmp_path / "store"), "cpu", 1, {})

    return task


def hear(executor: LocalExecutor, answers: int = 1) -> list[tuple[str, dict[str, Any]]]:
    """Messages up to so many answers or deaths."""
    heard: list[tuple[str, dict[str, Any]]] = []
    deadline = time.monotonic() + 60
    while sum(message["event"] in ("answer", "died") for _, message in heard) < answers:
        assert time.monotonic() < deadline, heard
        message = executor.next(0.5)
        if message:
            heard.append(message)
    return heard


def processes(executor: LocalExecutor) -> list[int]:
    return [worker._process.pid for worker in (*executor._idle, *executor._busy.values())]


def test_the_machine_is_the_capacity_unless_less_is_given() -> None:
    capacity = LocalExecutor().capacity()
    assert capacity.cpu == cores()
    assert capacity.memory_gb > 0.1
    assert LocalExecutor(Resources(1, 2.0, 0)).capacity() == Resources(1, 2.0, 0)


def test_a_process_serves_one_task_after_the_other(executor: LocalExecutor, task: Callable[..., Task]) -> None:
    pids = set()
    for number in range(3):
        executor.start(task(f"n{number}", "make"), Resources())
        pids |= set(processes(executor))
        node, message = hear(executor)[-1]
        assert (node, message["state"]) == (f"n{number}", "finished")
    assert len(pids) == 1


def test_messages_carry_the_name_of_their_node(executor: LocalExecutor, task: Callable[..., Task]) -> None:
    for node in ("a", "b"):
        executor.start(task(node, "slow", steps=2, seconds=0.0), Resources())
    heard = hear(executor, answers=2)
    for node in ("a", "b"):
        mine = [message["event"] for name, message in heard if name == node]
        assert mine == ["begun", "stage_progress", "stage_progress", "answer"]


def test_a_process_that_dies_is_told_with_its_last_words_and_replaced(
    executor: LocalExecutor, task: Callable[..., Task]
) -> None:
    executor.start(task("a", "broken", how="exit"), Resources())
    died = hear(executor)[-1][1]
    assert died["event"] == "died"
    assert died["message"] == "its process ended by itself (exit code 3)"
    assert died["log"] == "a line that a library printed\n"
    executor.start(task("b", "make"), Resources())
    assert hear(executor)[-1][1]["state"] == "finished"


def test_a_process_that_died_while_it_had_nothing_to_do_is_passed_over(
    executor: LocalExecutor, task: Callable[..., Task]
) -> None:
    executor.start(task("a", "make"), Resources())
    hear(executor)
    (pid,) = processes(executor)
    os.kill(pid, signal.SIGKILL)
    executor._idle[0]._process.wait()
    executor.start(task("b", "make"), Resources())
    assert [message["event"] for node, message in hear(executor) if node == "b"][-1] == "answer"


def test_a_cancelled_task_says_no_more_and_its_name_is_free(executor: LocalExecutor, task: Callable[..., Task]) -> None:
    executor.start(task("a", "broken", how="hang"), Resources())
    while (message := executor.next(0.5)) is None:
        pass
    assert message == ("a", {"event": "begun"})
    (pid,) = processes(executor)
    executor.cancel("a")
    assert not Path(f"/proc/{pid}").exists()
    assert executor.next(0.2) is None
    executor.start(task("a", "make"), Resources())
    assert hear(executor)[-1][1]["state"] == "finished"
    executor.cancel("nobody")


def test_closing_ends_every_process(executor: LocalExecutor, task: Callable[..., Task]) -> None:
    for node in ("a", "b"):
        executor.start(task(node, "broken", how="hang"), Resources())
    pids = processes(executor)
    assert len(pids) == 2
    executor.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    executor.close()
