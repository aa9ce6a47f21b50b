"""Gradients of places are those that autograd finds through the definitions."""

import numpy as np
import pytest
import torch

from nerf.ngp.encoding import encode
from nerf.ngp.jit_numba import to_blocks
from nerf.ngp.levels import Levels
from nerf.ngp.places_numba import points_gradient, rays_gradient


@pytest.mark.parametrize("features", [2, 4])
def test_points_have_the_gradient_of_the_definition(features: int) -> None:
    levels, rng = Levels(4, features, 10, 4, 64), np.random.default_rng(0)
    table = rng.normal(size=(levels.n_entries, features)).astype(np.float32)
    points = rng.uniform(0.02, 0.98, (300, 3)).astype(np.float32)
    d_features = rng.normal(size=(300, levels.width)).astype(np.float32)
    tensor = torch.from_numpy(points).requires_grad_()
    features_ = encode(tensor, torch.from_numpy(table), levels)
    features_.backward(torch.from_numpy(d_features))
    got = points_gradient(points, table, levels, to_blocks(d_features), np.ones(4))
    assert tensor.grad is not None
    np.testing.assert_allclose(got, tensor.grad.numpy(), rtol=1e-3, atol=2e-3)
    coarse = points_gradient(points, table, levels, to_blocks(d_features), np.array([1.0, 0, 0, 0]))
    d_features[:, features:] = 0
    assert np.array_equal(coarse, points_gradient(points, table, levels, to_blocks(d_features), np.ones(4)))


def _contract(flat: torch.Tensor) -> torch.Tensor:
    v = (flat - 0.5) * 4
    m = v.abs().amax(1, keepdim=True).clamp(min=1)
    return 0.5 + 0.25 * (2 - 1 / m) * v / m


@pytest.mark.parametrize("contracted", [False, True])
def test_rays_have_the_gradient_of_their_samples(contracted: bool) -> None:
    rng = np.random.default_rng(1)
    starts = np.array([0, 7, 7, 30])
    origins, directions = rng.normal(size=(2, 3, 3)).astype(np.float32)
    distances, d_points = rng.uniform(0, 6, 30).astype(np.float32), rng.normal(size=(30, 3)).astype(np.float32)
    o, d = (torch.from_numpy(a.astype(np.float64)).requires_grad_() for a in (origins, directions))
    ray = torch.repeat_interleave(torch.arange(3), torch.from_numpy(np.diff(starts)))
    flat = o[ray] + torch.from_numpy(distances.astype(np.float64))[:, None] * d[ray]
    (_contract(flat) if contracted else flat).backward(torch.from_numpy(d_points.astype(np.float64)))
    got = rays_gradient(d_points, origins, directions, distances, starts, contracted=contracted)
    for ours, tensor in zip(got, (o, d), strict=True):
        assert tensor.grad is not None
        np.testing.assert_allclose(ours, tensor.grad.numpy(), rtol=2e-4, atol=2e-5)
