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
    spread, least = torch.from_numpy(rng.random(n) * 0.3), 0.2 * known.clamp(min=1e-9)
    sigma = (least**2 + spread**2).sqrt()
    far = (distance - known) / sigma
    depth = torch.nn.functional.huber_loss(far, torch.zeros_like(far), delta=1.0, reduction="none") * least
    (loss + 0.7 * depth[known > 0].sum() / n).backward()
    tensors = (colour, distance, target, opacity, background, known, spread, gains)
    numbers = [tensor.detach().numpy().astype(np.float32) for tensor in tensors]
    got = ray_loss((numbers[0], numbers[1]), tuple(numbers[2:7]), numbers[7], huber=0.1, depth=(0.7, 0.2))
    assert colour.grad is not None
    assert distance.grad is not None
    assert gains.grad is not None
    np.testing.assert_allclose(got.colour, colour.grad.numpy(), atol=1e-7)
    np.testing.assert_allclose(got.distance, distance.grad.numpy(), atol=1e-7)
    np.testing.assert_allclose(got.gain, gains.grad.numpy(), atol=1e-7)
    np.testing.assert_allclose(got.squared, (error**2).mean(1).detach().numpy(), atol=1e-6)


def test_ignored_rays_ask_for_nothing() -> None:
    one = np.ones((1, 3), np.float32)
    number = np.ones(1, np.float32)
    got = ray_loss((one, number), (0 * one, -number, one, number, 0 * number), one, huber=0.1, depth=(1.0, 0.1))
    assert not got.colour.any()
    assert not got.distance.any()
    assert got.squared == 0
