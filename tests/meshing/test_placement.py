from dataclasses import replace

import numpy as np
import pytest
import trimesh

from meshing.mesh import Mesh
from meshing.placement import floor_height, floor_to_zero, moved


def mesh_of(solid: trimesh.Trimesh, **about: object) -> Mesh:
    return replace(Mesh(solid.vertices.astype(np.float32), solid.faces.astype(np.int32)), **about)


def plane(y: float, width: float, at: float = 0.0) -> trimesh.Trimesh:
    """A bumpy horizontal square, facing up."""
    n = 20
    x, z = np.meshgrid(np.linspace(0, width, n) + at, np.linspace(0, width, n))
    bump = 0.01 * np.random.default_rng(0).standard_normal(n * n)
    vertices = np.stack([x.ravel(), y + bump, z.ravel()], axis=1)
    i = (np.arange(n - 1)[:, None] * n + np.arange(n - 1)).ravel()
    faces = np.concatenate([np.stack([i, i + n, i + 1], 1), np.stack([i + 1, i + n, i + n + 1], 1)])
    return trimesh.Trimesh(vertices, faces, process=False)


def test_the_floor_of_a_room_is_found_below_a_larger_table() -> None:
    walls = trimesh.creation.box((6, 2.5, 6)).apply_translation([0, 0.25, 0])
    walls.update_faces(np.abs(walls.face_normals[:, 1]) < 0.5)
    floaters = trimesh.creation.icosphere(1, radius=0.02).apply_translation([0, -1.9, 0])
    room = trimesh.util.concatenate([plane(-1.0, 2.0), plane(-0.25, 3.0, 1.0), walls, floaters])
    mesh = mesh_of(room, gravity="known")
    assert floor_height(mesh) == pytest.approx(-1.0, abs=0.01)
    placed = moved(mesh, floor_to_zero(mesh))
    assert floor_height(placed) == pytest.approx(0.0, abs=0.01)


def test_an_object_stands_on_its_lowest_point() -> None:
    cube = trimesh.creation.box((1, 1, 1)).apply_translation([0, 7, 0])
    mesh = mesh_of(cube, gravity="estimated")
    np.testing.assert_allclose(moved(mesh, floor_to_zero(mesh)).vertices[:, 1].min(), 0, atol=1e-6)


def test_nothing_moves_where_up_is_unknown() -> None:
    mesh = mesh_of(trimesh.creation.box((1, 1, 1)))
    np.testing.assert_array_equal(floor_to_zero(mesh), np.eye(4))


def test_the_way_back_to_the_capture_follows() -> None:
    rng = np.random.default_rng(0)
    solid = trimesh.creation.icosphere(2)
    start = np.eye(4)
    start[:3, 3] = rng.standard_normal(3)
    mesh = mesh_of(solid, capture_from_mesh=start, normals=solid.vertex_normals.astype(np.float32))
    matrix = trimesh.transformations.rotation_matrix(0.7, [1, 2, 3]) @ np.diag([2.0, 2.0, 2.0, 1.0])
    there = moved(mesh, matrix)

    def in_capture(m: Mesh) -> np.ndarray:
        return m.vertices @ m.capture_from_mesh[:3, :3].T + m.capture_from_mesh[:3, 3]

    np.testing.assert_allclose(in_capture(there), in_capture(mesh), atol=1e-5)
    assert there.normals is not None
    np.testing.assert_allclose(np.linalg.norm(there.normals, axis=1), 1, atol=1e-5)
    outward = there.vertices - there.vertices.mean(axis=0)
    assert ((there.normals * outward).sum(axis=1) > 1.9).all()
