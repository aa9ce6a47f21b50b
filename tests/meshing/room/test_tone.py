"""Exposure, white balance and the curve."""

import numpy as np
import pytest

from meshing.room.tone import Tone, shown, srgb, tone_for


def test_the_curve_rises_to_white_and_no_further() -> None:
    tone = Tone((1.0, 1.0, 1.0), 4.0)
    grey = np.linspace(0, 4, 50)[:, None] * np.ones(3)
    values = shown(grey, tone)[:, 0]
    assert (np.diff(values) > 0).all()
    assert values[0] == 0
    assert values[-1] == pytest.approx(1)
    assert shown(np.full((1, 3), 90.0), tone).max() == 1


def test_twice_the_light_everywhere_looks_the_same() -> None:
    random = np.random.default_rng(0)
    light = random.lognormal(size=(5000, 3))
    albedo = random.uniform(0.2, 0.8, (5000, 3))
    weight = np.ones(5000)
    one = shown(albedo * light, tone_for(albedo * light, light, weight))
    two = shown(albedo * light * 2, tone_for(albedo * light * 2, light * 2, weight))
    assert one == pytest.approx(two, abs=1e-6)


def test_warm_light_is_mostly_taken_out() -> None:
    warm = np.tile([1.4, 1.0, 0.6], (1000, 1))
    tone = tone_for(0.5 * warm, warm, np.ones(1000))
    balanced = warm[0] * tone.gain
    assert 1.0 < balanced[0] / balanced[2] < 1.5 < warm[0, 0] / warm[0, 2]


def test_what_weighs_nothing_does_not_count() -> None:
    light = np.ones((1000, 3))
    light[:400] = 1e4
    weight = np.r_[np.zeros(400), np.ones(600)]
    assert tone_for(0.5 * light, light, weight) == tone_for(0.5 * light[400:], light[400:], weight[400:])


def test_srgb_bytes() -> None:
    assert srgb(np.array([[0.0, 0.2159, 1.0]])).tolist() == [[0, 128, 255]]
