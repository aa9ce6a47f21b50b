import numpy as np
import pytest

from meshing.photo.build import LayerSettings, build_layers
from meshing.photo.canvas import canvases, fill_on_canvases

SETTINGS = LayerSettings(parallax=0.3, sharpen=False)


def first_color(color: np.ndarray, unknown: np.ndarray, _: np.ndarray) -> np.ndarray:
    return np.where(unknown[:, None], 7, color).astype(np.uint8)


def test_the_context_of_what_is_hidden_is_never_what_hides_it(square: tuple[np.ndarray, np.ndarray]) -> None:
    layers = build_layers(*square, settings=SETTINGS)
    (canvas,) = canvases(layers, 64)
    assert canvas.unknown.sum() == len(layers.x) - layers.n_photo
    assert canvas.known.sum() == 40 * 48 - 16 * 16
    assert (layers.color[canvas.pixel[canvas.known]] == (0, 0, 250)).all()


def test_context_reaches_as_many_steps_as_asked(square: tuple[np.ndarray, np.ndarray]) -> None:
    layers = build_layers(*square, settings=SETTINGS)
    (canvas,) = canvases(layers, context=3)
    assert canvas.pixel.shape == (16 + 6, 16 + 6)
    assert canvas.known.sum() == 4 * 16 * 3 + 4 * 3  # four bands and, by steps around corners, 3 pixels at each


def test_fills_reach_their_pixels_and_the_rest_goes_to_the_graph(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    layers = build_layers(*bumpy, settings=SETTINGS)
    seen = []

    def fill(rgb: np.ndarray, known: np.ndarray, unknown: np.ndarray) -> np.ndarray:
        assert not (known & unknown).any()
        assert (rgb[~known] == 0).all()
        seen.append(int(unknown.sum()))
        return np.where(unknown[..., None], 9, np.zeros_like(rgb)).astype(np.uint8)

    done = fill_on_canvases(layers, fill, first_color)
    hidden = done.color[layers.n_photo :]
    assert (hidden == 9).all(axis=1).sum() == sum(seen)
    assert (hidden == 7).all(axis=1).sum() == len(hidden) - sum(seen)
    assert np.array_equal(done.color[: layers.n_photo], layers.color[: layers.n_photo])
    assert done.filled


def test_an_inpainter_that_returns_something_else_is_named(square: tuple[np.ndarray, np.ndarray]) -> None:
    layers = build_layers(*square, settings=SETTINGS)
    with pytest.raises(ValueError, match=r"inpainter: must return uint8 of shape .*\(got float64"):
        fill_on_canvases(layers, lambda rgb, known, unknown: rgb / 255.0, first_color)
