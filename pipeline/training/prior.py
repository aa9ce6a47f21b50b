"""The latent prior: from an embedding of words or of a picture to the style of an object (3D-CLFusion)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch

from nerf.prior import latents
from nerf.prior.distillation import MAPPING, Distillation, normal_mapping, save_mapping
from nerf.prior.latents import Sampling
from nerf.prior.network import PriorConfig, PriorNetwork
from nerf.prior.reader import READER, ReaderTraining, StyleReader, save_reader
from nerf.prior.training import Pairs, PriorTraining, train
from nerf.style.autoencoder import Autoencoder
from nerf.style.checkpoints import load_model, load_styles
from nerf.style.codes import encoded_styles
from nerf.style.examples import Examples, Recipe
from pipeline.training.loop import VIEWS, Networks, go_round, own_wordings
from pipeline.training.objects import examples
from pipeline.training.reader import ReaderPreset, Teacher, glance, train_reader
from pipeline.training.run import TrainingRun
from pipeline.weights import identity
from vision import encoders_dual
from vision.encoders import Encoder, over_views, recall
from vision.encoders_dual import DualEncoder

WEIGHTS = "object-prior"
SUMMARY = "Embeddings of words or pictures to styles of the generator, by diffusion"
VIEWS_EMBEDDED, CAPTIONS_EMBEDDED = 2, 4
"""Of each object: more views and more captions tell the prior little that is new, and took longer than its training."""
ENCODER, GENERATOR = "object-encoder", "object-generator"


@dataclass(frozen=True)
class PriorPreset:
    """Sizes, data and lengths."""

    model: PriorConfig = field(default_factory=PriorConfig)
    training: PriorTraining = field(default_factory=lambda: PriorTraining(steps=4000, contrast=0.0))
    """Without the contrastive term, which triples a step's price: it helps at equal steps (docs/objects.md), and at
    equal time nothing was measured. `contrast` turns it on."""
    recipe: Recipe = field(default_factory=lambda: Recipe(views=8))
    objects: int = 6000
    held_out: int = 60
    candidates: int = 16
    distillation: Distillation = field(default_factory=Distillation)
    reader: ReaderPreset = field(default_factory=ReaderPreset)


PRESETS = {
    "tiny": PriorPreset(
        PriorConfig(w=48, condition=48, width=64, depth=2),
        PriorTraining(steps=150, batch=32, average=0.95),
        Recipe(views=5, size=32, points=256, captions=2, supersampling=1),
        objects=48, held_out=16, candidates=2, distillation=Distillation(pairs=300, steps=100),
        reader=ReaderPreset(64, piece=48, pieces=2, rounds=1, pulled_pieces=1, training=ReaderTraining(steps=150)),
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
    built_on = {"encoder": identity(encoder_folder), "generator": identity(generator_folder)}
    pairs = encoded(run, learned, encoder, generator, built_on)

    def tell(step: int, parts: dict[str, float]) -> None:
        if step % 100 == 0:
            run.log(step, parts)

    checkpoint = run.checkpoint / "prior.safetensors"
    training = replace(chosen.training, seed=run.step_seed)
    network = train(chosen.model, pairs, training, tell, checkpoint, run.processes.place)
    mapping, lost = normal_mapping(network, replace(chosen.distillation, seed=run.seed))
    network, mapping = network.cpu(), mapping.cpu()
    latents.save(network, run.weights(WEIGHTS))
    save_mapping(mapping, run.weights(WEIGHTS) / MAPPING)
    teacher = Teacher(network, pairs, learned, encoder, glance(generator.generator, chosen.recipe.size))
    reader, read = train_reader(run, chosen.reader, teacher, built_on)
    save_reader(reader, run.weights(WEIGHTS) / READER)
    figures = measure(network, unseen, encoder, generator, chosen.candidates, reader)
    figures |= {"mapping_variance_lost": lost} | read
    run.finish(WEIGHTS, SUMMARY, f"styles and captions of {chosen.objects} objects of the library", figures, built_on)
    return figures


@torch.no_grad()
def encoded(
    run: TrainingRun, learned: Examples, encoder: Encoder, generator: Autoencoder, built_on: Mapping[str, str]
) -> Pairs:
    """Styles of objects, embeddings of some views and of each caption.

    Styles are those that the generator's training found for these objects, where it left them, else what its encoder
    reads off all views. Embeddings are kept in the run's folder: they stay the same when the generator is trained
    further.
    """
    path = run.data / f"embedded-{len(learned)}-{built_on['encoder'].replace(':', '-')}.npz"
    if not path.is_file():
        run.data.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = {**embedded(learned, encoder)}
        np.savez(path, **arrays)
    with np.load(path, allow_pickle=False) as stored:
        seen, read = torch.from_numpy(stored["seen"]), torch.from_numpy(stored["read"])
    styles = load_styles(run.source(GENERATOR))
    if styles is None:
        return Pairs(encoded_styles(generator, learned)[:, None], seen, read)
    if len(styles) < len(learned):
        raise ValueError(f"{run.source(GENERATOR)}: must hold the styles of {len(learned)} objects (got {len(styles)})")
    return Pairs(styles[: len(learned), None], seen, read)


def embedded(learned: Examples, encoder: Encoder, batch: int = 32) -> dict[str, np.ndarray]:
    """Unit vectors of some views and captions of each object, the full caption first."""
    seen, read = [], []
    for first in range(0, len(learned), batch):
        last = min(first + batch, len(learned))
        flat = learned.rgb[first:last, :VIEWS_EMBEDDED].reshape(-1, *learned.rgb.shape[2:])
        seen.append(encoder.pictures(list(flat)).reshape(last - first, -1, encoder.width))
        texts = [text for number in range(first, last) for text in learned.captions[number][:CAPTIONS_EMBEDDED]]
        read.append(encoder.text(texts).reshape(last - first, -1, encoder.width))
    return {"seen": np.concatenate(seen), "read": np.concatenate(read)}


def measure(
    network: PriorNetwork,
    unseen: Examples,
    encoder: Encoder,
    generator: Autoencoder,
    candidates: int,
    reader: StyleReader | None = None,
) -> dict[str, float]:
    """The loop: caption, style, renders, and which caption among all the renders resemble most."""
    networks = Networks(encoder, generator, network, unseen.rgb.shape[2], reader)
    made = go_round(networks, own_wordings(unseen), Sampling(candidates))
    real = over_views(np.stack([encoder.pictures(list(views[:VIEWS])) for views in unseen.rgb]))
    return {
        "loop_recall_1_of_60": recall(made.prompts, made.looks, among=60),
        "loop_recall_5_of_60": recall(made.prompts, made.looks, among=60, first=5),
        "real_recall_1_of_60": recall(made.prompts, real, among=60),
        "score_mean": float(made.scores.mean()),
        "score_5th_percentile": float(np.quantile(made.scores, 0.05)),
    }
