import numpy as np

from meshing.photo.cut import cut
from meshing.photo.grow import Growth
from meshing.photo.grow_numba import grow
from meshing.photo.prune import prune, relaxed
from meshing.photo.scanline import seen_from


def test_what_no_viewpoint_sees_is_left_out(square: tuple[np.ndarray, np.ndarray]) -> None:
    near = square[1].copy()
    near[near > 10] = 8  # a step of 4: only a rim of 4 pixels can ever be seen
    grown = grow(cut(near, 1.5), Growth(1.5, 3.0, per_jump=8.0))
    pruned = prune(grown, 48, 40, seen_from)
    n = near.size
    assert len(grown.x) - n == 256
    inner = (np.abs(pruned.x[n:] - 19.5) < 1) & (np.abs(pruned.y[n:] - 19.5) < 1)
    assert not inner.any()
    rim = {(x, y) for x, y in zip(pruned.x[n:].tolist(), pruned.y[n:].tolist(), strict=True)}
    assert {(x, y) for x in range(12, 28) for y in range(12, 28) if min(x - 11, 28 - x) <= 4} <= rim


def test_links_still_lead_to_the_same_places(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    grown = grow(cut(bumpy[1], 1.5), Growth(1.5, 4.0))
    pruned = prune(grown, 56, 48, seen_from)
    for k, (dx, dy) in enumerate(((1, 0), (0, 1), (-1, 0), (0, -1))):
        linked = np.flatnonzero(pruned.neighbours[:, k] >= 0)
        other = pruned.neighbours[linked, k]
        assert np.array_equal(pruned.neighbours[other, (k + 2) % 4], linked)
        assert np.array_equal(pruned.x[other], pruned.x[linked] + dx)
        assert np.array_equal(pruned.y[other], pruned.y[linked] + dy)


def test_hidden_surfaces_are_smoothed_but_stay_behind(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    cuts = cut(bumpy[1], 1.5)
    grown = grow(cuts, Growth(1.5, 4.0))
    n = bumpy[1].size
    smooth = relaxed(grown, n)
    assert np.array_equal(smooth[:n], grown.disparity[:n])
    assert (smooth[n:] < cuts.disparity[grown.y[n:], grown.x[n:]]).all()

    def roughness(disparity: np.ndarray) -> float:
        links = grown.neighbours[n:]
        steps = np.where(links >= 0, disparity[links] - disparity[n:, None], 0)
        return float((steps**2).sum())

    assert roughness(smooth) < 0.9 * roughness(grown.disparity)
