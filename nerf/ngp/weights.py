"""How many weights a field's networks have, and what they start from; apart from the networks, to stay light."""

import math

import numpy as np
from jaxtyping import Float

HIDDEN, GEOMETRY = 64, 16


def layer_shapes(width: int, codes: int = 0) -> tuple[tuple[int, int], ...]:
    """(outputs, inputs) of the five layers; the third also takes the `codes` numbers of a photo's appearance."""
    return ((HIDDEN, width), (GEOMETRY, HIDDEN), (HIDDEN, 32 + codes), (HIDDEN, HIDDEN), (4, HIDDEN))


def n_weights(width: int, codes: int = 0) -> int:
    """Weights of all five layers."""
    return sum(rows * columns for rows, columns in layer_shapes(width, codes))


def n_codes(weights: int, width: int) -> int:
    """How many numbers of appearance networks of so many weights take."""
    return (weights - n_weights(width)) // HIDDEN


def initial_weights(width: int, rng: np.random.Generator, codes: int = 0) -> Float[np.ndarray, " weights"]:
    """Uniform within Xavier's limit."""
    parts = []
    for rows, columns in layer_shapes(width, codes):
        limit = math.sqrt(6.0 / (rows + columns))
        parts.append(((rng.random(rows * columns, dtype=np.float32) * 2 - 1) * limit).astype(np.float32))
    parts[-1][3 * HIDDEN :] = 0
    return np.concatenate(parts)
