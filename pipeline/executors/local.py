"""Stages in processes of this machine: a crash, a leak or a kill in one never reaches the run."""

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from signal import SIGKILL, Signals
from tempfile import TemporaryFile
from typing import Any

from pipeline.devices import cores, cuda_devices, memory_bytes
from pipeline.executors.executor import Executor
from pipeline.printed import read_tail
from pipeline.stage import Resources
from pipeline.worker import Task


class LocalExecutor(Executor):
    """Worker processes that are started when needed and serve one task after the other."""

    name = "local"

    def __init__(self, capacity: Resources | None = None) -> None:
        self._capacity = capacity or Resources(cores(), memory_bytes() / 1e9, cuda_devices())
        self._messages: queue.Queue[tuple[_Worker, dict[str, Any]]] = queue.Queue()
        self._idle: list[_Worker] = []
        self._busy: dict[str, _Worker] = {}

    def capacity(self) -> Resources:
        return self._capacity

    def start(self, task: Task, resources: Resources) -> None:
        for dead in [worker for worker in self._idle if not worker.alive]:
            self._idle.remove(dead)
            dead.end()
        worker = self._idle.pop() if self._idle else _Worker(self._messages, self._capacity.cpu)
        worker.node = task.node
        self._busy[task.node] = worker
        worker.give(asdict(task))

    def next(self, timeout: float) -> tuple[str, dict[str, Any]] | None:
        try:
            worker, message = self._messages.get(timeout=timeout)
        except queue.Empty:
            return None
        node = worker.node
        if self._busy.get(node) is not worker:
            return None
        if message["event"] == "answer":
            self._idle.append(self._busy.pop(node))
        elif message["event"] == "died":
            self._busy.pop(node).end()
        return node, message

    def cancel(self, node: str) -> None:
        worker = self._busy.pop(node, None)
        if worker:
            worker.end()

    def close(self) -> None:
        for worker in (*self._idle, *self._busy.values()):
            worker.end()
        self._idle.clear()
        self._busy.clear()


PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Threads of torch sleep while they wait for each other: beside other work, spinning took six times as long."""


class _Worker:
    """One worker process and the thread that listens to it."""

    def __init__(self, messages: "queue.Queue[tuple[_Worker, dict[str, Any]]]", threads: int) -> None:
        self.node = ""
        self._messages = messages
        shares = {name: str(threads) for name in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS")}
        environment = PATIENT | os.environ | shares
        self._printed = TemporaryFile()  # noqa: SIM115 (closed in `end`)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pipeline.worker_process"],  # -P: no folder of the user's shadows a module
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._printed,
            text=True,
            env=environment,
            start_new_session=True,  # Ctrl-C in the terminal reaches the run alone, which then ends its workers
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def give(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        with suppress(OSError):  # a worker that died is told about by its listener
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def end(self) -> None:
        """Kill the process with all that it has started, and wait until it is gone."""
        with suppress(OSError):
            os.killpg(self._process.pid, SIGKILL)
        self._process.wait()
        self._listener.join(timeout=5)
        for stream in (self._process.stdin, self._process.stdout, self._printed):
            with suppress(OSError):
                if stream:
                    stream.close()

    def _listen(self) -> None:
        assert self._process.stdout
        with suppress(ValueError, OSError):
            for line in self._process.stdout:
                self._messages.put((self, json.loads(line)))
        message = _obituary(self._process.wait())
        self._messages.put((self, {"event": "died", "message": message, "log": read_tail(self._printed.fileno())}))


def _obituary(code: int) -> str:
    if code == -9:
        return "its process was killed (by a person, or by the system because memory ran out)"
    if code < 0:
        return f"its process crashed ({Signals(-code).name})"
    return f"its process ended by itself (exit code {code})"
