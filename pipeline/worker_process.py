"""The worker process: tasks come in as JSON lines, events and answers go out as JSON lines."""

import ctypes
import faulthandler
import json
import os
import queue
import signal
import sys
import threading
from contextlib import suppress
from typing import Any

from pipeline.printed import read_tail, rewind
from pipeline.worker import Task, execute


def main() -> None:
    """Serve tasks until whoever gives them closes the line.

    What libraries print, also from compiled code and while they crash, goes to standard error: a file of whoever
    started this process, who can read it even when nobody is left here to answer.
    """
    outward = os.fdopen(os.dup(1), "w", buffering=1)
    writing = threading.Lock()  # a stage may tell its progress from threads of its own
    os.dup2(2, 1)
    faulthandler.enable()
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while (task := tasks.get()) is not None:

        def emit(event: dict[str, Any]) -> None:
            with writing:
                outward.write(json.dumps(event) + "\n")

        rewind(2)
        emit({"event": "begun"})
        answer = execute(Task(**task), emit)
        sys.stdout.flush()
        sys.stderr.flush()
        emit({"event": "answer", "log": read_tail(2), **answer})


def _listen(tasks: "queue.SimpleQueue[dict[str, Any] | None]") -> None:
    for line in sys.stdin:
        tasks.put(json.loads(line))
    os._exit(0)  # whoever gave the tasks is gone; a stage that still computes has nobody to make its result for


def _die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, also while compiled code keeps the interpreter's lock."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)


if __name__ == "__main__":
    main()
