import math

import numpy as np
import torch

from nerf.ngp.sh import spherical_harmonics


def test_values_are_orthonormal_over_the_sphere() -> None:
    nodes, gauss = (torch.tensor(v) for v in np.polynomial.legendre.leggauss(8))  # exact for these degrees
    phi = torch.arange(16, dtype=torch.float64) * (2 * math.pi / 16)
    radius = torch.sqrt(1 - nodes**2)
    points = torch.stack(
        [
            radius[:, None] * torch.cos(phi),
            radius[:, None] * torch.sin(phi),
            nodes[:, None].expand(-1, 16),
        ],
        -1,
    )
    values = spherical_harmonics(points).reshape(-1, 16)
    weight = (gauss[:, None] / 32).expand(-1, 16).reshape(-1, 1)
    assert torch.allclose(values.T @ (weight * values), torch.eye(16, dtype=torch.float64) / (4 * math.pi), atol=1e-9)


def test_first_order_signs_are_those_of_tiny_cuda_nn() -> None:
    values = spherical_harmonics(torch.eye(3))
    assert torch.allclose(values[:, 0], torch.tensor(0.28209479))
    assert torch.allclose(values[:, 1], torch.tensor([0.0, -0.48860251, 0]))
    assert torch.allclose(values[:, 2], torch.tensor([0.0, 0, 0.48860251]))
    assert torch.allclose(values[:, 3], torch.tensor([-0.48860251, 0.0, 0]))
