import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from vision.inpaint_diffusion import diffuse, spread


def grid(height: int, width: int) -> np.ndarray:
    number = np.arange(height * width, dtype=np.int32).reshape(height, width)
    links = np.full((height, width, 4), -1, np.int32)
    links[:, :-1, 0], links[:-1, :, 1] = number[:, 1:], number[1:]
    links[:, 1:, 2], links[1:, :, 3] = number[:, :-1], number[:-1]
    return links.reshape(-1, 4)


def test_the_fill_is_the_harmonic_function_that_a_sparse_solver_finds() -> None:
    rng = np.random.default_rng(0)
    links = grid(24, 30)
    color = rng.integers(0, 255, (24 * 30, 3), dtype=np.uint8)
    unknown = np.zeros((24, 30), bool)
    unknown[4:20, 5:27] = True
    unknown = unknown.ravel()
    where = np.flatnonzero(unknown)
    rows = np.repeat(where, 4)
    columns = links[where].ravel()
    ones = np.ones(len(rows))
    laplace = coo_matrix((ones, (rows, columns)), (720, 720)).tocsr()
    degree = np.asarray(laplace.sum(axis=1)).ravel()
    matrix = (coo_matrix((degree, (range(720), range(720)))).tocsr() - laplace)[where]
    exact = spsolve(matrix[:, where].tocsc(), -matrix[:, ~unknown] @ color[~unknown].astype(float))
    filled = diffuse(color, unknown, links)
    assert np.abs(filled[where] - exact).max() <= 1.5
    assert np.array_equal(filled[~unknown], color[~unknown])


def test_colour_follows_links_only() -> None:
    links = grid(10, 20)
    middle = np.arange(200).reshape(10, 20)
    links[middle[:, 9], 0] = links[middle[:, 10], 2] = -1  # a cut between columns 9 and 10
    color = np.zeros((10, 20, 3), np.uint8)
    color[:, :10] = (250, 0, 0)
    color[:, 10:] = (0, 0, 250)
    unknown = np.zeros((10, 20), bool)
    unknown[2:8, 6:15] = True
    color[unknown] = 99
    filled = diffuse(color.reshape(-1, 3), unknown.ravel(), links).reshape(10, 20, 3)
    assert (filled[:, :10] == (250, 0, 0)).all()
    assert (filled[:, 10:] == (0, 0, 250)).all()


def test_what_nothing_known_reaches_takes_the_mean_colour() -> None:
    color = np.array([[10, 20, 30], [30, 40, 50], [0, 0, 0]], np.uint8)
    links = np.full((3, 4), -1, np.int32)
    filled = diffuse(color, np.array([False, False, True]), links)
    assert filled[2].tolist() == [20, 30, 40]
    everything = diffuse(color, np.ones(3, bool), links)
    assert (everything == 127).all()


def test_spreading_goes_by_steps() -> None:
    links = grid(1, 9)
    unknown = np.array([False, True, True, True, True, True, True, True, False])
    order, source = spread(unknown, links)
    assert sorted(order[:2].tolist()) == [1, 7]
    assert order[-1] == 4
    assert source[[1, 2, 3]].tolist() == [0, 0, 0]
    assert source[[5, 6, 7]].tolist() == [8, 8, 8]
