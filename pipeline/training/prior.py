"""The latent prior: from an embedding of words or of a picture to the style of an object (3D-CLFusion)."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch

from nerf.objects import viewpoints
from nerf.prior import latents
from nerf.prior.latents import Sampling, sample
from nerf.prior.network import PriorConfig, PriorNetwork
from nerf.prior.training import Pairs, PriorTraining, train
from nerf.style.autoencoder import Autoencoder
from nerf.style.checkpoints import load_model
from nerf.style.examples import Examples, Recipe
from nerf.style.losses import view_tensor
from nerf.style.shape import pictures
from pipeline.training.objects import examples
from pipeline.training.run import TrainingRun
from pipeline.weights import identity
from vision import encoders_dual
from vision.encoders import Encoder, over_views, recall
from vision.encoders_dual import DualEncoder

WEIGHTS = "object-prior"
SUMMARY = "Embeddings of words or pictures to styles of the generator, by diffusion"
ENCODER, GENERATOR = "object-encoder", "object-generator"


@dataclass(frozen=True)
class PriorPreset:
    """Sizes, data and lengths."""

    model: PriorConfig = field(default_factory=PriorConfig)
    training: PriorTraining = field(default_factory=lambda: PriorTraining(steps=3000))
    recipe: Recipe = field(default_factory=lambda: Recipe(views=8))
    objects: int = 6000
    held_out: int = 60
    candidates: int = 4


PRESETS = {
    "tiny": PriorPreset(
        PriorConfig(w=48, condition=48, width=64, depth=2),
        PriorTraining(steps=150, batch=32, average=0.95),
        Recipe(views=5, size=32, points=256, captions=2, supersampling=1),
        objects=48, held_out=16, candidates=2,
    ),
    "default": PriorPreset(),
}  # fmt: skip


def train_prior(run: TrainingRun) -> dict[str, float]:
    """Train, measure text to object to picture to text on validation objects, and leave weights with their card."""
    chosen = PRESETS[run.preset]
    encoder_folder, generator_folder = run.source(ENCODER), run.source(GENERATOR)
    encoder, generator = DualEncoder(encoders_dual.load(encoder_folder)), load_model(generator_folder)
    learned = examples(run, "train", chosen.objects, chosen.recipe)
    unseen = examples(run, "validation", chosen.held_out, chosen.recipe)
    pairs = encoded(learned, encoder, generator)

    def tell(step: int, parts: dict[str, float]) -> None:
        if step % 100 == 0:
            run.log(step, parts)

    network = train(chosen.model, pairs, replace(chosen.training, seed=run.seed), tell)
    latents.save(network, run.weights(WEIGHTS))
    figures = measure(network, unseen, encoder, generator, chosen.candidates)
    built_on = {"encoder": identity(encoder_folder), "generator": identity(generator_folder)}
    run.finish(WEIGHTS, SUMMARY, f"styles and captions of {chosen.objects} objects of the library", figures, built_on)
    return figures


@torch.no_grad()
def encoded(learned: Examples, encoder: Encoder, generator: Autoencoder, batch: int = 32) -> Pairs:
    """Styles of objects from all their views, embeddings of each view and of each caption."""
    everything = np.arange(learned.rgb.shape[1])
    styles, seen, read = [], [], []
    for first in range(0, len(learned), batch):
        objects = np.arange(first, min(first + batch, len(learned)))
        styles.append(generator.invert(view_tensor(learned, objects, np.tile(everything, (len(objects), 1)))))
        flat = learned.rgb[objects].reshape(-1, *learned.rgb.shape[2:])
        seen.append(encoder.pictures(list(flat)).reshape(len(objects), len(everything), -1))
        texts = [text for number in objects for text in learned.captions[number]]
        read.append(encoder.text(texts).reshape(len(objects), -1, encoder.width))
    parts = (torch.from_numpy(np.concatenate(each)) for each in (seen, read))
    return Pairs(torch.cat(styles)[:, None], *parts)


@torch.no_grad()
def measure(
    network: PriorNetwork, unseen: Examples, encoder: Encoder, generator: Autoencoder, candidates: int
) -> dict[str, float]:
    """The loop: caption, style, renders, and which caption among all the renders resemble most."""
    texts = encoder.text([captions[0] for captions in unseen.captions])
    camera, poses = viewpoints.camera(unseen.rgb.shape[2]), viewpoints.ring_of_poses(2, start=0.6)
    looks = []
    for text in texts:
        w = sample(network, torch.from_numpy(text), Sampling(candidates))[:, 0].numpy()
        seen = pictures(generator.generator, w, camera, poses)
        each = over_views(np.stack([encoder.pictures(list(views)) for views in seen]))
        looks.append(each[int((each @ text).argmax())])
    found = np.stack(looks)
    scores = (found * texts).sum(1)
    real = over_views(np.stack([encoder.pictures(list(views[:2])) for views in unseen.rgb]))
    return {
        "loop_recall_1_of_60": recall(texts, found, among=60),
        "loop_recall_5_of_60": recall(texts, found, among=60, first=5),
        "real_recall_1_of_60": recall(texts, real, among=60),
        "score_mean": float(scores.mean()),
        "score_5th_percentile": float(np.quantile(scores, 0.05)),
    }
