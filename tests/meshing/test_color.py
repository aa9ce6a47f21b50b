import numpy as np
import pytest

from meshing.color import linear_from_srgb, srgb_from_linear


def test_every_level_survives_the_round_trip() -> None:
    levels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(srgb_from_linear(linear_from_srgb(levels)), levels)


def test_known_values() -> None:
    """From IEC 61966-2-1: middle grey 188 is half the light; 10 lies on the straight piece."""
    assert linear_from_srgb(np.array([188], np.uint8))[0] == pytest.approx(0.5029, abs=1e-4)
    assert linear_from_srgb(np.array([10], np.uint8))[0] == pytest.approx(10 / 255 / 12.92)
    assert linear_from_srgb(np.array([0.5]))[0] == pytest.approx(0.21404, abs=1e-5)
    assert srgb_from_linear(np.array([-1.0, 0.21586, 7.0])).tolist() == [0, 128, 255]
