import numba
import numpy as np
import pytest
import torch

from nerf.ngp import mlp, mlp_numba
from nerf.ngp.jit_numba import to_blocks, to_rows
from nerf.ngp.weights import initial_weights


def _inputs(n: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n)
    directions = rng.normal(size=(n, 3)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    features = rng.normal(size=(n, width)).astype(np.float32)
    return features, directions, initial_weights(width, rng), rng.normal(size=n).astype(np.float32)


def _relative(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


@pytest.mark.parametrize(("n", "width"), [(1, 32), (256, 32), (1000, 16), (5000, 32)])
def test_fused_networks_agree_with_the_definition_in_double_precision(n: int, width: int) -> None:
    features, directions, weights, bias = _inputs(n, width)
    rng = np.random.default_rng(7)
    d_density, d_colour = rng.normal(size=n).astype(np.float32), rng.normal(size=(n, 3)).astype(np.float32)
    x, w = (torch.from_numpy(a).double().requires_grad_() for a in (features, weights))
    expected = mlp.field(x, torch.from_numpy(directions).double(), w, torch.from_numpy(bias).double())
    torch.autograd.backward(expected, [torch.from_numpy(d_density).double(), torch.from_numpy(d_colour).double()])
    assert x.grad is not None
    assert w.grad is not None

    workspace, blocked = mlp_numba.Workspace(width), to_blocks(features)
    density, colour = np.empty(n, np.float32), np.empty((n, 3), np.float32)
    d_features, d_weights = np.empty_like(blocked), np.empty_like(weights)
    mlp_numba.field(blocked, directions, weights, bias, workspace, out=(density, colour))
    alone = mlp_numba.density(blocked, weights, bias, workspace, np.empty(n, np.float32))
    mlp_numba.field_backward(
        blocked, directions, weights, bias, (d_density, d_colour), workspace, out=(d_features, d_weights)
    )
    assert np.array_equal(alone, density)
    assert _relative(density, expected[0].detach().numpy()) < 1e-6
    assert _relative(colour, expected[1].detach().numpy()) < 1e-6
    assert _relative(to_rows(d_features, n), x.grad.numpy()) < 3e-3  # a ReLU may flip at zero
    assert _relative(d_weights, w.grad.numpy()) < 3e-3


@pytest.mark.parametrize(("n", "size"), [(300, 4), (1000, 16)])
def test_codes_reach_colours_and_their_gradients_as_in_the_definition(n: int, size: int) -> None:
    features, directions, _, bias = _inputs(n, 16)
    rng = np.random.default_rng(5)
    weights, table = initial_weights(16, rng, size), rng.normal(size=(7, size)).astype(np.float32)
    photo = rng.integers(0, 7, n)
    d_density, d_colour = rng.normal(size=n).astype(np.float32), rng.normal(size=(n, 3)).astype(np.float32)
    x, w, c = (torch.from_numpy(a).double().requires_grad_() for a in (features, weights, table[photo]))
    expected = mlp.field(x, torch.from_numpy(directions).double(), w, torch.from_numpy(bias).double(), c)
    torch.autograd.backward(expected, [torch.from_numpy(d_density).double(), torch.from_numpy(d_colour).double()])
    assert x.grad is not None
    assert w.grad is not None
    assert c.grad is not None

    workspace, blocked, codes = mlp_numba.Workspace(16, size), to_blocks(features), mlp_numba.Codes(table, photo)
    out = np.empty(n, np.float32), np.empty((n, 3), np.float32)
    d_features, d_weights, d_codes = np.empty_like(blocked), np.empty_like(weights), np.empty((n, size), np.float32)
    mlp_numba.field(blocked, directions, weights, bias, workspace, out=out, codes=codes)
    mlp_numba.field_backward(
        blocked, directions, weights, bias, (d_density, d_colour), workspace, out=(d_features, d_weights),
        codes=codes, d_codes=d_codes,
    )  # fmt: skip
    assert _relative(out[0], expected[0].detach().numpy()) < 1e-6
    assert _relative(out[1], expected[1].detach().numpy()) < 1e-6
    assert _relative(to_rows(d_features, n), x.grad.numpy()) < 3e-3
    assert _relative(d_weights, w.grad.numpy()) < 3e-3
    assert _relative(d_codes, c.grad.numpy()) < 3e-3


def test_weight_gradients_do_not_depend_on_the_number_of_threads() -> None:
    n, before, results = 6000, numba.get_num_threads(), []
    features, directions, weights, bias = _inputs(n, 32)
    blocked, workspace = to_blocks(features), mlp_numba.Workspace(32)
    for threads in (1, before):
        numba.set_num_threads(threads)
        d_weights = np.empty_like(weights)
        mlp_numba.field_backward(
            blocked, directions, weights, bias, (bias, directions), workspace, out=(np.empty_like(blocked), d_weights)
        )
        results.append(d_weights.tobytes())
    assert results[0] == results[1]
