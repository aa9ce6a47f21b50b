"""What was named without a colour comes as such things usually do: "a tree" is taken as "a green tree"."""

import re
from functools import cache

from nerf.objects.lexicon import LEXICON
from nerf.objects.library import FAMILIES
from nerf.objects.palette import COLOURS, PATTERNS

BESIDE = re.compile(r",|\b(?:with|in|on|under|beside|behind|near|having)\b")
"""Where a phrase goes over from a thing to what it has, or to where it is."""
SHADES = ("bright", "colored", "coloured", "dark", "light", "pale")
"""Words that tell something of a colour, though not which."""
ARTICLE = re.compile(r"(?:.*\b)?(?P<article>an?|the)\s+", re.IGNORECASE | re.DOTALL)


def thing_named(text: str) -> str:
    """What a phrase says of the thing itself: "a tall house" of "a tall house with a red roof"."""
    return BESIDE.split(text, maxsplit=1)[0].strip()


def says_look(thing: str) -> bool:
    """Whether a phrase has a word for a colour, a pattern or a material, in the library's own words or in others."""
    return _looks().search(thing) is not None


@cache
def _looks() -> re.Pattern[str]:
    names = (*COLOURS, *PATTERNS)
    entries = [(name, LEXICON[name]) for name in names if name in LEXICON]
    phrases = [phrase for name, entry in entries for phrase in (*entry.training, entry.held_out)]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted({*names, *phrases, *SHADES})))})\b", re.IGNORECASE)


def usual_colour(family: str, seed: int) -> str | None:
    """One of the colours that things of this family usually have; None where they have all."""
    usual = FAMILIES[family].usual if family in FAMILIES else ()
    return usual[seed % len(usual)] if usual else None


def coloured(text: str, colour: str) -> str:
    """The phrase with the colour said before the thing: "a photo of a green tree"."""
    thing = thing_named(text)
    found = ARTICLE.match(thing)
    if found is None:
        return f"{colour} {text}"
    article = found["article"]
    if article.lower() != "the":
        article = article[0] + ("n" if colour[0] in "aeiou" else "")
    return f"{text[: found.start('article')]}{article} {colour} {text[found.end() :]}"
