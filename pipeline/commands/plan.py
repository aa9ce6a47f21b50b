"""scenewright plan JOB."""

import argparse

from pipeline import api
from pipeline.amounts import size_text, time_text
from pipeline.commands.arguments import add_planning, read
from pipeline.plan import Plan, Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_planning(parser)


def main(parsed: argparse.Namespace) -> int:
    plan = api.plan(read(parsed), store=parsed.store, device=parsed.device, force=parsed.force)
    print_plan(plan)
    return 1 if plan.of("unavailable") else 0


def print_plan(plan: Plan) -> None:
    """One line for each stage, what some of them will choose, then what the whole will take."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("stage", "what", "why", "backend", "device", "time", "memory"):
        table.add_column(column, overflow="fold")
    styles = {"run": "yellow", "reuse": "green", "unavailable": "red"}
    for step in plan.steps.values():
        action = f"[{styles[step.action]}]{step.action}[/]"
        table.add_row(escape(step.node.id), action, escape(step.reason), *map(escape, _costs(step)))
    console = Console(width=None if Console().is_terminal else 200, highlight=False)
    console.print(table)
    for step in plan.of("run"):
        if note := step.node.stage.noted(step.node.config):
            console.print(f"{step.node.id}: {note}", markup=False, soft_wrap=True)
    console.print(summary(plan))


def summary(plan: Plan) -> str:
    """How much runs and how long that takes, in one line."""
    run, reuse = len(plan.of("run")), len(plan.of("reuse"))
    total = f", about {time_text(plan.seconds)} of work" if run and plan.seconds is not None else ""
    return f"{run} to run, {reuse} to reuse{total}"


def _costs(step: Step) -> tuple[str, str, str, str]:
    backends = ", ".join(step.backends.values()) or "-"
    if step.action == "reuse" or step.estimate is None:
        return backends, step.device, "-" if step.action == "reuse" else "not known yet", ""
    return backends, step.device, time_text(step.estimate.seconds), size_text(step.estimate.memory_bytes)
