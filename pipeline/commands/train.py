"""scenewright train NAME --preset tiny."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from pipeline.devices import resolve_device
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
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto: CUDA where there is some (default)"
    )
    parser.add_argument(
        "--processes",
        type=int,
        default=1,
        help="processes that share each step, a device each; torchrun starts them on machines (default: %(default)s)",
    )
    parser.add_argument(
        "--precision", choices=("float32", "bfloat16"), help="of the generator's products (default: its preset's)"
    )
    parser.add_argument(
        "--generator",
        type=Path,
        metavar="PATH",
        help="what inversion, prior and adversarial build on: a folder with weights, or for the prior a published "
        "StyleNeRF (.pkl) (default: what was trained in this folder, else what ships)",
    )
    parser.add_argument(
        "--encoder",
        type=Path,
        metavar="FOLDER",
        help="what the prior builds on; a folder may hold CLIP for a StyleNeRF",
    )
    parser.add_argument("--workers", type=int, default=1, help="processes that draw examples (default: %(default)s)")


def main(parsed: argparse.Namespace) -> int:
    training = TRAININGS[parsed.name]
    _check(parsed)
    if parsed.processes > 1 and "RANK" not in os.environ:
        return _started(parsed.processes)
    import torch

    from pipeline.training.processes import processes_here
    from pipeline.training.run import TrainingRun
    from pipeline.training.scalars import Scalars

    torch.set_num_threads(1)  # sums in another order for another number of threads
    device = resolve_device(parsed.device) if training.shared else "cpu"
    given = {name: getattr(parsed, name.removeprefix("object-")) for name in ("object-generator", "object-encoder")}
    with processes_here(device) as processes, processes.folder(parsed.folder) as folder:
        run = TrainingRun(
            parsed.name,
            folder,
            parsed.preset,
            parsed.seed,
            parsed.workers,
            tell=print if not processes.rank else lambda line: None,
            processes=processes,
            half=None if parsed.precision is None else parsed.precision == "bfloat16",
            given={name: path.absolute() for name, path in given.items() if path is not None},
            scalars=Scalars(folder / "logs" / parsed.name) if parsed.tensorboard and not processes.rank else None,
        )
        try:
            figures = training.load(published=_is_published(parsed))(run)
        except (ValueError, FileNotFoundError, ImportError) as error:
            raise UserError(str(error)) from error
    for name, value in figures.items() if not processes.rank else ():
        print(f"{name:>32} {value:.4g}")
    return 0


def _check(parsed: argparse.Namespace) -> None:
    """What was asked for can be done."""
    training = TRAININGS[parsed.name]
    if parsed.preset not in training.presets:
        raise UserError(f"--preset: must be one of {', '.join(training.presets)} (got {parsed.preset!r})")
    for name, least in (("seed", 0), ("workers", 1), ("processes", 1)):
        if getattr(parsed, name) < least:
            raise UserError(f"--{name}: must be {least} or more (got {getattr(parsed, name)})")
    is_shared = parsed.processes > 1 or int(os.environ.get("WORLD_SIZE", 1)) > 1
    if not training.shared and (parsed.device == "cuda" or is_shared):
        others = ", ".join(name for name, each in TRAININGS.items() if each.shared)
        raise UserError(f"train {parsed.name}: runs in one process on the CPU (on GPUs and in several: {others})")
    for name in ("generator", "encoder"):
        path = getattr(parsed, name)
        if path is not None and not path.exists():
            raise UserError(f"--{name}: no file or folder at {path}")
    if _is_published(parsed) and not training.published:
        raise UserError(f"--generator: train {parsed.name} takes a folder with weights; a StyleNeRF serves the prior")


def _is_published(parsed: argparse.Namespace) -> bool:
    return parsed.generator is not None and parsed.generator.suffix.lower() == ".pkl"


def _started(count: int) -> int:
    """This command in so many processes of this machine."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
    return subprocess.call([*command, "-m", "pipeline.cli", *sys.argv[1:]])
