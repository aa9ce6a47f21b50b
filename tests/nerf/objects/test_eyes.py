import numpy as np

from nerf.objects.draft import Draft
from nerf.objects.eyes import eyes


def test_two_eyes_lie_to_both_sides_and_stand_out_from_the_head() -> None:
    for colour, role in (("brown", "black"), ("black", "white")):
        draft = Draft(np.random.default_rng(0), colour)
        eyes(draft, (0.1, 1.0, 0.5), 0.2, 0.03)
        assert [part.role for part in draft.parts] == [role, role]
        middles = [(part.solid.vertices.min(0) + part.solid.vertices.max(0)) / 2 for part in draft.parts]
        assert np.allclose(middles, [(-0.1, 1.0, 0.5), (0.3, 1.0, 0.5)])
