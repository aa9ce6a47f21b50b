"""Noise is smooth, uniform enough, and the same everywhere."""

import numpy as np
import pytest

from meshing.room.noise import layered, random_of


def test_it_does_not_jump() -> None:
    line = np.stack([np.linspace(-3, 3, 6001), np.full(6001, 0.3), np.full(6001, -1.7)], axis=1)
    assert np.abs(np.diff(layered(line, 1))).max() < 0.003


def test_its_mean_is_a_half_and_it_stays_between_zero_and_one() -> None:
    values = layered(np.random.default_rng(0).uniform(-50, 50, (20000, 3)), 4, 2)
    assert values.mean() == pytest.approx(0.5, abs=0.01)
    assert 0 < values.min() < 0.25
    assert 0.75 < values.max() < 1


def test_seeds_differ_and_repeat() -> None:
    points = np.random.default_rng(1).uniform(-5, 5, (500, 3))
    assert np.array_equal(layered(points, 3, 1), layered(points, 3, 1))
    assert np.corrcoef(layered(points, 3, 1), layered(points, 3, 9))[0, 1] < 0.3


def test_whole_numbers_give_even_random_numbers() -> None:
    i, j = np.meshgrid(np.arange(-40, 40), np.arange(-40, 40))
    values = random_of(i.ravel(), j.ravel(), 3)
    counts, _ = np.histogram(values, bins=8, range=(0, 1))
    assert (np.abs(counts / len(values) - 1 / 8) < 0.03).all()
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.08
