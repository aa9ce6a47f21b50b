import numpy as np
import pytest

from vision.scene_cast_numba import cast
from vision.scene_layouts import LAYOUTS
from vision.scene_shapes import Shapes


def seen(kind: str, seed: int, ways: list[tuple[float, float, float]]) -> np.ndarray:
    """Which shape is met along each way from the eye, -1 for none."""
    shapes = Shapes()
    eye, _ = LAYOUTS[kind](np.random.default_rng(seed), shapes)
    arrays = [np.array(values, np.float64) for values in (shapes.middle, shapes.half, shapes.turn)]
    met: np.ndarray = cast(np.array([ways], np.float64), eye, np.array(shapes.kind, np.int64), *arrays)[1][0]
    return met


@pytest.mark.parametrize("seed", range(5))
def test_a_room_is_closed_ahead_and_the_open_is_open_above(seed: int) -> None:
    around = [(x, y, 1.0) for x in (-1, -0.3, 0.3, 1) for y in (-1, -0.3, 0.3, 1)]
    assert (seen("room", seed, around) >= 0).all()
    for kind in ("street", "landscape"):
        assert seen(kind, seed, [(0, 1, 0)]) == -1
        assert seen(kind, seed, [(0, -1, 0)]) >= 0, "there is ground below"
