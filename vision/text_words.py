"""Words as bags of letter groups (Bojanowski et al. 2017): a word never read still shares groups with others."""

import re
import zlib
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64

Array = np.ndarray

BUCKETS = 8192
MAX_WORDS = 32
GROUPS = 12
"""Slots for a word: itself, then its first letter groups."""


def words(text: str) -> list[str]:
    """Lower-case words and numbers, hyphens split, at most `MAX_WORDS`."""
    return re.findall(r"[^\W_]+", text.lower())[:MAX_WORDS]


def groups(word: str) -> list[str]:
    """The word itself, then all runs of three and four letters of it between its marked ends, the first of them."""
    marked = f"<{word}>"
    runs = [marked[i : i + n] for n in (4, 3) for i in range(len(marked) - n + 1)]
    return [f"={word}", *runs][:GROUPS]


def tokens(texts: Sequence[str]) -> Int64[Array, "texts words groups"]:
    """Bucket numbers from 1; 0 is nothing. As many words as the longest text has."""
    cut = [words(text) for text in texts]
    longest = max([1, *map(len, cut)])
    result = np.zeros((len(texts), longest, GROUPS), np.int64)
    for row, line in enumerate(cut):
        for column, word in enumerate(line):
            numbers = [1 + zlib.crc32(group.encode()) % (BUCKETS - 1) for group in groups(word)]
            result[row, column, : len(numbers)] = numbers
    return result
