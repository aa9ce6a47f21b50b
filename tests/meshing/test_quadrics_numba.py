import numpy as np
import pytest

from meshing.collapse import _planes
from meshing.quadrics_numba import N_ATTRIBUTE, N_GEOMETRY, add_faces, best_place, geometric

UP, RIGHT, AHEAD = np.eye(3)


def planes(*pairs: tuple[np.ndarray, float]) -> np.ndarray:
    """The quadric of planes with normals, at distances from the origin."""
    normals, far = np.array([n for n, _ in pairs]), np.array([[d] for _, d in pairs])
    return _planes(normals, far * normals, np.ones(len(pairs))).sum(axis=0)


def placed(a: np.ndarray, b: np.ndarray, points: np.ndarray) -> np.ndarray:
    place, none = np.empty(3), np.zeros((1, N_ATTRIBUTE))
    best_place(points, 0, 1, np.stack([a, b]), none, 0, 0, False, place)
    return place


def test_a_quadric_is_the_sum_of_squared_distances_from_its_planes() -> None:
    q = planes((UP, 1.0), (RIGHT, 2.0))[None]
    assert q.shape == (1, N_GEOMETRY)
    assert geometric(q, 0, 1.5, 2.0, 7.0) == pytest.approx(0.25)
    assert geometric(q, 0, 0.0, 0.0, 0.0) == pytest.approx(5.0)


def test_three_planes_meet_where_the_point_goes() -> None:
    points = np.array([[1.1, 2.0, 3.0], [1.0, 2.3, 3.0]])
    place = placed(planes((UP, 1.0), (RIGHT, 2.0)), planes((AHEAD, 3.0)), points)
    np.testing.assert_allclose(place, [1, 2, 3], atol=1e-4)


def test_one_plane_leaves_the_middle_of_the_edge() -> None:
    points = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.5]])
    np.testing.assert_allclose(placed(planes((UP, 0.0)), planes((UP, 0.0)), points), [0, 0.5, 0.25], atol=1e-9)


def test_a_place_far_from_the_edge_is_not_taken() -> None:
    points = np.array([[0.0, 0.0, 0.0], [0.0, 0.1, 0.0]])
    far = planes((UP, 5.0), (RIGHT, 5.0), (AHEAD, 5.0))
    np.testing.assert_allclose(placed(far, far, points), [0, 0.05, 0], atol=1e-9)


def test_faces_give_their_points_their_planes_by_area() -> None:
    """Against numpy, for a strip of two faces and one without an area."""
    points = np.random.default_rng(0).normal(size=(4, 3))
    faces = np.array([[0, 1, 2], [2, 1, 3], [3, 3, 0]], np.int32)
    total, normals = np.zeros((4, N_GEOMETRY)), np.empty((3, 3))
    add_faces(points, faces, total, normals)
    expected = np.zeros((4, N_GEOMETRY))
    for face in faces[:2]:
        a, b, c = points[face]
        cross = np.cross(b - a, c - a)
        normal = cross / np.linalg.norm(cross)
        area = np.linalg.norm(cross) / 2
        expected[face] += _planes(normal[None], a[None], np.array([area])) + area * (np.arange(N_GEOMETRY) == 10)
    np.testing.assert_allclose(total, expected, atol=1e-12)
    np.testing.assert_allclose(normals[2], 0)
