"""Sampling that is pulled to styles which a reader reads as the prompt: classifier guidance on the clean prediction.

Every step of a sampler predicts a clean style. Before it goes on from there, the prediction is moved a little along the
slope of how well it is read (Dhariwal and Nichol 2021; on the clean prediction as in Bansal et al. 2023). The price is
that of a small network, forwards and backwards; no picture is drawn.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from nerf.prior.reader import StyleReader, log_answers
from nerf.prior.samplers import Denoiser

LEAST = 1e-4
"""Added to chances before their logarithm is taken, so that one wrong answer is not everything."""


@dataclass(frozen=True)
class Pull:
    """How strongly: so many moves in each step, `rate` times the slope each, `limit` of the styles' spread at most."""

    moves: int = 3
    rate: float = 3.0
    limit: float = 0.1
    likeness: float = 2.5
    """What the cosine counts beside how well questions are answered."""


@dataclass(frozen=True, eq=False)
class Guide:
    """Who reads, and what is asked: for each question embedded sentences of which one is true."""

    reader: StyleReader
    questions: Sequence[Float[Tensor, "_ embedding"]]
    pull: Pull = Pull()

    def value(
        self, w: Float[Tensor, "batch style"], wanted: Float[Tensor, "batch embedding"]
    ) -> Float[Tensor, " batch"]:
        """How well styles are read as what is wanted: their cosine, and `vision.answers.agreement`."""
        read = self.reader(w)
        value: Tensor = self.pull.likeness * (read * wanted).sum(1) + agreement(wanted, read, self.questions)
        return value


def agreement(
    wanted: Float[Tensor, "batch embedding"],
    read: Float[Tensor, "batch embedding"],
    questions: Sequence[Float[Tensor, "_ embedding"]],
) -> Float[Tensor, " batch"]:
    """Mean log-chance of what is wanted's own answers; a question counts by how sure these are."""
    total, weight = torch.zeros(len(read), device=read.device), torch.full((len(read),), 1e-6, device=read.device)
    for sentences in questions:
        own = log_answers(wanted, sentences).exp()
        sure = 1 + (own * (own + 1e-9).log()).sum(1) / math.log(len(sentences))
        total = total + sure * (own * (log_answers(read, sentences).exp() + LEAST).log()).sum(1)
        weight = weight + sure
    return total / weight


def pulled(
    model: Denoiser,
    guide: Guide,
    wanted: Float[Tensor, "batch embedding"],
    restored: Callable[[Tensor], Tensor],
) -> Denoiser:
    """A denoiser whose clean predictions are moved; `restored` gives styles as the reader takes them."""

    def answer(x: Tensor, times: Tensor) -> Tensor:
        clean = model(x, times)
        for _ in range(guide.pull.moves):
            clean = clean + _move(clean, guide, wanted, restored)
        return clean

    return answer


def _move(clean: Tensor, guide: Guide, wanted: Tensor, restored: Callable[[Tensor], Tensor]) -> Tensor:
    with torch.enable_grad():
        at = clean.detach().requires_grad_()
        (slope,) = torch.autograd.grad(guide.value(restored(at).flatten(1), wanted).sum(), at)
    moved = guide.pull.rate * slope
    longest = guide.pull.limit * math.sqrt(moved[0].numel())
    length = moved.flatten(1).norm(dim=1).clamp(min=1e-9)
    short: Tensor = moved * (longest / length).clamp(max=1)[:, None, None]
    return short
