"""Words of a style that no table lists, understood by what they mean.

Owns how meanings of single words come to a similarity of texts, and which listed word an unlisted one is read as. The
meanings themselves come from a text encoder that the caller hands in.
"""

import re
from collections.abc import Callable, Collection, Sequence

Alike = Callable[[str, str], float]
"""How near two words are in meaning: their cosine, 1 for the same, 0 where one is unknown."""

_FAR = 0.25  # cosine of words that have nothing to do with each other
_NEAR = 0.55  # cosine from which one word may stand for another
_EMPTY = (
    "a an and at be by for from in into is it like my of on or our style that the this to very with room rooms big "
    "small large old new great some s look looks looking feel feeling furniture interior"
)
_PURPOSES = "bathroom bedroom corridor dining hall hallway kitchen library living lounge office study"
"""What a room is for, which says little of how it looks: to those who read a lot, a bedroom is near doors and tiles."""


def similarity_by_meaning(alike: Alike, named: Collection[str]) -> Callable[[Sequence[str], str], list[float]]:
    """A function that tells how like a text is to entries of several words each, by the meanings of their words.

    Each word of the text counts by the entry's word that is nearest to it, and a little by the next two, so that one
    chance likeness does not decide. Words in `named`, and those that mean about the same, do not count: they say
    something about things, not about looks. What a room is for counts where nothing else is said, and for entries that
    list it alone.
    """

    def similar(entries: Sequence[str], text: str) -> list[float]:
        asked = [word for word in _words(text) if word not in _EMPTY.split()]
        asked = [word for word in asked if max((alike(word, other) for other in named), default=0.0) < _NEAR]
        looks = [word for word in asked if word not in _PURPOSES.split()]
        if not looks:
            return [float(sum(word in entry.split() for word in asked)) for entry in entries]
        return [float(sum(_counted(alike, word, entry.split()) for word in looks)) for entry in entries]

    return similar


def _counted(alike: Alike, word: str, entry: Sequence[str]) -> float:
    near = sorted((alike(word, other) for other in entry), reverse=True)[:3]
    mean = sum(near) / max(len(near), 1)
    return max(0.0, near[0] - _FAR) + 0.3 * max(0.0, mean - _FAR) if near else 0.0


def read_as(
    tokens: Sequence[str], known: Collection[str], candidates: Collection[str], alike: Alike
) -> tuple[list[str], list[str]]:
    """The words with unknown ones replaced by the nearest candidates, where they are near; and what was replaced.

    Colours should not be candidates: to those who read a lot, maroon is about as near to beige as to brown.
    """
    made, told = [], []
    for token in tokens:
        best, near = token, _NEAR
        if token not in known and token not in [*_EMPTY.split(), *_PURPOSES.split()]:
            for word in sorted(candidates):
                likeness = alike(token, word)
                if likeness > near:
                    best, near = word, likeness
        if best != token:
            told.append(f"{token} read as {best}")
        made.append(best)
    return made, told


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())
