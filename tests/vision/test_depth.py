from pathlib import Path

import numpy as np
import pytest

from vision.depth import InverseDepth, filled_from_farther_side, inverse_depth, inverse_of_depth

NAN = np.nan


def test_inverse_depth_survives_the_disk_in_the_same_bytes(tmp_path: Path) -> None:
    given = InverseDepth(np.arange(12, dtype=np.float32).reshape(3, 4), np.ones((3, 4), np.float32), True, "rgbd")
    for name in ("one", "two"):
        given.save(tmp_path / name)
    again = InverseDepth.load(tmp_path / "one")
    assert np.array_equal(again.values, given.values)
    assert np.array_equal(again.confidence, given.confidence)
    assert (again.metric, again.source) == (True, "rgbd")
    for file in ("inverse_depth.npz", "inverse_depth.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_what_is_not_finite_is_far_and_unsure() -> None:
    made = inverse_depth(np.array([[1.0, NAN], [3.0, np.inf]]), 0.5)
    assert made.values.tolist() == [[1, 1], [3, 1]]
    assert made.confidence.tolist() == [[0.5, 0], [0.5, 0]]


def test_depth_in_metres_becomes_its_inverse() -> None:
    made = inverse_of_depth(np.array([[2.0, 0.0, 4.0], [2.0, 2.0, NAN]]))
    assert made.values.tolist() == [[0.5, 0.25, 0.25], [0.5, 0.5, 0.5]]
    assert made.confidence.tolist() == [[1, 0, 1], [1, 1, 0]]
    assert made.metric


@pytest.mark.parametrize("empty", [np.zeros((4, 5)), np.full((4, 5), NAN), np.full((4, 5), -1.0)])
def test_depth_that_says_nothing_is_one_clear_error(empty: np.ndarray) -> None:
    with pytest.raises(ValueError, match="no positive finite depth among 20 pixels"):
        inverse_of_depth(empty)


def test_flat_depth_is_one_clear_error() -> None:
    with pytest.raises(ValueError, match="photo: is 2 everywhere"):
        inverse_depth(np.full((4, 5), 2.0), where="photo")
    with pytest.raises(ValueError, match="no finite value"):
        inverse_depth(np.full((4, 5), NAN))


def test_holes_take_the_farther_side() -> None:
    row = np.array([[NAN, 5.0, NAN, NAN, 2.0, NAN]])
    assert filled_from_farther_side(row).tolist() == [[5, 5, 2, 2, 2, 2]]
    lines = np.array([[NAN, NAN], [3.0, 4.0], [NAN, NAN], [1.0, 9.0]])
    assert filled_from_farther_side(lines).tolist() == [[3, 4], [3, 4], [1, 4], [1, 9]]


def test_resizing_keeps_a_ramp_a_ramp() -> None:
    ramp = np.tile(np.linspace(0, 1, 40, dtype=np.float32), (30, 1))
    bigger = inverse_depth(ramp, 1.0).resized(60, 80)
    assert bigger.values.shape == bigger.confidence.shape == (60, 80)
    assert np.abs(bigger.values - np.linspace(0, 1, 80)).max() < 0.015
    assert (bigger.confidence == 1).all()
