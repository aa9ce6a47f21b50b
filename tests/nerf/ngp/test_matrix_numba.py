import numpy as np
import pytest

from nerf.ngp.jit_numba import BLOCK
from nerf.ngp.matrix_numba import mask, multiply, outer


@pytest.mark.parametrize(("n_in", "n_out"), [(4, 4), (32, 64), (64, 16)])
def test_products_are_numpys_at_any_place_of_the_workspace(n_in: int, n_out: int) -> None:
    rng = np.random.default_rng(n_in)
    weights = rng.normal(size=(n_out, n_in)).astype(np.float32)
    x, d = (rng.normal(size=(n, BLOCK)).astype(np.float32) for n in (n_in, n_out))
    flat = np.concatenate([np.full(7, 9, np.float32), weights.reshape(-1)])
    w = np.concatenate([np.zeros((2, BLOCK), np.float32), x, d, np.full((n_out, BLOCK), 5, np.float32)]).reshape(-1)
    multiply(flat, 7, w, 2, w, 2 + n_in + n_out, n_in, n_out, True)
    got = w.reshape(-1, BLOCK)[2 + n_in + n_out :]
    np.testing.assert_allclose(got, np.maximum(weights @ x, 0), rtol=1e-4, atol=1e-4)
    gradient = np.ones(7 + n_in * n_out, np.float32)
    outer(w, 2 + n_in, w, 2, gradient, 7, n_in, n_out)
    np.testing.assert_allclose(gradient[7:].reshape(n_out, n_in) - 1, d @ x.T, rtol=1e-4, atol=1e-3)
    assert (gradient[:7] == 1).all()
    mask(w, 2 + n_in, w, 2 + n_in + n_out, n_out)
    np.testing.assert_array_equal(w.reshape(-1, BLOCK)[2 + n_in : 2 + n_in + n_out], np.where(got > 0, d, 0))
