"""All families at once: the files of families hold nothing but shapes."""

import itertools

import numpy as np
import pytest

from nerf.objects.draft import Draft
from nerf.objects.lexicon import LEXICON, PLAIN_WORDS, pieces
from nerf.objects.library import FAMILIES, build, make


def test_there_are_enough_families() -> None:
    assert len(FAMILIES) >= 24


@pytest.mark.parametrize("name", FAMILIES)
def test_every_part_is_a_closed_solid_with_words_for_it(name: str) -> None:
    family = FAMILIES[name]
    for seed in range(6):
        draft = Draft(np.random.default_rng(seed), "red")
        family.build(draft)
        for part in draft.parts:
            directed = np.concatenate([part.solid.faces[:, [i, (i + 1) % 3]] for i in range(3)])
            key = directed @ (len(part.solid.vertices), 1)
            back = directed[:, ::-1] @ (len(part.solid.vertices), 1)
            assert np.array_equal(np.sort(key), np.sort(back)), "an edge has a face on one side alone"
            assert len(np.unique(key)) == len(key), "an edge is walked twice in one direction"
            assert part.solid.volume() > 0
            assert np.isfinite(part.solid.vertices).all()
        phrases = [*draft.adjectives, *draft.features, draft.noun or name, *([family.accent] if family.accent else [])]
        unknown = {piece for phrase in phrases for piece in pieces(phrase)} - set(LEXICON) - PLAIN_WORDS
        assert not unknown


@pytest.mark.parametrize("name", FAMILIES)
def test_shapes_of_a_family_differ(name: str) -> None:
    extents = [np.ptp(make("train", index, name).vertices, axis=0) for index in range(3)]
    assert all(not np.allclose(a, b, atol=1e-3) for a, b in itertools.pairwise(extents))


def test_the_same_number_makes_the_same_object() -> None:
    a, b = make("test", 3), make("test", 3)
    assert a.description == b.description
    assert np.array_equal(a.vertices, b.vertices)
    assert np.array_equal(a.first, b.first)


def test_the_main_colour_is_what_most_of_the_surface_has() -> None:
    rng = np.random.default_rng(0)
    for family in FAMILIES.values():
        made = build(family, "purple", "plain", rng)
        corners = made.vertices[made.faces]
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        purple = np.abs(made.first - (0.46, 0.14, 0.63)).max(1) < 0.08
        assert area[purple].sum() / area.sum() > 0.15, family.name


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(ValueError, match=r"family: must be one of chair, .* \(got 'dragon'\)"):
        make("train", 0, "dragon")
