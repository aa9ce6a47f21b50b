"""Procedural colours: the same everywhere and always, smooth, and within their limits."""

import numpy as np

from nerf.scenes.textures import edge, layered_noise, mix, noise, planks, random_of, wood


def test_the_numbers_of_cells_are_fixed_for_good() -> None:
    cells = np.array([[0, 0, 0], [1, 2, 3], [-5, 7, 0]])
    assert np.allclose(random_of(cells), random_of(cells[::-1])[::-1])
    many = random_of(np.stack(np.meshgrid(*[np.arange(-20, 20)] * 3), axis=-1).reshape(-1, 3))
    assert abs(many.mean() - 0.5) < 0.01
    assert abs(many.std() - 12**-0.5) < 0.01
    assert len(np.unique(many)) == len(many)


def test_noise_is_smooth_and_takes_its_cells_numbers_at_their_corners() -> None:
    corners = np.array([[1.0, 2.0, 3.0], [-4.0, 0.0, 5.0]])
    assert np.allclose(noise(corners / 8, 8.0), random_of(corners.astype(np.int64)))
    line = np.stack([np.linspace(0, 1, 2000), np.full(2000, 0.3), np.full(2000, 0.7)], axis=1)
    assert np.abs(np.diff(noise(line, 8.0))).max() < 1.5 * 8 / 2000 + 1e-9
    assert 0 <= layered_noise(line, 8.0).min() < layered_noise(line, 8.0).max() <= 1


def test_an_edge_rises_from_0_to_1_within_its_width() -> None:
    assert np.allclose(edge(np.array([0.0, 0.9, 1.0, 1.1, 2.0]), 1.0, 0.2), [0.0, 0.0, 0.5, 1.0, 1.0])


def test_mixing_goes_from_the_first_colour_to_the_second() -> None:
    assert np.allclose(
        mix((0.0, 0.0, 0.0), (1.0, 0.5, 0.0), np.array([-1.0, 0.5, 2.0])), [[0] * 3, [0.5, 0.25, 0], [1, 0.5, 0]]
    )


def test_wood_and_planks_are_colours() -> None:
    points = np.random.default_rng(0).uniform(-2, 2, (500, 3))
    for colours in (wood(points, (0.3, 0.2, 0.1), (0.7, 0.5, 0.3)), planks(points)):
        assert colours.shape == (500, 3)
        assert 0 <= colours.min() < colours.max() <= 1
        assert np.all(colours[:, 0] > colours[:, 2])  # wood is not blue
