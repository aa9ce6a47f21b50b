"""The looks a room can have: colours and materials that go together, with the words that people use for them.

Owns the table. How a text picks from it is in `style.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """One way to furnish a room. Colours are sRGB; `rug`, `art` list several. `kelvin` and `sun` describe the day
    outside
    (sun 0 is an overcast sky, `night` has no day at all)."""

    name: str
    words: str
    wall: str
    accent: str
    woods: tuple[str, str]
    fabrics: tuple[str, str, str]
    linen: str
    metal: str
    trim: str
    curtain: str
    rug: tuple[str, str, str]
    floor: str = "planks"
    walls: str = "plaster"
    accent_wall: str = "plaster"
    paper: str = "leaves"
    upholstery: str = "weave"
    rug_pattern: str = "plain"
    motif: str = "abstract"
    ceiling: str = "f4f2ec"
    kelvin: int = 5600
    sun: float = 1.0
    night: bool = False


LOOKS = (
    Look(
        "scandinavian", "scandinavian nordic swedish danish hygge light airy cosy cozy birch pale wood natural simple",
        "efece5", "c9d3d3", ("d9b88c", "b98f60"), ("8fa3a8", "d8d2c5", "c7a24a"), "f2efe8", "3a3b3d", "f4f2ed",
        "e9e4da",
        ("e6e0d4", "8d9a9b", "5b6b72"), rug_pattern="berber", motif="botanical",
    ),
    Look(
        "rustic", "rustic farmhouse cottage country cabin barn rural warm old weathered wooden log chalet",
        "e3d6c2", "a86a4a", ("96683f", "5a3a22"), ("8b3f2f", "d9c8a9", "5f6b45"), "efe4cf", "3b332c", "8a623e",
        "d9c7a6",
        ("7c2f25", "d8b98a", "3d2a22"), accent_wall="rubble", upholstery="plaid", rug_pattern="medallion",
        motif="landscape", kelvin=4900,
    ),
    Look(
        "industrial", "industrial loft factory warehouse steel concrete pipes raw exposed urban brooklyn garage",
        "b9b4ad", "9c5a41", ("8a6340", "523823"), ("6a3f25", "4c4f52", "b07a3a"), "d6d2ca", "2e2f31", "3a3b3c",
        "6d6a64",
        ("5e5a55", "8f867a", "2f2f30"), floor="concrete", accent_wall="brick", upholstery="leather",
        rug_pattern="berber", motif="abstract", ceiling="c9c5be", kelvin=5400,
    ),
    Look(
        "japanese", "japanese zen tatami japan ryokan tea shoji calm bamboo oriental asian kyoto",
        "ece4d2", "c9b48a", ("c49a6c", "8f683c"), ("5d6b4e", "e3d9c0", "37404f"), "efe7d3", "2b2724", "6b4a2e",
        "efe7d6",
        ("cdbf8f", "b7a871", "6d6a3f"), floor="tatami", accent_wall="boards", motif="ink", kelvin=5000,
    ),
    Look(
        "victorian",
        "victorian antique ornate classic english vintage baroque gothic mansion heritage edwardian rococo",
        "6f7a5c", "52301f", ("6a3d24", "3a1f12"), ("6d1f2c", "c9a86a", "27442f"), "eee2c8", "b08d48", "efe6d2",
        "6d1f2c",
        ("6d1f2c", "c9a86a", "1f2a3a"), floor="herringbone", walls="wallpaper", accent_wall="wallpaper", paper="damask",
        upholstery="velvet", rug_pattern="medallion", motif="landscape", kelvin=4600,
    ),
    Look(
        "art deco", "art deco gatsby glamour luxury luxurious gold golden elegant hotel opulent glamorous twenties",
        "24403f", "1d2b2d", ("4a2c1d", "26150d"), ("1f5a55", "d9c9a8", "b9892f"), "efe6d4", "c39a46", "1f1f22",
        "1f4a47",
        ("1d2b2d", "c39a46", "e4d8bd"), floor="marble", walls="plaster", accent_wall="wallpaper", paper="fans",
        upholstery="velvet", rug_pattern="round", motif="geometric", kelvin=4600,
    ),
    Look(
        "mid-century",
        "mid century midcentury retro sixties fifties seventies mad men teak walnut eames vintage modernist",
        "ece3d0", "c8793a", ("a9683f", "6d3d20"), ("c8793a", "2f6b6a", "d9a93a"), "efe7d8", "b08d48", "efe8da",
        "d8b56a",
        ("d9a93a", "c8793a", "2f6b6a"), accent_wall="planks", upholstery="weave", rug_pattern="checks",
        motif="geometric",
    ),
    Look(
        "coastal", "coastal beach sea seaside ocean nautical maritime hamptons marine breezy island summer shore",
        "eef1ee", "8fb3c4", ("cdb893", "a88f68"), ("3f6f94", "e8e2d4", "d9b36a"), "f5f3ec", "9aa0a2", "f6f5f0",
        "f1efe6",
        ("e7dfcb", "5d8aa8", "27496b"), accent_wall="boards", upholstery="stripes", rug_pattern="stripes",
        motif="landscape", kelvin=6200, sun=1.2,
    ),
    Look(
        "cyberpunk",
        "cyberpunk neon futuristic sci fi science fiction hacker gaming gamer space spaceship dystopian synthwave",
        "3b3d4b", "2a2338", ("3a3d45", "1f2127"), ("2b2e3a", "7a1f6d", "1f7f93"), "53566a", "6b7078", "22232b",
        "2c2440",
        ("20222c", "7a1f6d", "1f7f93"), floor="concrete", walls="concrete", accent_wall="panels", upholstery="leather",
        rug_pattern="checks", motif="neon", ceiling="3a3c48", kelvin=7500, sun=0.0, night=True,
    ),
    Look(
        "nursery", "nursery kids child children baby playful pastel toy playroom girl boy kindergarten cheerful",
        "f2e3dc", "bcd6d0", ("e0c39a", "c29f72"), ("e6a9a0", "f3e3b5", "9cc4c9"), "fbf6ee", "e3c987", "fbf8f2",
        "f6dfb8",
        ("f3e3b5", "e6a9a0", "9cc4c9"), accent_wall="wallpaper", paper="stars", rug_pattern="round", motif="geometric",
    ),
    Look(
        "minimalist", "minimalist minimal clean pure empty monochrome sparse white gallery plain quiet",
        "f1f0ec", "e4e2dc", ("cbb79a", "a8947a"), ("b9b6af", "8c8a85", "3a3a3a"), "f5f4f0", "5a5b5d", "f5f4f0",
        "f0eee8",
        ("dad7cf", "bab6ad", "8c8a85"), floor="concrete", motif="ink",
    ),
    Look(
        "modern", "modern contemporary sleek new apartment city stylish designer current neutral",
        "e8e6e1", "5c6b7a", ("8a6a4c", "59422e"), ("3f4a57", "d9d5cc", "c2703d"), "f2f0eb", "2f3032", "f0eeea",
        "c9c6be",
        ("cfcbc2", "8b939c", "3c4652"), motif="abstract",
    ),
    Look(
        "mediterranean",
        "mediterranean tuscan spanish greek italian villa terracotta moroccan arabic provence santorini sunny",
        "f1e4cd", "c7784f", ("a87a4d", "6b4526"), ("35678a", "ead9b8", "c0572f"), "f6eeda", "33302c", "5f7f8f",
        "efdfbf",
        ("b5472f", "e2c48d", "27506e"), floor="terracotta", upholstery="weave", rug_pattern="medallion",
        motif="landscape", kelvin=5000, sun=1.3,
    ),
    Look(
        "bohemian", "bohemian boho hippie eclectic gypsy macrame colourful colorful artistic jungle plants tropical",
        "efe0cd", "3f6b5c", ("b58350", "7d5430"), ("b5532f", "d9a93a", "2f6b6a"), "f3e6d2", "b08d48", "efe6d6",
        "d9b98a",
        ("a8322a", "d9a93a", "2f5f6b"), accent_wall="wallpaper", paper="leaves", upholstery="weave",
        rug_pattern="medallion", motif="botanical", kelvin=5000,
    ),
    Look(
        "traditional", "traditional family home suburban comfortable classic american colonial conventional ordinary",
        "e9e0cf", "8f9b86", ("94623a", "5c3921"), ("4f6478", "d9cdb4", "8b3f2f"), "f4eee0", "a08552", "f4f0e6",
        "d6cbb2",
        ("27405c", "cdb98c", "7c2f25"), floor="planks", walls="plaster", accent_wall="plaster", upholstery="weave",
        rug_pattern="medallion", motif="landscape",
    ),
    Look(
        "spa",
        "spa bathroom wellness hygienic tiled kitchen hospital clinic laboratory fresh turquoise aqua clean tiles",
        "dfe8e6", "6fa3a0", ("c0a27c", "8d7250"), ("6fa3a0", "e9eeec", "d2b48c"), "f6f8f7", "9aa0a2", "f6f8f7",
        "dfe9e7",
        ("c9dbd8", "6fa3a0", "f1f3f2"), floor="tiles", walls="tiles", accent_wall="tiles", motif="botanical",
        kelvin=6200,
    ),
)  # fmt: skip

COLORS = {
    "red": "a8322a", "crimson": "8f1d2c", "burgundy": "5f1a26", "blue": "34608f", "navy": "1f3352",
    "turquoise": "3fa79f",
    "teal": "2f7f7b", "green": "4f7a52", "olive": "6b6b3a", "sage": "9aab8c", "mint": "b5d6c3", "emerald": "1f6b4f",
    "yellow": "d9b13a", "mustard": "c2922f", "orange": "cc6b2c", "terracotta": "b8623f", "pink": "d99aa5",
    "rose": "c98a8f",
    "magenta": "a83a7f", "purple": "6b4a86", "lavender": "b5a6cf", "violet": "6b4a96", "grey": "8a8f94",
    "gray": "8a8f94",
    "charcoal": "3c3f43", "black": "232427", "white": "f3f2ee", "cream": "efe6d0", "ivory": "f0ead8", "beige": "d9c9ab",
    "brown": "6b4a30", "tan": "c2a078", "gold": "c39a46", "silver": "b3b7ba", "peach": "e8b79a", "coral": "d9705a",
}  # fmt: skip
"""Colours by name."""

WOODS = {
    "oak": ("c39a68", "8f6a41"), "pine": ("dcb884", "bd9157"), "birch": ("e3c89c", "c4a273"), "walnut": ("7d5436",
    "4a2f1d"),
    "mahogany": ("6d2f1d", "401a10"), "cherry": ("9c5a38", "6b3820"), "teak": ("a9683f", "6d3d20"),
    "ebony": ("33281f", "1b1510"), "bamboo": ("d8b877", "b8934f"), "maple": ("e2c292", "c79f6b"), "ash": ("d9c4a0",
    "b39b75"),
}  # fmt: skip
"""Woods by name: light and dark tone."""

METALS = {
    "brass": "b08d48", "gold": "c39a46", "golden": "c39a46", "copper": "b06a45", "chrome": "b9bdc0", "steel": "8f9497",
    "iron": "2e2f31", "bronze": "7d5a36", "silver": "b3b7ba", "aluminium": "b3b7ba",
}  # fmt: skip
"""Metals by name."""
