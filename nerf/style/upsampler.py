"""From the coarse feature picture of the volume to a fine colour picture, by 1x1 maps alone.

StyleNeRF, section 3.3: no 3x3 convolutions and no noise for each pixel, so that texture stays glued to the surface.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nerf.style.layers import ModulatedLinear, silent

Picture = Float[Tensor, "batch channels h w"]
Larger = Float[Tensor, "batch channels h2 w2"]


class Doubling(nn.Module):
    """Twice the size: each pixel repeated, plus a learned residual from itself and its diagonal neighbours, blurred."""

    kernel: Tensor

    def __init__(self, channels: int, w: int) -> None:
        super().__init__()
        self.narrow = ModulatedLinear(2 * channels, max(channels // 4, 8), w)
        self.widen = ModulatedLinear(max(channels // 4, 8), channels, w, active=False)
        line = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        self.register_buffer("kernel", torch.outer(line, line)[None, None], persistent=False)

    def forward(self, x: Picture, w: Float[Tensor, "batch style"], *, blur: bool = True) -> Larger:
        """The larger feature picture."""
        near = functional.interpolate(x, scale_factor=2, mode="nearest")
        both = torch.cat([near, _diagonal_means(x)], 1)
        residual = self.widen(self.narrow(both.flatten(2).transpose(1, 2), w), w)
        larger = near + residual.transpose(1, 2).unflatten(2, near.shape[2:])
        return self._blurred(larger) if blur else larger

    def _blurred(self, x: Picture) -> Picture:
        channels = x.shape[1]
        padded = functional.pad(x, (1, 2, 1, 2), mode="replicate")
        return functional.conv2d(padded, self.kernel.expand(channels, 1, 4, 4), groups=channels)


class Upsampler(nn.Module):
    """Doublings, each with a colour output that is added to the enlarged colours before it."""

    def __init__(self, channels: int, w: int, doublings: int) -> None:
        super().__init__()
        self.n_styles = doublings
        self.doublings = nn.ModuleList(Doubling(channels, w) for _ in range(doublings))
        self.colours = nn.ModuleList(silent(nn.Conv2d(channels, 3, 1)) for _ in range(doublings))

    def forward(
        self,
        features: Float[Tensor, "batch channels h w"],
        rgb: Float[Tensor, "batch 3 h w"],
        ws: Float[Tensor, "batch layers style"],
    ) -> Float[Tensor, "batch 3 h2 w2"]:
        """The fine picture."""
        for number, (double, colour) in enumerate(zip(self.doublings, self.colours, strict=True)):
            features = double(features, ws[:, number])
            rgb = functional.interpolate(rgb, scale_factor=2, mode="bilinear", align_corners=False) + colour(features)
        return rgb


def _diagonal_means(x: Picture) -> Larger:
    """Each of a pixel's four children gets the mean of the pixel and the neighbour diagonally behind that child."""
    padded = functional.pad(x, (1, 1, 1, 1), mode="replicate")
    height, width = x.shape[2:]
    children = [(x + padded[:, :, dy : dy + height, dx : dx + width]) / 2 for dy in (0, 2) for dx in (0, 2)]
    return functional.pixel_shuffle(torch.stack(children, 2).flatten(1, 2), 2)
