"""Solids are closed, look outward, and have the size they were asked for: their volume says so."""

from collections.abc import Sequence

import numpy as np
import pytest

from meshing.room.patch import Patch, bounds_of, grid_normals, triangles_of
from meshing.room.solids import box, cushion, cylinder, folds, lathe, panel, pillow, sheet, tube


def volume(patches: Sequence[Patch]) -> float:
    """By the divergence theorem; right only where the surface is closed and looks outward."""
    total = 0.0
    for patch in patches:
        positions, _, faces = triangles_of(patch)
        a, b, c = (positions[faces[:, k]] for k in range(3))
        total += float((np.cross(a, b) * c).sum()) / 6
    return total


def test_a_box_has_its_size_and_the_volume_of_a_rounded_box() -> None:
    made = box((0, 0, 0), (1, 2, 3), "wood", radius=0.1, steps=6)
    assert bounds_of(made) == pytest.approx(np.array([[0, 0, 0], [1, 2, 3]]))
    core, r = np.array([0.8, 1.8, 2.8]), 0.1
    faces = 2 * r * (core[0] * core[1] + core[1] * core[2] + core[0] * core[2])
    exact = core.prod() + faces + np.pi * r**2 * core.sum() + 4 / 3 * np.pi * r**3
    assert volume(made) == pytest.approx(exact, rel=2e-4)


def test_the_corners_of_a_box_may_be_given_in_any_order() -> None:
    assert volume(box((1, 2, 3), (0, 0, 0), "wood")) == pytest.approx(volume(box((0, 0, 0), (1, 2, 3), "wood")))


def test_an_open_box_lacks_the_side() -> None:
    assert len(box((0, 0, 0), (1, 1, 1), "wood", open_sides=("top", "back"))) == 4


def test_the_grain_runs_along_the_longer_side_of_each_face() -> None:
    for patch in box((0, 0, 0), (0.2, 3, 0.1), "wood"):
        extent = patch.uv.reshape(-1, 2).max(axis=0)
        assert extent[0] >= extent[1] - 1e-9


def test_a_cushion_is_thinner_at_its_rim_and_stays_in_its_box() -> None:
    made = cushion((0, 0, 0), (0.6, 0.2, 0.5), "fabric", soft=0.6)
    low, high = bounds_of(made)
    assert (low >= -1e-9).all()
    assert (high <= np.array([0.6, 0.2, 0.5]) + 1e-9).all()
    assert high[1] == pytest.approx(0.2, abs=0.004)
    top = max(made, key=lambda patch: patch.points[..., 1].mean()).points
    rim = top[np.abs(top[..., 0] - 0.3) > 0.27]
    assert rim[:, 1].max() < 0.17
    assert 0.6 < volume(made) / (0.6 * 0.2 * 0.5) < 0.95


def test_a_pillow_is_closed_and_thickest_in_the_middle() -> None:
    made = pillow(0.6, 0.4, 0.15, "linen")
    assert bounds_of(made)[1] == pytest.approx(np.array([0.3, 0.2, 0.075]))
    assert 0.3 < volume(made) / (0.6 * 0.4 * 0.15) < 0.8


def test_a_lathe_makes_a_cylinder() -> None:
    assert volume(lathe([(0, 1), (0.5, 1), (0.5, 0), (0, 0)], "metal", n=200)) == pytest.approx(np.pi / 4, rel=1e-3)
    assert volume(lathe([(0, 0), (0.5, 0), (0.5, 1), (0, 1)], "metal", n=200)) == pytest.approx(-np.pi / 4, rel=1e-3)
    assert 0.6 < volume(cylinder(0.5, 0, 1, "metal", n=64)) < np.pi / 4


def test_a_tube_follows_its_path_and_is_closed() -> None:
    straight = tube([(0, 0, 0), (0, 1, 0)], 0.1, "metal", n=64)
    assert volume(straight) == pytest.approx(np.pi * 0.01, rel=0.01)
    bent = tube([(0, 0, 0), (0, 1, 0), (0, 1, 1)], 0.1, "metal", n=16)
    assert bounds_of(bent)[1] == pytest.approx(np.array([0.1, 1.1, 1.0]), abs=0.05)
    assert volume(bent) > 0.03


def test_a_panel_faces_the_front_and_counts_uv_from_its_top_left() -> None:
    (made,) = panel(2, 1, "picture", at=(0, 0.5, 0))
    assert np.allclose(grid_normals(made.points), (0, 0, 1))
    assert made.points[0, 0] == pytest.approx((-1, 1, 0))
    assert made.uv[0, 0] == pytest.approx((0, 0))
    assert made.uv[-1, -1] == pytest.approx((2, 1))


def test_a_sheet_is_seen_from_both_sides() -> None:
    (flat,) = panel(1, 1, "leaf")
    front, back = sheet(flat.points, "leaf", thickness=0.002)
    assert np.allclose(grid_normals(front.points), (0, 0, 1))
    assert np.allclose(grid_normals(back.points), (0, 0, -1))
    assert volume([front, back]) == pytest.approx(0.002 / 3, rel=1e-6)  # its rim is open


def test_folds_hang_to_the_floor_within_their_width_and_depth() -> None:
    made = folds(0.6, 2.2, "curtain", depth=0.1, n_folds=7, random=np.random.default_rng(0))
    low, high = bounds_of(made)
    assert low[1] == pytest.approx(0, abs=1e-3)
    assert high[1] == pytest.approx(2.2, abs=1e-3)
    assert (high - low)[0] < 0.605
    z = made[0].points[-1, :, 2]
    assert (np.diff(np.sign(z)) != 0).sum() >= 12  # seven waves cross the middle twice each
    assert np.abs(z).max() < 0.053
