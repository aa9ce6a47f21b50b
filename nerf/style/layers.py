"""Layers of a style-based field: equalised linear maps, and 1x1 maps that a style scales and renormalises."""

import math
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

Layer = TypeVar("Layer", bound=nn.Module)


def leaky(x: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """Leaky ReLU that keeps the variance."""
    return functional.leaky_relu(x, 0.2) * math.sqrt(2)


def positional_encoding(points: Float[Tensor, "*batch 3"], octaves: int) -> Float[Tensor, "*batch width"]:
    """The points, then sines and cosines of `octaves` doubling frequencies; the lowest has a period of 4 units."""
    frequencies = 2.0 ** torch.arange(octaves, device=points.device) * (math.pi / 2)
    angles = (points[..., None, :] * frequencies[:, None]).flatten(-2)
    return torch.cat([points, angles.sin(), angles.cos()], -1)


def encoding_width(octaves: int) -> int:
    """Numbers that `positional_encoding` gives for a point."""
    return 3 + 6 * octaves


class EqualLinear(nn.Module):
    """A linear map whose weights are stored at unit variance, so that one learning rate suits every layer."""

    def __init__(self, inputs: int, outputs: int, *, bias: float = 0.0, rate: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        self.gain, self.rate = rate / math.sqrt(inputs), rate

    def forward(self, x: Float[Tensor, "*batch inputs"]) -> Float[Tensor, "*batch outputs"]:
        """x times the weights, plus the bias."""
        return functional.linear(x, self.weight * self.gain, self.bias * self.rate)


def silent(layer: Layer) -> Layer:
    """A layer that gives nothing at first, so that training starts from what is without it."""
    for weights in layer.parameters():
        nn.init.zeros_(weights)
    return layer


class ModulatedLinear(nn.Module):
    """A 1x1 layer whose inputs a style scales (Karras et al. 2020, section 2.2); demodulated for unit variance.

    With `shift` the style moves the outputs too (Perez et al. 2018), at first by nothing: in a field, whose inputs are
    places, scales alone move an edge only with everything else.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        style: int,
        *,
        demodulate: bool = True,
        active: bool = True,
        shift: bool = False,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scales = EqualLinear(style, inputs, bias=1.0)
        self.shifts = silent(EqualLinear(style, outputs)) if shift else None
        self.demodulate, self.active = demodulate, active

    def forward(
        self, x: Float[Tensor, "batch points inputs"], w: Float[Tensor, "batch style"]
    ) -> Float[Tensor, "batch points outputs"]:
        """Every point of an item through the item's own weights."""
        return _mapped(x, *self.at(w), self.active)

    def own(self, w: Float[Tensor, "batch style"]) -> "OwnLinear":
        """The layer that these styles make of this one."""
        return OwnLinear(*self.at(w), active=self.active)

    def at(
        self, w: Float[Tensor, "batch style"]
    ) -> tuple[Float[Tensor, "batch outputs inputs"], Float[Tensor, "#batch 1 outputs"]]:
        """Weights and biases that styles make of this layer's."""
        weight = self.weight[None] * (self.scales(w)[:, None] / math.sqrt(self.weight.shape[1]))
        if self.demodulate:
            weight = weight * torch.rsqrt(weight.square().sum(2, keepdim=True) + 1e-8)
        bias = (self.bias if self.shifts is None else self.bias + self.shifts(w)).reshape(-1, 1, len(self.bias))
        if not self.active:
            return weight, bias
        gain = math.sqrt(2)  # before the leaky ReLU instead of after it: the same, and one pass over all points less
        return weight * gain, bias * gain


class OwnLinear(nn.Module):
    """What some styles make of a modulated layer, as weights of each item's own that no longer hang together."""

    def __init__(
        self, weight: Float[Tensor, "batch outputs inputs"], bias: Float[Tensor, "#batch 1 outputs"], *, active: bool
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())
        self.bias = nn.Parameter(bias.detach().expand(len(weight), -1, -1).clone())
        self.active = active

    def forward(
        self, x: Float[Tensor, "batch points inputs"], w: Float[Tensor, "batch style"]
    ) -> Float[Tensor, "batch points outputs"]:
        """Every point of an item through the item's own weights, whatever its style."""
        return _mapped(x, self.weight, self.bias, self.active)


def _mapped(x: Tensor, weight: Tensor, bias: Tensor, active: bool) -> Tensor:
    y = torch.bmm(x, weight.transpose(1, 2)).add_(bias)
    return functional.leaky_relu_(y, 0.2) if active else y
