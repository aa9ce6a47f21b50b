"""scenewright stages [NAME]."""

import argparse

from pipeline.api import default_catalogue
from pipeline.reference import stage_page, stages_page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help="the stage to explain")
    parser.add_argument("--markdown", action="store_true", help="all stages as one page, as in docs/stages.md")


def main(parsed: argparse.Namespace) -> int:
    catalogue = default_catalogue()
    if parsed.markdown:
        print(stages_page(catalogue), end="")
    elif parsed.name:
        print(stage_page(catalogue.find(parsed.name)))
    else:
        width = max(map(len, catalogue))
        for name, stage in catalogue.items():
            missing = stage.unavailable()
            print(f"{name:{width}}  {stage.summary}{f' [{missing}]' if missing else ''}")
    return 0
