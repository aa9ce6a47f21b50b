import numpy as np
import pytest

from nerf.ngp.volume import Volume


@pytest.mark.parametrize("contracted", [False, True])
def test_world_and_unit_are_inverse_and_json_keeps_both(contracted: bool) -> None:
    volume = Volume(np.array([1.0, -2, 3]), 2.5, contracted)
    points = np.random.default_rng(0).uniform(-4, 6, (100, 3))
    again = Volume.from_json(volume.to_json())
    np.testing.assert_allclose(again.world(volume.unit(points)), points, rtol=1e-6, atol=1e-6)


def test_the_box_fills_the_cube_or_its_middle_half() -> None:
    centre = np.array([1.0, 2, 3])
    corners = np.stack([centre - 2, centre + 2])
    np.testing.assert_allclose(Volume(centre, 2.0).unit(corners), [[0, 0, 0], [1, 1, 1]])
    np.testing.assert_allclose(Volume(centre, 2.0, True).unit(corners), [[0.25] * 3, [0.75] * 3])
    np.testing.assert_allclose(Volume(centre, 2.0).bounds, corners)
    assert Volume(centre, 2.0).scale == 0.25


def test_a_box_without_size_is_refused() -> None:
    with pytest.raises(ValueError, match="positive size"):
        Volume(np.zeros(3), 0.0)
