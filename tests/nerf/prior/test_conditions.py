import math

import pytest
import torch
from torch.nn import functional

from nerf.prior.conditions import between, mixed, pseudo_text


@pytest.mark.parametrize(("strength", "cosine"), [(1.0, 0.7071), (0.75, 0.8), (0.0, 1.0)])
def test_pseudo_text_lies_at_its_angle(strength: float, cosine: float) -> None:
    generator = torch.Generator().manual_seed(0)
    e, n = (torch.randn(200, 512, generator=generator) for _ in range(2))
    found = pseudo_text(e, n, strength)
    assert abs(float((found * functional.normalize(e, dim=-1)).sum(1).mean()) - cosine) < 0.01
    assert torch.allclose(found.norm(dim=1), torch.ones(200), atol=1e-5)


def test_mixes_lie_between_their_prompts() -> None:
    e = torch.eye(2)
    assert torch.allclose(mixed(e, torch.tensor([1.0, 1.0])), torch.tensor([math.sqrt(0.5)] * 2))
    assert torch.allclose(mixed(e, torch.tensor([1.0, 0.0])), e[0])
    with pytest.raises(ValueError, match="must be 0 or more and not all 0"):
        mixed(e, torch.tensor([0.0, 0.0]))


def test_steps_between_prompts_have_equal_angles() -> None:
    path = between(torch.tensor([1.0, 0, 0]), torch.tensor([0.0, 2.0, 0]), 4)
    angles = torch.arccos((path[:-1] * path[1:]).sum(1))
    assert torch.allclose(angles, torch.full((3,), math.pi / 6), atol=1e-4)
    assert torch.allclose(path[-1], torch.tensor([0.0, 1.0, 0.0]), atol=1e-6)
