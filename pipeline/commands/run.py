"""scenewright run JOB."""

import argparse
import signal
from pathlib import Path
from textwrap import shorten
from typing import Any

from pipeline import api
from pipeline.amounts import size_text, time_text
from pipeline.commands.arguments import add_planning, read
from pipeline.commands.plan import summary
from pipeline.devices import resolve_device
from pipeline.errors import UserError
from pipeline.plan import Plan, make_plan, nodes_named
from pipeline.progress import make_display
from pipeline.remote import open_store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_planning(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run's folder (default: runs/NAME)")
    parser.add_argument("--executor", default="local", metavar="local|ray[:ADDRESS]", help="default: %(default)s")
    parser.add_argument("--view", action="store_true", help="open the run in the browser when it has finished")


def main(parsed: argparse.Namespace) -> int:
    job = read(parsed)
    store = open_store(parsed.store)
    device = resolve_device(parsed.device)
    force = [*parsed.force, *([parsed.only] if parsed.only else [])]
    plan = make_plan(job, store, device=device, force=force)
    check_plan(plan, parsed.only)
    out = parsed.out or Path("runs") / job.name
    print(f"{job.name}: {summary(plan)}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with make_display(plan) as display:
        manifest = api.run(
            job, out, store=store, device=device, executor=parsed.executor, force=force, on_event=display.on_event
        )
    print_outcome(out, manifest)
    if parsed.view:
        from pipeline.commands.view import view

        view(out)
    return 0


def check_plan(plan: Plan, only: str) -> None:
    """Refuse to start what cannot be finished."""
    unavailable = plan.of("unavailable")
    if unavailable:
        raise UserError("\n".join(f"stages.{s.node.id}: {s.node.stage.name} {s.reason}" for s in unavailable))
    asked = nodes_named(plan.job, [only]) if only else set()
    missing = [step.node.id for step in plan.of("run") if step.node.id not in asked]
    if only and missing:
        raise UserError(f"--only {only}: what it needs is not stored ({', '.join(missing)}); run without --only first")


def print_outcome(out: Path, manifest: dict[str, Any]) -> None:
    """Where everything lies and how to look at it."""
    states = [stage["state"] for stage in manifest["stages"].values()]
    ran, reused = states.count("finished"), states.count("reused")
    print(f"finished in {time_text(manifest['seconds'])}: {ran} ran, {reused} reused")
    for stage in manifest["stages"].values():
        for output in stage["outputs"]:
            path = (out / output).absolute()
            print(f"  {path}  {size_text(path.stat().st_size)}")
    for licence in manifest["licences"]:
        print(f"  licence: {shorten(licence, 150, placeholder=' ...')}")
    print(f"look at it: scenewright view {out}")
