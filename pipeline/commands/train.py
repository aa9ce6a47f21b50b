"""scenewright train NAME --preset tiny."""

import argparse
from pathlib import Path

from pipeline.errors import UserError
from pipeline.training.catalogue import TRAININGS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    listed = "; ".join(f"{name}: {training.summary}" for name, training in TRAININGS.items())
    parser.add_argument("name", choices=list(TRAININGS), metavar="NAME", help=listed)
    parser.add_argument("--preset", default="default", help="tiny takes seconds, default hours (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument(
        "-o",
        "--folder",
        type=Path,
        default=Path("training"),
        help="where data, checkpoints, logs and weights are kept; a training that was stopped goes on from there "
        "(default: %(default)s)",
    )
    parser.add_argument("--tensorboard", action="store_true", help="write the figures for TensorBoard too, into logs/")
    parser.add_argument("--workers", type=int, default=1, help="processes that draw examples (default: %(default)s)")


def main(parsed: argparse.Namespace) -> int:
    training = TRAININGS[parsed.name]
    if parsed.preset not in training.presets:
        raise UserError(f"--preset: must be one of {', '.join(training.presets)} (got {parsed.preset!r})")
    if parsed.seed < 0 or parsed.workers < 1:
        raise UserError(f"--seed must be 0 or more and --workers 1 or more (got {parsed.seed} and {parsed.workers})")
    import torch

    from pipeline.training.run import TrainingRun
    from pipeline.training.scalars import Scalars

    torch.set_num_threads(1)  # sums in another order for another number of threads
    scalars = Scalars(parsed.folder / "logs" / parsed.name) if parsed.tensorboard else None
    run = TrainingRun(parsed.name, parsed.folder, parsed.preset, parsed.seed, parsed.workers, scalars=scalars)
    try:
        figures = training.load()(run)
    except (ValueError, FileNotFoundError, ImportError) as error:
        raise UserError(str(error)) from error
    for name, value in figures.items():
        print(f"{name:>32} {value:.4g}")
    return 0
