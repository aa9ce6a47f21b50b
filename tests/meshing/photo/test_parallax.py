import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshing.mesh import Mesh
from meshing.photo.build import LayerSettings, build_layers
from meshing.photo.layers import Layers
from meshing.photo.parallax import PhotoViews, look, middle_depth, photo_views
from meshing.photo.surface import mesh_photo


@pytest.fixture(scope="module")
def square() -> tuple[Mesh, Layers]:
    """A near red square before a far blue ground."""
    rgb = np.full((48, 64, 3), (0, 0, 200), np.uint8)
    rgb[16:32, 24:40] = (200, 0, 0)
    inverse = np.full((48, 64), 0.2, np.float32)
    inverse[16:32, 24:40] = 1.0
    settings = LayerSettings(parallax=0.1, sharpen=False)
    layers = build_layers(rgb, inverse, metric=True, focal=60.0, settings=settings)
    color = layers.color.copy()
    color[layers.n_photo :] = (0, 0, 200)
    layers = replace(layers, color=color, filled=True)
    return mesh_photo(layers), layers


def red_columns(rgb: np.ndarray) -> tuple[int, int]:
    columns = np.flatnonzero((rgb[24, :, 0] > 100) & (rgb[24, :, 2] < 100))
    return int(columns[0]), int(columns[-1])


def test_convention_from_the_right_near_things_move_left_against_the_far_ground(square: tuple[Mesh, Layers]) -> None:
    mesh, layers = square
    straight, beside = (look(mesh, layers.view, right, side=64) for right in (0.0, 1.0))
    assert red_columns(straight) == (24, 39)
    shift = 0.1 * 64 * 1.0 / 0.8  # pixels: parallax between 0.2 and 1.0 is a tenth of 64
    assert red_columns(beside)[0] == pytest.approx(24 - shift, abs=1)


def test_what_lies_in_focus_stays_where_it_is(square: tuple[Mesh, Layers]) -> None:
    mesh, layers = square
    for right in (-1.0, 1.0):
        assert red_columns(look(mesh, layers.view, right, side=64, focus=1.0)) == pytest.approx((24, 39), abs=1)
    assert 1.0 < middle_depth(mesh) < 5.0


def test_nothing_is_left_black(square: tuple[Mesh, Layers]) -> None:
    mesh, layers = square
    for right in (-1.0, 1.0):
        assert look(mesh, layers.view, right, 0.5, side=64).max(axis=2).min() > 150


def test_pictures_and_film_survive_the_disk(square: tuple[Mesh, Layers], tmp_path: Path) -> None:
    mesh, layers = square
    views = photo_views(mesh, layers.view, side=64, frames=3)
    views.save(tmp_path)
    assert PhotoViews.load(tmp_path) == views
    with Image.open(io.BytesIO(views.film)) as film:
        assert (film.n_frames, film.size) == (3, (32, 24))  # type: ignore[attr-defined]
    with Image.open(tmp_path / "side-by-side.jpg") as both:
        assert both.size == (128, 48)
