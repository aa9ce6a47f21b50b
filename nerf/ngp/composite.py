"""Volume rendering of packed samples, the definition in torch (Max 1995; Mildenhall et al. 2020, eq. 3)."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int


class Rendered(NamedTuple):
    """What rays see."""

    colour: Float[torch.Tensor, "rays 3"]
    opacity: Float[torch.Tensor, " rays"]
    distance: Float[torch.Tensor, " rays"]  # sum of weight x distance: divide by opacity for the mean
    weights: Float[torch.Tensor, " samples"]


def ray_indices(starts: Int[torch.Tensor, " rays_1"]) -> Int[torch.Tensor, " samples"]:
    """The ray of each sample."""
    counts = starts[1:] - starts[:-1]
    return torch.repeat_interleave(torch.arange(len(counts), device=starts.device), counts)


def transmittance(
    optical: Float[torch.Tensor, " samples"], starts: Int[torch.Tensor, " rays_1"]
) -> Float[torch.Tensor, " samples"]:
    """Share of light that reaches each sample: exp of minus the optical depth before it on its ray."""
    before = torch.cat([optical.new_zeros(1), torch.cumsum(optical, 0)])
    rays = ray_indices(starts)
    return torch.exp(before[starts[:-1]][rays] - before[:-1])


def composite(
    density: Float[torch.Tensor, " samples"],
    colour: Float[torch.Tensor, "samples 3"],
    distances: Float[torch.Tensor, " samples"],
    steps: Float[torch.Tensor, " samples"],
    starts: Int[torch.Tensor, " rays_1"],
    background: Float[torch.Tensor, "rays 3"],
) -> Rendered:
    """Colour, opacity and distance of rays in front of their backgrounds."""
    optical = density * steps
    weights = transmittance(optical, starts) * -torch.expm1(-optical)
    rays, n = ray_indices(starts), len(starts) - 1
    opacity = weights.new_zeros(n).index_add(0, rays, weights)
    distance = weights.new_zeros(n).index_add(0, rays, weights * distances)
    seen = weights.new_zeros(n, 3).index_add(0, rays, weights[:, None] * colour)
    return Rendered(seen + (1 - opacity)[:, None] * background, opacity, distance, weights)
