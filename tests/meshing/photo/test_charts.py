import numpy as np

from meshing.photo import charts_numba
from meshing.photo.build import LayerSettings, build_layers
from meshing.photo.charts import TILE, charts


def test_charts_hold_each_place_once_and_stay_in_their_tile(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    layers = build_layers(*bumpy, settings=LayerSettings(parallax=0.3, sharpen=False))
    number = charts(layers.x, layers.y, layers.neighbours, layers.n_photo)
    assert (number[: layers.n_photo] == -1).all()
    assert (number[layers.n_photo :] >= 0).all()
    hidden = np.arange(layers.n_photo, len(layers.x))
    where = np.stack([number[hidden], layers.x[hidden], layers.y[hidden]])
    assert np.unique(where, axis=1).shape == where.shape
    for c in range(number.max() + 1):
        assert np.ptp(layers.x[number == c] // TILE) == 0


def test_the_compiled_twin_makes_the_same_charts(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    layers = build_layers(*bumpy, settings=LayerSettings(parallax=0.3, sharpen=False))
    given = (layers.x, layers.y, layers.neighbours, layers.n_photo)
    assert np.array_equal(charts(*given), charts_numba.charts(*given))
