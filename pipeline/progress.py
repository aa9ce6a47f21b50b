"""A run in the terminal: bars with time left where it is a terminal, plain lines where it is not."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.amounts import time_text
from pipeline.plan import Plan

_MARKS = {"stage_finished": "done", "stage_reused": "reused", "stage_failed": "FAILED", "stage_skipped": "skipped"}


class Lines:
    """One line for each thing worth telling."""

    def on_event(self, event: dict[str, Any]) -> None:
        kind, stage = event["event"], event.get("stage", "")
        if kind == "stage_started":
            eta = f" (about {time_text(event['eta_seconds'])})" if (event.get("eta_seconds") or 0) >= 0.5 else ""
            self.say(f"{stage}: starts{eta}")
        elif kind == "stage_log":
            self.say(f"{stage}: {event['message']}")
        elif kind == "stage_finished":
            self.say(f"{stage}: done in {time_text(event['seconds'])}")
        elif kind in _MARKS:
            self.say(f"{stage}: {_MARKS[kind]}{': ' + event['message'] if 'message' in event else ''}")

    def say(self, line: str) -> None:
        print(line, flush=True)


class Bars(Lines):
    """A bar for each stage at work, with what is left of the whole underneath."""

    def __init__(self, plan: Plan) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        self.progress = Progress(
            TextColumn("{task.description}", markup=False),  # a node's labels stand in brackets
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}", markup=False),
            transient=True,
        )
        self._left = {s.node.id: s.estimate.seconds if s.estimate else None for s in plan.of("run")}
        self._tasks: dict[str, Any] = {}
        self._started: dict[str, float] = {}
        self._total = self.progress.add_task("all stages", total=len(plan.steps), left="")

    def on_event(self, event: dict[str, Any]) -> None:
        super().on_event(event)
        kind, stage = event["event"], event.get("stage", "")
        if kind == "stage_started":
            self._started[stage] = time.monotonic()
            if stage in self._tasks:  # it is tried again
                self.progress.remove_task(self._tasks[stage])
            self._tasks[stage] = self.progress.add_task(stage, total=1.0, left="")
        elif kind == "stage_progress" and stage in self._tasks:
            left = self._seconds_left(stage, event["fraction"])
            self._left[stage] = left
            text = f"{_clock(left)} {event['message']}"
            self.progress.update(self._tasks[stage], completed=event["fraction"], left=text)
        elif kind in _MARKS:
            self._left.pop(stage, None)
            if stage in self._tasks:
                self.progress.remove_task(self._tasks.pop(stage))
            self.progress.update(self._total, advance=1, left=_clock(self._all_left()))

    def say(self, line: str) -> None:
        if not line.endswith("starts"):
            self.progress.console.print(line, highlight=False, markup=False)

    def _seconds_left(self, stage: str, fraction: float) -> float | None:
        spent = time.monotonic() - self._started[stage]
        return spent / fraction * (1 - fraction) if fraction > 0.02 else self._left.get(stage)

    def _all_left(self) -> float | None:
        known = [seconds for seconds in self._left.values() if seconds is not None]
        return sum(known) if known and len(known) == len(self._left) else None


@contextmanager
def make_display(plan: Plan) -> Iterator[Lines]:
    """Bars in a terminal, lines elsewhere, for as long as the run goes on."""
    if not sys.stdout.isatty():
        yield Lines()
        return
    bars = Bars(plan)
    with bars.progress:
        yield bars


def _clock(seconds: float | None) -> str:
    return "" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d} left"
