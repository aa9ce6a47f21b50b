"""scenewright view RUN."""

import argparse
import subprocess
import sys
from collections.abc import Callable
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
    from viewer.server import serve

    try:
        serve(run, port=port, lan=lan, open_browser=open_browser, against=against, start=starter(run))
    except (ValueError, OSError, ImportError) as error:
        raise UserError(str(error)) from error


def starter(run: Path) -> Callable[[Any], None]:
    """What the page's Run button calls: the run's own job, in a process of its own. ValueError while it still runs."""
    running: list[subprocess.Popen[bytes]] = []

    def start(job: Any) -> None:
        if job is not None:
            raise ValueError("job: this page runs its own job only")
        if running and running[-1].poll() is None:
            raise ValueError("the job is running already")
        command = [sys.executable, "-P", "-m", "pipeline.cli", "run", str(run / "job.json"), "--out", str(run)]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    return start
