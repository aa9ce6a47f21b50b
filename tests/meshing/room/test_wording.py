"""With a handful of made-up meanings."""

import numpy as np

from meshing.room.style import by_meaning, style_for_box, style_of
from meshing.room.wording import read_as, similarity_by_meaning

VECTORS = {
    "samurai": (1.0, 0.2, 0.0), "japanese": (1.0, 0.0, 0.0), "factory": (0.0, 1.0, 0.0), "beech": (0.0, 0.3, 1.0),
    "birch": (0.0, 0.2, 1.0), "happy": (0.2, -1.0, 0.0), "suede": (-1.0, 0.3, 0.1), "leather": (-1.0, 0.2, 0.0),
}  # fmt: skip


def alike(first: str, second: str) -> float:
    if first == second:
        return 1.0
    if first not in VECTORS or second not in VECTORS:
        return 0.0
    one, other = np.array(VECTORS[first]), np.array(VECTORS[second])
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_a_text_is_like_the_entry_that_means_the_same() -> None:
    similar = similarity_by_meaning(alike, {"birch"})
    assert np.argmax(similar(["factory steel", "zen japanese tea"], "a samurai room")) == 1
    assert similar(["zen birch", "factory"], "a beech room") == [0.0, 0.0], "named words say nothing of looks"
    assert similar(["factory", "japanese"], "of the room") == [0.0, 0.0]
    assert similar(["factory", "japanese"], "qwertz") == [0.0, 0.0]


def test_what_a_room_is_for_decides_only_where_nothing_else_is_said() -> None:
    near = {("bedroom", "factory"): 0.9, ("kitchen", "factory"): 0.9, ("bedroom", "leather"): 0.9}
    similar = similarity_by_meaning(lambda one, other: near.get((one, other), float(one == other)), ())
    assert similar(["factory steel", "japanese zen"], "japanese bedroom") == similar(
        ["factory steel", "japanese zen"], "japanese"
    )
    assert similar(["factory steel", "japanese zen"], "bedroom") == [0.0, 0.0]
    assert similar(["factory steel", "spa kitchen"], "kitchen") == [0.0, 1.0]
    assert read_as(["bedroom"], (), {"leather"}, lambda one, other: near[one, other]) == (["bedroom"], [])


def test_unknown_words_are_read_as_near_ones_and_that_is_told() -> None:
    made, told = read_as(["beech", "happy", "japanese", "xyz"], {"japanese"}, {"birch", "leather"}, alike)
    assert made == ["birch", "happy", "japanese", "xyz"]
    assert told == ["beech read as birch"]


def test_meanings_choose_looks_and_materials_that_no_table_lists() -> None:
    style = style_of("samurai, beech desk", by_meaning(alike), alike)
    assert style.look.name == "japanese"
    assert "beech read as birch" in style.chosen
    assert style.look.woods == style_of("japanese, birch desk").look.woods
    assert style_of("samurai, beech desk").look.name == "modern", "letters alone do not tell"
    plain = style_of("japanese", by_meaning(alike), alike)
    assert style_for_box(plain, "suede") is not plain.surfaces
