"""Fields that a style shapes: a point in, a raw density and a feature out. No view direction (StyleNeRF, section 3)."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nerf.style.layers import ModulatedLinear, encoding_width, positional_encoding


@dataclass(frozen=True, eq=False)
class Shape:
    """What a field knows of its styles before points are asked for: the styles, and planes where it has some."""

    ws: Float[Tensor, "batch layers style"]
    planes: Float[Tensor, "batch 3 channels size size"] | None = None


class StyleField(nn.Module, ABC):
    """A density and features in space, for styles of `n_styles` layers."""

    n_styles: int

    @abstractmethod
    def prepare(self, ws: Float[Tensor, "batch layers style"]) -> Shape:
        """What is the same for every point."""

    @abstractmethod
    def forward(
        self, points: Float[Tensor, "batch points 3"], shape: Shape
    ) -> tuple[Float[Tensor, "batch points"], Float[Tensor, "batch points features"]]:
        """Raw densities and features at points of the unit frame."""


class MlpField(StyleField):
    """StyleNeRF's: positional encoding, then modulated layers, then a density and a feature head."""

    def __init__(self, w: int, width: int, depth: int, features: int, octaves: int, shift: bool = False) -> None:
        super().__init__()
        self.octaves, self.n_styles = octaves, depth + 1
        self.input = nn.Linear(encoding_width(octaves), width)
        self.layers = nn.ModuleList(ModulatedLinear(width, width, w, shift=shift) for _ in range(depth))
        self.density = ModulatedLinear(width, 1, w, demodulate=False, active=False)
        self.features = ModulatedLinear(width, features, w, active=False)

    def prepare(self, ws: Float[Tensor, "batch layers style"]) -> Shape:
        """The styles themselves."""
        return Shape(ws)

    def forward(
        self, points: Float[Tensor, "batch points 3"], shape: Shape
    ) -> tuple[Float[Tensor, "batch points"], Float[Tensor, "batch points features"]]:
        """Raw densities and features."""
        x = self.input(positional_encoding(points * 1.5, self.octaves))
        for number, layer in enumerate(self.layers):
            x = layer(x, shape.ws[:, number])
        last = shape.ws[:, len(self.layers)]
        return self.density(x, last)[..., 0], self.features(x, last)


class TriplaneField(StyleField):
    """Three planes of features that styles draw, read where a point falls on them, then two modulated layers.

    Measured beside the MLP on a CPU: drawing the planes is a fixed price per object, so full pictures cost a third
    and batches of few points per object twice as much.
    """

    def __init__(self, w: int, width: int, size: int, channels: int, features: int, octaves: int) -> None:
        super().__init__()
        self.octaves, self.channels = octaves, channels
        self.seed = nn.Parameter(torch.randn(width, 4, 4))
        stages = (size // 4).bit_length() - 1
        if size != 4 * 2**stages:
            raise ValueError(f"tri-plane size: must be 4 times a power of two (got {size})")
        self.stages = nn.ModuleList(_PlaneStage(width, w) for _ in range(stages))
        self.planes = nn.Conv2d(width, 3 * channels, 1)
        self.read = nn.ModuleList(
            [ModulatedLinear(3 * channels + encoding_width(octaves), 64, w), ModulatedLinear(64, 64, w)]
        )
        self.density = ModulatedLinear(64, 1, w, demodulate=False, active=False)
        self.features = ModulatedLinear(64, features, w, active=False)
        self.n_styles = stages + 3

    def prepare(self, ws: Float[Tensor, "batch layers style"]) -> Shape:
        """Draw the planes."""
        x = self.seed.expand(len(ws), -1, -1, -1)
        for number, stage in enumerate(self.stages):
            x = stage(x, ws[:, number])
        return Shape(ws, self.planes(x).unflatten(1, (3, self.channels)))

    def forward(
        self, points: Float[Tensor, "batch points 3"], shape: Shape
    ) -> tuple[Float[Tensor, "batch points"], Float[Tensor, "batch points features"]]:
        """Raw densities and features."""
        if shape.planes is None:
            raise ValueError("tri-plane field: needs the planes that `prepare` draws")
        x = torch.cat([_read_planes(shape.planes, points / 0.66), positional_encoding(points * 1.5, self.octaves)], -1)
        for number, layer in enumerate(self.read):
            x = layer(x, shape.ws[:, len(self.stages) + number])
        last = shape.ws[:, len(self.stages) + 2]
        return self.density(x, last)[..., 0], self.features(x, last)


class _PlaneStage(nn.Module):
    """Twice the size by bilinear interpolation, then a 3x3 neighbourhood through a modulated layer."""

    def __init__(self, width: int, w: int) -> None:
        super().__init__()
        self.spread = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.mix = ModulatedLinear(width, width, w)

    def forward(
        self, x: Float[Tensor, "batch width size size"], w: Float[Tensor, "batch style"]
    ) -> Float[Tensor, "batch width size2 size2"]:
        x = self.spread(functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False))
        mixed: Tensor = self.mix(x.flatten(2).transpose(1, 2), w)
        return mixed.transpose(1, 2).reshape(x.shape)


def _read_planes(
    planes: Float[Tensor, "batch 3 channels size size"], points: Float[Tensor, "batch points 3"]
) -> Float[Tensor, "batch points features"]:
    """Bilinear features of the xy, xz and zy planes, side by side; points reach from -1 to 1."""
    batch = len(planes)
    where = torch.stack([points[..., [0, 1]], points[..., [0, 2]], points[..., [2, 1]]], 1).flatten(0, 1)
    read = functional.grid_sample(planes.flatten(0, 1), where[:, :, None], align_corners=False, padding_mode="border")
    return read.reshape(batch, -1, points.shape[1]).transpose(1, 2)
