import numpy as np
import pytest

from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.render import render, sample_bilinear

CAMERA = Pinhole(40, 40, 40.0, 40.0, 20.0, 20.0)


def quad(**about: object) -> Mesh:
    """A square of side 1 across the axis of a camera at the origin, at depth 2, seen from its front."""
    vertices = np.array([[-0.5, -0.5, 2], [0.5, -0.5, 2], [0.5, 0.5, 2], [-0.5, 0.5, 2]], np.float32)
    return Mesh(vertices, np.array([[0, 2, 1], [0, 3, 2]], np.int32), **about)  # type: ignore[arg-type]


CHECKER = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)


def test_convention_the_texture_s_first_row_is_where_v_is_0() -> None:
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)  # camera y points down, so row 0 is up in the picture
    picture = render(quad(uv=uv, base_color=CHECKER.repeat(8, 0).repeat(8, 1)), CAMERA, np.eye(4))
    assert picture.color[13, 13].tolist() == [255, 0, 0]
    assert picture.color[13, 27].tolist() == [0, 255, 0]
    assert picture.color[27, 13].tolist() == [0, 0, 255]
    assert picture.color[27, 27].tolist() == [255, 255, 255]


def test_depth_is_along_z_and_0_beside_the_mesh() -> None:
    picture = render(quad(), CAMERA, np.eye(4), background=(1, 2, 3))
    assert (picture.depth > 0).sum() == 400
    np.testing.assert_allclose(picture.depth[10:30, 10:30], 2.0, rtol=1e-6)
    assert picture.color[0, 0].tolist() == [1, 2, 3]
    assert picture.face[0, 0] == -1
    assert set(picture.face[10:30, 10:30].ravel()) == {0, 1}


def test_vertex_colors_run_linearly_across_a_face() -> None:
    colors = np.array([[0, 0, 0], [200, 0, 0], [200, 100, 0], [0, 100, 0]], np.uint8)
    color = render(quad(vertex_colors=colors), CAMERA, np.eye(4)).color[10:30, 10:30]
    ramp = (np.arange(20) + 0.5) / 20
    np.testing.assert_allclose(color[..., 0], np.tile(200 * ramp, (20, 1)), atol=0.6)
    np.testing.assert_allclose(color[..., 1], np.tile(100 * ramp, (20, 1)).T, atol=0.6)


def test_several_rays_a_pixel_soften_the_rim_and_keep_the_inside() -> None:
    camera = Pinhole(41, 41, 40.0, 40.0, 20.5, 20.5)
    mesh = quad(vertex_colors=np.full((4, 3), 200, np.uint8))
    picture = render(mesh, camera, np.eye(4), samples=3)
    assert picture.color[20, 20].tolist() == [200] * 3
    assert 60 < picture.color[20, 10, 0] < 140
    assert picture.depth[20, 20] == pytest.approx(2.0)


def test_the_camera_s_pose_is_world_from_camera() -> None:
    pose = np.eye(4)
    pose[:3, 3] = [0, 0, 1]
    assert render(quad(), CAMERA, pose).depth[20, 20] == pytest.approx(1.0)


def test_sampling_is_exact_at_centers_and_halves_between() -> None:
    pixels = np.array([[0.5, 0.5], [1.5, 0.5], [1.0, 0.5], [-9.0, 9.0]])
    expected = [[255, 0, 0], [0, 255, 0], [127.5, 127.5, 0], [0, 0, 255]]
    np.testing.assert_allclose(sample_bilinear(CHECKER, pixels), expected)
