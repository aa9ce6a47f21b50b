"""The command line's jobs from Python: `read_job`, `plan`, `run`, with the catalogue of stages that ships."""

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from pipeline import job as jobs
from pipeline.devices import resolve_device
from pipeline.executors.choice import make_executor
from pipeline.job import Job
from pipeline.plan import Plan, make_plan
from pipeline.remote import cache_folder, open_store
from pipeline.run import run_job
from pipeline.stage import Catalogue
from pipeline.store import Store


def default_catalogue() -> Catalogue:
    """The stages that ship with Scenewright."""
    from pipeline.stages.catalogue import CATALOGUE

    return CATALOGUE


def default_store() -> str:
    """Where results are kept when nothing else is said: $SCENEWRIGHT_STORE, else the user's cache folder."""
    return os.environ.get("SCENEWRIGHT_STORE") or str(cache_folder() / "store")


def read_job(
    path: str | Path,
    *,
    variables: Sequence[str] = (),
    settings: Sequence[str] = (),
    catalogue: Catalogue | None = None,
) -> Job:
    """A checked job; see `pipeline.job.read_job`."""
    return jobs.read_job(path, catalogue or default_catalogue(), variables=variables, settings=settings)


def plan(
    job: Job, *, store: str | Path | Store | None = None, device: str = "auto", force: Collection[str] = ()
) -> Plan:
    """What a run would do with each stage, and why; nothing is computed."""
    return make_plan(job, _store(store), device=resolve_device(device), force=force)


def run(
    job: Job,
    out: str | Path | None = None,
    *,
    store: str | Path | Store | None = None,
    device: str = "auto",
    executor: str = "local",
    force: Collection[str] = (),
    catalogue: Catalogue | None = None,
    on_event: Callable[[dict[str, Any]], None] = lambda event: None,
) -> dict[str, Any]:
    """Run a job into `out` (default `runs/NAME`); the manifest as in `out/run.json`. See `pipeline.run.run_job`."""
    return run_job(
        job,
        _store(store),
        Path(out or Path("runs") / job.name),
        executor=make_executor(executor),
        catalogue=(catalogue or default_catalogue()).reference,
        device=resolve_device(device),
        force=force,
        on_event=on_event,
    )


def _store(store: str | Path | Store | None) -> Store:
    return store if isinstance(store, Store) else open_store(store or default_store())
