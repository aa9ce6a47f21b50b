"""The filter takes noise out, leaves edges in, and fills what nobody sees from beside it."""

import numpy as np
import pytest

from meshing.room.denoise import smooth
from meshing.room.solids import panel
from meshing.room.surfels import surfels_of

WALL = surfels_of([*panel(2.0, 1.5, "wall"), *panel(0.4, 0.4, "wall")], [0.05, 0.05])


def test_noise_becomes_much_less_and_the_mean_stays() -> None:
    random = np.random.default_rng(0)
    noisy = (1 + 0.2 * random.normal(size=(len(WALL), 3))).astype(np.float32)
    noisy[:, 1:] = noisy[:, :1]
    error = np.full(len(WALL), 0.2, np.float32)
    clean = smooth(WALL, noisy, np.zeros(len(WALL), bool), error)
    first = WALL.rows(0)
    assert clean[first].std() < 0.25 * noisy[first].std()
    assert clean[first].mean() == pytest.approx(noisy[first].mean(), rel=0.01)


def test_an_edge_far_above_the_error_stays() -> None:
    values = np.where(WALL.shares[:, :1] < 0.5, 1.0, 0.2).astype(np.float32) * np.ones(3, np.float32)
    clean = smooth(WALL, values, np.zeros(len(WALL), bool), np.full(len(WALL), 0.01, np.float32))
    assert np.abs(clean - values).max() < 0.02


def test_patches_do_not_mix() -> None:
    values = np.zeros((len(WALL), 3), np.float32)
    values[WALL.rows(1)] = 1
    clean = smooth(WALL, values, np.zeros(len(WALL), bool), np.ones(len(WALL), np.float32))
    assert (clean[WALL.rows(0)] == 0).all()
    assert clean[WALL.rows(1)] == pytest.approx(1)


def test_blind_samples_take_the_light_beside_them() -> None:
    values = np.ones((len(WALL), 3), np.float32)
    blind = WALL.shares[:, 0] < 0.3
    values[blind] = 0
    clean = smooth(WALL, values, blind, np.zeros(len(WALL), np.float32))
    assert clean[WALL.rows(0)] == pytest.approx(1)
    assert (smooth(WALL, values, np.ones(len(WALL), bool), np.zeros(len(WALL), np.float32)) == 0).all()
