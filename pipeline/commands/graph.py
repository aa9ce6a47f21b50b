"""scenewright graph JOB."""

import argparse
from pathlib import Path

from pipeline.commands.arguments import add_job, read
from pipeline.drawing import graph_svg, graph_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_job(parser)
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write a drawing instead of printing text")


def main(parsed: argparse.Namespace) -> int:
    job = read(parsed)
    if parsed.svg:
        parsed.svg.write_text(graph_svg(job), encoding="utf-8")
    else:
        print(graph_text(job), end="")
    return 0
