"""What one picture of an object tells of its other sides: PSNR at views turned by 30 degrees and CPU seconds of the
generator's own encoder, the base encoder, the refining encoder (and its looks without what it learned), steps of
optimisation, 40 and as many as take the refining encoder's time, and after the refining encoder a ray for every pixel
and 100 steps of layers of the object's own; and whether the term of identity makes codes of two views agree better.

    python benchmarks/inversion.py views --objects 40
    python benchmarks/inversion.py codes --folder training --seeds 3
"""

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from nerf.style import inverter_files
from nerf.style.checkpoints import load_model
from nerf.style.inversion import Search
from nerf.style.inversion_evaluation import camera_error, scores, turned_objects
from pipeline.training.inversion import GENERATOR, WEIGHTS, contrast_ablation
from pipeline.training.run import TrainingRun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["views", "codes"])
    parser.add_argument("--folder", type=Path, default=Path("training"), help="where trainings keep data and weights")
    parser.add_argument("--objects", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=24)
    parser.add_argument("--steps", type=int, default=60, help="of training the base encoder, for `codes`")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(1)
    run = TrainingRun("inversion", given.folder, tell=lambda _: None)
    if given.what == "views":
        views(run, given.objects, given.rounds)
    else:
        codes(run, given.steps, given.seeds)


def views(run: TrainingRun, objects: int, rounds: int) -> None:
    """A row for each way to invert."""
    model = load_model(run.source(GENERATOR)).requires_grad_(False)
    inverter = inverter_files.load(run.source(WEIGHTS))
    turned = turned_objects("validation", objects, 64)
    print(f"{'':>10} {'given dB':>9} {'turned dB':>10} {'object dB':>10} {'CPU s':>7}")
    search = Search(rounds=rounds, free_camera=False)
    found = scores(model, inverter, turned, search)
    fewer = max(round(search.steps * found["refined"].cpu_s / found["optimised"].cpu_s), 1)
    found |= {
        f"{fewer} steps": scores(model, inverter, turned, replace(search, steps=fewer), only=("optimised",))[
            "optimised"
        ]
    }
    found |= scores(model, inverter, turned, search, only=("traced", "tuned"))
    for name, score in found.items():
        print(f"{name:>10} {score.given:9.2f} {score.turned:10.2f} {score.turned_object:10.2f} {score.cpu_s:7.3f}")
    azimuth, elevation = camera_error(inverter, turned)
    print(f"camera head: median error {azimuth:.1f} degrees of azimuth, {elevation:.1f} of elevation")


def codes(run: TrainingRun, steps: int, seeds: int) -> None:
    """A row for each seed, without and with the term."""
    for row in contrast_ablation(run, steps, tuple(range(seeds))):
        print(", ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
