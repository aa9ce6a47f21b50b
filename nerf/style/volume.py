"""Volume rendering along rays: where to sample, and how samples become a pixel."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

BALL = 0.66
"""Matter lies within this distance from the origin."""
SLAB = 0.025
"""Length over which `occupancy` tells whether a density is matter."""


@dataclass(frozen=True, eq=False)
class Composite:
    """A ray's sums: features, how much of it was absorbed, the mean distance of that, and each sample's share."""

    features: Float[Tensor, "batch rays features"]
    opacity: Float[Tensor, "batch rays"]
    distance: Float[Tensor, "batch rays"]
    weights: Float[Tensor, "batch rays samples"]


def density(raw: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """Densities per unit length from a field's raw output: near zero at 0, so that space starts empty."""
    return functional.softplus(raw * 4 - 2) * 10


def occupancy(raw: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """Share of light that a thin slab of this matter absorbs."""
    return 1 - torch.exp(-density(raw) * SLAB)


def span(
    origins: Float[Tensor, "batch rays 3"], directions: Float[Tensor, "batch rays 3"]
) -> tuple[Float[Tensor, "batch rays"], Float[Tensor, "batch rays"]]:
    """Distances at which rays enter and leave the ball; rays that miss it get a short span where they pass closest."""
    middle = -(origins * directions).sum(-1)
    closest = origins.square().sum(-1) - middle.square()
    half = (BALL**2 - closest).clamp(min=0.05**2).sqrt()
    return middle - half, middle + half


def stratified(
    near: Float[Tensor, "batch rays"],
    far: Float[Tensor, "batch rays"],
    n: int,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "batch rays samples"]:
    """One distance in each of `n` equal intervals: anywhere in it with a generator, else its middle."""
    where = torch.full((*near.shape, n), 0.5, device=near.device)
    if generator is not None:
        where = torch.rand(where.shape, generator=generator).to(near.device)  # the same on every device
    return near[..., None] + (far - near)[..., None] * (torch.arange(n, device=near.device) + where) / n


def refined(
    distances: Float[Tensor, "batch rays samples"],
    weights: Float[Tensor, "batch rays samples"],
    n: int,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "batch rays more"]:
    """`n` more distances where the weights are: one in each of `n` equal parts of their sum, turned round; anywhere in
    it with a generator, else its middle."""
    share = weights + 1e-3
    share = share / share.sum(-1, keepdim=True)
    total = share.cumsum(-1).contiguous()
    where = torch.full((*total.shape[:-1], n), 0.5, device=total.device)
    if generator is not None:
        where = torch.rand(where.shape, generator=generator).to(total.device)  # the same on every device
    even = (torch.arange(n, device=total.device) + where) / n
    bin_ = torch.searchsorted(total, even).clamp(max=total.shape[-1] - 1)
    step = distances[..., 1:2] - distances[..., :1]
    inside = (even - (total - share).gather(-1, bin_)) / share.gather(-1, bin_)
    return distances.gather(-1, bin_) + (inside - 0.5) * step


def composite(
    raw: Float[Tensor, "batch rays samples"],
    features: Float[Tensor, "batch rays samples features"],
    distances: Float[Tensor, "batch rays samples"],
) -> Composite:
    """Alpha compositing (StyleNeRF, eq. 2). The last sample has no length: what is left goes to the background."""
    step = torch.cat([distances.diff(dim=-1), torch.zeros_like(distances[..., :1])], -1)
    depth = density(raw) * step
    weights = (1 - torch.exp(-depth)) * torch.exp(-(depth.cumsum(-1) - depth))
    return Composite(
        torch.einsum("brs,brsf->brf", weights, features),
        weights.sum(-1),
        (weights * distances).sum(-1),
        weights,
    )
