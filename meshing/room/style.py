"""From words to a room's materials and light: "rustic, brick wall, red sofa" or "a calm Japanese tea room at dusk".

A text picks the look it is most like, by a similarity that the caller may hand in (a text encoder's), and a second look
mixes in where it is nearly as like. Colours, woods, metals and materials that are named win over the look's own, and
go to
the thing they are said of.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from meshing.room.looks import COLORS, LOOKS, METALS, WOODS, Look
from meshing.room.materials import Surface
from meshing.room.surfaces import surfaces_of
from meshing.room.wording import Alike, read_as, similarity_by_meaning

Similar = Callable[[Sequence[str], str], Sequence[float]]

_TARGETS = {
    "walls": "wall walls wallpaper wallpapers",
    "floor": "floor flooring floors",
    "fabric": (
        "sofa couch armchair chair chairs seat seats upholstery cushion cushions bed bedspread blanket stool bench "
        "furniture fabric"
    ),
    "curtain": "curtain curtains drapes blinds",
    "rug": "rug carpet mat",
    "wood": (
        "table desk shelf shelves bookshelf wardrobe cabinet cabinets cupboard dresser nightstand wood wooden "
        "furniture door doors"
    ),
    "metal": "lamp lamps handles fittings metal",
    "trim": "trim skirting frames ceiling",
}
_FLOORS = {
    "planks": "planks floorboards hardwood laminate wooden wood parquet",
    "herringbone": "herringbone chevron",
    "tiles": "tiles tiled tile ceramic",
    "marble": "marble",
    "concrete": "concrete cement screed",
    "tatami": "tatami",
    "carpet": "carpet carpeted",
    "terracotta": "terracotta",
    "chequered": "chequered checkered checkerboard",
    "stone": "stone slate",
}
_WALLS = {
    "brick": "brick bricks",
    "rubble": "stone fieldstone",
    "concrete": "concrete",
    "tiles": "tiles tiled tile",
    "boards": "boards wainscot shiplap panelling paneling panelled",
    "planks": "wooden wood log planks",
    "wallpaper": "wallpaper wallpapered papered",
    "plaster": "plaster painted stucco",
    "marble": "marble",
    "panels": "panels",
}
_UPHOLSTERY = {
    "leather": "leather",
    "velvet": "velvet",
    "plaid": "plaid tartan checked",
    "stripes": "striped stripes",
    "weave": "linen wool cotton tweed",
}
_PATTERNS = {
    "stripes": "striped stripes",
    "damask": "damask ornate",
    "leaves": "floral leaves jungle leafy",
    "dots": "dots dotted polka",
    "fans": "fans scallop",
    "stars": "stars starry",
}
_CHOICES: tuple[tuple[Mapping[str, str], str, tuple[str | None, ...]], ...] = (
    (_FLOORS, "floor", ("floor",)),
    (_WALLS, "accent_wall", ("walls",)),
    (_UPHOLSTERY, "upholstery", ("fabric", None)),
    (_PATTERNS, "paper", ("walls",)),
)
"""What a word may choose, the setting it chooses, and of what it has to be said (None: of nothing)."""
_NIGHT = {"night", "midnight", "evening", "dusk", "candlelit", "candlelight", "nighttime", "dark"}
_SUNNY = {"sunny", "sunlit", "bright", "sunlight", "morning", "noon", "daylight"}
_CLOUDY = {"overcast", "rainy", "cloudy", "foggy", "moody", "gloomy"}


@dataclass(frozen=True, eq=False)
class Style:
    """What a text came to: the look, the materials by slot, what each was taken from, and how words were compared."""

    look: Look
    surfaces: Mapping[str, Surface]
    chosen: tuple[str, ...]
    alike: Alike | None = None


def lexical_similarity(words: Sequence[str], text: str) -> list[float]:
    """How many of the text's words each entry shares, in whole or by most of their letters; needs no network.

    Names of colours, woods and metals do not count: they say something about things, not about the look.
    """
    named = {*COLORS, *WOODS, *METALS}
    asked = [word for word in re.findall(r"[a-z]+", text.lower()) if word not in named]
    return [float(sum(max((_alike(a, b) for b in entry.split()), default=0.0) for a in asked)) for entry in words]


def by_meaning(alike: Alike) -> Similar:
    """The similarity of texts to looks by the meanings of their words."""
    return similarity_by_meaning(alike, {*COLORS, *WOODS, *METALS})


def style_of(text: str, similar: Similar = lexical_similarity, alike: Alike | None = None) -> Style:
    """The materials and the light that `text` asks for; a modern room where it says nothing known.

    With `alike`, words that are in no table stand for the nearest that are: beech for birch.
    """
    scores = np.asarray(similar([look.words for look in LOOKS], text), np.float64)
    order = np.argsort(-scores, kind="stable")
    default = next(look for look in LOOKS if look.name == "modern")
    look, chosen = (
        (LOOKS[order[0]], [f"look {LOOKS[order[0]].name}"])
        if scores[order[0]] > 0
        else (default, ["look modern, by default"])
    )
    second = LOOKS[order[1]]
    if scores[order[1]] > 0.72 * scores[order[0]] > 0:
        look = _mixed(look, second, 0.35)
        chosen.append(f"mixed with {second.name}")
    tokens, read = _tokens(text, alike)
    look, said = _named(look, tokens)
    return Style(look, surfaces_of(look), (*chosen, *read, *said), alike)


def style_for_box(style: Style, words: str) -> Mapping[str, Surface]:
    """The materials for one thing of which words of its own were said, such as "red velvet"."""
    if not words.strip():
        return style.surfaces
    tokens, _ = _tokens(words, style.alike)
    look, said = _named(style.look, tokens, everything=True)
    return surfaces_of(look) if said else style.surfaces


def _tokens(text: str, alike: Alike | None) -> tuple[list[str], list[str]]:
    """The text's words as the tables know them, and which were read as others."""
    tokens = re.findall(r"[a-z]+", text.lower())
    if alike is None:
        return tokens, []
    tables = [*(table for table, _, _ in _CHOICES), _TARGETS]
    materials = {*WOODS, *METALS, *(word for table in tables for words in table.values() for word in words.split())}
    known = {*materials, *COLORS, *_NIGHT, *_SUNNY, *_CLOUDY, *(word for look in LOOKS for word in look.words.split())}
    return read_as(tokens, known, materials, alike)


def _alike(first: str, second: str) -> float:
    if first == second:
        return 1.0
    common = len(first) if second.startswith(first) else len(second) if first.startswith(second) else 0
    return 0.7 if common >= 5 else 0.0


def _mixed(first: Look, second: Look, share: float) -> Look:
    """The first look's materials in colours that lean towards the second's."""

    def blend(a: str, b: str) -> str:
        pairs = zip(bytes.fromhex(a), bytes.fromhex(b), strict=True)
        return bytes(round((1 - share) * x + share * y) for x, y in pairs).hex()

    changes: dict[str, object] = {}
    for key in ("wall", "linen", "trim", "curtain"):
        changes[key] = blend(getattr(first, key), getattr(second, key))
    changes["woods"] = tuple(blend(a, b) for a, b in zip(first.woods, second.woods, strict=True))
    changes["fabrics"] = (first.fabrics[0], second.fabrics[0], first.fabrics[2])
    changes["rug_pattern"], changes["motif"] = second.rug_pattern, second.motif
    return replace(first, **changes)  # type: ignore[arg-type]


def _named(look: Look, tokens: Sequence[str], *, everything: bool = False) -> tuple[Look, list[str]]:
    """The look with the colours and materials that the words name, and a list of them."""
    said: list[str] = []

    def put(what: str, **changes: object) -> None:
        nonlocal look
        look = replace(look, **changes)  # type: ignore[arg-type]
        said.append(what)

    for place, token in enumerate(tokens):
        target = _target(tokens, place)
        if token in COLORS and not (token in METALS and target == "metal"):
            put(f"{target or 'accents'} {token}", **_colored(look, target, COLORS[token], everything))
        if token in WOODS:
            put(f"wood {token}", woods=WOODS[token])
        if token in METALS and target in ("metal", None):
            put(f"metal {token}", metal=METALS[token])
        for table, key, wanted in _CHOICES:
            found = _in(table, token)
            if found and target in wanted:
                put(f"{key.replace('_', ' ')} {found}", **{key: found})
                if key == "accent_wall" and tokens[place + 1 : place + 3] and "walls" in tokens[place + 1 : place + 3]:
                    put(f"walls {found}", walls=found)
        if target is None and token in ("brick", "bricks"):
            put("accent wall brick", accent_wall="brick")
        if target is None and token == "marble":
            put("floor marble", floor="marble")
    words = set(tokens)
    if words & _NIGHT and not look.night and not everything:
        put("light of evening", night=True, sun=0.0)
    elif words & _SUNNY:
        put("sunshine", sun=1.4)
    elif words & _CLOUDY:
        put("overcast", sun=0.0)
    return look, said


def _target(tokens: Sequence[str], place: int) -> str | None:
    """What a describing word is said of: the first thing named within the next three words."""
    for token in tokens[place + 1 : place + 4]:
        for target, words in _TARGETS.items():
            if token in words.split():
                return target
    return None


def _colored(look: Look, target: str | None, color: str, everything: bool) -> dict[str, object]:
    if everything or target is None:
        changes: dict[str, object] = {"fabrics": (color, look.fabrics[1], look.fabrics[2])}
        if everything:
            changes |= {
                "rug": (color, *look.rug[1:]),
                "curtain": color,
                "accent": color,
                "woods": (color, _darker(color)),
            }
        else:
            changes |= {"rug": (look.rug[0], color, look.rug[2])}
        return changes
    named: dict[str, dict[str, object]] = {
        "walls": {"wall": color, "accent": color},
        "floor": {"rug": look.rug} if look.floor == "planks" else {},
        "fabric": {"fabrics": (color, *look.fabrics[1:])},
        "curtain": {"curtain": color},
        "rug": {"rug": (color, *look.rug[1:])},
        "wood": {"woods": (color, _darker(color))},
        "metal": {"metal": color},
        "trim": {"trim": color},
    }
    return named[target]


def _darker(color: str) -> str:
    return bytes(round(0.78 * value) for value in bytes.fromhex(color)).hex()


def _in(table: Mapping[str, str], token: str) -> str | None:
    return next((key for key, words in table.items() if token in words.split()), None)
