import math

import torch

from nerf.ngp.composite import composite


def test_two_samples_have_the_golden_weights() -> None:
    starts = torch.tensor([0, 2])
    out = composite(
        torch.tensor([1.0, 2]), torch.tensor([[1.0, 0, 0], [0, 1, 0]]), torch.tensor([1.0, 2]),
        torch.tensor([0.5, 0.5]), starts, torch.tensor([[0.0, 0, 1]]),
    )  # fmt: skip
    assert torch.allclose(out.weights, torch.tensor([0.393469, 0.383400]), atol=1e-6)
    assert torch.allclose(out.colour, torch.tensor([[0.393469, 0.383400, math.exp(-1.5)]]), atol=1e-6)
    assert torch.allclose(out.opacity, torch.tensor([1 - math.exp(-1.5)]))
    assert torch.allclose(out.distance, torch.tensor([0.393469 + 2 * 0.3834]), atol=1e-5)


def test_a_ray_without_samples_sees_its_background() -> None:
    starts = torch.tensor([0, 0, 1])
    background = torch.tensor([[0.2, 0.4, 0.6], [1, 1, 1]])
    out = composite(torch.tensor([1e6]), torch.zeros(1, 3), torch.ones(1), torch.ones(1), starts, background)
    assert torch.allclose(out.colour, torch.tensor([[0.2, 0.4, 0.6], [0, 0, 0]]))
    assert out.opacity.tolist() == [0, 1]


def test_splitting_a_sample_in_two_changes_nothing() -> None:
    one = composite(
        torch.tensor([3.0]),
        torch.ones(1, 3),
        torch.ones(1),
        torch.tensor([0.4]),
        torch.tensor([0, 1]),
        torch.zeros(1, 3),
    )
    two = composite(
        torch.tensor([3.0, 3]), torch.ones(2, 3), torch.ones(2), torch.tensor([0.1, 0.3]), torch.tensor([0, 2]),
        torch.zeros(1, 3),
    )  # fmt: skip
    assert torch.allclose(one.colour, two.colour)
