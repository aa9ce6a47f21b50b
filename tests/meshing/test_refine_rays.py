from dataclasses import replace

import numpy as np
import pytest

from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.quality import Reference
from meshing.raycast_embree import RayCaster
from meshing.refine_rays import PixelRays, cast_pixels, face_normals

CAMERA = Pinhole(20, 16, 10.0, 10.0, 10.0, 8.0)


@pytest.fixture
def steps() -> Mesh:
    """Two squares that face the camera: x < 0 at depth 2, all of the rest of the picture but its rim at depth 4."""
    squares = [[(-1.6, -1), (-1.6, 1), (0, 1), (0, -1)], [(-3, -3), (-3, 3), (3.6, 3), (3.6, -3)]]
    vertices = [(*corner, depth) for corners, depth in zip(squares, (2, 4), strict=True) for corner in corners]
    faces = [[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]]
    uv = [[0, 0], [0, 1], [1, 1], [1, 0]] * 2
    return Mesh(np.array(vertices, np.float32), np.array(faces, np.int32), uv=np.array(uv, np.float32))


def cast(mesh: Mesh, shown: np.ndarray | None = None) -> PixelRays:
    photo = Reference("", np.zeros((16, 20, 3), np.uint8), CAMERA, np.eye(4), shown)
    return cast_pixels(mesh, photo, RayCaster(mesh.vertices, mesh.faces))


def test_depth_and_texture_coordinates_are_those_of_the_ray_through_the_middle_of_the_pixel(steps: Mesh) -> None:
    rays = cast(steps)
    at = np.array([8 * 20 + 9, 8 * 20 + 10])  # centres (9.5, 8.5) and (10.5, 8.5)
    np.testing.assert_allclose(rays.depth.ravel()[at], [2, 4], rtol=1e-6)
    np.testing.assert_allclose(rays.direction[at], [[-0.05, 0.05, 1], [0.05, 0.05, 1]], atol=1e-12)
    expected = [[(-0.1 + 1.6) / 1.6, (0.1 + 1) / 2], [(0.2 + 3) / 6.6, (0.2 + 3) / 6]]
    np.testing.assert_allclose(rays.uv(steps, at), expected, atol=1e-5)
    assert rays.depth[0, 0] == 0
    assert not rays.counts()[0]


def test_pixels_beside_an_outline_or_nothing_do_not_see_squarely(steps: Mesh) -> None:
    seen = cast(steps).squarely(face_normals(steps), 0.1).reshape(16, 20)
    middle = seen[8]
    assert list(np.flatnonzero(~middle)) == [
        0,
        1,
        2,
        9,
        10,
        18,
        19,
    ]  # the rims of both squares and what they leave free
    assert not cast(steps).squarely(face_normals(steps), 0.999).reshape(16, 20)[8, 4]  # 27 degrees off


def test_what_the_photo_does_not_show_does_not_count(steps: Mesh) -> None:
    shown = np.ones((16, 20), bool)
    shown[:, 12:] = False
    assert not cast(steps, shown).counts().reshape(16, 20)[:, 12:].any()
    everything = cast(steps).counts().reshape(16, 20)
    np.testing.assert_array_equal(cast(steps, shown).counts().reshape(16, 20)[:, :12], everything[:, :12])


def test_normals_have_a_length_of_one_even_where_a_face_has_no_area(steps: Mesh) -> None:
    np.testing.assert_allclose(np.abs(face_normals(steps)), [[0, 0, 1]] * 4, atol=1e-12)
    flat = replace(steps, faces=np.array([[0, 0, 1]], np.int32))
    np.testing.assert_array_equal(face_normals(flat), [[0, 0, 0]])
