"""scenewright view RUN."""

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, help="the folder of a run")
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s, or the next free one")
    parser.add_argument("--lan", action="store_true", help="let headsets and phones of this network in (extra lan)")
    parser.add_argument("--against", type=Path, metavar="RUN", help="another run, to compare with by a slider")
    parser.add_argument("--open", action="store_true", help="open the browser")


def main(parsed: argparse.Namespace) -> int:
    view(parsed.run, port=parsed.port, lan=parsed.lan, against=parsed.against, open_browser=parsed.open)
    return 0


def view(
    run: Path, *, port: int = 8000, lan: bool = False, against: Path | None = None, open_browser: bool = True
) -> None:
    """Serve a run until Ctrl-C; the page can start its job again."""
    for folder in filter(None, (run, against)):
        if not (folder / "run.json").is_file():
            raise UserError(f"{folder}: is not the folder of a run (it has no run.json)")
    from pipeline.commands.live_fields import live_fields
    from viewer.server import serve

    start, fields = Starter(run), live_fields(run)
    try:
        serve(run, port=port, lan=lan, open_browser=open_browser, against=against, start=start, fields=fields)
    except (ValueError, OSError, ImportError) as error:
        raise UserError(str(error)) from error


class Starter:
    """What the page's Run button calls: the run's own job, in a process of its own."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, changes: dict[str, Any]) -> None:
        """Start the job; ValueError while it still runs, and for a change that is not the page's to make."""
        job = self._run / "job.json"
        self.start(job, [part for name, value in changes.items() for part in ("--set", _setting(job, name, value))])

    def start(self, job: Path, more: Sequence[str] = ()) -> None:
        """Start any job into the run's folder; ValueError while another one runs."""
        if self._process and self._process.poll() is None:
            raise ValueError("the job is running already")
        command = [sys.executable, "-P", "-m", "pipeline.cli", "run", str(job), "--out", str(self._run), *more]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self) -> None:
        """Until the job has ended."""
        if self._process:
            self._process.wait()


def _setting(job: Path, name: str, value: Any) -> str:
    """A change as `run --set` takes it. The page may say how large a capture's unit is, and no more."""
    stages = json.loads(job.read_text(encoding="utf-8"))["stages"]
    captures = [id_ for id_, stage in stages.items() if stage["stage"] == "load_capture"]
    if name not in (f"stages.{id_}.config.metres_per_unit" for id_ in captures):
        raise ValueError(f"{name[:100]}: the page changes metres_per_unit of a capture only")
    if isinstance(value, bool) or not isinstance(value, int | float) or not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name}: must be a number above 0 (got {value!r})")
    return f"{name}={value}"
