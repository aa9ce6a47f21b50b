"""The latent prior of a published StyleNeRF, which nobody has to describe: 3D-CLFusion's own recipe.

Random latents become styles, styles pictures, pictures embeddings; the prior learns the way back, the same from two
sides of an object. Captions are needed by nobody: texts take the place of pictures when the prior is asked.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from nerf.camera import from_field_of_view
from nerf.objects import viewpoints
from nerf.prior import latents
from nerf.prior.latents import Sampling, sample_each
from nerf.prior.network import PriorConfig, PriorNetwork
from nerf.prior.training import Pairs, PriorTraining, train
from nerf.style.mapping import broadcast
from nerf.style.stylenerf import StyleNerf
from pipeline.stages.object_weights import encoder_of, published_of
from pipeline.training.prior import ENCODER, GENERATOR, SUMMARY, WEIGHTS
from pipeline.training.run import TrainingRun
from vision.encoders import Encoder, over_views, recall

VIEWS = 2
"""Of each object: what the contrastive term compares."""


@dataclass(frozen=True)
class PublishedPriorPreset:
    """Sizes and lengths; the widths of styles and embeddings are those of the weights."""

    model: PriorConfig = field(default_factory=lambda: PriorConfig(width=512, depth=8, heads=8))
    training: PriorTraining = field(default_factory=lambda: PriorTraining(steps=20_000, batch=256))
    objects: int = 20_000
    held_out: int = 200


PRESETS = {
    "tiny": PublishedPriorPreset(
        PriorConfig(width=64, depth=2), PriorTraining(steps=200, batch=64, average=0.95), objects=512, held_out=32
    ),
    "default": PublishedPriorPreset(),
}


@dataclass(frozen=True, eq=False)
class Drawn:
    """Random objects of a generator: their styles, and the embeddings of their views."""

    styles: Float[Tensor, "objects style"]
    looks: Float[Tensor, "objects views width"]


def train_published_prior(run: TrainingRun) -> dict[str, float]:
    """Draw objects, train on them, measure on others, and leave weights with their card."""
    chosen = PRESETS[run.preset]
    generator, generator_id = published_of(run.given[GENERATOR])
    generator = generator.to(run.processes.device)
    encoder, encoder_id = encoder_of(run.given.get(ENCODER) or run.source(ENCODER))
    learned = drawn(generator, encoder, chosen.objects, run.seed)
    unseen = drawn(generator, encoder, chosen.held_out, run.seed + 1_000_003)

    def tell(step: int, parts: dict[str, float]) -> None:
        if step % 100 == 0:
            run.log(step, parts)

    sizes = replace(chosen.model, w=generator.config.w, condition=encoder.width)
    training = replace(chosen.training, seed=run.step_seed)
    checkpoint = run.checkpoint / f"{generator_id.replace(':', '-')}.safetensors"
    pairs = Pairs(learned.styles[:, None], learned.looks)
    network = train(sizes, pairs, training, tell, checkpoint, run.processes.place).cpu()
    figures = measure(network, unseen, encoder, generator)
    latents.save(network, run.weights(WEIGHTS))
    data = f"{chosen.objects} random objects of {generator_id}, {VIEWS} views each; no captions"
    run.finish(WEIGHTS, SUMMARY, data, figures, {"encoder": encoder_id, "generator": generator_id})
    return figures


@torch.no_grad()
def drawn(generator: StyleNerf, encoder: Encoder, count: int, seed: int, batch: int = 8) -> Drawn:
    """So many random objects, each seen from `VIEWS` random sides that the weights know."""
    noise = torch.Generator().manual_seed(seed)
    z = torch.randn(count, generator.config.z, generator=noise).to(generator.get_buffer("mean").device)
    w = torch.cat([generator.styles(some)[:, 0] for some in torch.split(z, 256)])
    rng = np.random.default_rng([seed, 6])
    looks = [embedded(generator, encoder, some, rng) for some in torch.split(w, batch)]
    return Drawn(w.cpu(), torch.cat(looks))


@torch.no_grad()
def embedded(
    generator: StyleNerf, encoder: Encoder, w: Float[Tensor, "objects style"], rng: np.random.Generator
) -> Float[Tensor, "objects views width"]:
    """Embeddings of pictures of styles from random sides."""
    sizes = generator.config
    camera = from_field_of_view(sizes.side, sizes.side, sizes.field_of_view)
    turns = np.stack([rng.uniform(*both, len(w) * VIEWS) for both in (sizes.azimuths, sizes.elevations)], 1)
    poses = np.stack([viewpoints.pose(azimuth, elevation, sizes.distance) for azimuth, elevation in turns])
    ws = broadcast(w.repeat_interleave(VIEWS, 0), generator.n_styles)
    seen = generator.render(ws, camera, poses).clamp(0, 1).permute(0, 2, 3, 1)
    pictures = np.round(seen.cpu().numpy() * 255).astype(np.uint8)
    return torch.from_numpy(encoder.pictures(list(pictures)).reshape(len(w), VIEWS, encoder.width))


def measure(network: PriorNetwork, unseen: Drawn, encoder: Encoder, generator: StyleNerf) -> dict[str, float]:
    """From one view of an object to a style, and to views of that: how far the mean of styles that the view leaves
    possible is from the object's, in shares of their variance, and how often views of a style that was drawn are most
    like another view of the object among 60."""
    given, other = unseen.looks[:, 0], unseen.looks[:, 1].numpy()
    expected, styles = (sample_each(network, given, Sampling(1, guidance=1.0, steps=n))[:, 0] for n in (1, 20))
    error = (network.scored(expected) - network.scored(unseen.styles[:, None])).square().mean()
    spread = network.scored(unseen.styles[:, None]).var(0, correction=0).mean()
    device = generator.get_buffer("mean").device
    rng = np.random.default_rng(7)
    parts = [embedded(generator, encoder, some, rng) for some in torch.split(styles[:, 0].to(device), 8)]
    made = over_views(torch.cat(parts).numpy())
    scores = (made * given.numpy()).sum(1)
    return {
        "style_error": float(error / spread),
        "made_recall_1_of_60": recall(made, other, among=60),
        "real_recall_1_of_60": recall(given.numpy(), other, among=60),
        "score_mean": float(scores.mean()),
        "score_5th_percentile": float(np.quantile(scores, 0.05)),
    }
