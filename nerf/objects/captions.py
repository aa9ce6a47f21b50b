"""Sentences about an object of the library: a grammar whose every word can be said otherwise."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from nerf.objects.lexicon import LEXICON, pieces
from nerf.objects.model import Description
from nerf.objects.palette import COLOURS, Pattern
from nerf.objects.splits import Split, is_held_out_caption

Wording = Literal["own", "training", "held_out"]
Say = Callable[[str], str]

OPENINGS = ("", "", "", "a photo of ", "a picture of ", "a 3D model of ", "a render of ", "an image of ")
ATTEMPTS = 200


def full_caption(description: Description, wording: Wording = "own", rng: np.random.Generator | None = None) -> str:
    """Everything that is true of the object, in the library's own words or in others: "a red chair with armrests"."""
    say = _speaker(wording, rng or np.random.default_rng(0))
    return _sentence(description, list(description.adjectives), _details(description), say)


def short_caption(family: str, colour: str, wording: Wording = "own", rng: np.random.Generator | None = None) -> str:
    """A colour and a kind alone: "a red chair"."""
    say = _speaker(wording, rng or np.random.default_rng(0))
    return _with_article(f"{say(colour)} {say(family)}")


def kind_caption(family: str) -> str:
    """A kind alone: "a chair"."""
    return _with_article(family)


def colour_caption(colour: str) -> str:
    """A colour alone: "something sky blue"."""
    return f"something {colour}"


def pattern_caption(pattern: Pattern) -> str:
    """The look of a surface alone: "something striped"."""
    return f"something {pattern}"


def accent_caption(colour: str) -> str:
    """The colour of an object's other parts alone: "something with red parts"."""
    return f"something with {colour} parts"


def surface_told(full: str) -> tuple[Pattern, str | None]:
    """The pattern, and its second colour where it has two, that a full caption in the library's own words tells."""
    said = pieces(full.replace(",", ""))
    head = said[: said.index("with")] if "with" in said else said
    bands: tuple[Pattern, ...] = ("striped", "checkered")
    for name in bands:
        if name in head:
            return name, said[said.index(name) - 1]
    if "fading" in said:
        return "fading", said[said.index("fading") + 2]
    if "spots" in said and said[said.index("spots") - 1] in COLOURS:
        return "spotted", said[said.index("spots") - 1]
    materials: tuple[Pattern, ...] = ("wooden", "metal", "marble")
    return next((name for name in materials if name in head), "plain"), None


def accent_told(full: str) -> str | None:
    """The colour of the other parts that a full caption in the library's own words tells; wood is brown."""
    said = pieces(full.replace(",", ""))
    tail = said[said.index("with") + 1 :] if "with" in said else []
    if "spots" in tail[:2]:
        tail = tail[2:]
    elif "fading" in tail:
        tail = tail[tail.index("fading") + 3 :]
    return next(("brown" if word == "wooden" else word for word in tail if word in (*COLOURS, "wooden")), None)


def caption(description: Description, split: Split, rng: np.random.Generator) -> str:
    """A random sentence: part of what is true, partly in other words.

    Training never gets a sentence whose words are held out, validation and tests get only those.
    """
    text = ""
    for _ in range(ATTEMPTS):
        text = _random_sentence(description, rng)
        if is_held_out_caption(text) == (split != "train"):
            return text
    raise ValueError(f"caption: no {split} caption found for {full_caption(description)!r} in {ATTEMPTS} attempts")


def _random_sentence(description: Description, rng: np.random.Generator) -> str:
    def some(items: list[str], share: float) -> list[str]:
        return [item for item in items if rng.random() < share]

    share = float(rng.choice([0.0, 0.5, 1.0], p=[0.3, 0.4, 0.3]))
    say = _speaker("training" if rng.random() < 0.6 else "own", rng)
    text = _sentence(
        description, some(list(description.adjectives), share), some(_details(description), max(share, 0.15)), say
    )
    return OPENINGS[int(rng.integers(len(OPENINGS)))] + text


def _sentence(description: Description, adjectives: list[str], details: list[str], say: Say) -> str:
    colour = _colouring(description, say)
    text = " ".join([*map(say, adjectives), *colour, say(description.noun)])
    tail = _pattern_tail(description, say) + [_spoken(detail, say) for detail in details]
    return _with_article(text) + (f" with {_listed(tail)}" if tail else "")


def _colouring(description: Description, say: Say) -> list[str]:
    """Words of colour and material before the noun."""
    colour, pattern = description.colour, description.pattern
    if pattern == "wooden" and colour == "brown":
        return [say("wooden")]
    if pattern in ("wooden", "metal", "marble"):
        return [say(colour), say(pattern)]
    if pattern in ("striped", "checkered"):
        return [say(colour), "and", say(description.second or colour), say(pattern)]
    return [say(colour)]


def _pattern_tail(description: Description, say: Say) -> list[str]:
    second = say(description.second or description.colour)
    if description.pattern == "spotted":
        return [f"{second} {say('spots')}"]
    if description.pattern == "fading":
        return [f"its color {say('fading')} into {second}"]
    return []


def _details(description: Description) -> list[str]:
    """What an object comes with, the second colour's parts first."""
    details = []
    if description.accent is not None and description.accent_parts is not None:
        plain_brown = description.accent_wooden and description.accent == "brown"
        material = (
            "wooden"
            if plain_brown
            else f"{description.accent} wooden"
            if description.accent_wooden
            else description.accent
        )
        if description.accent_wooden or description.accent != description.colour:
            several = description.accent_parts.endswith("s") or " and " in description.accent_parts
            details.append(
                f"{material} {description.accent_parts}" if several else f"a {material} {description.accent_parts}"
            )
    return [*details, *description.features]


def _spoken(detail: str, say: Say) -> str:
    text = " ".join(say(piece) for piece in pieces(detail) if piece not in ("a", "an"))
    return _with_article(text) if pieces(detail)[0] in ("a", "an") else text


def _speaker(wording: Wording, rng: np.random.Generator) -> Say:
    """A function that says a word of the library in this wording."""

    def say(word: str) -> str:
        known = LEXICON.get(word)
        if known is None or wording == "own":
            return word
        if wording == "held_out":
            return known.held_out
        options = (word, *known.training)
        return options[int(rng.integers(len(options)))]

    return say


def _with_article(text: str) -> str:
    if text.endswith("bananas") and not text.endswith("of bananas"):
        return text
    sounds_like_a_vowel = text[0].lower() in "aeiou" and not text.lower().startswith(("one", "uk", "uni", "us"))
    return f"{'an' if sounds_like_a_vowel else 'a'} {text}"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
