import numpy as np
import pytest

from vision.scene_shapes import Shapes, add_thing


@pytest.mark.parametrize("seed", range(20))
def test_a_thing_stands_where_it_is_put_and_is_as_large_as_is_said(seed: int) -> None:
    def made(foot: tuple[float, float, float], size: float) -> Shapes:
        shapes = Shapes()
        add_thing(np.random.default_rng(seed), shapes, foot, size)
        return shapes

    plain, moved, large = made((0, 0, 0), 1), made((3, -1, 7), 1), made((0, 0, 0), 2)
    assert (plain.kind, plain.turn, plain.texture) == (moved.kind, moved.turn, moved.texture)
    assert np.allclose(np.subtract(moved.middle, plain.middle), (3, -1, 7))
    assert np.allclose(large.middle, np.multiply(plain.middle, 2))
    assert np.allclose(large.half, np.multiply(plain.half, 2))
    assert np.subtract(plain.middle, plain.half)[:, 1].min() == pytest.approx(0, abs=0.02), "on the ground"
