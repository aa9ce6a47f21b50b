"""scenewright eval object."""

import argparse
from pathlib import Path

from pipeline.errors import UserError

PARTS = ("rebuilt", "real", "made", "own", "searched", "unseen_words", "random")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["object"], help="object: words that become objects")
    parser.add_argument("--objects", type=int, default=500, help="how many test objects (default: %(default)s)")
    parser.add_argument(
        "--only",
        choices=PARTS,
        action="append",
        help="measure this part alone, may be repeated: rebuilt from views, real renders, made from words, the "
        "objects' own or searched styles, made from unseen_words, at random (default: all)",
    )
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument(
        "-o",
        "--folder",
        type=Path,
        default=Path("training"),
        help="where drawn examples are kept; weights under it are measured instead of those that ship "
        "(default: %(default)s)",
    )


def main(parsed: argparse.Namespace) -> int:
    if parsed.objects < 1 or parsed.seed < 0:
        raise UserError(f"--objects must be at least 1 and --seed 0 or more (got {parsed.objects} and {parsed.seed})")
    import torch

    from pipeline.training.judge import judge_objects
    from pipeline.training.run import TrainingRun

    torch.set_num_threads(1)
    try:
        run = TrainingRun("eval", parsed.folder, seed=parsed.seed)
        figures = judge_objects(run, parsed.objects, only=parsed.only or ())
    except (ValueError, FileNotFoundError, ImportError) as error:
        raise UserError(str(error)) from error
    for name, value in figures.items():
        print(f"{name:>32} {value:.4g}")
    return 0
