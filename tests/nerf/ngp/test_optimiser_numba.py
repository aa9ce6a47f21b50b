import numpy as np
import torch

from nerf.ngp.optimiser_numba import Adam


def test_steps_are_those_of_torch() -> None:
    rng = np.random.default_rng(0)
    ours = rng.normal(size=(1000, 3)).astype(np.float32)
    theirs = torch.from_numpy(ours.copy()).requires_grad_()
    adam, reference = Adam(ours), torch.optim.Adam([theirs], lr=0.01, betas=(0.9, 0.99), eps=1e-15, weight_decay=0.1)
    for number in range(1, 20):
        gradient = rng.normal(size=ours.shape).astype(np.float32)
        theirs.grad = torch.from_numpy(gradient.copy())
        reference.step()
        adam.step(ours, gradient, number=number, rate=0.01, decay=0.1)
        assert not gradient.any()
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=2e-4, atol=1e-5)
