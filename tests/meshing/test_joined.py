import numpy as np

from meshing.joined import join
from meshing.mesh import Mesh


def test_a_square_cut_along_its_diagonal_is_one_square() -> None:
    """Two triangles that share no vertex, as a texture's seam leaves them."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    mesh = Mesh(corners[[0, 1, 2, 0, 2, 3]], np.arange(6, dtype=np.int32).reshape(2, 3))
    joined = join(mesh)
    points = mesh.vertices[joined.first]
    assert len(points) == 4
    np.testing.assert_array_equal(points[joined.weld], mesh.vertices)
    np.testing.assert_array_equal(points[joined.faces], mesh.vertices[mesh.faces])
    assert joined.edge == np.float32((4 + np.sqrt(2)) / 5)
    means = {tuple(point): mean for point, mean in zip(points.tolist(), joined.neighbours @ points, strict=True)}
    np.testing.assert_allclose(means[1, 0, 0], [0.5, 0.5, 0])  # of the two ends of the diagonal
    np.testing.assert_allclose(means[0, 0, 0], [2 / 3, 2 / 3, 0])
