"""Slots: the same in every look, glowing where they should, mirrors that mirror."""

import pytest

from meshing.room.looks import LOOKS, Look
from meshing.room.surfaces import surfaces_of

SLOTS = set(surfaces_of(LOOKS[0]))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_look_fills_the_same_slots(look: Look) -> None:
    surfaces = surfaces_of(look)
    assert set(surfaces) == SLOTS
    assert {name for name, surface in surfaces.items() if any(surface.glow)} == {
        "pane", "screen", "shade", "bulb", "embers", "neon_pink", "neon_blue",
    }  # fmt: skip
    assert surfaces["mirror"].mirror > 0.8
    assert all(0 <= surface.mirror < 1 and 0.2 <= surface.fineness <= 2 for surface in surfaces.values())
