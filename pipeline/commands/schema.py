"""scenewright schema."""

import argparse
from pathlib import Path

from pipeline.api import default_catalogue
from pipeline.schema import schema_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it here instead of printing it")


def main(parsed: argparse.Namespace) -> int:
    text = schema_text(default_catalogue())
    if parsed.output:
        parsed.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0
