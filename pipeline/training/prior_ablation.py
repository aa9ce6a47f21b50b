"""Whether the contrastive term makes the prior's styles depend less on the view, at equal steps."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch

from nerf.prior.invariance import invariance
from nerf.prior.latents import Sampling
from nerf.prior.training import train
from nerf.style.checkpoints import load_model
from nerf.style.codes import encoded_styles
from pipeline.training.loop import Networks, go_round, own_wordings, retrieval
from pipeline.training.objects import examples
from pipeline.training.prior import ENCODER, GENERATOR, PRESETS, embedded, encoded
from pipeline.training.run import TrainingRun
from pipeline.weights import identity
from vision import encoders_dual
from vision.encoders_dual import DualEncoder

CONTRAST = 0.1
LOOP = Sampling(candidates=1, steps=8, sampler="dpm")


def contrast_ablation(
    run: TrainingRun, steps: int, seeds: Sequence[int], contrast: float = CONTRAST, *, width: int = 0, batch: int = 0
) -> Iterator[dict[str, float]]:
    """For each seed a row without and one with the term, measured on validation objects: variance of styles over views
    by that over objects, objects found again from another view, error to their own styles, the loop with a single
    candidate, and CPU seconds of the training. A smaller `width` and `batch` than the preset's take less time."""
    chosen = PRESETS[run.preset]
    model = replace(chosen.model, width=width or chosen.model.width)
    folders = {"encoder": run.source(ENCODER), "generator": run.source(GENERATOR)}
    encoder, generator = DualEncoder(encoders_dual.load(folders["encoder"])), load_model(folders["generator"])
    learned = examples(run, "train", chosen.objects, chosen.recipe)
    unseen = examples(run, "validation", chosen.held_out, chosen.recipe)
    pairs = encoded(run, learned, encoder, generator, {name: identity(each) for name, each in folders.items()})
    seen, own = torch.from_numpy(embedded(unseen, encoder)["seen"]), encoded_styles(generator, unseen)[:, None]
    for seed in seeds:
        for weight in (0.0, contrast):
            began = time.process_time()
            setting = replace(chosen.training, steps=steps, seed=seed, contrast=weight)
            network = train(model, pairs, replace(setting, batch=batch or setting.batch))
            spent = time.process_time() - began
            found = invariance(network, own, seen, Sampling(guidance=1.0, steps=8))
            went = go_round(Networks(encoder, generator, network, unseen.rgb.shape[2]), own_wordings(unseen), LOOP)
            yield {
                "seed": seed,
                "contrast": weight,
                "variance_ratio": found.ratio,
                "cross_view_retrieval": found.retrieval,
                "error": found.error,
                "loop_recall_1_of_60": retrieval(went.prompts, went.looks)["recall_1_of_60"],
                "cpu_s": spent,
            }
