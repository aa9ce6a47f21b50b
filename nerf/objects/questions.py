"""What a picture of an object is asked: which kind of thing it is, which colour it has, which pattern, and which colour
its other parts have.

Only one thing is told at a time, so that pairs of kind and colour which no training had can be judged as others are.
An object that is striped, checkered or fading in two colours has both: which of them its caption names first cannot be
seen.
"""

from collections.abc import Sequence

import numpy as np

from nerf.objects.captions import (
    accent_caption,
    accent_told,
    colour_caption,
    kind_caption,
    pattern_caption,
    surface_told,
)
from nerf.objects.library import FAMILIES
from nerf.objects.palette import COLOURS, PATTERNS, Pattern

Array = np.ndarray

HALVES: tuple[Pattern, ...] = ("striped", "checkered", "fading")
"""Patterns of which both colours cover as much."""
KINDS = tuple(map(kind_caption, FAMILIES))
SHADES = tuple(map(colour_caption, COLOURS))
LOOKS = tuple(map(pattern_caption, PATTERNS))
ACCENTS = tuple(map(accent_caption, COLOURS))
QUESTIONS = (KINDS, SHADES, LOOKS, ACCENTS)
PULLED_BY = (KINDS, SHADES, SHADES, LOOKS)
"""The questions by which a style is pulled while it is drawn; what stands twice counts double. Asked for the other
parts' colour as well, a reader finds styles that show it and little else: legs broke off, and 0.79 of 500 objects had
their own colour. Asked for kind, colour and pattern alike, 0.81."""
CHOSEN_BY = (*PULLED_BY, ACCENTS)
"""The questions by which one of several candidates is chosen."""


def answers(families: Sequence[str], colours: Sequence[str], captions: Sequence[str]) -> tuple[Array, ...]:
    """For each question the share of each sentence in the truth about objects with these full captions.

    Zeros where a caption tells no colour of other parts: there are none, or they have the object's own.
    """
    kinds, shades, looks, accents = (np.zeros((len(families), len(question)), np.float32) for question in QUESTIONS)
    names, known = list(FAMILIES), list(COLOURS)
    for row, (family, colour, caption) in enumerate(zip(families, colours, captions, strict=True)):
        pattern, _ = surface_told(caption)
        kinds[row, names.index(family)] = 1
        looks[row, PATTERNS.index(pattern)] = 1
        own = own_colours(colour, caption)
        shades[row, [known.index(name) for name in own]] = 1 / len(own)
        accent = accent_told(caption)
        if accent is not None:
            accents[row, known.index(accent)] = 1
    return kinds, shades, looks, accents


def own_colours(colour: str, caption: str) -> tuple[str, ...]:
    """The main colour, and the other one where both cover as much."""
    pattern, second = surface_told(caption)
    return (colour, second) if pattern in HALVES and second else (colour,)
