"""The two small networks of a field, the definition in torch (Müller et al. 2022, section 5.4).

Density: width -> 64 -> 16, whose first output is the log-density. Colour: those 16 and 16 spherical harmonics of the
view direction, with a photo's appearance code where there is one -> 64 -> 64 -> 3, sigmoid. No biases. The weights are
one flat vector, so that an optimiser, a file and a kernel see the same thing; the colour layer has a fourth, unused
output that keeps kernels in fours.
"""

import torch
from jaxtyping import Float

from nerf.ngp.sh import spherical_harmonics
from nerf.ngp.weights import layer_shapes, n_codes

LOG_DENSITY_MAX = 15.0


def split(weights: Float[torch.Tensor, " weights"], width: int) -> list[torch.Tensor]:
    """The five matrices within the flat vector."""
    shapes = layer_shapes(width, n_codes(len(weights), width))
    sizes = [rows * columns for rows, columns in shapes]
    return [part.view(shape) for part, shape in zip(torch.split(weights, sizes), shapes, strict=True)]


class TruncatedExp(torch.autograd.Function):
    """exp for densities: outputs and slopes stay finite (the slope is exp of the input limited to +-15)."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return torch.exp(x.clamp(max=LOG_DENSITY_MAX))

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, grad: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        (x,) = ctx.saved_tensors  # type: ignore[attr-defined]
        return grad * torch.exp(x.clamp(-LOG_DENSITY_MAX, LOG_DENSITY_MAX))


def truncated_exp(x: Float[torch.Tensor, "*batch"]) -> Float[torch.Tensor, "*batch"]:
    """Densities from log-densities."""
    result: torch.Tensor = TruncatedExp.apply(x)  # type: ignore[no-untyped-call]
    return result


def geometry(
    features: Float[torch.Tensor, "samples width"], weights: Float[torch.Tensor, " weights"]
) -> Float[torch.Tensor, "samples 16"]:
    """Outputs of the density network."""
    first, second = split(weights, features.shape[1])[:2]
    return torch.relu(features @ first.T) @ second.T


def density(
    features: Float[torch.Tensor, "samples width"],
    weights: Float[torch.Tensor, " weights"],
    bias: Float[torch.Tensor, " samples"],
) -> Float[torch.Tensor, " samples"]:
    """exp(log-density + bias)."""
    return truncated_exp(geometry(features, weights)[:, 0] + bias)


def field(
    features: Float[torch.Tensor, "samples width"],
    directions: Float[torch.Tensor, "samples 3"],
    weights: Float[torch.Tensor, " weights"],
    bias: Float[torch.Tensor, " samples"],
    codes: Float[torch.Tensor, "samples codes"] | None = None,
) -> tuple[Float[torch.Tensor, " samples"], Float[torch.Tensor, "samples 3"]]:
    """Densities and colours of encoded points seen along directions, as photos with these codes show them."""
    third, fourth, fifth = split(weights, features.shape[1])[2:]
    raw = geometry(features, weights)
    seen = [raw, spherical_harmonics(directions)] + ([] if codes is None else [codes])
    hidden = torch.relu(torch.cat(seen, -1) @ third.T)
    colour = torch.sigmoid((torch.relu(hidden @ fourth.T) @ fifth.T)[:, :3])
    return truncated_exp(raw[:, 0] + bias), colour
