"""From a normal latent z to a style w, and from one style to a style for each layer."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nerf.style.layers import EqualLinear, leaky


class Mapping(nn.Module):
    """Fully connected layers at a hundredth of the learning rate's usual weight (StyleGAN's lr multiplier)."""

    mean: Tensor

    def __init__(self, z_width: int, w_width: int, depth: int) -> None:
        super().__init__()
        widths = [z_width] + [w_width] * depth
        self.layers = nn.ModuleList(EqualLinear(a, b, rate=0.5) for a, b in pairwise(widths))
        self.register_buffer("mean", torch.zeros(w_width))

    def forward(self, z: Float[Tensor, "batch z"]) -> Float[Tensor, "batch style"]:
        """Styles of latents."""
        for layer in self.layers[:-1]:
            z = leaky(layer(z))
        w: Tensor = self.layers[-1](z)
        return w.float()

    @torch.no_grad()
    def track_mean(self, w: Float[Tensor, "batch style"], momentum: float = 0.01) -> None:
        """Move the mean style, which truncation pulls towards, a little towards that of a batch."""
        self.mean.lerp_(w.mean(0), momentum)


def truncated(
    w: Float[Tensor, "batch style"], mean: Float[Tensor, " style"], psi: float
) -> Float[Tensor, "batch style"]:
    """Styles pulled towards the mean: 1 leaves them, 0 gives the mean."""
    return mean + psi * (w - mean)


def broadcast(w: Float[Tensor, "batch style"], layers: int) -> Float[Tensor, "batch layers style"]:
    """The same style for each layer (w to w+)."""
    return w[:, None].expand(-1, layers, -1)


def mixed(
    coarse: Float[Tensor, "batch layers style"], fine: Float[Tensor, "batch layers style"], crossover: int
) -> Float[Tensor, "batch layers style"]:
    """Style mixing: the first `crossover` layers of one, the rest of the other."""
    return torch.cat([coarse[:, :crossover], fine[:, crossover:]], 1)
