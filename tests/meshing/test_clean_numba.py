import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from meshing.clean import face_areas
from meshing.clean_numba import components, piece_areas
from meshing.mesh import Mesh


@pytest.mark.parametrize("n_faces", [0, 1, 150, 3000])
def test_pieces_are_those_of_scipy_in_its_order(n_faces: int) -> None:
    """From hardly any faces among many vertices to all of them in one piece."""
    rng = np.random.default_rng(0)
    faces = (rng.integers(0, 450, (n_faces, 1)) + rng.integers(0, 50, (n_faces, 3))).astype(np.int32)
    rows, columns = faces[:, [0, 1]].T.ravel(), faces[:, [1, 2]].T.ravel()
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(500, 500))
    expected_n, expected = connected_components(graph, directed=False)
    piece, n = components(faces, 500)
    assert n == expected_n
    np.testing.assert_array_equal(piece, expected[faces[:, 0]])


def test_areas_of_pieces_are_those_of_their_faces() -> None:
    rng = np.random.default_rng(0)
    mesh = Mesh(rng.normal(size=(90, 3)).astype(np.float32), rng.integers(0, 90, (200, 3)).astype(np.int32))
    piece = rng.integers(0, 7, 200)
    found = piece_areas(mesh.vertices, mesh.faces, piece, 8)
    np.testing.assert_array_equal(found, np.bincount(piece, weights=face_areas(mesh), minlength=8))
