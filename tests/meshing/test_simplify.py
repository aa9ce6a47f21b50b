from dataclasses import replace

import numpy as np
import pytest
import trimesh

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
    assert 900 < len(mesh.faces) <= 1000
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
    with pytest.raises(ValueError, match=r"mesh.uv: a texture would tear"):
        simplify(replace(mesh, uv=np.zeros((len(mesh.vertices), 2), np.float32)), 100)
