"""The words of a style are read by the text encoder that ships."""

import pytest

from meshing.room.style import style_of
from pipeline.stages.build_room import reader_of


@pytest.mark.parametrize(
    ("words", "look"),
    [
        ("samurai", "japanese"),
        ("a spaceship", "cyberpunk"),
        ("an old English manor", "victorian"),
        ("beach house", "coastal"),
        ("steel and concrete", "industrial"),
        ("a farm", "rustic"),
        ("a baby is coming", "nursery"),
        ("", "modern"),
        ("qwertz", "modern"),
        ("bedroom", "modern"),
        ("kitchen", "spa"),
    ],
)
def test_styles_are_found_by_meaning(words: str, look: str) -> None:
    similar, alike = reader_of(None)
    assert style_of(words, similar, alike).look.name == look


def test_materials_are_found_by_meaning() -> None:
    similar, alike = reader_of(None)
    style = style_of("modern, beech bookcase, nickel lamps", similar, alike)
    assert {"beech read as birch", "nickel read as metal"} <= set(style.chosen)
    assert style.look.woods == style_of("modern, birch bookshelf").look.woods
