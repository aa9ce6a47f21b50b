"""Whether the contrastive term makes the prior's styles depend less on the view that an embedding was taken from: the
same number of steps without and with it, a row for each seed.

    python benchmarks/prior.py --folder training --steps 300 --seeds 3 --width 128 --batch 64
"""

import argparse
from pathlib import Path

import torch

from pipeline.training.prior_ablation import CONTRAST, contrast_ablation
from pipeline.training.run import TrainingRun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("training"), help="where trainings keep data and weights")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--contrast", type=float, default=CONTRAST, help="weight of the term (default: %(default)s)")
    parser.add_argument("--width", type=int, default=0, help="of the network (default: as it ships)")
    parser.add_argument("--batch", type=int, default=0, help="objects in a step (default: as it ships)")
    given = parser.parse_args()
    torch.set_num_threads(1)
    run = TrainingRun("prior", given.folder, tell=lambda _: None)
    sizes = {"width": given.width, "batch": given.batch}
    for row in contrast_ablation(run, given.steps, range(given.seeds), given.contrast, **sizes):
        print(", ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
