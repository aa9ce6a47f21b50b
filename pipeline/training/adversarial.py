"""Adversarial fine-tuning of the generator: hours on a GPU, and kept only where rebuilding did not suffer."""

import copy
from dataclasses import dataclass, field, replace

from nerf.style.adversarial import AdversarialTraining, begin, fine_tune
from nerf.style.checkpoints import load_model, save_model
from nerf.style.examples import Recipe
from nerf.style.losses import PatchBatch
from nerf.style.tuning import Tuning
from pipeline.training.generator import measure
from pipeline.training.objects import examples
from pipeline.training.run import TrainingRun

WEIGHTS, GENERATOR = "object-generator-sharp", "object-generator"
SUMMARY = "The generator after adversarial fine-tuning"
MOST_LOST = 0.1
"""PSNR in dB on held-out objects that fine-tuning may cost."""


@dataclass(frozen=True)
class AdversarialPreset:
    """Data and length."""

    training: AdversarialTraining = field(default_factory=AdversarialTraining)
    recipe: Recipe = field(default_factory=lambda: Recipe(views=8))
    objects: int = 6000
    held_out: int = 100
    tuning: Tuning = field(default_factory=Tuning)


PRESETS = {
    "tiny": AdversarialPreset(
        AdversarialTraining(
            steps=3, batch=2, penalty_every=2, path_pixels=4, samples=(5, 3), patches=PatchBatch(2, 6, 5, 3)
        ),
        Recipe(views=5, size=32, points=256, captions=2, supersampling=1),
        objects=48, held_out=4, tuning=Tuning(steps=5),
    ),
    "default": AdversarialPreset(),
}  # fmt: skip


def train_adversarial(run: TrainingRun) -> dict[str, float]:
    """Fine-tune, measure before and after, and leave weights with their card unless held-out objects got worse."""
    chosen = PRESETS[run.preset]
    model = load_model(run.source(GENERATOR)).to(run.processes.device)
    learned = examples(run, "train", chosen.objects, chosen.recipe)
    unseen = examples(run, "validation", chosen.held_out, chosen.recipe)
    before = measure(model.eval(), unseen, chosen.tuning)
    averaged = copy.deepcopy(model)
    duel = begin(model.train(), averaged, chosen.recipe.size, replace(chosen.training, seed=run.seed))
    for network in (duel.model, duel.critic):
        run.processes.place(network)
    training = replace(chosen.training, seed=run.step_seed)
    fine_tune(duel, learned, training, lambda step, parts: run.log(step, parts) if step % 100 == 0 else None)
    after = measure(duel.averaged.eval(), unseen, chosen.tuning)
    figures = after | {f"before_{name}": value for name, value in before.items()}
    if after["psnr_3_views"] < before["psnr_3_views"] - MOST_LOST:
        run.tell(f"adversarial: not kept, held-out PSNR fell from {before['psnr_3_views']:.2f} dB")
        return figures
    save_model(duel.averaged, run.weights(WEIGHTS))
    run.finish(WEIGHTS, SUMMARY, f"{chosen.objects} objects of the library", figures)
    return figures
