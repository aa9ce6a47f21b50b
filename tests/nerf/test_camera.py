"""Cameras: conventions first, then that projecting and looking back agree for every lens."""

import math

import numpy as np
import pytest

from nerf.camera import Camera, equirect, from_field_of_view

PHONE = Camera(1080, 1920, 1375.52, 1374.49, 554.558, 965.268, "opencv", (0.0578, -0.0805, -0.00098, 0.00016))
ACTION = Camera(1920, 1080, 900.0, 905.0, 955.0, 545.0, "opencv", (-0.26, 0.09, 1e-4, -2e-4, -0.008))
RATIONAL = Camera(1280, 960, 700.0, 700.0, 640.0, 480.0, "opencv", (0.9, 0.4, 1e-4, 1e-4, 0.02, 1.2, 0.6, 0.05))
FISHEYE = Camera(1600, 1600, 480.0, 482.0, 801.0, 799.0, "fisheye", (0.02, -0.01, 0.003, -0.0002))
PINHOLE = Camera(640, 480, 585.0, 580.0, 321.5, 238.25)


def test_convention_pixel_centres_lie_at_half() -> None:
    camera = Camera(4, 2, 2.0, 2.0, 2.0, 1.0)
    assert camera.pixel_centres()[[0, 1, 4]].tolist() == [[0.5, 0.5], [1.5, 0.5], [0.5, 1.5]]
    assert camera.directions(np.array([[2.0, 1.0]])).tolist() == [[0.0, 0.0, 1.0]]  # the middle between four pixels


def test_convention_x_is_right_y_is_down_z_is_forward() -> None:
    right, below = PINHOLE.project(np.array([[0.1, 0.0, 1.0], [0.0, 0.1, 1.0]]))
    assert right[0] > PINHOLE.cx
    assert right[1] == PINHOLE.cy
    assert below[1] > PINHOLE.cy
    x, y, z = np.eye(3)
    assert np.array_equal(np.cross(x, y), z)


def test_convention_depth_is_along_z_and_not_along_the_ray() -> None:
    corner = PINHOLE.directions(np.array([[0.5, 0.5]]))
    assert corner[0, 2] == 1.0
    assert np.allclose(PINHOLE.project(2.5 * corner), [[0.5, 0.5]], atol=1e-12)
    assert np.linalg.norm(corner) > 1.1  # the ray is longer than the depth


def test_convention_the_middle_of_a_panorama_looks_forward_and_its_top_looks_up() -> None:
    panorama = equirect(400, 200)
    middle, right, top = panorama.directions(np.array([[200.0, 100.0], [300.0, 100.0], [200.0, 0.0]]))
    assert np.allclose(middle, [0, 0, 1])
    assert np.allclose(right, [1, 0, 0])
    assert np.allclose(top, [0, -1, 0])


@pytest.mark.parametrize("camera", [PINHOLE, PHONE, ACTION, RATIONAL, FISHEYE, equirect(512, 256)])
def test_a_pixel_looked_through_and_projected_again_is_the_same_pixel(camera: Camera) -> None:
    pixels = camera.pixel_centres()[:: max(1, camera.width * camera.height // 4001)]
    directions = camera.directions(pixels)
    assert np.isfinite(directions).all()
    lengths = directions[:, 2] if camera.model in ("pinhole", "opencv") else np.linalg.norm(directions, axis=1)
    assert np.allclose(lengths, 1.0, atol=1e-12)
    distances = np.linspace(0.2, 9.0, len(pixels))[:, None]
    assert np.abs(camera.project(directions * distances) - pixels).max() < 1e-9


def test_the_opencv_model_matches_its_formula_term_by_term() -> None:
    k1, k2, p1, p2, k3, k4, k5, k6 = RATIONAL.distortion
    x, y = 0.31, -0.22
    r2 = x**2 + y**2
    radial = (1 + k1 * r2 + k2 * r2**2 + k3 * r2**3) / (1 + k4 * r2 + k5 * r2**2 + k6 * r2**3)
    u = 700 * (x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x**2)) + 640
    v = 700 * (y * radial + p1 * (r2 + 2 * y**2) + 2 * p2 * x * y) + 480
    assert np.allclose(RATIONAL.project(np.array([[3 * x, 3 * y, 3.0]])), [[u, v]], atol=1e-11)


def test_a_fisheye_measures_the_angle_from_its_axis() -> None:
    ideal = Camera(1000, 1000, 300.0, 300.0, 500.0, 500.0, "fisheye", ())
    sideways, behind = ideal.project(np.array([[5.0, 0.0, 0.0], [0.0, 1.0, -1.0]]))
    assert np.allclose(sideways, [500 + 300 * math.pi / 2, 500])
    assert np.allclose(behind, [500, 500 + 300 * 3 * math.pi / 4])


def test_points_that_a_camera_cannot_see_have_no_pixel() -> None:
    assert np.isnan(PINHOLE.project(np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0]]))).all()
    folding = Camera(800, 600, 500.0, 500.0, 400.0, 300.0, "opencv", (-0.3, 0.0, 0.0, 0.0))
    far_outside = np.array([[1.3, 0.0, 1.0]])  # the polynomial brings it back to 1.3 * (1 - 0.3 * 1.69), in the image
    assert np.isnan(folding.project(far_outside)).all()
    assert np.isnan(folding.directions(np.array([[4000.0, 300.0]]))).all()


def test_scaling_an_image_scales_its_pixels() -> None:
    half = PHONE.resized(540, 960)
    points = np.random.default_rng(3).uniform((-0.3, -0.3, 1.2), (0.3, 0.3, 1.8), (50, 3))
    assert np.allclose(half.project(points), PHONE.project(points) / 2, atol=1e-12)
    assert half.distortion == PHONE.distortion


def test_the_undistorted_camera_is_a_pinhole_with_the_same_axis() -> None:
    pinhole = PHONE.undistorted()
    assert pinhole.model == "pinhole"
    assert np.array_equal(pinhole.project(np.array([[0.0, 0.0, 2.0]])), [[PHONE.cx, PHONE.cy]])


def test_a_field_of_view_spans_the_width() -> None:
    camera = from_field_of_view(800, 800, 0.6911112070083618)
    assert camera.fx == pytest.approx(1111.1110311937682)
    left, right = camera.directions(np.array([[0.0, 400.0], [800.0, 400.0]]))
    assert math.acos(left @ right / (np.linalg.norm(left) * np.linalg.norm(right))) == pytest.approx(0.6911112070083618)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"width": 0}, "image size"),
        ({"fx": -3.0}, "camera.fx"),
        ({"fy": math.nan}, "camera.fy"),
        ({"cx": math.inf}, "camera.cx"),
        ({"model": "lightfield"}, "camera.model"),
        ({"model": "opencv", "distortion": (0.1,)}, "camera.distortion"),
        ({"model": "fisheye", "distortion": (0.1, math.nan)}, "camera.distortion"),
    ],
)
def test_impossible_intrinsics_are_refused_by_name(change: dict[str, object], place: str) -> None:
    given: dict[str, object] = {"width": 4, "height": 4, "fx": 4.0, "fy": 4.0, "cx": 2.0, "cy": 2.0}
    with pytest.raises(Exception, match=place if place != "camera.model" else "model"):
        Camera(**(given | change))  # type: ignore[arg-type]
