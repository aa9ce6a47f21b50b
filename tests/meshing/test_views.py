import numpy as np

from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.raycast_embree import RayCaster
from meshing.views import View, at_pixels, detail, facing, pixels_of, smooth, visible

CAMERA = Pinhole(20, 10, 10.0, 10.0, 10.0, 5.0)


def view(position: tuple[float, float, float] = (0, 0, 0)) -> View:
    pose = np.eye(4)
    pose[:3, 3] = position
    return View(CAMERA.width, CAMERA.height, CAMERA.project, pose)


def test_pixels_and_what_lies_outside_or_behind() -> None:
    points = np.array([[0.0, 0, 2], [0.95, 0, 1], [0, 0, -1], [5, 0, 1]])
    pixels, inside = pixels_of(view(), points)
    np.testing.assert_allclose(pixels[:2], [[10, 5], [19.5, 5]])
    assert np.isnan(pixels[2]).all()
    assert inside.tolist() == [True, False, False, False]
    assert pixels_of(view(), points, margin=0.0)[1].tolist() == [True, True, False, False]
    np.testing.assert_allclose(pixels_of(view((1, 0, 0)), points)[0][0], [5, 5])


def test_facing_is_one_when_seen_squarely() -> None:
    points, normals = np.array([[0.0, 0, 2]] * 3), np.array([[0.0, 0, -3], [0, 0, 1], [0, 1, -1]])
    np.testing.assert_allclose(facing(view(), points, normals), [1, -1, np.sqrt(0.5)])


def test_only_asked_points_that_nothing_hides_are_visible() -> None:
    wall = Mesh(np.array([[-1, -1, 1], [1, -1, 1], [0, 2, 1]], np.float32), np.array([[0, 2, 1]], np.int32))
    caster = RayCaster(wall.vertices, wall.faces)
    points = np.array([[0.0, 0, 0.5], [0, 0, 1.0], [0, 0, 2.0], [0, 0, 0.5]])
    asked = np.array([True, True, True, False])
    assert visible(view(), points, asked, caster, slack=0.01).tolist() == [True, True, False, False]
    assert visible(view(), points, asked, caster, slack=0.6).tolist() == [True, True, True, False]


def test_detail_falls_when_a_picture_is_blurred() -> None:
    sharp = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    blurred = smooth(sharp, 5).astype(np.uint8)
    assert detail(blurred, 5).mean() < 0.5 * detail(sharp, 5).mean()


def test_a_pixel_is_found_by_any_point_in_it() -> None:
    image = np.arange(12).reshape(3, 4)
    assert at_pixels(image, np.array([[0.0, 0.0], [1.99, 2.0], [99, -5]])).tolist() == [0, 9, 3]
