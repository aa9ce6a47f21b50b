"""Codes reach colours alone, and one of them built into the weights shows what it showed."""

import numpy as np
import torch

from nerf.ngp import mlp
from nerf.ngp.appearance import by_photo, with_code
from nerf.ngp.weights import initial_weights, n_codes, n_weights


def test_a_code_built_into_the_weights_shows_what_it_showed() -> None:
    rng = np.random.default_rng(0)
    weights, code = initial_weights(16, rng, 8), rng.normal(size=8).astype(np.float32)
    features, directions = (torch.from_numpy(rng.normal(size=(50, k))).float() for k in (16, 3))
    directions = torch.nn.functional.normalize(directions, dim=1)
    assert n_codes(len(weights), 16) == 8
    for given in (code, np.zeros(8, np.float32)):
        codes = torch.from_numpy(given).expand(50, 8)
        expected = mlp.field(features, directions, torch.from_numpy(weights), torch.zeros(50), codes)
        plain = with_code(weights, 16, given if given.any() else None)
        assert len(plain) == n_weights(16)
        found = mlp.field(features, directions, torch.from_numpy(plain), torch.zeros(50))
        assert torch.equal(found[0], expected[0])
        torch.testing.assert_close(found[1], expected[1], atol=1e-6, rtol=1e-5)


def test_weights_without_codes_stay_what_they_are() -> None:
    weights = initial_weights(32, np.random.default_rng(1))
    assert np.array_equal(with_code(weights, 32), weights)


def test_each_photo_gets_what_the_samples_of_its_rays_ask() -> None:
    asked = np.arange(12, dtype=np.float32).reshape(6, 2)  # three rays with 2, 0 and 4 samples, of photos 1, 0 and 2
    found = by_photo(asked, np.array([0, 2, 2, 6]), np.array([1, 0, 2]), 4)
    assert np.array_equal(found, [[0, 0], [2, 4], [28, 32], [0, 0]])
