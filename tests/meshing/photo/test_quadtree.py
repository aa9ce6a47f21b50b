import numpy as np

from meshing.photo import quadtree_numba
from meshing.photo.quadtree import blocks, triangles


def links(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    right, down = np.ones((2, height, width), bool)
    right[:, -1] = down[-1] = False
    return right, down


def test_a_plane_of_33_pixels_is_two_triangles() -> None:
    v, u = np.mgrid[:33, :33]
    squares, covered = blocks((1 + 0.3 * u - 0.2 * v).astype(np.float32), *links(33, 33), 1e-3)
    assert squares.tolist() == [[0, 0, 32]]
    assert covered[:32, :32].all()
    faces = triangles(squares, np.zeros((33, 33), bool))
    assert faces.tolist() == [[0, 32 * 33, 32], [32, 32 * 33, 33 * 33 - 1]]


def test_squares_cover_no_cut_and_miss_by_less_than_the_tolerance() -> None:
    v, u = np.mgrid[:64, :80]
    disparity = (10 + 3 * np.sin(u / 9) * np.cos(v / 7)).astype(np.float32)
    right, down = links(64, 80)
    right[20:40, 30] = False
    squares, covered = blocks(disparity, right, down, 0.25)
    assert not covered[20:40, 30].any()
    assert len(squares) > 20
    for x, y, side in squares:
        part = disparity[y : y + side + 1, x : x + side + 1].astype(float)
        s = np.arange(side + 1) / side
        rows = part[:, :1] * (1 - s) + part[:, -1:] * s
        plane = rows[:1] * (1 - s[:, None]) + rows[-1:] * s[:, None]
        assert np.abs(part - plane).max() <= 0.25 + 1e-6


def test_triangles_fill_the_squares_without_cracks() -> None:
    v, u = np.mgrid[:65, :65]
    disparity = np.where(u < 32, 5, 5 + 4 * np.sin(u / 2.0) * np.sin(v / 2.0)).astype(np.float32)
    squares, covered = blocks(disparity, *links(65, 65), 0.3)
    fine = [(y * 65 + x, y * 65 + 65 + x, y * 65 + x + 1) for y, x in np.argwhere(~covered[:64, :64])]
    fine += [(y * 65 + x + 1, y * 65 + 65 + x, y * 65 + x + 66) for y, x in np.argwhere(~covered[:64, :64])]
    used = np.zeros((65, 65), bool)
    used.flat[np.array(fine).ravel()] = True
    faces = np.concatenate([triangles(squares, used), fine])
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    once = {tuple(edge) for edge in edges.tolist()}
    assert len(once) == len(edges)
    open_ = [edge for edge in once if edge[::-1] not in once]
    for a, b in open_:  # only the picture's rim is open
        (ya, xa), (yb, xb) = divmod(a, 65), divmod(b, 65)
        assert (xa == xb and xa in (0, 64)) or (ya == yb and ya in (0, 64))


def test_the_compiled_twin_makes_the_same(bumpy: tuple[np.ndarray, np.ndarray]) -> None:
    disparity = bumpy[1]
    right, down = links(*disparity.shape)
    right[:, :-1] &= np.abs(np.diff(disparity, axis=1)) < 1.5
    down[:-1] &= np.abs(np.diff(disparity, axis=0)) < 1.5
    plain, covered = blocks(disparity, right, down, 0.5)
    fast, fast_covered = quadtree_numba.blocks(disparity, right, down, 0.5)
    assert np.array_equal(plain, fast)
    assert np.array_equal(covered, fast_covered)
    used = np.random.default_rng(0).random(disparity.shape) < 0.2
    assert np.array_equal(triangles(plain, used), quadtree_numba.triangles(plain, used))
