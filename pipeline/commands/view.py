"""scenewright view RUN."""

import argparse
from pathlib import Path

from pipeline.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, help="the folder of a run")
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s, or the next free one")
    parser.add_argument(
        "--lan", action="store_true", help="let headsets and phones of this network in, by HTTPS and token"
    )
    parser.add_argument("--open", action="store_true", help="open the browser")


def main(parsed: argparse.Namespace) -> int:
    view(parsed.run, port=parsed.port, lan=parsed.lan, open_browser=parsed.open)
    return 0


def view(run: Path, *, port: int = 8000, lan: bool = False, open_browser: bool = True) -> None:
    """Serve a run until Ctrl-C."""
    if not (run / "run.json").is_file():
        raise UserError(f"{run}: is not the folder of a run (it has no run.json)")
    from viewer.server import serve

    try:
        serve(run, port=port, lan=lan, open_browser=open_browser)
    except (ValueError, OSError, ImportError) as error:
        raise UserError(str(error)) from error
