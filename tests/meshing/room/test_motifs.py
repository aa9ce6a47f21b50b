"""Pictures, books, clocks and views show something."""

import numpy as np
import pytest

from meshing.room.materials import Samples
from meshing.room.motifs import books, clock_face, daylight_view, night_screen, night_view, pages, picture, screen

COLORS = ((0.5, 0.1, 0.1), (0.7, 0.6, 0.4), (0.1, 0.3, 0.2), (0.3, 0.4, 0.5), (0.8, 0.8, 0.7))


def rectangle(seed: float = 0.37, n: int = 90, bottom: float = 0.9) -> Samples:
    u, v = np.meshgrid((np.arange(n) + 0.5) / n * 1.2, (np.arange(n) + 0.5) / n * 0.8)
    uv = np.stack([u.ravel(), v.ravel()], axis=1)
    position = np.stack([uv[:, 0], bottom + 0.8 - uv[:, 1], 0 * uv[:, 0]], axis=1)
    return Samples(uv, position, np.tile([1.2, 0.8], (n * n, 1)), np.full(n * n, seed))


@pytest.mark.parametrize("motif", ["abstract", "landscape", "geometric", "botanical", "ink", "neon"])
def test_a_picture_has_a_light_mount_around_something_varied(motif: str) -> None:
    colors = picture(COLORS, motif=motif)(rectangle()).reshape(90, 90, 3)
    assert colors[0].mean() > 0.8
    assert colors[20:70, 20:70].reshape(-1, 3).std(axis=0).max() > 0.05
    assert colors.min() >= 0
    assert colors.max() < 1.6


def test_two_pictures_of_one_motif_differ() -> None:
    one, two = (picture(COLORS, motif="abstract")(rectangle(seed)) for seed in (0.11, 0.72))
    assert np.abs(one - two).mean() > 0.02


def test_neighbouring_books_differ_in_colour() -> None:
    colors = {tuple(np.round(books(rectangle(seed))[0], 3)) for seed in np.linspace(0.01, 0.99, 20)}
    assert len(colors) > 12
    assert pages(rectangle()).mean() > 0.4


def test_a_clock_shows_dark_marks_on_a_light_face() -> None:
    face = clock_face((0.8, 0.8, 0.8), (0.0, 0.0, 0.0))(rectangle())
    dark = (face[:, 0] < 0.3).mean()
    assert 0.005 < dark < 0.15


def test_the_sky_is_above_the_ground_and_nothing_is_blown_out() -> None:
    view = daylight_view(rectangle()).reshape(90, 90, 3)
    sky, ground = view[5].mean(axis=0), view[88].mean(axis=0)
    assert sky[2] > ground[2] + 0.2
    assert ground[1] == ground.max()
    assert view.max() < 1
    assert night_view(rectangle()).mean() < 0.3 * view.mean()


def test_screens_are_lit_in_colour() -> None:
    assert screen(rectangle()).std() > 0.02
    lines = night_screen(rectangle()).mean(axis=1)
    assert 0.02 < (lines > 0.2).mean() < 0.6
