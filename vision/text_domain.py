"""Which words of a prompt an encoder never learned, and what it takes them for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vision.text_meanings import Meanings
from vision.text_words import words

SURE = 0.8
"""Cosine from which two words of the table that ships mean much the same: crimson and purple 0.82; a helicopter is no
airplane (0.79), a violin no guitar (0.72)."""


@dataclass(frozen=True)
class Unlearned:
    """A word of a prompt, the learned word closest in meaning ("" where the table has none), and their cosine."""

    word: str
    nearest: str
    likeness: float

    @property
    def note(self) -> str:
        """A sentence for the person who wrote the prompt."""
        if not self.nearest:
            return f"prompt: {self.word!r} is a word that the encoder never learned; it may be ignored"
        return (
            f"prompt: {self.word!r} was never learned; read as like {self.nearest!r} (similarity {self.likeness:.2f})"
        )


def unlearned(text: str, vocabulary: Sequence[str], meanings: Meanings | None) -> list[Unlearned]:
    """Every word of the text that the vocabulary lacks, in order, each once."""
    known = frozenset(vocabulary)
    new = [word for word in dict.fromkeys(words(text)) if word not in known]
    return [_closest(word, sorted(known), meanings) for word in new]


def _closest(word: str, known: Sequence[str], meanings: Meanings | None) -> Unlearned:
    if meanings is None:
        return Unlearned(word, "", 0.0)
    found, has = meanings.of([word])
    rows = [meanings.row(each) for each in known]
    there = [(each, row) for each, row in zip(known, rows, strict=True) if row >= 0]
    if not has[0, 0] or not there:
        return Unlearned(word, "", 0.0)
    table = meanings.vectors[[row for _, row in there]].astype(np.float32)
    cosine = table @ found[0, 0] / (np.linalg.norm(table, axis=1) * np.linalg.norm(found[0, 0]))
    best = int(cosine.argmax())
    return Unlearned(word, there[best][0], float(cosine[best]))
