import numpy as np
import pytest

from vision.scene_surfaces import noise, paint


def test_a_surface_shows_one_look_and_the_sky_none() -> None:
    """Two floors of one look show the same at the same place; a third, of another look, does not."""
    rng = np.random.default_rng(0)
    which = np.array([[0, 1, 2, -1]]).repeat(50, axis=0)
    point = np.repeat(rng.uniform(-1, 1, (50, 1, 3)), 4, axis=1)
    normal = np.broadcast_to([0.0, 1.0, 0.0], point.shape).copy()
    image = paint(rng, which, point, normal, np.array([5, 5, 6]), textures=(), kind="room")
    assert np.array_equal(image[:, 0], image[:, 1])
    assert not np.allclose(image[:, 0], image[:, 2])
    assert (image[:, 3] == 0).all()


def test_given_pictures_are_shown_by_some_surfaces() -> None:
    which = np.arange(40)[:, None]
    point, normal = np.zeros((40, 1, 3)), np.broadcast_to([0.0, 0.0, 1.0], (40, 1, 3)).copy()
    given = np.full((8, 8, 3), 51, np.uint8)
    image = paint(np.random.default_rng(0), which, point, normal, np.arange(40), textures=[given], kind="room")
    assert 0.2 < np.isclose(image, 0.2).all(axis=-1).mean() < 0.8


@pytest.mark.parametrize("beta", [0, 1.5, 3])
def test_the_power_of_noise_falls_with_frequency(beta: float) -> None:
    values = noise(np.random.default_rng(0), 256, beta)
    assert values.mean() == pytest.approx(0, abs=1e-9)
    assert values.std() == pytest.approx(1)
    f = np.fft.fftfreq(256)
    radius, power = np.hypot(f[:, None], f), np.abs(np.fft.fft2(values)) ** 2
    rings = [(0.02, 0.03), (0.1, 0.12), (0.3, 0.34)]
    mean = [power[(radius > low) & (radius < high)].mean() for low, high in rings]
    slope = np.polyfit(np.log([sum(ring) / 2 for ring in rings]), np.log(mean), 1)[0]
    assert slope == pytest.approx(-beta, abs=0.2)
