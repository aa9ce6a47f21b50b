"""What a place that runs stages must offer; the run loop knows nothing else about it."""

from abc import ABC, abstractmethod
from typing import Any

from pipeline.stage import Resources
from pipeline.worker import Task


class Executor(ABC):
    """Runs tasks and hands back what they say, one message at a time.

    A message is (node, event): {"event": "begun"} when a task's turn has come, the events of `pipeline.worker` while it
    runs, then one {"event": "answer", ...} or {"event": "died", "message": ...}.
    """

    name: str

    @abstractmethod
    def capacity(self) -> Resources | None:
        """What may be occupied at once; None where the executor queues by itself."""

    @abstractmethod
    def start(self, task: Task, resources: Resources) -> None:
        """Begin a task."""

    @abstractmethod
    def next(self, timeout: float) -> tuple[str, dict[str, Any]] | None:
        """The next message, or None after `timeout` seconds."""

    @abstractmethod
    def cancel(self, node: str) -> None:
        """End a task at once; it sends no more messages."""

    @abstractmethod
    def close(self) -> None:
        """End everything."""
