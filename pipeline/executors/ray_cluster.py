"""Stages on a Ray cluster: Ray finds a node that has room, and a worker process there runs the stage."""

import logging
import os
import signal
import socket
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import metadata
from typing import Any

from pipeline.devices import cores
from pipeline.errors import UserError
from pipeline.executors.executor import Executor
from pipeline.executors.local import LocalExecutor
from pipeline.stage import Resources
from pipeline.worker import Task, describe

try:
    import ray
    from ray.exceptions import NodeDiedError, OutOfMemoryError, RayError, RayTaskError, WorkerCrashedError
except ImportError as missing:
    raise UserError(f"--executor ray: {missing}: pip install 'scenewright[ray]'") from None

RESTARTS = 2
"""How often a stage is started again after its worker or node was lost; the retries that a job grants come on top."""

_LOSSES = {
    OutOfMemoryError: "Ray ended its worker because the node ran out of memory",
    NodeDiedError: "its node was lost",
    WorkerCrashedError: "its worker was killed or crashed",
}


class RayExecutor(Executor):
    """Ray tasks that ask for the cores, memory and GPUs of their stages; what does not fit now waits in Ray's queue.

    `address` is that of a running cluster (`auto`, `HOST:PORT`); without one it is $RAY_ADDRESS, else a cluster of this
    machine that lives as long as the run. Every node needs the same Scenewright, the store's address, and what a job
    reads at the paths it names.
    """

    name = "ray"

    def __init__(self, address: str = "") -> None:
        self._owner = not ray.is_initialized()
        if self._owner:
            _connect(address or os.environ.get("RAY_ADDRESS", ""))
        self._attempts: dict[str, _Attempt] = {}
        self._notes: deque[tuple[str, dict[str, Any]]] = deque()

    def capacity(self) -> None:
        return None

    def start(self, task: Task, resources: Resources) -> None:
        asked = replace(resources, gpu=resources.gpu if task.device == "cuda" else 0)
        node = _roomiest_node(asked.gpu)
        if node is None:
            message = f"waits for a node with {asked.gpu} GPUs, which the cluster does not have now"
            self._notes.append((task.node, {"event": "stage_log", "message": message}))
            node = replace(asked, cpu=max(1, asked.cpu))
        granted = Resources(min(asked.cpu or node.cpu, node.cpu), min(asked.memory_gb, node.memory_gb), asked.gpu)
        task = replace(task, threads=granted.cpu)
        self._attempts[task.node] = _Attempt(task, granted, _submit(task, granted))

    def next(self, timeout: float) -> tuple[str, dict[str, Any]] | None:
        if self._notes:
            return self._notes.popleft()
        streams = {attempt.stream: node for node, attempt in self._attempts.items()}
        ready, _ = ray.wait(list(streams), timeout=timeout) if streams else ([], [])
        if not ready:
            return None
        node = streams[ready[0]]
        attempt = self._attempts[node] = self._attempts.pop(node)  # last in the line now, so that all are heard
        message = _hear(attempt.stream)
        if message["event"] == "died" and attempt.losses < RESTARTS:
            attempt.losses += 1
            attempt.stream = _submit(attempt.task, attempt.granted)
            return node, {"event": "stage_log", "message": f"{message['message']}; starts again"}
        if message["event"] in ("answer", "died"):
            del self._attempts[node]
        return node, message

    def cancel(self, node: str) -> None:
        attempt = self._attempts.pop(node, None)
        if attempt:
            ray.cancel(attempt.stream, force=True)

    def close(self) -> None:
        for node in list(self._attempts):
            self.cancel(node)
        if self._owner:
            ray.shutdown()


@dataclass
class _Attempt:
    """A task in Ray's hands, the stream of what it says, and how often its worker was lost so far."""

    task: Task
    granted: Resources
    stream: Any
    losses: int = 0


def _connect(address: str) -> None:
    """Join the cluster at an address, or start one; quietly, and with nothing told to the makers of Ray."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    terminated = signal.getsignal(signal.SIGTERM)
    try:
        if address:
            _knock(address)
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        else:
            ray.init(  # its ports are open to the network; since Ray 2.59 they ask for a token
                address="local",
                num_cpus=cores(),
                object_store_memory=100_000_000,  # holds nothing but events
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
    except (OSError, RuntimeError, ValueError, RayError) as error:
        raise UserError(f"--executor ray{address and ':'}{address}: {describe(error)}") from None
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, terminated)  # Ray takes it over


def _knock(address: str) -> None:
    """OSError where nobody answers at HOST:PORT: Ray itself would try for a quarter of an hour."""
    host, _, port = address.rpartition(":")
    if port.isdigit() and "/" not in host:
        os.environ.setdefault("RAY_gcs_server_port_wait_time_s", "1")  # tries, where something else than Ray answers
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
    elif address != "auto":
        raise ValueError("allowed: auto, HOST:PORT")


def _roomiest_node(gpus: int) -> Resources | None:
    """All that the node with the most cores has, among the nodes with so many GPUs; None without such a node."""
    has = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    nodes = [Resources(int(n.get("CPU", 0)), n.get("memory", 0) / 1e9, int(n.get("GPU", 0))) for n in has]
    fit = [node for node in nodes if node.cpu and node.gpu >= gpus]
    return max(fit, key=lambda node: (node.cpu, node.memory_gb), default=None)


def _submit(task: Task, granted: Resources) -> Any:
    memory = int(granted.memory_gb * 1e9)
    serve = _serve.options(num_cpus=granted.cpu, num_gpus=granted.gpu, memory=memory or None)
    return serve.remote(asdict(task), metadata.version("scenewright"))


def _hear(stream: Any) -> dict[str, Any]:
    """The next thing a task says; where it can say no more, what became of it."""
    try:
        return dict(ray.get(next(stream)))
    except RayTaskError as error:  # from what runs around the stage: a node without Scenewright, a full disk
        return _failed(describe(error.cause), str(error))
    except (RayError, StopIteration) as error:
        message = next((text for kind, text in _LOSSES.items() if isinstance(error, kind)), describe(error))
        return {"event": "died", "message": message}


@ray.remote(max_retries=0)  # the executor starts a task again itself, and says so
def _serve(task: dict[str, Any], version: str) -> Iterator[dict[str, Any]]:
    """On a node: everything that a worker process says while it runs a task."""
    here = metadata.version("scenewright")
    if here != version:
        yield _failed(f"a node of the cluster has scenewright {here}, this run is of {version}", "")
        return
    processes = _processes(os.environ.get("CUDA_VISIBLE_DEVICES", ""))
    processes.start(Task(**task), Resources())
    while True:
        said = processes.next(timeout=60)
        if said:
            yield said[1]
            if said[1]["event"] in ("answer", "died"):
                return


@cache
def _processes(visible_devices: str) -> LocalExecutor:
    """The worker processes of this Ray worker: they serve task after task, each on the GPUs it was started with."""
    return LocalExecutor(Resources(cores()))


def _failed(message: str, traceback: str) -> dict[str, Any]:
    return {"event": "answer", "state": "failed", "message": message, "traceback": traceback, "work": ""}
