from pathlib import Path

import numpy as np
import pytest
import trimesh

from meshing.clean import face_areas
from meshing.distance import deviation
from meshing.mesh import Mesh, check_mesh
from meshing.simplify import simplify


def sphere(subdivisions: int, shift: float = 0.0) -> Mesh:
    solid = trimesh.creation.icosphere(subdivisions)
    colors = np.rint(127.5 + 120 * solid.vertices).astype(np.uint8)
    return Mesh((solid.vertices + shift).astype(np.float32), solid.faces.astype(np.int32), vertex_colors=colors)


def test_a_sphere_keeps_its_shape_and_colors() -> None:
    small = simplify(sphere(5), 1000, n_samples=5000)
    mesh = small.mesh
    check_mesh(mesh)
    assert len(mesh.faces) == 1000
    assert trimesh.Trimesh(mesh.vertices, mesh.faces).is_watertight
    np.testing.assert_allclose(np.linalg.norm(mesh.vertices, axis=1), 1, atol=0.01)
    assert mesh.vertex_colors is not None
    np.testing.assert_allclose(mesh.vertex_colors, 127.5 + 120 * mesh.vertices, atol=4)


def test_the_reported_deviation_is_that_of_a_faceted_sphere() -> None:
    """Facets of a sphere with 1000 faces have edges of about 0.17, and so lie 0.17^2 / 8 under it at worst by 1.5."""
    found = simplify(sphere(5), 1000, n_samples=5000).deviation
    assert 0.001 < found.mean < 0.004
    assert found.mean < found.maximum < 0.012


def test_far_from_the_origin_it_is_as_good() -> None:
    near, far = simplify(sphere(5), 1000, n_samples=5000), simplify(sphere(5, shift=1000.0), 1000, n_samples=5000)
    assert far.deviation.mean < 1.2 * near.deviation.mean


def test_a_mesh_that_is_small_enough_is_left_alone() -> None:
    mesh = sphere(2)
    small = simplify(mesh, 10_000)
    assert small.mesh is mesh
    assert small.deviation.maximum == 0


def test_the_same_mesh_gives_the_same_faces() -> None:
    one, two = simplify(sphere(4), 500, n_samples=100).mesh, simplify(sphere(4), 500, n_samples=100).mesh
    assert one.vertices.tobytes() == two.vertices.tobytes()
    assert one.faces.tobytes() == two.faces.tobytes()


def test_what_cannot_be_simplified_is_said() -> None:
    mesh = sphere(2)
    with pytest.raises(ValueError, match=r"n_faces: must be at least 4 \(got 3\)"):
        simplify(mesh, 3)
    open_box = two_sided_box()
    with pytest.raises(ValueError, match=r"down to 12 faces \(got 4\); corners where seams of its texture meet stay"):
        simplify(open_box, 4)
    points = np.zeros((30, 3), np.float32)
    with pytest.raises(ValueError, match=r"nothing of the mesh is left at 4 faces"):
        simplify(Mesh(points, np.arange(30, dtype=np.int32).reshape(-1, 3)), 4)


def two_sided_box() -> Mesh:
    """A box whose every face is a chart of its own: corners lie on three seams and cannot go."""
    solid = trimesh.creation.box()
    vertices = solid.vertices[solid.faces].reshape(-1, 3).astype(np.float32)
    faces = np.arange(36, dtype=np.int32).reshape(-1, 3)
    uv = np.random.default_rng(0).random((36, 2)).astype(np.float32)
    return Mesh(vertices, faces, uv=uv)


def test_a_texture_looks_the_same_on_fewer_faces() -> None:
    """A sphere whose texture is a map of its directions, cut along one meridian, at a quarter of its faces."""
    n = 48
    v, u = np.meshgrid(np.linspace(0.02, 0.98, n + 1), np.linspace(0, 1, 2 * n + 1), indexing="ij")
    theta, phi = np.pi * v, 2 * np.pi * u
    phi[:, -1] = 0.0
    points = np.stack([np.sin(theta) * np.cos(phi), np.cos(theta), np.sin(theta) * np.sin(phi)], axis=-1)
    a = (np.arange(n)[:, None] * (2 * n + 1) + np.arange(2 * n)).ravel()
    b, c, d = a + 1, a + 2 * n + 2, a + 2 * n + 1
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]).astype(np.int32)
    uv = np.stack([u, v], axis=-1).reshape(-1, 2).astype(np.float32)
    mesh = Mesh(points.reshape(-1, 3).astype(np.float32), faces, uv=uv)
    small = simplify(mesh, len(faces) // 4).mesh
    assert len(faces) // 4 - 1 <= len(small.faces) <= len(faces) // 4
    assert small.uv is not None
    found = small.vertices[small.faces].mean(axis=1)
    u, v = small.uv[small.faces].mean(axis=1).T
    theta, phi = np.pi * v, 2 * np.pi * u
    expected = np.stack([np.sin(theta) * np.cos(phi), np.cos(theta), np.sin(theta) * np.sin(phi)], axis=-1)
    assert np.linalg.norm(found - expected, axis=1).max() < 0.05
    assert np.linalg.norm(found - expected, axis=1).mean() < 0.012


def test_loose_pieces_lose_the_smallest() -> None:
    rng = np.random.default_rng(0)
    centers, size = rng.uniform(-50, 50, (3000, 1, 3)), rng.uniform(0.1, 1, (3000, 1, 1))
    vertices = (centers + size * rng.normal(size=(3000, 3, 3))).reshape(-1, 3).astype(np.float32)
    small = simplify(Mesh(vertices, np.arange(9000, dtype=np.int32).reshape(-1, 3)), 100, n_samples=2000).mesh
    assert len(small.faces) == 100
    assert face_areas(small).min() > 1.0


@pytest.mark.parametrize("n_faces", [20_000, 5_000])
def test_a_scan_is_nearer_to_its_original_than_by_the_usual_way(shared_data: Path, n_faces: int) -> None:
    """fast-simplification at its most careful, of as many faces as it then leaves."""
    import fast_simplification

    solid = trimesh.load_mesh(shared_data / "meshes" / "armadillo.obj")
    vertices, faces = solid.vertices.astype(np.float32), solid.faces.astype(np.int32)
    usual = fast_simplification.simplify(vertices.astype(np.float64), faces, target_count=n_faces, agg=3)[:2]
    ours = simplify(Mesh(vertices, faces), len(usual[1]), n_samples=20_000)
    theirs = deviation(usual[0].astype(np.float32), usual[1].astype(np.int32), vertices, faces, n_samples=20_000)
    assert trimesh.Trimesh(ours.mesh.vertices, ours.mesh.faces).is_watertight
    assert len(ours.mesh.faces) == len(usual[1]) - len(usual[1]) % 2
    assert ours.deviation.mean < theirs.mean
