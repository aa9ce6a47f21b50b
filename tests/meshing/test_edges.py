import numpy as np

from meshing.edges import edges_of, ends


def test_two_faces_have_five_edges_and_share_one() -> None:
    faces = np.array([[0, 2, 1], [3, 1, 2]], np.int32)
    edges = edges_of(faces, 4)
    np.testing.assert_array_equal(edges.count, [1, 1, 2, 1, 1])
    np.testing.assert_array_equal(ends(faces, edges.first), [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]])
    np.testing.assert_array_equal(edges.first, [2, 0, 1, 3, 5])
    np.testing.assert_array_equal(edges.sides, [2, 0, 1, 4, 3, 5])


def test_no_face_has_no_edge() -> None:
    edges = edges_of(np.zeros((0, 3), np.int32), 3)
    assert len(edges.first) == len(edges.count) == 0
