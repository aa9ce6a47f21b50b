"""What unit vectors answer when they are asked which of several sentences is true, and how far two of them agree."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

Array = np.ndarray

AGREEMENT = 0.3
"""What it counts that a picture answers as its prompt does, beside their cosine."""
SHARPNESS = 30.0
"""By which cosines are multiplied: about what encoders of this kind learn."""


def answer(
    vectors: Float32[Array, "items width"], sentences: Float32[Array, "sentences width"]
) -> Float32[Array, "items sentences"]:
    """The chance of each sentence, given as unit vectors."""
    logits = SHARPNESS * vectors @ sentences.T
    powers = np.exp(logits - logits.max(1, keepdims=True))
    chances: Array = powers / powers.sum(1, keepdims=True)
    return chances


def agreement(
    text: Float32[Array, " width"],
    looks: Float32[Array, "items width"],
    questions: Sequence[Float32[Array, "_ width"]],
) -> Float32[Array, " items"]:
    """How surely pictures answer questions as the text does: mean log-chance of its own answers, at most 0.

    A question counts by how sure the text is of its answer: one that says nothing of colour asks for none.
    """
    total, weight = np.zeros(len(looks), np.float32), 1e-6
    for sentences in questions:
        wanted = answer(text[None], sentences)[0]
        unsure = -(wanted * np.log(wanted + 1e-9)).sum() / np.log(len(wanted))
        total += (1 - unsure) * (np.log(answer(looks, sentences) + 1e-4) @ wanted)
        weight += 1 - unsure
    found: Array = (total / weight).astype(np.float32)
    return found
