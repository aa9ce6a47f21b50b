"""The worker process: tasks come in as JSON lines, events and answers go out as JSON lines."""

import ctypes
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, Any

from pipeline.worker import Task, execute

LOG_BYTES = 64_000
"""How much of what a stage printed is kept: the end of it."""


def main() -> None:
    """Serve tasks until whoever gives them closes the line."""
    outward = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while (task := tasks.get()) is not None:

        def emit(event: dict[str, Any]) -> None:
            outward.write(json.dumps(event) + "\n")

        with TemporaryFile() as printed:
            with _captured(printed.fileno()):
                answer = execute(Task(**task), emit)
            emit({"event": "answer", "log": _tail(printed), **answer})


def _listen(tasks: "queue.SimpleQueue[dict[str, Any] | None]") -> None:
    for line in sys.stdin:
        tasks.put(json.loads(line))
    os._exit(0)  # whoever gave the tasks is gone; a stage that still computes has nobody to make its result for


def _die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, also while compiled code keeps the interpreter's lock."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@contextmanager
def _captured(handle: int) -> Iterator[None]:
    """Send what libraries print, also from compiled code, to an open file."""
    saved = os.dup(1), os.dup(2)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for kept, standard in zip(saved, (1, 2), strict=True):
            os.dup2(kept, standard)
            os.close(kept)


def _tail(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LOG_BYTES))
    return file.read().decode(errors="replace")


if __name__ == "__main__":
    main()
