import numpy as np

from nerf.objects.draft import Draft
from nerf.objects.solids import box


def test_a_fixed_colour_gives_way_to_the_objects_own() -> None:
    draft = Draft(np.random.default_rng(0), "black")
    draft.contrasting("black", "gray", box((1, 1, 1)))
    draft.contrasting("white", "gray", box((1, 1, 1)))
    assert [part.role for part in draft.parts] == ["gray", "white"]


def test_only_the_ends_of_a_range_get_a_word() -> None:
    draft = Draft(np.random.default_rng(0), "red")
    for value in (0.1, 0.5, 0.9):
        draft.proportion(value, (0.2, "low"), (0.8, "high"))
    assert draft.adjectives == ["low", "high"]


def test_what_looked_along_x_looks_along_z() -> None:
    draft = Draft(np.random.default_rng(0), "red")
    draft.main(box((0.2, 0.4, 0.6), (1.0, 0.5, 0.3)))
    draft.face_front()
    low, high = draft.parts[0].solid.vertices.min(0), draft.parts[0].solid.vertices.max(0)
    assert np.allclose((low + high) / 2, (-0.3, 0.5, 1.0))
    assert np.allclose(high - low, (0.6, 0.4, 0.2))
    assert draft.parts[0].role == "main"
