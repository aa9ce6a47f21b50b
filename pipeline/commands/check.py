"""scenewright check JOB-or-CAPTURE."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.amounts import counted
from pipeline.api import default_catalogue, read_job
from pipeline.commands.arguments import add_job
from pipeline.document import read_limited
from pipeline.errors import UserError
from pipeline.stage import Finding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job(parser, "a job file; or a capture: a folder, a transforms.json or a video")
    parser.description = "Check a job file and what it points to; or, given a capture, look at its frames."


def main(parsed: argparse.Namespace) -> int:
    """Exit code 0 when nothing stands in the way, 1 when something does."""
    if is_job(parsed.job):
        job = read_job(parsed.job, variables=parsed.variables, settings=parsed.settings)
        found = [finding for node in job.nodes.values() for finding in node.stage.check(node.config)]
        print(f"{parsed.job}: a valid job of {counted(len(job.nodes), 'stage')}")
    else:
        stage = default_catalogue().find("load_capture")
        found = list(stage.check(stage.config.model_validate({"path": parsed.job.absolute()})))
    print_findings(found)
    return 1 if any(finding.severity == "error" for finding in found) else 0


def is_job(path: Path) -> bool:
    """Whether a path is a job and not a capture; what is neither is treated as a job, whose errors say most."""
    if path.is_dir() or path.suffix.lower() not in (".json", ""):
        return False
    try:
        document = json.loads(read_limited(path))
    except (UserError, ValueError, RecursionError):
        return True
    return not (isinstance(document, dict) and "frames" in document and "stages" not in document)


def print_findings(found: Sequence[Finding]) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    styles = {"error": "bold red", "warning": "yellow", "note": "cyan"}
    for finding in found:
        console.print(f"[{styles[finding.severity]}]{finding.severity}[/]", end=" ")
        message = finding.message.removeprefix(f"{finding.place}: ")  # libraries name the place themselves
        console.print(f"{finding.place}: {message}", markup=False)
        if finding.advice:
            console.print(f"    {finding.advice}", markup=False)
