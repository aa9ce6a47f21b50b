"""What the graph itself costs: running, running again and planning stages that do nothing.

    python benchmarks/graph.py [--stages 100 1000] [--rounds 3]

Milliseconds for each stage, on the disk of the temporary folder and, where there is one, in memory (/dev/shm). The
floor is what nobody can go under on one core: writing, syncing and renaming by hand the two files that a stage's result
consists of. The worker processes have started before the clock does.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from counting import CATALOGUE

from pipeline.executors.local import LocalExecutor
from pipeline.job import Job, check_job
from pipeline.plan import make_plan
from pipeline.run import run_job
from pipeline.store import Store

CHAINS = 10
"""Stages stand in this many chains side by side."""


class KeptExecutor(LocalExecutor):
    """Processes that have started before the clock does, and live on when a run is done with them."""

    def close(self) -> None:
        """Keep the processes."""

    def end(self) -> None:
        super().close()


def job_of(stages: int) -> Job:
    """Chains of stages, each with a result of its own."""
    document: dict[str, Any] = {}
    for k in range(stages):
        before = {"inputs": {"before": f"s{k - CHAINS}"}} if k >= CHAINS else {}
        document[f"s{k}"] = {"stage": "count", "config": {"start": k}, **before}
    return check_job({"name": "graph", "stages": document}, CATALOGUE)


def floor(folder: Path, stages: int) -> None:
    """Write, sync and rename the two files of each result by hand."""
    for name in ("blobs", "entries", "work"):
        (folder / name).mkdir(parents=True)
    for k in range(stages):
        for kind, size in (("blobs", 6), ("entries", 800)):
            with open(folder / "work" / "aside", "wb") as file:
                file.write(b"x" * size)
                file.flush()
                os.fsync(file.fileno())
            os.replace(folder / "work" / "aside", folder / kind / str(k))


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def measure(place: Path | None, stages: int) -> dict[str, float]:
    """Seconds of each thing, in a new folder at a place."""
    executor = KeptExecutor()
    try:
        with tempfile.TemporaryDirectory(dir=place) as name:
            folder = Path(name)
            job, store, warm = job_of(stages), Store(folder / "store"), Store(folder / "warm")
            run_job(job_of(CHAINS), warm, folder / "warm-out", executor=executor, catalogue=CATALOGUE.reference)

            def run() -> None:
                run_job(job, store, folder / "out", executor=executor, catalogue=CATALOGUE.reference)

            return {
                "floor": timed(lambda: floor(folder / "floor", stages)),
                "check": timed(lambda: job_of(stages)),
                "plan": timed(lambda: make_plan(job, store)),
                "run": timed(run),
                "plan again": timed(lambda: make_plan(job, Store(store.folder))),
                "run again": timed(run),
            }
    finally:
        executor.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stages", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    memory = Path("/dev/shm")
    places = {"disk": None, **({"memory": memory} if os.access(memory, os.W_OK) else {})}
    for name, place in places.items():
        for stages in given.stages:
            rounds = [measure(place, stages) for _ in range(given.rounds)]
            cost = {what: median(found[what] for found in rounds) for what in rounds[0]}
            ratio = median(found["run"] / found["floor"] for found in rounds)
            each = ", ".join(f"{what} {1000 * seconds / stages:.2f}" for what, seconds in cost.items())
            print(f"{name:6} {stages:5} stages, ms a stage: {each}; run/floor {ratio:.1f}")


if __name__ == "__main__":
    main()
