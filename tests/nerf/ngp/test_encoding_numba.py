import numba
import numpy as np
import pytest
import torch

from nerf.ngp import encoding, encoding_numba
from nerf.ngp.jit_numba import to_blocks, to_rows
from nerf.ngp.levels import Levels

SHAPES = [Levels(8, 4, 12, 16, 512), Levels(4, 2, 10, 4, 64), Levels(4, 1, 10, 4, 64), Levels(2, 8, 14, 8, 20)]


def _points(n: int) -> np.ndarray:
    """Random points, and the cube's corners, edges and centre."""
    points = np.random.default_rng(0).random((n, 3), dtype=np.float32)
    points[:8] = [[c & 1, c >> 1 & 1, c >> 2] for c in range(8)]
    points[8:10] = [[0.5, 0.5, 0.5], [1, 0.5, 0]]
    return points


@pytest.mark.parametrize("levels", SHAPES)
@pytest.mark.parametrize("n", [10, 256, 700])
def test_forward_and_backward_agree_with_the_definition_at_edges_too(levels: Levels, n: int) -> None:
    rng = np.random.default_rng(1)
    points, table = _points(n), rng.normal(size=(levels.n_entries, levels.features)).astype(np.float32)
    d_features = rng.normal(size=(n, levels.width)).astype(np.float32)
    tensor = torch.from_numpy(table).requires_grad_()
    expected = encoding.encode(torch.from_numpy(points), tensor, levels)
    expected.backward(torch.from_numpy(d_features))
    assert tensor.grad is not None
    d_table = np.zeros_like(table)
    encoding_numba.encode_backward(points, to_blocks(d_features), levels, d_table)
    np.testing.assert_allclose(
        to_rows(encoding_numba.encode(points, table, levels), n), expected.detach().numpy(), atol=3e-4
    )
    np.testing.assert_allclose(d_table, tensor.grad.numpy(), atol=3e-4)


def test_backward_adds_to_what_is_there() -> None:
    levels, points = SHAPES[0], _points(300)
    d_features = np.ones((2, levels.width, 256), np.float32)
    once, twice = (np.zeros((levels.n_entries, levels.features), np.float32) for _ in range(2))
    encoding_numba.encode_backward(points, d_features, levels, once)
    for _ in range(2):
        encoding_numba.encode_backward(points, d_features, levels, twice)
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-4, atol=1e-5)


def test_weights_of_each_point_sum_to_one() -> None:
    levels, points = SHAPES[0], _points(300)
    ones = np.ones((levels.n_entries, levels.features), np.float32)
    np.testing.assert_allclose(to_rows(encoding_numba.encode(points, ones, levels), 300), 1, atol=1e-6)


def test_bytes_do_not_depend_on_the_number_of_threads() -> None:
    levels, points = SHAPES[0], _points(5000)
    d_features = np.random.default_rng(3).normal(size=(20, levels.width, 256)).astype(np.float32)
    results = []
    before = numba.get_num_threads()
    for threads in (1, before):
        numba.set_num_threads(threads)
        d_table = np.zeros((levels.n_entries, levels.features), np.float32)
        encoding_numba.encode_backward(points, d_features, levels, d_table)
        results.append(d_table.tobytes())
    assert results[0] == results[1]
