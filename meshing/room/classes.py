"""What can stand in a room: the names, how large such things are, and how they are placed."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import numpy as np
from jaxtyping import Int, UInt8

from meshing.room.plan import Point3

Stands = Literal["floor", "wall", "ceiling", "top"]


@dataclass(frozen=True)
class RoomClass:
    """One kind of thing.

    `typical`, `least` and `most` are width, height and depth in metres. `stands` says what carries it: the floor, a
    wall, the ceiling, or the top of other furniture. `fills` tells whether its silhouette is nearly that of its box.
    `color` is that of the nearest ADE20K class, which segmentation-guided picture generators were trained with.
    """

    name: str
    typical: Point3
    least: Point3
    most: Point3
    stands: Stands
    fills: bool
    color: tuple[int, int, int]
    synonyms: tuple[str, ...] = ()

    @property
    def id(self) -> int:
        """Its number in semantic maps."""
        return _IDS[self.name]


SHELL = ("wall", "floor", "ceiling", "door", "window")  # numbers 1 to 5 of a semantic map; 0 is nothing
_SHELL_COLORS = ((120, 120, 120), (80, 50, 50), (120, 120, 80), (8, 255, 51), (230, 230, 230))

CLASSES = (
    RoomClass(
        "bed", (1.6, 0.95, 2.05), (0.6, 0.25, 1.1), (2.4, 2.3, 2.5), "floor", True, (204, 5, 255),
        ("double bed", "single bed", "kids bed", "bunk bed", "king size bed", "queen bed", "twin bed", "cot", "crib",
         "daybed"),
    ),
    RoomClass(
        "sofa", (2.0, 0.82, 0.92), (1.1, 0.5, 0.6), (3.6, 1.2, 2.2), "floor", True, (11, 102, 255),
        ("couch", "settee", "loveseat", "loveseat sofa", "multi seat sofa", "l shaped sofa", "lazy sofa",
         "chaise longue sofa", "divan"),
    ),
    RoomClass(
        "armchair", (0.82, 0.88, 0.84), (0.5, 0.6, 0.5), (1.3, 1.3, 1.3), "floor", True, (8, 255, 214),
        ("easy chair", "lounge chair", "recliner", "wing chair", "chaise"),
    ),
    RoomClass(
        "chair", (0.46, 0.88, 0.5), (0.3, 0.5, 0.3), (0.85, 1.3, 0.9), "floor", False, (204, 70, 3),
        ("dining chair", "office chair", "desk chair", "dressing chair", "swivel chair", "seat",
         "classic chinese chair"),
    ),
    RoomClass(
        "stool", (0.4, 0.46, 0.4), (0.2, 0.2, 0.2), (0.9, 0.9, 0.9), "floor", False, (194, 255, 0),
        ("pouf", "ottoman", "footstool", "barstool", "bar stool", "hassock"),
    ),
    RoomClass("bench", (1.2, 0.46, 0.4), (0.6, 0.25, 0.25), (2.4, 0.95, 0.8), "floor", False, (194, 255, 0), ("pew",)),
    RoomClass(
        "table", (1.5, 0.75, 0.9), (0.4, 0.4, 0.4), (4.0, 1.15, 2.0), "floor", False, (255, 6, 82),
        ("dining table", "round table", "corner table", "side table", "end table", "console table", "kitchen table"),
    ),
    RoomClass(
        "coffee_table", (1.1, 0.42, 0.6), (0.4, 0.2, 0.3), (1.8, 0.6, 1.3), "floor", False, (0, 255, 112),
        ("low table", "tea table", "cocktail table"),
    ),
    RoomClass(
        "desk", (1.4, 0.75, 0.7), (0.6, 0.6, 0.35), (2.4, 1.3, 1.2), "floor", False, (10, 255, 71),
        ("writing desk", "work desk", "workbench", "dressing table", "vanity", "computer desk", "bureau"),
    ),
    RoomClass(
        "nightstand", (0.48, 0.52, 0.42), (0.25, 0.25, 0.2), (0.9, 0.9, 0.8), "floor", True, (6, 51, 255),
        ("night stand", "bedside table", "bedside cabinet", "night table"),
    ),
    RoomClass(
        "wardrobe", (1.6, 2.1, 0.62), (0.5, 1.3, 0.3), (4.5, 3.0, 1.2), "floor", True, (7, 255, 255),
        ("closet", "armoire"),
    ),
    RoomClass(
        "shelf", (0.9, 1.9, 0.32), (0.25, 0.2, 0.12), (4.0, 3.0, 0.8), "floor", True, (0, 255, 245),
        ("bookshelf", "bookcase", "book shelf", "shelves", "shelving", "rack", "wine cabinet"),
    ),
    RoomClass(
        "cabinet", (1.0, 0.9, 0.45), (0.3, 0.3, 0.2), (4.5, 2.6, 1.2), "floor", True, (224, 5, 255),
        ("cupboard", "sideboard", "children cabinet", "storage", "buffet", "credenza", "locker", "hutch",
         "shoe cabinet"),
    ),
    RoomClass(
        "drawers", (0.9, 0.85, 0.48), (0.3, 0.35, 0.25), (2.0, 1.5, 0.8), "floor", True, (6, 51, 255),
        ("dresser", "chest of drawers", "commode", "chest", "drawer unit"),
    ),
    RoomClass(
        "tv_stand", (1.6, 0.48, 0.4), (0.6, 0.2, 0.2), (3.5, 0.9, 0.8), "floor", True, (224, 5, 255),
        ("tv cabinet", "tv bench", "media console", "television stand", "tv unit", "lowboard"),
    ),
    RoomClass(
        "kitchen_unit", (2.0, 0.9, 0.6), (0.3, 0.6, 0.3), (6.0, 2.6, 1.4), "floor", True, (235, 12, 255),
        ("counter", "countertop", "worktop", "kitchen counter", "kitchen island",
         "kitchen cabinet", "kitchenette"),
    ),
    RoomClass(
        "sink", (0.6, 0.86, 0.48), (0.25, 0.1, 0.2), (1.8, 1.2, 0.8), "floor", False, (0, 163, 255),
        ("washbasin", "basin", "wash basin", "bathroom sink", "kitchen sink", "lavatory"),
    ),
    RoomClass(
        "stove", (0.6, 0.9, 0.6), (0.3, 0.4, 0.3), (1.2, 1.2, 0.8), "floor", True, (51, 255, 0),
        ("oven", "cooker", "range", "hob", "cooktop"),
    ),
    RoomClass(
        "fridge", (0.6, 1.8, 0.65), (0.4, 0.5, 0.4), (1.2, 2.2, 0.95), "floor", True, (20, 255, 0),
        ("refrigerator", "freezer", "fridge freezer", "icebox"),
    ),
    RoomClass(
        "washing_machine", (0.6, 0.85, 0.6), (0.4, 0.6, 0.4), (0.8, 2.0, 0.8), "floor", True, (0, 255, 20),
        ("washer", "dryer", "tumble dryer", "dishwasher"),
    ),
    RoomClass(
        "bath", (0.75, 0.58, 1.7), (0.5, 0.35, 0.9), (2.2, 1.0, 2.2), "floor", True, (102, 8, 255),
        ("bathtub", "bath tub", "tub", "jacuzzi"),
    ),
    RoomClass(
        "shower", (0.9, 2.05, 0.9), (0.6, 1.7, 0.6), (1.8, 2.4, 1.8), "floor", False, (102, 8, 255),
        ("shower cabin", "shower stall"),
    ),
    RoomClass(
        "toilet", (0.38, 0.78, 0.66), (0.3, 0.35, 0.4), (0.6, 1.1, 0.9), "floor", False, (0, 255, 133), ("wc", "loo"),
    ),
    RoomClass(
        "lamp", (0.42, 1.6, 0.42), (0.1, 0.15, 0.1), (1.2, 2.3, 1.2), "floor", False, (224, 255, 8),
        ("floor lamp", "standing lamp", "table lamp", "desk lamp", "bedside lamp", "reading lamp"),
    ),
    RoomClass(
        "ceiling_lamp", (0.5, 0.45, 0.5), (0.1, 0.05, 0.1), (2.0, 2.0, 2.0), "ceiling", False, (0, 31, 255),
        ("pendant lamp", "chandelier", "ceiling light", "pendant light", "hanging lamp", "pendant"),
    ),
    RoomClass(
        "rug", (2.2, 0.015, 1.5), (0.4, 0.004, 0.3), (6.0, 0.06, 6.0), "floor", True, (255, 9, 92),
        ("carpet", "mat", "doormat", "runner"),
    ),
    RoomClass(
        "picture", (0.9, 0.65, 0.04), (0.1, 0.1, 0.005), (3.5, 2.5, 0.15), "wall", True, (255, 6, 51),
        ("painting", "wall art", "poster", "photo", "artwork", "print", "drawing", "photograph"),
    ),
    RoomClass(
        "mirror", (0.6, 1.2, 0.04), (0.15, 0.2, 0.005), (3.0, 2.6, 0.2), "wall", True, (220, 220, 220),
        ("wall mirror", "looking glass"),
    ),
    RoomClass(
        "clock", (0.35, 0.35, 0.05), (0.1, 0.1, 0.01), (0.9, 0.9, 0.2), "wall", True, (102, 255, 0), ("wall clock",)
    ),
    RoomClass(
        "screen", (1.2, 0.7, 0.07), (0.25, 0.15, 0.01), (2.6, 1.6, 0.45), "wall", True, (0, 255, 194),
        ("tv", "television", "monitor", "computer", "display", "flatscreen", "tv set"),
    ),
    RoomClass(
        "plant", (0.6, 1.2, 0.6), (0.08, 0.1, 0.08), (1.8, 2.6, 1.8), "floor", False, (204, 255, 4),
        ("potted plant", "houseplant", "flower", "flowers", "palm", "ficus", "fern", "tree"),
    ),
    RoomClass(
        "curtain", (1.6, 2.3, 0.15), (0.2, 0.5, 0.02), (6.0, 3.5, 0.4), "wall", True, (255, 51, 7),
        ("curtains", "drapes", "blind", "blinds", "drape", "shutter"),
    ),
    RoomClass(
        "radiator", (1.0, 0.6, 0.1), (0.3, 0.2, 0.04), (3.0, 2.0, 0.3), "wall", True, (255, 214, 0),
        ("heater", "heating"),
    ),
    RoomClass(
        "stairs", (1.0, 2.2, 2.6), (0.5, 0.3, 0.5), (3.0, 4.5, 6.0), "floor", False, (255, 224, 0),
        ("staircase", "stairway", "steps", "stair"),
    ),
    RoomClass(
        "fireplace", (1.4, 1.15, 0.45), (0.5, 0.5, 0.2), (2.6, 3.0, 1.2), "floor", True, (250, 10, 15),
        ("hearth", "mantelpiece", "chimney", "wood stove", "mantel"),
    ),
    RoomClass(
        "vase", (0.2, 0.35, 0.2), (0.05, 0.08, 0.05), (0.6, 1.2, 0.6), "top", False, (0, 255, 204),
        ("bowl", "jar", "urn"),
    ),
    RoomClass(
        "box", (0.6, 0.6, 0.6), (0.01, 0.004, 0.01), (20.0, 10.0, 20.0), "floor", True, (0, 255, 20),
        ("other", "object", "thing", "crate", "column", "pillar", "unknown"),
    ),
)  # fmt: skip

_IDS = {name: number for number, name in enumerate((*SHELL, *(kind.name for kind in CLASSES)), start=1)}
_SHELL_SYNONYMS = {
    "wall": ("wall face", "walls", "invisible wall face", "inner wall face"),
    "floor": ("ground",),
    "ceiling": ("roof",),
    "door": ("door frame", "doorway", "doorframe", "gate", "entrance", "opening"),
    "window": ("window frame", "windowpane", "window pane"),
}


def words_of(label: str) -> str:
    """A label as lower-case words with single spaces: `"Coffee_Table 2"` gives `"coffee table"`."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)
    plain = unicodedata.normalize("NFKD", split).lower()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W\d_]+", plain))


def _names() -> dict[str, str]:
    table = {words_of(word): kind.name for kind in CLASSES for word in (kind.name, *kind.synonyms)}
    table |= {words_of(word): name for name in SHELL for word in (name, *_SHELL_SYNONYMS[name])}
    return table


NAMES = _names()
"""Every word that is understood, with the class or part of the shell it names."""


def class_of(name: str) -> RoomClass:
    """The class with exactly this name."""
    for kind in CLASSES:
        if kind.name == name:
            return kind
    raise ValueError(f"label: no class is called {name!r}; there are {', '.join(kind.name for kind in CLASSES)}")


def match(label: str) -> tuple[str, bool]:
    """The class (or part of the shell) that a label most likely means, and whether that is certain.

    Synonyms and plurals are certain. A label whose last word is known, then one with a known word, then a misspelt one
    are guesses; anything else is a plain `box`.
    """
    words = words_of(label)
    for form in (words, words.removesuffix("es"), words.removesuffix("s")):
        if form in NAMES:
            return NAMES[form], True
    parts = words.split()
    for guess in [*(" ".join(parts[start:]) for start in range(1, len(parts))), *reversed(parts)]:
        for form in (guess, guess.removesuffix("s")):
            if form in NAMES:
                return NAMES[form], False
    near = get_close_matches(words, NAMES, n=1, cutoff=0.75) if len(words) < 40 else []
    return (NAMES[near[0]], False) if near else ("box", False)


def palette() -> UInt8[np.ndarray, "classes 3"]:
    """The colour of every number of a semantic map, as ADE20K paints such things."""
    return np.array([(0, 0, 0), *_SHELL_COLORS, *(kind.color for kind in CLASSES)], np.uint8)


def name_of(number: int) -> str:
    """What a number of a semantic map stands for."""
    return ("nothing", *SHELL, *(kind.name for kind in CLASSES))[number]


def id_of(name: str) -> int:
    """The number of a class or of a part of the shell in a semantic map."""
    return _IDS[name]


def painted(semantic: Int[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w 3"]:
    """A semantic map as a picture in the colours of ADE20K."""
    return np.asarray(palette()[semantic])
