"""The dual encoder of words and pictures, trained on the object library: both towers first, then the words alone.

Two thirds of a batch are objects whose colours come evenly: of those which things usually have, a kind is told by its
colour and a colour by its kind, and what comes in another is told wrong.

A training that was stopped goes on from its checkpoints.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from nerf.objects.captions import full_caption
from nerf.objects.lexicon import LEXICON
from nerf.objects.library import make
from nerf.objects.questions import QUESTIONS, answers
from nerf.style.examples import Examples, Recipe
from pipeline.training.loop import kinds_and_colours, own_wordings
from pipeline.training.objects import examples
from pipeline.training.paraphrase import other_words, paraphrased
from pipeline.training.run import TrainingRun
from vision import encoders_dual
from vision.encoders import Encoder, over_views, recall
from vision.encoders_dual import DualConfig, DualEncoder, DualModel
from vision.encoders_training import Batch, DualTraining, train
from vision.text_meanings import Meanings
from vision.text_words import words

WEIGHTS = "object-encoder"
SUMMARY = "Words and pictures of objects to unit vectors in one space"


@dataclass(frozen=True)
class EncoderPreset:
    """Sizes, data and lengths."""

    model: DualConfig = field(default_factory=lambda: DualConfig(meaning=64, shallow=True))
    recipe: Recipe = field(default_factory=lambda: Recipe(views=8))
    objects: int = 6000
    even: Recipe = field(default_factory=lambda: Recipe(views=3, points=8, even=True))
    even_objects: int = 12000
    """More objects, in colours that come as often; pictures and words alone."""
    even_share: float = 2 / 3
    """Of each batch."""
    held_out: int = 100
    steps: int = 4000
    blurred: float = 0.3
    batch: int = 96
    text_steps: int = 400
    text_batch: int = 256
    views: int = 2
    """Of each object, embedded once for the second phase."""


PRESETS = {
    "tiny": EncoderPreset(
        DualConfig(width=48, size=32, channels=(16, 24, 32), words=32, layers=1, heads=2),
        Recipe(views=5, size=32, points=256, captions=2, supersampling=1),
        objects=48, even=Recipe(views=2, size=32, points=8, captions=2, supersampling=1, even=True), even_objects=48,
        held_out=30, steps=120, batch=24, text_steps=30, text_batch=48, views=2,
    ),
    "default": EncoderPreset(),
}  # fmt: skip


def train_encoder(run: TrainingRun) -> dict[str, float]:
    """Train, measure on validation objects, and leave weights with their card."""
    chosen = PRESETS[run.preset]
    learned = [
        pool_of(examples(run, "train", chosen.objects, chosen.recipe)),
        pool_of(examples(run, "train", chosen.even_objects, chosen.even, begin=chosen.objects, folder="even")),
    ]
    unseen = examples(run, "validation", chosen.held_out, chosen.recipe)
    table = _meanings(run) if chosen.model.meaning else None
    known = vocabulary([texts for pool in learned for texts in pool.examples.captions])
    model = encoders_dual.initial(chosen.model, run.seed, table, known)
    run.log(0, measure(DualEncoder(model), unseen))

    def tell(step: int, loss: float) -> None:
        if step % 100 == 0:
            run.log(step, {"loss": loss})

    both = DualTraining(chosen.steps, seed=run.seed, blurred=chosen.blurred)
    batches = _both(learned, chosen, run.seed)
    train(model, batches, both, tell, checkpoint=run.checkpoint / "both.safetensors", questions=QUESTIONS)
    run.log(chosen.steps, measure(DualEncoder(model), unseen))
    training = DualTraining(chosen.text_steps, rate=1e-3, seed=run.seed + 1, text_only=True)
    seen = np.concatenate([seen_by(model, pool.examples.rgb[:, : chosen.views]) for pool in learned])
    batches = text_batches(seen, learned, model.meanings, chosen.text_batch, run.seed + 1)
    train(model, batches, training, tell, checkpoint=run.checkpoint / "words.safetensors", questions=QUESTIONS)
    figures = measure(DualEncoder(model), unseen)
    run.log(chosen.steps + chosen.text_steps, figures)
    encoders_dual.save(model, run.weights(WEIGHTS))
    data = (
        f"{chosen.objects} objects of the library, {chosen.recipe.views} views each, and {chosen.even_objects} whose "
        f"colours come evenly, {chosen.even.views} views each"
    )
    run.finish(WEIGHTS, SUMMARY, data, figures)
    return figures


@dataclass(frozen=True, eq=False)
class Pool:
    """Objects to learn from, the truth about them, and each one's chance to be drawn."""

    examples: Examples
    truth: Sequence[np.ndarray]
    odds: np.ndarray


def pool_of(learned: Examples) -> Pool:
    """These objects with the answers to all questions."""
    truth = answers(learned.families, learned.main_colours, own_wordings(learned))
    return Pool(learned, truth, even_odds(learned.families, learned.main_colours))


def vocabulary(captions: Sequence[Sequence[str]]) -> frozenset[str]:
    """Every word of the captions and of the wordings for training."""
    said = {word for texts in captions for text in texts for word in words(text)}
    listed = {word for name, entry in LEXICON.items() for text in (name, *entry.training) for word in words(text)}
    return frozenset(said | listed)


def _meanings(run: TrainingRun) -> Meanings:
    """The table that was made in this folder, else the one that ships with the encoder."""
    own = run.weights("word-meanings")
    return Meanings.load(own if own.is_dir() else run.source(WEIGHTS))


def measure(encoder: Encoder, unseen: Examples) -> dict[str, float]:
    """Recall of objects by their full caption among 60, and in words that no caption of the training has."""
    views = min(unseen.rgb.shape[1], 4)
    seen = np.stack([encoder.pictures(list(pictures[:views])) for pictures in unseen.rgb])
    own = encoder.text(own_wordings(unseen))
    models = [make("validation", number) for number in range(len(unseen))]
    other = encoder.text([full_caption(model.description, "held_out") for model in models])
    several, one = over_views(seen), np.ascontiguousarray(seen[:, 0])
    found = (own @ one.T).argmax(1)
    families, colours = np.array(unseen.families), np.array(unseen.main_colours)
    told = kinds_and_colours(encoder, several, answers(unseen.families, unseen.main_colours, own_wordings(unseen)))
    return {
        "recall_1_of_60_one_view": recall(own, one, among=60),
        "recall_1_of_60": recall(own, several, among=60),
        "recall_5_of_60": recall(own, several, among=60, first=5),
        "family": float((families[found] == families).mean()),
        "colour": float((colours[found] == colours).mean()),
        "unseen_words_recall_1_of_60": recall(other, several, among=60),
        "told_family": told["family"],
        "told_colour": told["colour"],
        "told_accent": told["accent"],
    }


def even_odds(families: Sequence[str], colours: Sequence[str]) -> np.ndarray:
    """The chance of each object to be drawn: rare pairs of kind and colour more often than their number, so that kinds
    are not known by their usual colours."""
    pairs = list(zip(families, colours, strict=True))
    many = Counter(pairs)
    weight = np.array([many[pair] ** -0.5 for pair in pairs])
    chances: np.ndarray = weight / weight.sum()
    return chances


def _both(learned: Sequence[Pool], chosen: EncoderPreset, seed: int) -> Callable[[int], Batch]:
    """Batches of random views and captions out of both pools."""
    even = round(chosen.even_share * chosen.batch)

    def batch(step: int) -> Batch:
        rng = np.random.default_rng([seed, step])
        parts = [_drawn(pool, count, rng) for pool, count in zip(learned, (chosen.batch - even, even), strict=True)]
        return Batch(
            np.concatenate([part.pictures for part in parts]),
            [text for part in parts for text in part.texts],
            [np.concatenate(shares) for shares in zip(*(part.answers for part in parts), strict=True)],
        )

    return batch


def _drawn(pool: Pool, count: int, rng: np.random.Generator) -> Batch:
    """A view of each of some objects, and a caption; the full caption four times in ten."""
    learned = pool.examples
    objects = rng.choice(len(learned), min(count, len(learned)), replace=False, p=pool.odds)
    views = rng.integers(learned.rgb.shape[1], size=len(objects))
    others = rng.integers(len(learned.captions[0]), size=len(objects))
    which = np.where(rng.random(len(objects)) < 0.4, 0, others)
    texts = [learned.captions[o][c] for o, c in zip(objects, which, strict=True)]
    return Batch(learned.rgb[objects, views], texts, [shares[objects] for shares in pool.truth])


@torch.no_grad()
def seen_by(model: DualModel, pictures: np.ndarray, batch: int = 64) -> np.ndarray:
    """Unit vectors of all views of all objects: (objects, views, width)."""
    encoder, (objects, views) = DualEncoder(model), pictures.shape[:2]
    parts = [
        encoder.pictures(list(pictures[i : i + batch].reshape(-1, *pictures.shape[2:])))
        for i in range(0, objects, batch)
    ]
    return np.concatenate(parts).reshape(objects, views, -1)


def text_batches(
    seen: np.ndarray,
    learned: Sequence[Pool],
    meanings: Meanings | None,
    size: int,
    seed: int,
) -> Callable[[int], Batch]:
    """Batches of embedded views and captions, some words of which are replaced by others that mean much the same."""
    captions = [texts for pool in learned for texts in pool.examples.captions]
    truth = [np.concatenate(shares) for shares in zip(*(pool.truth for pool in learned), strict=True)]
    others = other_words({text for texts in captions for text in texts}, meanings)

    def batch(step: int) -> Batch:
        rng = np.random.default_rng([seed, step])
        objects = rng.choice(len(seen), min(size, len(seen)), replace=False)
        views = rng.integers(seen.shape[1], size=len(objects))
        share = rng.choice([0.0, 0.4, 1.0], p=[0.5, 0.25, 0.25], size=len(objects))
        chosen = (captions[number][int(rng.integers(len(captions[number])))] for number in objects)
        said = [paraphrased(text, others, each, rng) for text, each in zip(chosen, share, strict=True)]
        return Batch(seen[objects, views], said, [shares[objects] for shares in truth])

    return batch
