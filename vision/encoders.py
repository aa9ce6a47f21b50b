"""What every encoder of text and pictures promises: unit vectors in one space, where what belongs together is close."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, UInt8

Array = np.ndarray


class Encoder(ABC):
    """Text and pictures to unit vectors of `width` numbers."""

    width: int

    @abstractmethod
    def text(self, texts: Sequence[str]) -> Float32[Array, "texts width"]:
        """A unit vector for each text; texts must have gone through `text_prompt.clean`."""

    @abstractmethod
    def pictures(self, pictures: Sequence[UInt8[Array, "_ _ 3"]]) -> Float32[Array, "pictures width"]:
        """A unit vector for each picture of any size, sRGB."""


def unit(vectors: Float32[Array, "items width"]) -> Float32[Array, "items width"]:
    """Vectors scaled to length one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Array = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def over_views(vectors: Float32[Array, "items views width"]) -> Float32[Array, "items width"]:
    """One unit vector for each object from those of its views: their mean's direction."""
    return unit(vectors.mean(1))


def ranks(queries: Float32[Array, "items width"], gallery: Float32[Array, "items width"]) -> Float32[Array, "items"]:
    """For each query, how many of the gallery come before the entry of the same number; 0 is found first."""
    similarity = queries @ gallery.T
    own = np.diagonal(similarity)[:, None]
    before: Array = (similarity > own).sum(1).astype(np.float32)
    return before


def recall(
    queries: Float32[Array, "items width"],
    gallery: Float32[Array, "items width"],
    *,
    first: int = 1,
    among: int | None = None,
    draws: int = 20,
    seed: int = 0,
) -> float:
    """Share of queries whose own entry is among the `first` found, in the whole gallery or in `among` drawn at random
    (mean over `draws`)."""
    n = len(queries)
    if among is None or among >= n:
        return float((ranks(queries, gallery) < first).mean())
    rng = np.random.default_rng(seed)
    chosen = [rng.choice(n, among, replace=False) for _ in range(draws)]
    return float(np.mean([(ranks(queries[some], gallery[some]) < first).mean() for some in chosen]))
