import numpy as np

from nerf.ngp.occupancy_numba import cell_points, raise_cells, seen_kernel


def test_points_lie_in_their_cells() -> None:
    cells = np.arange(64)
    points = cell_points(cells, 4, np.random.default_rng(0).random((64, 3), dtype=np.float32))
    whole = (points * 4).astype(np.int64)
    assert np.array_equal(whole[:, 0] + 4 * (whole[:, 1] + 4 * whole[:, 2]), cells)


def test_cells_decay_once_and_rise_to_the_highest_found() -> None:
    density, stamps = np.array([10.0, 10, 10], np.float32), np.zeros(3, np.int64)
    found = np.array([1, 7, 20], np.float32)
    raise_cells(density, stamps, np.array([0, 1, 1]), found, 1, np.float32(0.5))
    assert density.tolist() == [5, 20, 10]


def test_a_pyramid_sees_what_is_ahead_within_its_sides() -> None:
    points = np.array([[0, 0, 2], [0, 0, -2], [3, 0, 2], [2.1, 0, 2], [0, -3, 2]], np.float32)
    tangents = np.array([[-1, 1, -1, 1]], np.float32)
    out = np.zeros(5, bool)
    pose = np.eye(4, dtype=np.float32)[None, :3]
    seen_kernel(points, np.full(5, 0.1, np.float32), pose, tangents, np.float32(0.1), out)
    assert out.tolist() == [True, False, False, True, False]
    seen_kernel(points, np.full(5, 0.1, np.float32), pose, 0 * tangents, np.float32(0.1), out)
    assert out.tolist() == [True, False, True, True, True]  # a lens too wide for a pyramid
