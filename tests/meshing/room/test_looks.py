"""The table of looks is well-formed."""

import re
from dataclasses import fields

from meshing.room.looks import COLORS, LOOKS, METALS, WOODS
from meshing.room.surfaces import surfaces_of


def test_there_are_many_looks_with_names_of_their_own() -> None:
    assert len(LOOKS) >= 14
    assert len({look.name for look in LOOKS}) == len(LOOKS)
    assert {"scandinavian", "rustic", "industrial", "japanese", "victorian", "art deco", "mid-century", "coastal",
    "cyberpunk", "nursery", "minimalist"} <= {
        look.name for look in LOOKS
    }  # fmt: skip


def test_colours_are_six_hexadecimal_digits() -> None:
    for look in LOOKS:
        for field in fields(look):
            value = getattr(look, field.name)
            if field.name in ("wall", "accent", "linen", "metal", "trim", "curtain", "ceiling"):
                assert re.fullmatch(r"[0-9a-f]{6}", value), (look.name, field.name)
            if field.name in ("woods", "fabrics", "rug"):
                assert all(re.fullmatch(r"[0-9a-f]{6}", color) for color in value), (look.name, field.name)
    named = [*COLORS.values(), *METALS.values(), *(color for pair in WOODS.values() for color in pair)]
    assert all(re.fullmatch(r"[0-9a-f]{6}", color) for color in named)


def test_every_look_names_materials_that_exist() -> None:
    for look in LOOKS:
        surfaces_of(look)
