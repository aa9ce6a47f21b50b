import pytest
import torch

from nerf.ngp.distortion import bent, distortion


def test_two_samples_pay_for_the_distance_between_them() -> None:
    weights, distances = torch.tensor([0.5, 0.25, 1.0]), torch.tensor([1.0, 3.0, 2.0])
    loss = distortion(weights, distances, torch.zeros(3), torch.tensor([0, 2, 3]), 1.0)
    assert loss.tolist() == pytest.approx([2 * 0.5 * 0.25 * (3 / 4 - 1 / 2), 0.0])


def test_a_wide_sample_pays_a_third_of_its_width() -> None:
    _, step = bent(torch.tensor([1.0]), torch.tensor([0.4]), 1.0)
    assert step.item() == pytest.approx(0.1)
    loss = distortion(torch.tensor([1.0]), torch.tensor([1.0]), torch.tensor([0.4]), torch.tensor([0, 1]), 1.0)
    assert loss.tolist() == pytest.approx([0.1 / 3])


def test_the_loss_of_one_wide_interval_is_that_of_its_parts() -> None:
    """A constant weight over an interval costs the same however finely it is cut (eq. 15 is that integral)."""
    losses = []
    for n in (1, 4, 64):
        at = 1 + 0.001 * (torch.arange(n) + 0.5) / n
        args = torch.full((n,), 0.7 / n), at, torch.full((n,), 0.001 / n), torch.tensor([0, n]), 1.0
        losses.append(distortion(*args).item())
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-2)
