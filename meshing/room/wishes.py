"""What a sentence about a room asks for, word by word: its kind, its size, its things and how they stand to each other.

The vocabulary is a list, and what is not on it is reported. Nothing is guessed from a word that is unknown.
"""

import re
from dataclasses import dataclass, field, replace

from meshing.room.classes import NAMES

KINDS = {
    "bedroom": ("bedroom", "bed room", "guest room", "sleeping room", "hotel room", "dormitory"),
    "living room": ("living room", "livingroom", "lounge", "sitting room", "parlour", "parlor", "lobby", "family room"),
    "kitchen": ("kitchen",),
    "bathroom": ("bathroom", "bath room", "washroom", "restroom", "powder room"),
    "office": ("office", "study", "workroom", "home office", "studio", "workspace"),
    "dining room": ("dining room", "diningroom"),
    "kids room": ("kids room", "children s room", "child s room", "nursery", "playroom", "kid s room"),
    "library": ("library", "reading room"),
    "hall": ("hall", "hallway", "entrance hall", "corridor", "foyer"),
    "room": ("room", "space", "chamber", "place", "apartment", "flat"),
}
SIZES = {
    0.6: ("tiny", "minute", "very small"),
    0.75: ("small", "little", "compact", "narrow"),
    0.88: ("cosy", "cozy", "snug"),
    1.0: ("medium", "normal", "average"),
    1.35: ("large", "big", "roomy"),
    1.5: ("spacious", "wide", "very large", "very big"),
    1.9: ("huge", "enormous", "giant", "vast"),
}
RELATIONS = {
    "beside": ("beside", "next to", "by", "near", "close to", "alongside", "at", "adjacent to", "to the side of"),
    "under": ("under", "below", "beneath", "underneath"),
    "above": ("above", "over"),
    "on": ("on", "on top of", "upon"),
    "front": ("in front of", "before", "facing", "looking at"),
    "opposite": ("opposite", "opposite to", "across from"),
    "around": ("around", "surrounding"),
    "between": ("between",),
}
PLACES = {
    "corner": ("in a corner", "in the corner", "in one corner", "corner"),
    "middle": ("in the middle", "in the center", "in the centre", "in the middle of the room",
               "in the center of the room", "in the centre of the room"),
    "wall": ("against the wall", "at the wall", "along the wall", "against a wall", "along a wall", "on the wall",
             "on a wall", "at a wall", "on the walls"),
}  # fmt: skip
COUNTS = {
    0: ("no", "without", "without a", "without any"),
    1: ("a", "an", "one", "single", "another"),
    2: ("two", "2", "a pair of", "pair of", "a couple of", "couple of", "both"),
    3: ("three", "3", "several", "some", "a few", "few"),
    4: ("four", "4", "many", "lots of", "a lot of"),
    5: ("five", "5"),
    6: ("six", "6"),
    7: ("seven", "7"),
    8: ("eight", "8"),
}
STYLE = frozenset(
    """red orange yellow green blue purple violet pink brown black white grey gray beige cream ivory teal turquoise
    navy mint olive gold golden silver bronze copper pastel dark light bright pale warm cool colourful colorful neutral
    wood wooden oak pine walnut birch bamboo teak mahogany rattan wicker stone marble granite slate concrete brick
    tile tiles tiled plaster wallpaper fabric linen cotton velvet wool leather metal steel iron brass glass parquet
    terracotta ceramic striped floral patterned plain scandinavian nordic japanese zen rustic industrial modern
    contemporary minimalist minimal vintage retro victorian gothic baroque rococo classic classical traditional
    mediterranean moroccan tropical bohemian boho farmhouse country coastal nautical luxury luxurious elegant shabby
    chic art deco futuristic cyberpunk medieval royal simple sunny airy gloomy sunlit candlelit romantic japandi
    mid century old new antique walls floor ceiling""".split()  # noqa: SIM905
)
_STOP = frozenset(
    """the of with and there is are has have its it that in for to from which this my our your i want we you would like
    please also plus as well all kind style styled furnished contains containing featuring features stands hangs lies
    standing hanging lying where near s room's very really quite rather nice beautiful lovely make create build
    design me made filled full be should must can put placed place set""".split()  # noqa: SIM905
)
_MEASURE = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:m|metres?|meters?)?\s*(?:x|by|times|\u00d7)\s*(\d+(?:[.,]\d+)?)\s*(?:m|metres?|meters?)\b"
)
_AREA = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:m2|m²|sqm|square\s+(?:metres?|meters?))")
_HIGH = re.compile(r"(?:ceiling\s+(?:of|at)\s+)(\d+(?:[.,]\d+)?)\s*(?:m|metres?|meters?)\b|high\s+ceilings?")


@dataclass(frozen=True)
class Wish:
    """A thing that is asked for: how often, how it looks, its size against the usual, and how it stands to another."""

    label: str
    count: int = 1
    style: str = ""
    scale: float = 1.0
    relation: str = ""
    target: str = ""


@dataclass(frozen=True)
class Wishes:
    """A sentence, understood as far as it goes.

    `width` and `depth` in metres where they were named; `area` in square metres; `scale` against the usual area of
    such a room. `unknown` holds the words that mean nothing here.
    """

    kind: str = "room"
    scale: float = 1.0
    width: float | None = None
    depth: float | None = None
    area: float | None = None
    height: float | None = None
    style: str = ""
    things: tuple[Wish, ...] = ()
    refused: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()


@dataclass
class _Reading:
    """Where the reader of a sentence stands."""

    things: list[Wish] = field(default_factory=list)
    kind: str = "room"
    scale: float = 1.0
    style: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)  # style words since the last thing
    count: int | None = None
    size: float = 1.0
    relation: str = ""
    subject: int | None = None  # the thing that a relation speaks of


def understand(text: str) -> Wishes:
    """What a sentence asks for. Measures are read first, then words from left to right, the longest phrase first."""
    rest, sizes = _without_measures(text.lower())
    words = re.findall(r"[^\W_]+|,|\.|;", rest)
    table = _phrases()
    reading = _Reading()
    at = 0
    while at < len(words):
        for length in (6, 5, 4, 3, 2, 1):
            phrase = " ".join(words[at : at + length])
            found = table.get(phrase) or (length <= 3 and _thing(phrase)) or None
            if found and at + length <= len(words):
                _take(reading, *found, phrase)
                at += length
                break
        else:
            _take(reading, "unknown", words[at], words[at])
            at += 1
    reading.style += reading.words
    return Wishes(
        kind=reading.kind,
        scale=reading.scale,
        style=" ".join(dict.fromkeys(reading.style)),
        things=tuple(thing for thing in reading.things if thing.count > 0),
        refused=frozenset(reading.refused),
        unknown=tuple(dict.fromkeys(reading.unknown)),
        **sizes,
    )


def _phrases() -> dict[str, tuple[str, str]]:
    tables: list[tuple[str, dict[str, tuple[str, ...]]]] = [
        ("relation", RELATIONS),
        ("place", PLACES),
        ("size", {str(value): words for value, words in SIZES.items()}),
        ("count", {str(value): words for value, words in COUNTS.items()}),
        ("kind", KINDS),
    ]
    found = {word: (sort, value) for sort, table in tables for value, words in table.items() for word in words}
    found |= {word: ("style", word) for word in STYLE} | {word: ("skip", word) for word in _STOP}
    return found | {mark: ("mark", mark) for mark in (",", ".", ";")}


def _thing(phrase: str) -> tuple[str, str] | None:
    for form in (phrase, phrase.removesuffix("s"), phrase.removesuffix("es")):
        if form in NAMES and NAMES[form] not in ("wall", "floor", "ceiling", "box"):
            return "things" if form != phrase else "thing", NAMES[form]
    return None


def _take(reading: _Reading, sort: str, value: str, phrase: str) -> None:
    """One phrase of the sentence and what it changes."""
    if sort in ("thing", "things"):
        _take_thing(reading, value, plural=sort == "things")
    elif sort == "kind":
        if value != "room" or reading.kind == "room":
            reading.kind = value
        reading.style += reading.words
        reading.scale *= reading.size
        reading.words, reading.size, reading.count, reading.relation = [], 1.0, None, ""
    elif sort == "size":
        reading.size = float(value)
    elif sort == "count":
        reading.count = int(value)
    elif sort == "style":
        reading.words.append(value)
    elif sort == "relation" and reading.things:
        reading.relation, reading.subject = value, len(reading.things) - 1
    elif sort == "place" and reading.things:
        reading.things[-1] = replace(reading.things[-1], relation=value)
    elif sort == "mark" or phrase in ("with", "and"):
        reading.relation = ""
    elif sort == "unknown":
        reading.unknown.append(value)
        reading.words.append(value)


def _take_thing(reading: _Reading, label: str, *, plural: bool) -> None:
    style, size, count = " ".join(reading.words), reading.size, reading.count
    relation, subject = reading.relation, reading.subject
    reading.words, reading.size, reading.count, reading.relation = [], 1.0, None, ""
    known = next((i for i, thing in enumerate(reading.things) if thing.label == label), None)
    if count == 0:
        reading.refused.add(label)
        return
    if relation and subject is not None:
        reading.things[subject] = replace(reading.things[subject], relation=relation, target=label)
        if known is not None or (label in ("door", "window") and not style and size == 1.0 and not count):
            return
    reading.things.append(Wish(label, count or (2 if plural else 1), style, size))


def _without_measures(text: str) -> tuple[str, dict[str, float | None]]:
    sizes: dict[str, float | None] = {"width": None, "depth": None, "area": None, "height": None}
    found = _HIGH.search(text)
    if found:
        sizes["height"] = _number(found[1]) if found[1] else 3.2
        text = text.replace(found[0], " ")
    found = _MEASURE.search(text)
    if found:
        sizes["width"], sizes["depth"] = _number(found[1]), _number(found[2])
        text = text.replace(found[0], " ")
    found = _AREA.search(text)
    if found:
        sizes["area"] = _number(found[1])
        text = text.replace(found[0], " ")
    return text, sizes


def _number(text: str) -> float:
    return float(text.replace(",", "."))
