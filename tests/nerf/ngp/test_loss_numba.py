import numpy as np
import torch

from nerf.ngp.loss_numba import ray_loss


def test_gradients_are_those_of_the_huber_loss() -> None:
    rng = np.random.default_rng(0)
    n = 50
    colour, distance, target, background, gains = (
        torch.from_numpy(rng.random(shape)).requires_grad_() for shape in ((n, 3), (n,), (n, 3), (n, 3), (n, 3))
    )
    opacity, known = torch.from_numpy(rng.random(n)), torch.from_numpy(rng.random(n) * (rng.random(n) < 0.5))
    a = opacity[:, None]
    error = gains * colour - (a * target + (1 - a) * background * gains)
    loss = torch.nn.functional.huber_loss(error, torch.zeros_like(error), delta=0.1, reduction="sum") / n
    far = (distance - known) / (0.2 * known.clamp(min=1e-9))
    depth = torch.nn.functional.huber_loss(far, torch.zeros_like(far), delta=1.0, reduction="none") * 0.2 * known
    (loss + 0.7 * depth[known > 0].sum() / n).backward()
    numbers = [
        t.detach().numpy().astype(np.float32) for t in (colour, distance, target, opacity, background, known, gains)
    ]
    got = ray_loss((numbers[0], numbers[1]), tuple(numbers[2:6]), numbers[6], huber=0.1, depth=(0.7, 0.2))
    assert colour.grad is not None
    assert distance.grad is not None
    assert gains.grad is not None
    np.testing.assert_allclose(got.colour, colour.grad.numpy(), atol=1e-7)
    np.testing.assert_allclose(got.distance, distance.grad.numpy(), atol=1e-7)
    np.testing.assert_allclose(got.gain, gains.grad.numpy(), atol=1e-7)
    np.testing.assert_allclose(got.squared, (error**2).mean(1).detach().numpy(), atol=1e-6)


def test_ignored_rays_ask_for_nothing() -> None:
    one = np.ones((1, 3), np.float32)
    got = ray_loss(
        (one, np.ones(1, np.float32)), (0 * one, np.full(1, -1, np.float32), one, np.ones(1, np.float32)), one,
        huber=0.1, depth=(1.0, 0.1),
    )  # fmt: skip
    assert not got.colour.any()
    assert not got.distance.any()
    assert got.squared == 0
