import numpy as np
import trimesh

from meshing.distance_numba import distances, tree_of


def test_it_agrees_with_every_face_looked_at_in_turn() -> None:
    """Faces of all sizes at random, some a line, some a point; as trimesh measures each."""
    rng = np.random.default_rng(0)
    corners = rng.normal(size=(57, 1, 3)) + rng.normal(size=(57, 3, 3)) * 10 ** rng.uniform(-3, 1, (57, 1, 1))
    corners[0, 2], corners[1, 1:] = corners[0, :2].mean(axis=0), corners[1, 0]
    points = np.concatenate([2 * rng.normal(size=(200, 3)), corners[:, 0], corners.mean(axis=1)])
    nearest = [trimesh.triangles.closest_point(corners, np.tile(point, (57, 1))) for point in points]
    expected = [np.linalg.norm(feet - point, axis=1).min() for feet, point in zip(nearest, points, strict=True)]
    np.testing.assert_allclose(distances(points, tree_of(corners)), expected, atol=1e-7)


def test_a_tree_holds_every_face_in_its_boxes() -> None:
    corners = np.random.default_rng(0).random((1001, 3, 3))
    tree = tree_of(corners)
    np.testing.assert_array_equal(np.sort(tree.corners, axis=0), np.sort(corners.reshape(-1, 9), axis=0))
    np.testing.assert_array_equal(tree.boxes[0, :3], corners.min(axis=(0, 1)))
    np.testing.assert_array_equal(tree.boxes[0, 3:], corners.max(axis=(0, 1)))
    for node in range((len(tree.boxes) - 1) // 2):
        for child in (2 * node + 1, 2 * node + 2):
            assert (tree.boxes[node, :3] <= tree.boxes[child, :3]).all()
            assert (tree.boxes[node, 3:] >= tree.boxes[child, 3:]).all()
