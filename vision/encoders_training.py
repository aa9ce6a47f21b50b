"""How the two towers of the embedded encoder learn: pictures and texts of a batch against each other."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8
from torch import Tensor
from torch.nn import functional

from vision.checkpoint import keep, resume
from vision.encoders_dual import DualModel, Sentences, read

Array = np.ndarray
EVERY = 100
"""Steps between checkpoints."""


class Batch(NamedTuple):
    """What a step learns from: pictures, or their unit vectors, and a text for each; for each of the training's
    questions the share that every sentence has in the truth about each picture."""

    pictures: UInt8[Array, "batch size size 3"] | Float32[Array, "batch width"]
    texts: Sequence[str]
    answers: Sequence[Float32[Array, "batch _"]] = ()


@dataclass(frozen=True)
class Softness:
    """OTTER's soft targets (Wu et al. 2022): `own` is the share that stays with the own pair."""

    own: float = 0.8
    temperature: float = 0.15
    rounds: int = 5


@dataclass(frozen=True)
class DualTraining:
    """How long and how fast."""

    steps: int
    rate: float = 1.5e-3
    decay: float = 0.01
    noise: float = 0.02
    seed: int = 0
    softness: Softness = Softness()
    unspelled: float = 0.3
    """Share of words that are read by their meaning alone, where the model has a table of meanings."""
    asked: float = 0.5
    """Weight of the questions that pictures are asked, where a training has some."""
    read: float = 0.5
    """Weight of the same questions where texts are asked: which of a caption's colours is the thing's own."""
    blurred: float = 0.0
    """Share of pictures that are blurred, as renders of a generator are and pictures of half the size."""
    text_only: bool = False
    """Leave the picture tower as it is (LiT: Zhai et al. 2022); batches then bring the unit vectors of pictures."""


def train(
    model: DualModel,
    batch: Callable[[int], Batch],
    config: DualTraining,
    report: Callable[[int, float], None] | None = None,
    sentences: Sentences | None = None,
    checkpoint: Path | None = None,
    *,
    questions: Sequence[Sequence[str]] = (),
) -> DualModel:
    """Train in place and return the model. `batch` gives a step's pictures and texts by its number.

    `questions` are lists of sentences of which one is true of each picture: captions alone teach kinds and colours as
    they come together, and a picture of a pair that no caption had is told by what it is like.

    Every step's noise depends on the seed and its number alone, so that a training which goes on from its `checkpoint`
    ends as if it had not stopped.
    """
    model.train()
    learned = [model.text, model] if not config.text_only else [model.text]
    weights = list(dict.fromkeys(weight for part in learned for weight in part.parameters()))
    optimiser = torch.optim.AdamW(weights, lr=config.rate, weight_decay=config.decay)
    begun = resume(checkpoint, {"model": model}, optimiser) if checkpoint and checkpoint.is_file() else 0
    for step in range(begun, config.steps):
        pictures, texts, answers = batch(step)
        noise = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
        seen = torch.from_numpy(pictures) if config.text_only else _seen(model, pictures, config, noise)
        words = read(model, texts, sentences, (config.unspelled, noise))
        loss = contrastive_loss(seen, words, model.log_scale, same_texts(texts), config.softness)
        for listed, shares in zip(questions, answers, strict=True):
            names = read(model, listed, sentences, (config.unspelled, noise))
            truth = torch.from_numpy(shares)
            loss = loss + config.asked * answer_loss(seen, names, model.log_scale, truth)
            loss = loss + config.read * answer_loss(words, names, model.log_scale, truth)
        for group in optimiser.param_groups:
            group["lr"] = (
                config.rate
                * min(1, (step + 1) / 30)
                * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * step / config.steps)))
            )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        if report is not None:
            report(step + 1, float(loss.detach()))
        if checkpoint and ((step + 1) % EVERY == 0 or step + 1 == config.steps):
            keep(checkpoint, {"model": model}, optimiser, step + 1)
    return model.eval()


def _seen(
    model: DualModel, pictures: Array, config: DualTraining, random: torch.Generator
) -> Float[Tensor, "batch width"]:
    """What the picture tower makes of pictures with some noise on them, some of them blurred."""
    rgb = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    if config.blurred:
        some = torch.rand(len(rgb), generator=random) < config.blurred
        rgb[some] = blurred(rgb[some])
    vectors: Tensor = model.picture(rgb + config.noise * torch.randn(rgb.shape, generator=random))
    return vectors


def blurred(pictures: Float[Tensor, "batch 3 h w"]) -> Float[Tensor, "batch 3 h w"]:
    """The same at half the size, enlarged again."""
    small = functional.avg_pool2d(pictures, 2)
    return functional.interpolate(small, size=pictures.shape[2:], mode="bilinear", align_corners=False)


def answer_loss(
    seen: Float[Tensor, "batch width"],
    names: Float[Tensor, "sentences width"],
    log_scale: Float[Tensor, ""],
    shares: Float[Tensor, "batch sentences"],
) -> Float[Tensor, ""]:
    """Cross-entropy of the sentences told by pictures; a row of zeros is not asked."""
    logits = seen @ names.T * log_scale.clamp(max=4.0).exp()
    return -(shares * logits.log_softmax(1)).sum(1).mean()


def contrastive_loss(
    seen: Float[Tensor, "batch width"],
    read: Float[Tensor, "batch width"],
    log_scale: Float[Tensor, ""],
    same: Float[Tensor, "batch batch"],
    softness: Softness,
) -> Float[Tensor, ""]:
    """Cross-entropy both ways against soft targets; `same` says which texts are equal, so that none is punished."""
    logits = seen @ read.T * log_scale.clamp(max=4.0).exp()
    with torch.no_grad():
        own = same / same.sum(1, keepdim=True)
        likeness = 0.5 * (seen @ seen.T + read @ read.T)
        shared = transported(likeness, softness.temperature, softness.rounds)
        target = softness.own * own + (1 - softness.own) * shared
    forth = -(target * logits.log_softmax(1)).sum(1).mean()
    back = -(target.T * logits.T.log_softmax(1)).sum(1).mean()
    return 0.5 * (forth + back)


def transported(
    likeness: Float[Tensor, "batch batch"], temperature: float, rounds: int
) -> Float[Tensor, "batch batch"]:
    """Optimal transport between a batch and itself that nobody may keep for himself (Sinkhorn); rows sum to one."""
    blocked = torch.eye(len(likeness), dtype=torch.bool, device=likeness.device)
    plan = (likeness / temperature).masked_fill(blocked, -1e4)
    for _ in range(rounds):
        plan = plan - plan.logsumexp(0, keepdim=True)
        plan = plan - plan.logsumexp(1, keepdim=True)
    return plan.exp()


def same_texts(texts: Sequence[str]) -> Float[Tensor, "batch batch"]:
    """One where two texts are the same, else zero."""
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    which = torch.tensor([numbers[text] for text in texts])
    return functional.one_hot(which, len(numbers)).float() @ functional.one_hot(which, len(numbers)).float().T
