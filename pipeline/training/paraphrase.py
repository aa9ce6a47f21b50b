"""Captions in words that no lexicon lists: each word may become one that the table of meanings holds for much the same.

Words of the held-out wordings are never used, whatever the table says: they measure what the text tower makes of words
that it never read.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from PIL import ImageColor

from nerf.objects.lexicon import LEXICON, PLAIN_WORDS, pieces
from nerf.objects.palette import COLOURS
from vision.text_meanings import Meanings
from vision.text_words import words

LEAST = 0.62
"""Cosine from which a word of the table may stand for another."""
COUNT = 12
COLOUR_NEAR = 0.22
"""Distance in sRGB at which a named colour of CSS may stand for one of the library."""

Others = Mapping[str, tuple[str, ...]]


def kept_for_tests() -> frozenset[str]:
    """Every word of a held-out wording, and its singular and plural."""
    found = {word for entry in LEXICON.values() for word in words(entry.held_out)}
    return frozenset({*found, *(f"{word}s" for word in found), *(word.removesuffix("s") for word in found)})


def other_words(texts: Iterable[str], meanings: Meanings | None) -> Others:
    """What may stand for each piece of these texts: the lexicon's words for training, neighbours in the table of
    meanings, and CSS colours for colours."""
    kept, colours = kept_for_tests(), css_colours()
    found: dict[str, tuple[str, ...]] = {}
    for piece in sorted({piece for text in texts for piece in pieces(text)} - PLAIN_WORDS):
        near = meanings.neighbours(piece, COUNT, LEAST) if meanings else []
        new = [word for word in near if word not in kept]
        new += [name for name in colours.get(piece, ()) if not any(word in name for word in kept if len(word) > 3)]
        listed = LEXICON[piece].training if piece in LEXICON else ()
        if listed or new:
            found[piece] = (*listed, *new)
    return found


def css_colours() -> dict[str, tuple[str, ...]]:
    """CSS's names of one piece for each of the library's colours: firebrick for red, orchid for purple."""
    library = {name: np.array(rgb) for name, rgb in COLOURS.items()}
    found: dict[str, list[str]] = {name: [] for name in COLOURS}
    for name, value in sorted(ImageColor.colormap.items()):
        rgb = np.array(ImageColor.getrgb(value if isinstance(value, str) else name)[:3]) / 255
        nearest = min(library, key=lambda own: float(np.linalg.norm(library[own] - rgb)))
        if np.linalg.norm(library[nearest] - rgb) < COLOUR_NEAR and name not in COLOURS:
            found[nearest].append(name)
    return {name: tuple(listed) for name, listed in found.items() if listed}


def paraphrased(text: str, others: Others, share: float, rng: np.random.Generator) -> str:
    """The text with about this share of its pieces replaced."""
    if share == 0:
        return text
    said = []
    for piece in pieces(text):
        options = others.get(piece, ())
        said.append(options[int(rng.integers(len(options)))] if options and rng.random() < share else piece)
    return " ".join(said)
