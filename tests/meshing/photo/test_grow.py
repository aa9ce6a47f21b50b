import numpy as np
import pytest

from meshing.photo import grow_numba
from meshing.photo.cut import cut
from meshing.photo.grow import Grown, Growth, grow


def hidden(grown: Grown, shape: tuple[int, int]) -> list[tuple[int, int]]:
    n = shape[0] * shape[1]
    return list(zip(grown.x[n:].tolist(), grown.y[n:].tolist(), strict=True))


@pytest.mark.parametrize("rounds", [4, 6])
def test_the_band_behind_an_edge_is_as_wide_as_asked(square: tuple[np.ndarray, np.ndarray], rounds: int) -> None:
    grown = grow(cut(square[1], 1.5), Growth(1.5, 3.0, per_jump=rounds / 16, least=1.0))
    steps = {(x, y): min(x - 11, 28 - x, y - 11, 28 - y) for x, y in hidden(grown, square[1].shape)}
    assert max(steps.values()) == rounds
    assert len(steps) == 16 * 16 - (16 - 2 * rounds) ** 2
    assert (grown.disparity[square[1].size :] == 4).all()


def test_fronts_from_two_sides_become_one_surface(square: tuple[np.ndarray, np.ndarray]) -> None:
    grown = grow(cut(square[1], 1.5), Growth(1.5, 3.0, per_jump=1.1))
    places = hidden(grown, square[1].shape)
    assert sorted(places) == sorted((x, y) for x in range(12, 28) for y in range(12, 28))
    assert (grown.neighbours[square[1].size :] >= 0).all()


def test_links_are_mutual_and_never_join_near_and_far(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    growth = Growth(1.5, 4.0)
    grown = grow_numba.grow(cut(bumpy[1], 1.5), growth)
    for k in range(4):
        linked = np.flatnonzero(grown.neighbours[:, k] >= 0)
        other = grown.neighbours[linked, k]
        assert np.array_equal(grown.neighbours[other, (k + 2) % 4], linked)
        jump = np.abs(grown.disparity[other] - grown.disparity[linked])
        hidden_pair = (linked >= bumpy[1].size) & (other >= bumpy[1].size)
        assert jump[hidden_pair].max(initial=0) <= growth.merge + 1e-4


def test_nothing_that_is_added_shows_from_the_photos_viewpoint(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    cuts = cut(bumpy[1], 1.5)
    grown = grow_numba.grow(cuts, Growth(1.5, 4.0))
    n = bumpy[1].size
    assert len(grown.x) > n
    assert (grown.disparity[n:] < cuts.disparity[grown.y[n:], grown.x[n:]]).all()


@pytest.mark.parametrize("max_layers", [1, 2, 3])
def test_the_compiled_twin_adds_the_same_pixels(bumpy: tuple[np.ndarray, np.ndarray], max_layers: int) -> None:
    cuts, growth = cut(bumpy[1], 1.5), Growth(1.5, 4.0, max_layers=max_layers)
    plain, fast = grow(cuts, growth), grow_numba.grow(cuts, growth)
    for name in ("x", "y", "disparity", "neighbours"):
        assert np.array_equal(getattr(plain, name), getattr(fast, name)), name
    n = bumpy[1].size
    _, counts = np.unique(np.stack([plain.x[n:], plain.y[n:]]), axis=1, return_counts=True)
    assert counts.max() <= max_layers
