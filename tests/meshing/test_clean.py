import numpy as np
import pytest
import trimesh

from meshing.clean import components, face_areas, keep_faces, remove_small_components
from meshing.mesh import Mesh, check_mesh


def spheres(radii: list[float]) -> Mesh:
    parts = [trimesh.creation.icosphere(2, radius=r).apply_translation([10.0 * i, 0, 0]) for i, r in enumerate(radii)]
    solid = trimesh.util.concatenate(parts)
    vertices = solid.vertices.astype(np.float32)
    colors = (np.arange(len(vertices) * 3) % 256).astype(np.uint8).reshape(-1, 3)
    return Mesh(vertices, solid.faces.astype(np.int32), vertex_colors=colors)


def test_components_are_the_pieces() -> None:
    mesh = spheres([1, 1, 1])
    piece = components(mesh.faces, len(mesh.vertices))
    np.testing.assert_array_equal(piece, np.repeat([0, 1, 2], 320))


def test_pieces_that_touch_at_a_vertex_are_one() -> None:
    faces = np.array([[0, 1, 2], [2, 3, 4], [5, 6, 7]], np.int32)
    piece = components(faces, 8)
    assert piece[0] == piece[1] != piece[2]


def test_small_pieces_go_and_the_rest_keeps_its_colors() -> None:
    mesh = spheres([1.0, 0.05, 0.5])
    kept = remove_small_components(mesh, min_share=0.01)
    check_mesh(kept)
    assert len(kept.faces) == 640
    n = len(mesh.vertices) // 3
    np.testing.assert_array_equal(kept.vertices, np.delete(mesh.vertices, np.s_[n : 2 * n], axis=0))
    assert kept.vertex_colors is not None
    np.testing.assert_array_equal(kept.vertex_colors, np.delete(mesh.vertex_colors, np.s_[n : 2 * n], axis=0))


def test_face_areas_sum_to_the_sphere() -> None:
    assert face_areas(spheres([2.0])).sum() == pytest.approx(16 * np.pi, rel=0.03)


def test_an_empty_mesh_stays_empty() -> None:
    empty = Mesh(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32))
    assert len(remove_small_components(empty).faces) == 0
    assert len(keep_faces(spheres([1.0]), np.zeros(320, bool)).vertices) == 0
