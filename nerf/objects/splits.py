"""What training never sees: other shapes, other pairs of colour and family, other wordings."""

import zlib
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from nerf.objects.palette import COLOURS

Split = Literal["train", "validation", "test"]

PAIRS_HELD_OUT = 3
CAPTION_BUCKETS = 8


def generator(split: Split, index: int) -> np.random.Generator:
    """The random choices of one object: every split has its own endless row of them."""
    if index < 0:
        raise ValueError(f"index: must be 0 or more (got {index})")
    return np.random.default_rng([get_args(Split).index(split), index])


def held_out_colours(family: str, usual: Sequence[str]) -> tuple[str, ...]:
    """Colours in which only test objects of this family come; never one that the family usually has."""
    free = sorted(
        (name for name in COLOURS if name not in usual), key=lambda name: zlib.crc32(f"{family}/{name}".encode())
    )
    return tuple(free[:PAIRS_HELD_OUT])


def is_held_out_caption(text: str) -> bool:
    """Whether a caption's very words are kept for tests: one in eight is, whatever it describes."""
    return zlib.crc32(text.encode()) % CAPTION_BUCKETS == 0
