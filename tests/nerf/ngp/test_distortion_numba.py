import numpy as np
import torch

from nerf.ngp.distortion import distortion
from nerf.ngp.distortion_numba import distortion_gradient


def test_the_gradient_is_that_of_the_definition() -> None:
    rng = np.random.default_rng(0)
    starts = np.array([0, 5, 5, 6, 40])
    weights = rng.random(40).astype(np.float32) * 0.2
    distances = np.concatenate([np.sort(rng.uniform(0.1, 9, n)) for n in np.diff(starts)]).astype(np.float32)
    steps = rng.uniform(0.01, 0.1, 40).astype(np.float32)
    tensor = torch.from_numpy(weights.astype(np.float64)).requires_grad_()
    others = (torch.from_numpy(a.astype(np.float64)) for a in (distances, steps))
    (0.3 * distortion(tensor, *others, torch.from_numpy(starts), 0.7).sum()).backward()
    got = distortion_gradient(weights, distances, steps, starts, 0.7, 0.3)
    assert tensor.grad is not None
    np.testing.assert_allclose(got, tensor.grad.numpy(), atol=1e-6)
