import numpy as np
import torch

from nerf.ngp import mlp
from nerf.ngp.weights import initial_weights, n_weights


def test_width_32_has_the_weights_of_instant_ngp() -> None:
    assert n_weights(32) == 64 * 32 + 16 * 64 + 64 * 32 + 64 * 64 + 4 * 64


def test_field_is_what_its_layers_say() -> None:
    rng = np.random.default_rng(0)
    weights = torch.from_numpy(initial_weights(8, rng)).double()
    features = torch.from_numpy(rng.normal(size=(3, 8)))
    directions = torch.nn.functional.normalize(torch.from_numpy(rng.normal(size=(3, 3))), dim=-1)
    density, colour = mlp.field(features, directions, weights, torch.full((3,), 0.5, dtype=torch.float64))
    first, second, third, fourth, fifth = (m.numpy() for m in mlp.split(weights, 8))
    for i in range(3):
        geometry = second @ np.maximum(first @ features[i].numpy(), 0)
        harmonics = mlp.spherical_harmonics(directions[i]).numpy()
        hidden = np.maximum(fourth @ np.maximum(third @ np.concatenate([geometry, harmonics]), 0), 0)
        assert np.isclose(density[i], np.exp(geometry[0] + 0.5))
        assert np.allclose(colour[i], 1 / (1 + np.exp(-(fifth @ hidden)[:3])))


def test_density_and_its_slope_stay_finite() -> None:
    x = torch.tensor([-100.0, 0, 100], requires_grad=True)
    y = mlp.truncated_exp(x)
    y.sum().backward()
    assert x.grad is not None
    assert torch.isfinite(y).all()
    assert torch.allclose(x.grad.log(), torch.tensor([-15.0, 0, 15]))
