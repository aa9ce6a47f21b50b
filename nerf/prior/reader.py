"""What pictures of a style's object would say to an encoder, told without drawing them.

A small network learns from styles and the embeddings of their renders. It is thousands of times faster than a render,
and it has a slope: samplers ask it at each step where styles lie that are read as the prompt is.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

READER = "reader.safetensors"
"""The reader's file beside the prior's."""
SHARPNESS = 30.0
"""By which cosines are multiplied to become the logarithms of chances, as `vision.answers` does."""


@dataclass(frozen=True)
class ReaderTraining:
    """How long, and how fast; `noise` blurs what is learned, in units of the styles' spread."""

    steps: int = 3000
    batch: int = 256
    rate: float = 1e-3
    decay: float = 0.05
    noise: float = 0.15
    likeness: float = 4.0
    answers: float = 0.1
    """What counts: one less the cosine, and how far the answers to each question are from the render's."""
    seed: int = 0


class StyleReader(nn.Module):
    """Styles, the tokens of one object in a row, to unit vectors."""

    mean: Tensor
    spread: Tensor

    def __init__(self, style: int, embedding: int, hidden: int = 384, depth: int = 2) -> None:
        super().__init__()
        widths = [style, *[hidden] * depth]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.out = nn.Linear(hidden, embedding)
        self.straight = nn.Linear(style, embedding)
        self.register_buffer("mean", torch.zeros(style))
        self.register_buffer("spread", torch.ones(style))

    def forward(self, w: Float[Tensor, "batch style"]) -> Float[Tensor, "batch embedding"]:
        """About the mean of the embeddings of an object's renders, of length 1."""
        scored = (w - self.mean) / self.spread
        x = functional.silu(self.layers[0](scored))
        for layer in self.layers[1:]:
            x = x + functional.silu(layer(x))
        return functional.normalize(self.straight(scored) + self.out(x), dim=-1)


@dataclass(frozen=True, eq=False)
class Looks:
    """Styles of one token or more in a row, and the unit vectors that their renders have."""

    styles: Float[Tensor, "objects style"]
    seen: Float[Tensor, "objects embedding"]


def learn(
    reader: StyleReader,
    looks: Looks,
    questions: Sequence[Float[Tensor, "_ embedding"]],
    training: ReaderTraining,
    report: Callable[[int, float], None] | None = None,
) -> StyleReader:
    """Teach a reader in place; `questions` are embedded sentences of which one is true."""
    optimiser = torch.optim.AdamW(reader.parameters(), lr=training.rate, weight_decay=training.decay)
    wanted = [log_answers(looks.seen, sentences) for sentences in questions]
    reader.train()
    for step in range(training.steps):
        random = torch.Generator().manual_seed(training.seed * 1_000_003 + step)
        some = torch.randint(len(looks.styles), (training.batch,), generator=random)
        blur = training.noise * torch.randn(training.batch, looks.styles.shape[1], generator=random)
        read = reader(looks.styles[some] + blur * reader.spread)
        loss = training.likeness * (1 - (read * looks.seen[some]).sum(1)).mean()
        for sentences, true in zip(questions, wanted, strict=True):
            told = log_answers(read, sentences)
            loss = loss + training.answers * (true[some].exp() * (true[some] - told)).sum(1).mean()
        for group in optimiser.param_groups:
            cosine = 0.5 * (1 + math.cos(math.pi * step / training.steps))
            group["lr"] = training.rate * min(1.0, (step + 1) / 50) * (0.01 + 0.99 * cosine)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        if report is not None:
            report(step + 1, float(loss.detach()))
    return reader.eval()


def log_answers(
    vectors: Float[Tensor, "batch embedding"], sentences: Float[Tensor, "sentences embedding"]
) -> Float[Tensor, "batch sentences"]:
    """The logarithm of each sentence's chance, given as unit vectors."""
    return functional.log_softmax(SHARPNESS * vectors @ sentences.T, dim=-1)


def save_reader(reader: StyleReader, path: Path) -> None:
    """Write the weights; their sizes tell the sizes."""
    save_file({name: value.contiguous() for name, value in sorted(reader.state_dict().items())}, path)


def load_reader(path: Path) -> StyleReader:
    """A reader that `save_reader` wrote."""
    stored = load_file(path)
    depth = sum(name.startswith("layers.") for name in stored) // 2
    embedding, hidden = stored["out.weight"].shape
    reader = StyleReader(len(stored["mean"]), embedding, hidden, depth)
    reader.load_state_dict(stored)
    return reader.eval()
