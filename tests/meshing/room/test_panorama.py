"""Pictures all around one point."""

import numpy as np
import pytest

from meshing.room import panorama as pano


def test_convention_the_middle_looks_along_minus_z_and_the_right_is_x() -> None:
    ways = pano.directions(64, 128)
    assert ways[32, 64] == pytest.approx([0, 0, -1], abs=0.05)
    assert ways[32, 96] == pytest.approx([1, 0, 0], abs=0.05)
    assert ways[0, 10][1] > 0.99
    right_of_middle = np.cross(ways[32, 64], [0, 1, 0])
    assert ways[32, 70] @ right_of_middle > 0, "turning right goes to the right of the picture"


def test_directions_and_pixels_lead_to_each_other() -> None:
    ways = pano.directions(16, 32)
    rows, columns = np.mgrid[:16, :32]
    assert np.allclose(pano.pixels_of(ways, 16, 32), np.stack([columns + 0.5, rows + 0.5], axis=-1))


def test_solid_angles_add_up_and_weigh_as_they_should() -> None:
    weights = pano.solid_angles(64, 128)
    assert weights.sum() == pytest.approx(1)
    assert (pano.directions(64, 128)[..., 1] ** 2 * weights).sum() == pytest.approx(1 / 3, abs=1e-3)


def test_a_picture_is_sampled_around_its_seam() -> None:
    image = np.zeros((4, 8, 1))
    image[:, 0], image[:, 7] = 1.0, 3.0
    assert pano.sampled(image, np.array([[0.0, 2.0], [8.0, 2.0], [0.5, 2.0]])).ravel() == pytest.approx([2, 2, 1])


def test_perspective_views_of_a_smooth_picture_merge_back_into_it() -> None:
    ways = pano.directions(64, 128)
    smooth = ((ways * 0.4 + 0.5) * 255).astype(np.uint8)
    views = pano.around(8, 64)
    pictures = [pano.perspective(smooth, camera, rotation).astype(np.float64) for camera, rotation in views]
    again = pano.merged(pictures, views, 64, 128)
    assert np.abs(again - smooth).mean() < 0.6
    assert np.abs(again - smooth).max() < 6


def test_a_view_ahead_shows_what_is_to_the_right_on_its_right() -> None:
    ways = pano.directions(64, 128)
    image = np.zeros((64, 128, 3), np.uint8)
    image[ways[..., 0] > 0.2] = (255, 0, 0)
    image[..., 2] = np.where(ways[..., 1] > 0, 255, 0)
    camera, rotation = pano.around(8, 32)[0]
    view = pano.perspective(image, camera, rotation)
    assert view[16, 31, 0] > 200 > view[16, 0, 0]
    assert view[2, 16, 2] > 200 > view[29, 16, 2]
    assert np.linalg.det(rotation) == pytest.approx(1)
