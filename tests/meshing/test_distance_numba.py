import numpy as np
import trimesh

from meshing.distance_numba import distances, farthest, nearest, summed_areas, tree_of


def loose(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and faces of triangles that share nothing."""
    return corners.reshape(-1, 3), np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3)


def test_it_agrees_with_every_face_looked_at_in_turn() -> None:
    """Faces of all sizes at random, some a line, some a point; as trimesh measures each."""
    rng = np.random.default_rng(0)
    corners = rng.normal(size=(57, 1, 3)) + rng.normal(size=(57, 3, 3)) * 10 ** rng.uniform(-3, 1, (57, 1, 1))
    corners[0, 2], corners[1, 1:] = corners[0, :2].mean(axis=0), corners[1, 0]
    points = np.concatenate([2 * rng.normal(size=(200, 3)), corners[:, 0], corners.mean(axis=1)])
    nearest = [trimesh.triangles.closest_point(corners, np.tile(point, (57, 1))) for point in points]
    expected = [np.linalg.norm(feet - point, axis=1).min() for feet, point in zip(nearest, points, strict=True)]
    np.testing.assert_allclose(distances(points, tree_of(*loose(corners))), expected, atol=1e-7)


def test_a_tree_holds_every_face_in_its_boxes() -> None:
    corners = np.random.default_rng(0).random((1001, 3, 3))
    tree = tree_of(*loose(corners))
    np.testing.assert_array_equal(np.sort(tree.corners, axis=0), np.sort(corners.reshape(-1, 9), axis=0))
    np.testing.assert_array_equal(tree.boxes[0, :3], corners.min(axis=(0, 1)))
    np.testing.assert_array_equal(tree.boxes[0, 3:], corners.max(axis=(0, 1)))
    for node in range((len(tree.boxes) - 1) // 2):
        for child in (2 * node + 1, 2 * node + 2):
            assert (tree.boxes[node, :3] <= tree.boxes[child, :3]).all()
            assert (tree.boxes[node, 3:] >= tree.boxes[child, 3:]).all()


def test_single_precision_is_measured_in_double() -> None:
    """Vertices that both hold give the same distances to the last bit."""
    rng = np.random.default_rng(0)
    corners, points = rng.normal(size=(300, 3, 3)).astype(np.float32), rng.normal(size=(500, 3))
    vertices, faces = loose(corners)
    single, double = tree_of(vertices, faces), tree_of(vertices.astype(np.float64), faces)
    assert single.boxes.dtype == np.float32
    np.testing.assert_array_equal(distances(points, single), distances(points, double))


def test_areas_are_summed_as_trimesh_has_them() -> None:
    corners = np.random.default_rng(0).normal(size=(50, 3, 3))
    np.testing.assert_allclose(summed_areas(*loose(corners)), 2 * np.cumsum(trimesh.triangles.area(corners)))


def test_the_farthest_of_a_group_is_known_up_to_its_limit() -> None:
    rng = np.random.default_rng(0)
    tree, points = tree_of(*loose(rng.random((400, 3, 3)))), 3 * rng.normal(size=(600, 3))
    group = np.sort(rng.integers(0, 40, 600))
    worst = np.array([nearest(points, tree)[0][group == g].max(initial=0.0) for g in range(40)])
    np.testing.assert_array_equal(farthest(points, group, np.full(40, np.inf), tree), worst)
    low = np.quantile(worst, 0.5)
    found = farthest(points, group, np.full(40, low), tree)
    np.testing.assert_array_equal(found[worst <= low], worst[worst <= low])
    assert (found[worst > low] > low).all()
    assert (found <= worst).all()
    assert (found < worst).any()
