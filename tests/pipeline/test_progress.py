"""A run in the terminal: lines where it is none, bars where it is one."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.job import Job
from pipeline.plan import Plan, make_plan
from pipeline.progress import Bars, Lines, make_display
from pipeline.store import Store

EVENTS: list[dict[str, Any]] = [
    {"event": "run_started", "job": "fox", "stages": 4},
    {"event": "stage_reused", "stage": "a[1]"},
    {"event": "stage_started", "stage": "b[red]"},
    {"event": "stage_started", "stage": "c", "eta_seconds": 12.4},
    {"event": "stage_progress", "stage": "b[red]", "fraction": 0.5, "message": "step 5 [of 10]"},
    {"event": "stage_log", "stage": "c", "message": "left out [17] frames"},
    {"event": "stage_finished", "stage": "b[red]", "seconds": 3.26},
    {"event": "stage_failed", "stage": "c", "message": "frame 3: the depth holds NaN"},
    {"event": "stage_skipped", "stage": "d", "message": "needs c, which failed"},
    {"event": "run_finished", "status": "failed"},
]


@pytest.fixture
def plan(check: Callable[..., Job], store: Store) -> Plan:
    stages: dict[str, Any] = {"a[1]": {"stage": "make"}, "b[red]": {"stage": "make"}, "c": {"stage": "broken"}}
    return make_plan(check({**stages, "d": {"stage": "add", "inputs": {"left": "c"}}}), store)


@pytest.mark.parametrize(
    ("seconds", "line"),
    [
        (None, "a: starts"),
        (0.3, "a: starts"),
        (0.8, "a: starts (about 0.8 s)"),
        (398.0, "a: starts (about 7 min)"),
    ],
)
def test_time_is_told_where_it_is_known_and_not_nothing(
    seconds: float | None, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Lines().on_event({"event": "stage_started", "stage": "a", "eta_seconds": seconds})
    assert capsys.readouterr().out == line + "\n"


def test_lines_tell_what_happened_and_not_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    for event in EVENTS:
        Lines().on_event(event)
    assert capsys.readouterr().out.splitlines() == [
        "a[1]: reused",
        "b[red]: starts",
        "c: starts (about 12 s)",
        "c: left out [17] frames",
        "b[red]: done in 3.3 s",
        "c: FAILED: frame 3: the depth holds NaN",
        "d: skipped: needs c, which failed",
    ]


def test_where_the_output_is_no_terminal_lines_are_shown(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    with make_display(plan) as display:
        assert type(display) is Lines
        display.on_event(EVENTS[1])
    assert capsys.readouterr().out == "a[1]: reused\n"


def test_a_terminal_shows_bars_with_labels_in_brackets_and_the_time_left(plan: Plan) -> None:
    from rich.console import Console

    bars = Bars(plan)
    terminal = io.StringIO()
    bars.progress.live.console = Console(file=terminal, force_terminal=True, width=120, color_system=None)
    for event in EVENTS[:5]:
        bars.on_event(event)
    bars._started["b[red]"] -= 30
    bars.on_event(EVENTS[4])
    with bars.progress.console.capture() as shown:
        bars.progress.console.print(bars.progress)
    rows = shown.get().splitlines()
    red = next(row for row in rows if row.startswith("b[red]"))
    assert "50%" in red
    assert "0:30 left step 5 [of 10]" in red
    assert any(row.startswith("all stages") and "25%" in row for row in rows)
    for event in EVENTS[5:]:
        bars.on_event(event)
    assert [task.description for task in bars.progress.tasks] == ["all stages"]
    assert bars.progress.tasks[0].completed == 4
    assert "left out [17] frames" in terminal.getvalue()
    assert "c: FAILED: frame 3" in terminal.getvalue()


def test_a_stage_that_is_tried_again_begins_its_bar_anew(plan: Plan) -> None:
    bars = Bars(plan)
    for event in [EVENTS[2], EVENTS[4], EVENTS[2]]:
        bars.on_event(event)
    assert [(task.description, task.completed) for task in bars.progress.tasks] == [("all stages", 0), ("b[red]", 0)]
