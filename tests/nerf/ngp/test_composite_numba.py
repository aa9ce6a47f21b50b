import numpy as np
import torch

from nerf.ngp import composite, composite_numba


def _inputs(seed: int) -> tuple[np.ndarray, ...]:
    """Rays of 0 to 30 samples, thin fog to walls."""
    rng = np.random.default_rng(seed)
    starts = np.concatenate([[0], np.cumsum(rng.integers(0, 30, 200))])
    n = int(starts[-1])
    density = np.exp(rng.uniform(-3, 9, n)).astype(np.float32)
    colour, steps = rng.random((n, 3), dtype=np.float32), rng.uniform(0.001, 0.02, n).astype(np.float32)
    return density, colour, rng.random(n, dtype=np.float32), steps, starts, rng.random((200, 3), dtype=np.float32)


def test_forward_and_backward_agree_with_the_definition_in_double_precision() -> None:
    inputs = _inputs(0)
    rng = np.random.default_rng(1)
    d_colour, d_distance = rng.normal(size=(200, 3)).astype(np.float32), rng.normal(size=200).astype(np.float32)
    d_weights = 0.1 * rng.normal(size=len(inputs[0])).astype(np.float32)
    tensors = [torch.from_numpy(a) if a.dtype == np.int64 else torch.from_numpy(a).double() for a in inputs]
    for tensor in tensors[:2]:
        tensor.requires_grad_()
    expected = composite.composite(*tensors)
    torch.autograd.backward(
        [expected.colour, expected.distance, expected.weights],
        [torch.from_numpy(gradient).double() for gradient in (d_colour, d_distance, d_weights)],
    )
    got = composite_numba.composite(*inputs)
    d_density, d_rgb = composite_numba.composite_backward(inputs, got, d_colour, d_distance, d_weights=d_weights)
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b.detach().numpy(), atol=2e-6)
    assert tensors[0].grad is not None
    assert tensors[1].grad is not None
    np.testing.assert_allclose(d_density, tensors[0].grad.numpy(), atol=2e-7)
    np.testing.assert_allclose(d_rgb, tensors[1].grad.numpy(), atol=2e-6)


def test_weights_never_sum_to_more_than_one() -> None:
    got = composite_numba.composite(*_inputs(2))
    assert got.opacity.max() <= 1 + 1e-6
    assert got.weights.min() >= 0
