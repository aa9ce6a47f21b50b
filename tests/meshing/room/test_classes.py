"""The words for what stands in a room."""

import numpy as np
import pytest

from meshing.room.classes import CLASSES, NAMES, SHELL, class_of, id_of, match, name_of, painted, palette


def test_there_are_at_least_25_classes_with_sizes_in_order() -> None:
    assert len(CLASSES) >= 25
    for kind in CLASSES:
        for least, typical, most in zip(kind.least, kind.typical, kind.most, strict=True):
            assert 0 < least <= typical <= most, kind.name


def test_numbers_and_names_lead_to_each_other() -> None:
    names = [*SHELL, *(kind.name for kind in CLASSES)]
    assert [name_of(id_of(name)) for name in names] == names
    assert len({id_of(name) for name in names}) == len(names)
    assert palette().shape == (len(names) + 1, 3)
    assert painted(np.array([[class_of("bed").id]])).tolist() == [[[204, 5, 255]]]


def test_no_word_names_two_things() -> None:
    words = [word for kind in CLASSES for word in (kind.name.replace("_", " "), *kind.synonyms)]
    assert len(set(words)) == len(words)
    assert not {*words} & {*SHELL}
    assert len(NAMES) > 150


@pytest.mark.parametrize(
    ("label", "meant", "certain"),
    [
        ("double_bed", "bed", True),
        ("COUCH", "sofa", True),
        ("WallArt", "picture", True),
        ("Coffee Table 2", "coffee_table", True),
        ("shelves", "shelf", True),
        ("big red chairs", "chair", False),
        ("wardrob", "wardrobe", False),
        ("WINDOW_FRAME", "window", True),
        ("沙发", "box", False),
        ("", "box", False),
        ("x" * 100_000, "box", False),
        ("💺", "box", False),
    ],
)
def test_labels_mean_their_class(label: str, meant: str, certain: bool) -> None:
    assert match(label) == (meant, certain)


def test_an_unknown_class_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'throne'; there are bed, sofa"):
        class_of("throne")
