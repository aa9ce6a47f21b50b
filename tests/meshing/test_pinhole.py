import numpy as np

from meshing.pinhole import Pinhole

CAMERA = Pinhole(8, 6, 10.0, 12.0, 3.5, 3.0)


def test_convention_the_first_pixel_has_its_center_at_one_half() -> None:
    rays = CAMERA.rays()
    np.testing.assert_allclose(rays[0, 0], [(0.5 - 3.5) / 10, (0.5 - 3.0) / 12, 1])
    pixels = CAMERA.project((2.5 * rays).reshape(-1, 3)).reshape(6, 8, 2)
    np.testing.assert_allclose(pixels[4, 7], [7.5, 4.5])


def test_points_behind_the_camera_have_no_pixel() -> None:
    assert np.isnan(CAMERA.project(np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0]]))).all()


def test_scaling_keeps_the_view() -> None:
    points = np.array([[0.1, -0.2, 1.0]])
    np.testing.assert_allclose(CAMERA.scaled(3).project(points), 3 * CAMERA.project(points))
