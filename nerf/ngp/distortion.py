"""How spread out what a ray sees is, the definition in torch (Barron et al. 2022, eq. 15).

Zero for one thin surface; fog and floaters pay for the distance between them. Distances are bent to t / (t + scale), so
that what is far counts little.
"""

import torch
from jaxtyping import Float, Int

from nerf.ngp.composite import ray_indices


def bent(
    distances: Float[torch.Tensor, " samples"], steps: Float[torch.Tensor, " samples"], scale: float
) -> tuple[Float[torch.Tensor, " samples"], Float[torch.Tensor, " samples"]]:
    """Bent distances, from 0 to 1, and how long steps are among them."""
    return distances / (distances + scale), steps * scale / (distances + scale) ** 2


def distortion(
    weights: Float[torch.Tensor, " samples"],
    distances: Float[torch.Tensor, " samples"],
    steps: Float[torch.Tensor, " samples"],
    starts: Int[torch.Tensor, " rays_1"],
    scale: float,
) -> Float[torch.Tensor, " rays"]:
    """Per ray the sum of w_i w_j |s_i - s_j| over all pairs, and a third of that of w_i^2 times the step."""
    s, step = bent(distances, steps, scale)
    rays = ray_indices(starts)
    same = rays[:, None] == rays[None]
    pairs = (weights[:, None] * weights[None] * (s[:, None] - s[None]).abs() * same).sum(1)
    return weights.new_zeros(len(starts) - 1).index_add(0, rays, pairs + weights**2 * step / 3)
