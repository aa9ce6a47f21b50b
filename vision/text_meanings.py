"""What words mean, for a text tower that read few of them: a table of vectors that a language model gave each word.

A word that training never read still lies near those that it did: crimson near scarlet, hatchet near axe.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, Int8
from safetensors.numpy import load_file, save_file

from vision.text_words import words

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Meanings:
    """Words in lower case, each with a vector in 8 bits; `scale` times those is about one for each number."""

    known: tuple[str, ...]
    vectors: Int8[Array, "words width"]
    scale: float
    _row: dict[str, int] = field(init=False, repr=False)
    _unit: Float32[Array, "words width"] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.known) != len(self.vectors):
            raise ValueError(f"meanings: {len(self.known)} words need as many vectors (got {len(self.vectors)})")
        object.__setattr__(self, "_row", {word: row for row, word in enumerate(self.known)})
        lengths = np.linalg.norm(self.vectors.astype(np.float32), axis=1, keepdims=True)
        object.__setattr__(self, "_unit", self.vectors / np.maximum(lengths, 1e-9).astype(np.float32))

    @property
    def width(self) -> int:
        """Numbers for a word."""
        return int(self.vectors.shape[1])

    def row(self, word: str) -> int:
        """The word's row in the table, or that of the word it is a plural of; -1 for an unknown one."""
        return next((self._row[form] for form in (word, *_singulars(word)) if form in self._row), -1)

    def alike(self, first: str, second: str) -> float:
        """The cosine of two words: 1 for the same word, 0 where one is unknown."""
        if first == second:
            return 1.0
        one, other = self.row(first), self.row(second)
        return 0.0 if one < 0 or other < 0 else float(self._unit[one] @ self._unit[other])

    def neighbours(self, word: str, count: int, least: float) -> list[str]:
        """The words closest in meaning, closest first, with a cosine of at least `least`."""
        row = self.row(word)
        if row < 0:
            return []
        cosines = self._unit @ self._unit[row]
        order = np.argsort(-cosines, kind="stable")[: count + 1]
        return [self.known[i] for i in order if i != row and cosines[i] >= least][:count]

    def of(self, texts: Sequence[str]) -> tuple[Float32[Array, "texts words width"], Bool[Array, "texts words"]]:
        """Vectors of the words as `text_words.tokens` cuts them, zero for unknown ones, and which are known."""
        cut = [words(text) for text in texts]
        longest = max([1, *map(len, cut)])
        rows = np.full((len(texts), longest), -1)
        for line, row in zip(cut, rows, strict=True):
            row[: len(line)] = [self.row(word) for word in line]
        known = rows >= 0
        vectors = np.where(known[..., None], self.vectors[rows].astype(np.float32) * np.float32(self.scale), 0)
        return vectors.astype(np.float32), known

    def blended(self, shares: Mapping[str, Mapping[str, float]], own: float) -> "Meanings":
        """The same table where each word of `shares` is `own` parts itself and the rest those words."""
        vectors, step = self.vectors.copy(), self.scale / math.sqrt(self.width)
        for word, parts in shares.items():
            rows = {self._row[part]: share for part, share in parts.items() if part in self._row}
            if word not in self._row or not rows:
                continue
            others = np.array(list(rows.values())) @ self._unit[list(rows)]
            mixed = own * self._unit[self._row[word]] + (1 - own) * others / np.linalg.norm(others)
            vectors[self._row[word]] = np.clip(np.rint(mixed / np.linalg.norm(mixed) / step), -127, 127)
        return Meanings(self.known, vectors, self.scale)

    def save(self, folder: Path) -> None:
        """Write `words.txt` and `words.safetensors`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "words.txt").write_text("\n".join(self.known) + "\n", encoding="utf-8")
        save_file({"vectors": self.vectors, "scale": np.array([self.scale], np.float32)}, folder / "words.safetensors")

    @classmethod
    def load(cls, folder: Path) -> "Meanings":
        """Read what `save` wrote."""
        known = (folder / "words.txt").read_text(encoding="utf-8").split()
        stored = load_file(folder / "words.safetensors")
        return cls(tuple(known), stored["vectors"], float(stored["scale"][0]))


def _singulars(word: str) -> tuple[str, ...]:
    """What a word may be the plural of."""
    if not word.endswith("s") or len(word) < 4:
        return ()
    return (word[:-1], word[:-2], word[:-3] + "y") if word.endswith("ies") else (word[:-1], word[:-2])


def compressed(known: Sequence[str], features: Float32[Array, "words features"], width: int) -> Meanings:
    """A table of `width` numbers for each word: the main axes of what sets the features apart, in 8 bits."""
    centred = features.astype(np.float64) - features.mean(0, dtype=np.float64)
    values, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, np.argsort(values)[::-1][:width]]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(width)])  # an axis has no sign of its own
    reduced = centred @ axes
    reduced = reduced / np.maximum(np.linalg.norm(reduced, axis=1, keepdims=True), 1e-9)
    limit = float(np.quantile(np.abs(reduced), 0.9999))
    step = limit / 127
    vectors = np.clip(np.rint(reduced / step), -127, 127).astype(np.int8)
    return Meanings(tuple(known), vectors, step * float(np.sqrt(width)))
