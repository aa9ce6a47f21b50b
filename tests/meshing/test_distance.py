import numpy as np
import pytest
import trimesh

from meshing.distance import deviation, distances, samples


def arrays(solid: trimesh.Trimesh) -> tuple[np.ndarray, np.ndarray]:
    return solid.vertices.astype(np.float32), solid.faces.astype(np.int32)


def test_distances_from_a_box_are_exact() -> None:
    """Nearest to a side, an edge, a corner; and from inside."""
    points = np.array([[0.2, 0.1, 2.0], [1.5, 1.5, 0.0], [2.5, 3.5, 4.5], [0.0, 0.0, 0.4], [0.1, 0.0, 0.5]])
    expected = [1.5, np.sqrt(2), np.sqrt(4 + 9 + 16), 0.1, 0.0]
    found = distances(points, *arrays(trimesh.creation.box((1, 1, 1))))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_distances_agree_with_trimesh_on_a_rough_surface() -> None:
    solid = trimesh.creation.icosphere(3)
    solid.vertices *= 1 + 0.2 * np.random.default_rng(0).random((len(solid.vertices), 1))
    points = np.random.default_rng(1).normal(size=(300, 3))
    _, expected, _ = trimesh.proximity.closest_point_naive(solid, points)
    found = distances(points, *arrays(solid))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_samples_lie_evenly_on_their_faces() -> None:
    vertices, faces = arrays(trimesh.creation.box((1, 2, 3)))
    points, face = samples(vertices, faces, 50_000, np.random.default_rng(0))
    share = np.bincount(face, minlength=12) / 50_000
    np.testing.assert_allclose(share, trimesh.Trimesh(vertices, faces).area_faces / 22, atol=1e-3)
    assert np.isclose(np.abs(points) / [0.5, 1.0, 1.5], 1).any(axis=1).all()
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=0.02)


def test_deviation_is_seen_from_both_sides() -> None:
    """A bump that only one of the meshes has is found whichever comes first."""
    plain, bumpy = trimesh.creation.icosphere(4), trimesh.creation.icosphere(4)
    bumpy.vertices[0] *= 1.3
    for pair in ((plain, bumpy), (bumpy, plain)):
        found = deviation(*arrays(pair[0]), *arrays(pair[1]), n_samples=20_000)
        assert 0.15 < found.maximum < 0.31
        assert found.mean < 0.002
    same = deviation(*arrays(plain), *arrays(plain), n_samples=5_000)
    assert same.maximum == pytest.approx(0, abs=1e-6)
