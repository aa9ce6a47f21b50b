import numpy as np
import pytest

from meshing.photo import scanline_numba
from meshing.photo.cut import cut
from meshing.photo.grow import Growth
from meshing.photo.grow_numba import grow
from meshing.photo.scanline import seen_from


def test_a_step_sideways_uncovers_exactly_the_parallax(square: tuple[np.ndarray, np.ndarray]) -> None:
    grown = grow(cut(square[1], 1.5), Growth(1.5, 3.0))
    n = square[1].size
    seen = seen_from(grown.x, grown.y, grown.disparity, grown.neighbours[:, 0], (48, 40), 0.5)
    uncovered = sorted(zip(grown.x[n:][seen[n:]].tolist(), grown.y[n:][seen[n:]].tolist(), strict=True))
    assert {y for _, y in uncovered} == set(range(12, 28))
    columns = {x for x, _ in uncovered}
    assert columns <= set(range(20, 28))  # the square moved left by 8 against the wall
    assert columns >= set(range(21, 28))


def test_from_the_photos_own_place_nothing_hidden_shows(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    grown = grow(cut(bumpy[1], 1.5), Growth(1.5, 4.0))
    seen = seen_from(grown.x, grown.y, grown.disparity, grown.neighbours[:, 0], (56, 48), 0.0)
    assert seen[: bumpy[1].size].all()
    assert not seen[bumpy[1].size :].any()


@pytest.mark.parametrize("shift", [1.0, -0.5, 0.3])
def test_the_compiled_twin_sees_the_same(bumpy: tuple[np.ndarray, np.ndarray], shift: float) -> None:
    grown = grow(cut(bumpy[1], 1.5), Growth(1.5, 4.0))
    given = (grown.x, grown.y, grown.disparity, grown.neighbours[:, 0], (56, 48), shift)
    assert np.array_equal(seen_from(*given), scanline_numba.seen_from(*given))
