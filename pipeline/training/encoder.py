"""The dual encoder of words and pictures, trained on the object library: both towers first, then the words alone."""

from dataclasses import dataclass, field, replace

import numpy as np

from nerf.objects.captions import caption, full_caption
from nerf.objects.library import make
from nerf.style.examples import Examples, Recipe
from pipeline.training.objects import examples
from pipeline.training.run import TrainingRun
from vision import encoders_dual
from vision.encoders import Encoder, over_views, recall
from vision.encoders_dual import DualConfig, DualEncoder
from vision.encoders_training import DualTraining, train
from vision.text_meanings import Meanings

WEIGHTS = "object-encoder"
SUMMARY = "Words and pictures of objects to unit vectors in one space"


@dataclass(frozen=True)
class EncoderPreset:
    """Sizes, data and lengths."""

    model: DualConfig = field(default_factory=lambda: DualConfig(meaning=64))
    recipe: Recipe = field(default_factory=lambda: Recipe(views=8))
    objects: int = 6000
    held_out: int = 100
    steps: int = 1500
    batch: int = 96
    text_steps: int = 800
    text_batch: int = 256
    captions: int = 24
    """Fresh captions for each object in the second phase."""


PRESETS = {
    "tiny": EncoderPreset(
        DualConfig(width=48, size=32, channels=(16, 24, 32), words=32, layers=1, heads=2),
        Recipe(views=5, size=32, points=256, captions=2, supersampling=1),
        objects=48, held_out=30, steps=120, batch=24, text_steps=30, text_batch=48, captions=4,
    ),
    "default": EncoderPreset(),
}  # fmt: skip


def train_encoder(run: TrainingRun) -> dict[str, float]:
    """Train, measure on validation objects, and leave weights with their card."""
    chosen = PRESETS[run.preset]
    learned = examples(run, "train", chosen.objects, chosen.recipe)
    unseen = examples(run, "validation", chosen.held_out, chosen.recipe)
    model = encoders_dual.initial(chosen.model, run.seed, _meanings(run) if chosen.model.meaning else None)
    run.log(0, measure(DualEncoder(model), unseen))

    def tell(step: int, loss: float) -> None:
        if step % 100 == 0:
            run.log(step, {"loss": loss})

    train(model, _both(learned, chosen, run.seed), DualTraining(chosen.steps, seed=run.seed), tell)
    run.log(chosen.steps, measure(DualEncoder(model), unseen))
    training = DualTraining(chosen.text_steps, rate=1e-3, seed=run.seed + 1, text_only=True)
    train(model, _words(learned, chosen, run.seed), training, tell)
    figures = measure(DualEncoder(model), unseen)
    run.log(chosen.steps + chosen.text_steps, figures)
    encoders_dual.save(model, run.weights(WEIGHTS))
    run.finish(WEIGHTS, SUMMARY, f"{chosen.objects} objects of the library, {chosen.recipe.views} views each", figures)
    return figures


def _meanings(run: TrainingRun) -> Meanings:
    """The table that was made in this folder, else the one that ships with the encoder."""
    own = run.weights("word-meanings")
    return Meanings.load(own if own.is_dir() else run.source(WEIGHTS))


def measure(encoder: Encoder, unseen: Examples) -> dict[str, float]:
    """Recall of objects by their full caption among 60, and in words that no caption of the training has."""
    views = min(unseen.rgb.shape[1], 4)
    seen = np.stack([encoder.pictures(list(pictures[:views])) for pictures in unseen.rgb])
    own = encoder.text([texts[0] for texts in unseen.captions])
    models = [make("validation", number) for number in range(len(unseen))]
    other = encoder.text([full_caption(model.description, "held_out") for model in models])
    several, one = over_views(seen), np.ascontiguousarray(seen[:, 0])
    found = (own @ one.T).argmax(1)
    families, colours = np.array(unseen.families), np.array(unseen.main_colours)
    return {
        "recall_1_of_60_one_view": recall(own, one, among=60),
        "recall_1_of_60": recall(own, several, among=60),
        "recall_5_of_60": recall(own, several, among=60, first=5),
        "family": float((families[found] == families).mean()),
        "colour": float((colours[found] == colours).mean()),
        "unseen_words_recall_1_of_60": recall(other, several, among=60),
    }


def _both(learned: Examples, chosen: EncoderPreset, seed: int):  # type: ignore[no-untyped-def]
    """Batches of random views and captions; the full caption is taken four times in ten."""

    def batch(step: int) -> tuple[np.ndarray, list[str]]:
        rng = np.random.default_rng([seed, step])
        objects = rng.choice(len(learned), min(chosen.batch, len(learned)), replace=False)
        views = rng.integers(learned.rgb.shape[1], size=len(objects))
        others = rng.integers(len(learned.captions[0]), size=len(objects))
        which = np.where(rng.random(len(objects)) < 0.4, 0, others)
        return learned.rgb[objects, views], [learned.captions[o][c] for o, c in zip(objects, which, strict=True)]

    return batch


def _words(learned: Examples, chosen: EncoderPreset, seed: int):  # type: ignore[no-untyped-def]
    """The same with many more captions, drawn anew for every object."""
    rng = np.random.default_rng([seed, 7])
    captions = []
    for number in range(len(learned)):
        description = make("train", number).description
        fresh = [caption(description, "train", rng) for _ in range(chosen.captions)]
        full = [full_caption(description, "training", rng) for _ in range(chosen.captions // 2)]
        captions.append((full_caption(description), *fresh, *full))
    wider = replace(chosen, batch=chosen.text_batch)
    return _both(replace(learned, captions=tuple(captions)), wider, seed + 1)
