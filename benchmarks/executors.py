"""What a stage costs on each executor when the stage itself does nothing.

    python benchmarks/executors.py [--stages 60] [--rounds 3]

Runs chains and fans of empty stages, short ones and long ones; the difference between the two, for each stage more, is
the price of a stage: keys, store, worker, events and books. Starting processes or a cluster is in both and drops out.
Needs the extra ray.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from counting import CATALOGUE

from pipeline.executors.executor import Executor
from pipeline.executors.local import LocalExecutor
from pipeline.job import check_job
from pipeline.run import run_job
from pipeline.store import Store

SHORT = 10
"""Stages of the short jobs."""


def chain(stages: int) -> dict[str, Any]:
    """Each stage waits for the one before."""
    first = {"s0": {"stage": "count"}}
    return first | {f"s{k}": {"stage": "count", "inputs": {"before": f"s{k - 1}"}} for k in range(1, stages)}


def fan(stages: int) -> dict[str, Any]:
    """No stage waits for another."""
    return {f"s{k}": {"stage": "count", "config": {"start": k}} for k in range(stages)}


def seconds(stages: dict[str, Any], executor: Executor) -> float:
    """How long a job takes with an empty store."""
    job = check_job({"name": "executors", "stages": stages}, CATALOGUE)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder, "store"))
        started = time.perf_counter()
        run_job(job, store, Path(folder, "out"), executor=executor, catalogue=CATALOGUE.reference)
        return time.perf_counter() - started


def price(shape: Callable[[int], dict[str, Any]], stages: int, make: Callable[[], Executor]) -> float:
    """Seconds for each stage more."""
    return (seconds(shape(stages), make()) - seconds(shape(SHORT), make())) / (stages - SHORT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    from pipeline.executors.ray_cluster import RayExecutor

    cluster = RayExecutor()  # stays while executors that find it come and go
    executors: dict[str, Callable[[], Executor]] = {"local": LocalExecutor, "ray": RayExecutor}
    for shape in (chain, fan):
        rounds = [
            {name: price(shape, given.stages, make) for name, make in executors.items()} for _ in range(given.rounds)
        ]
        cost = {name: median(found[name] for found in rounds) for name in executors}
        ratio = median(found["ray"] / found["local"] for found in rounds)
        each = ", ".join(f"{name} {1000 * value:.1f} ms" for name, value in cost.items())
        print(f"{shape.__name__:5} {each} a stage; ray/local {ratio:.2f}")
    cluster.close()


if __name__ == "__main__":
    main()
