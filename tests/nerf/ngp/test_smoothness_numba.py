"""The compiled gradient is that of the definition through encoding and networks."""

import numpy as np
import pytest
import torch

from nerf.ngp import encoding, mlp
from nerf.ngp.levels import Levels
from nerf.ngp.mlp_numba import Workspace
from nerf.ngp.smoothness import smoothness, stencil
from nerf.ngp.smoothness_numba import Smoothness
from nerf.ngp.weights import initial_weights


@pytest.mark.parametrize("codes", [0, 8])
def test_gradients_are_those_of_the_definition(codes: int) -> None:
    levels, rng = Levels(4, 4, 10, 4, 32), np.random.default_rng(1)
    table, weights = rng.normal(size=(levels.n_entries, 4)).astype(np.float32), initial_weights(16, rng, codes)
    points, offsets = rng.random((40, 3), np.float32), 0.05 * rng.standard_normal((40, 3)).astype(np.float32)
    places = stencil(points, offsets)
    t, w = (torch.from_numpy(array).double().requires_grad_() for array in (table, weights))
    raw = mlp.geometry(encoding.encode(torch.from_numpy(places).double(), t, levels), w)[:, 0]
    expected = smoothness(raw.view(-1, 2, 4))
    (0.5 * expected).backward()
    assert t.grad is not None
    assert w.grad is not None

    before = rng.normal(size=weights.shape).astype(np.float32)
    d_table, d_weights = np.ones_like(table), before.copy()
    found = Smoothness(levels, Workspace(16, codes)).add(places, table, weights, 0.5, (d_table, d_weights))
    assert found == pytest.approx(float(expected.detach()), rel=1e-3)
    for ours, theirs in ((d_table - 1, t.grad.numpy()), (d_weights - before, w.grad.numpy())):
        assert np.linalg.norm(ours - theirs) < 1e-2 * np.linalg.norm(theirs)
    assert Smoothness(levels, Workspace(16, codes)).add(places[:0], table, weights, 1.0, (d_table, d_weights)) == 0
