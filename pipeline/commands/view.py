"""scenewright view RUN."""

import argparse
import subprocess
import sys
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
        job = str(run / "job.json")
        self._command = [sys.executable, "-P", "-m", "pipeline.cli", "run", job, "--out", str(run)]
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, job: Any) -> None:
        """Start the job; ValueError while it still runs, and for another job."""
        if job is not None:
            raise ValueError("job: this page runs its own job only")
        if self._process and self._process.poll() is None:
            raise ValueError("the job is running already")
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self) -> None:
        """Until the job has ended."""
        if self._process:
            self._process.wait()
