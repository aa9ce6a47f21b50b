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
from pipeline.outputs import ROOM


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, help="the folder of a run")
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s, or the next free one")
    parser.add_argument("--lan", action="store_true", help="let headsets and phones of this network in (extra lan)")
    parser.add_argument(
        "--room", action="store_true", help="outline a room in the page and make it; the folder may be a new one"
    )
    parser.add_argument("--against", type=Path, metavar="RUN", help="another run, to compare with by a slider")
    parser.add_argument("--open", action="store_true", help="open the browser")


def main(parsed: argparse.Namespace) -> int:
    settings = {"port": parsed.port, "lan": parsed.lan, "against": parsed.against}
    view(parsed.run, room=parsed.room, open_browser=parsed.open, **settings)
    return 0


def view(
    run: Path,
    *,
    port: int = 8000,
    lan: bool = False,
    against: Path | None = None,
    room: bool = False,
    open_browser: bool = True,
) -> None:
    """Serve a run until Ctrl-C; the page can start its job again, and with `room` outline a room and make it."""
    if room:
        _make_folder(run)
    for folder in filter(None, (None if room else run, against)):
        if not (folder / "run.json").is_file():
            raise UserError(f"{folder}: is not the folder of a run (it has no run.json)")
    from pipeline.commands.live_fields import live_fields
    from pipeline.commands.room_desk import has_room, room_desk
    from viewer.server import serve

    start = Starter(run)
    try:
        serve(
            run,
            port=port,
            lan=lan,
            open_browser=open_browser,
            against=against,
            start=start,
            rooms=room_desk(run, start) if room or has_room(run) else None,
            fields=live_fields(run),
        )
    except (ValueError, OSError, ImportError) as error:
        raise UserError(str(error)) from error


def _make_folder(run: Path) -> None:
    """A folder for a new run: an empty one, or that of an earlier run."""
    if run.is_dir() and any(run.iterdir()) and not {"run.json", ROOM} & {path.name for path in run.iterdir()}:
        raise UserError(f"{run}: holds files that are no run of ours (give an empty folder or an earlier run)")
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{run}: cannot be made ({error.strerror})") from error


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
