"""The command `scenewright`: one file for each of its commands, loaded when it is called."""

import argparse
import importlib
import sys
import traceback
from collections.abc import Sequence

from pipeline.errors import ScenewrightError

COMMANDS = {
    "run": "run a job and put what a person wants into a folder",
    "plan": "say what a run would do with each stage, and why",
    "check": "check a job file, or look at a capture before any work",
    "graph": "draw a job's graph as text or SVG",
    "stages": "list the stages, or explain one",
    "schema": "print the JSON Schema of the job file",
    "new": "write a complete job for a capture, a photo, an object or a room",
    "store": "show, verify or prune the store of results",
    "train": "train one of the networks that ship, again or anew",
    "eval": "measure what ships on objects that training never saw",
    "view": "open a run in the browser",
    "doctor": "say what this machine has and what each stage will use",
}


def make_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser; only the named command's own arguments are loaded."""
    parser = argparse.ArgumentParser(
        prog="scenewright",
        description="Words, a photo, posed photos or a box plan of a room become meshes that a headset shows.",
        epilog="A job is a JSON file: a graph of stages. Begin with: scenewright new capture FOLDER -o job.json, or"
        " without a capture: scenewright new object 'a red chair' -o job.json",
    )
    parser.add_argument("--version", action="version", version=_version())
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if name == command:
            importlib.import_module(f"pipeline.commands.{name}").add_arguments(sub)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; exit code 0, 1 (a stage failed), 2 (a mistake in what was given), 130 (stopped)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given:
        make_parser().print_help(sys.stderr)
        return 2
    command = next((word for word in given if word in COMMANDS), None)
    parsed = make_parser(command).parse_args(given)
    try:
        return int(importlib.import_module(f"pipeline.commands.{parsed.command}").main(parsed) or 0)
    except ScenewrightError as error:
        if parsed.debug:
            traceback.print_exc()
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:  # a full disk, a folder that may not be written: not ours to mend
        from pipeline.worker import describe

        if parsed.debug:
            traceback.print_exc()
        print(f"error: {describe(error)}", file=sys.stderr)
        return 1


def _version() -> str:
    from importlib.metadata import version

    return f"scenewright {version('scenewright')}"


if __name__ == "__main__":
    sys.exit(main())
