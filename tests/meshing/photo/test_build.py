from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from meshing.photo.build import LayerSettings, build_layers, closed, placed, strides_for
from meshing.photo.layers import Layers, check_layers

PLAIN = LayerSettings(parallax=0.3, sharpen=False)


def test_both_backends_build_the_same_layers(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    fast = build_layers(*bumpy, settings=LayerSettings(parallax=0.3), backend="numba")
    plain = build_layers(*bumpy, settings=LayerSettings(parallax=0.3), backend="numpy")
    for name in ("x", "y", "disparity", "neighbours", "color"):
        assert np.array_equal(getattr(fast, name), getattr(plain, name)), name
    check_layers(fast)


def test_layers_survive_the_disk_in_the_same_bytes(bumpy: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    layers = build_layers(*bumpy, settings=PLAIN, name="hall")
    for name in ("one", "two"):
        layers.save(tmp_path / name)
    again = Layers.load(tmp_path / "one")
    for field in fields(Layers):
        assert np.array_equal(getattr(again, field.name), getattr(layers, field.name)), field.name
    for file in ("layers.npz", "layers.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_metric_depth_keeps_its_metres() -> None:
    depth = np.full((40, 60), 4.0)
    depth[10:30, 20:40] = 2.0
    view, disparity = placed((1 / depth).astype(np.float32), metric=True, focal=80.0, settings=PLAIN)
    assert view.metric
    assert np.allclose(view.depth(disparity), depth, rtol=1e-5)
    assert np.ptp(disparity) == pytest.approx(0.3 * 60, rel=1e-4)


def test_depth_without_a_unit_is_laid_between_fixed_ends_and_flattened_where_not_trusted() -> None:
    inverse = np.tile(np.linspace(-3, 5, 60, dtype=np.float32), (40, 1))
    near_far = {}
    for relief in (1.0, 0.2):
        settings = LayerSettings(parallax=0.3, relief=relief)
        view, disparity = placed(inverse, metric=False, focal=None, settings=settings)
        depth = view.depth(disparity)
        near_far[relief] = (depth.min(), depth.max())
        assert not view.metric
    assert near_far[1.0] == pytest.approx((1, 10), rel=0.1)
    assert near_far[0.2] == pytest.approx((1, 1 / (1 - 0.2 * 0.9)), rel=0.02)


def test_what_is_no_depth_is_told_in_a_sentence() -> None:
    rgb = np.zeros((40, 60, 3), np.uint8)
    good = np.tile(np.linspace(0, 1, 60, dtype=np.float32), (40, 1))
    bad = good.copy()
    bad[3, 4] = np.nan
    cases = {
        "must be finite .got 1 of 2400": (rgb, bad),
        "is 0 everywhere": (rgb, np.zeros((40, 60), np.float32)),
        "must have the photo's size": (rgb, good[:, :50]),
        "at least 16 pixels a side": (rgb[:8], good[:8]),
    }
    for words, given in cases.items():
        with pytest.raises(ValueError, match=words):
            build_layers(*given)


def test_layers_with_a_one_way_link_are_refused(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    layers = build_layers(*bumpy, settings=PLAIN)
    layers.neighbours[0, 0] = -1
    with pytest.raises(ValueError, match="links must be mutual"):
        check_layers(layers)


def test_coarse_depth_is_sharpened_from_wide_to_narrow() -> None:
    assert [strides_for(1536, side) for side in (1536, 768, 384)] == [(1,), (2, 1), (4, 2, 1)]


def test_the_ends_of_a_panorama_meet_and_its_poles_are_points() -> None:
    disparity = np.random.default_rng(0).uniform(10, 12, (6, 12)).astype(np.float32)
    disparity[3, 0] = 40
    made = closed(disparity, 1.5)
    assert np.array_equal(made[[1, 2, 4], 0], made[[1, 2, 4], -1])
    assert (made[3, 0], made[3, -1]) == (40, disparity[3, -1])
    assert np.ptp(made[0]) == np.ptp(made[-1]) == 0
    assert np.array_equal(made[1:-1, 1:-1], disparity[1:-1, 1:-1])
