"""From pictures of an object to a distribution over latents: what makes the generator's training a reconstruction."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, eq=False)
class Latent:
    """A normal distribution, and a unit vector that is to be the same for all views of one object."""

    mean: Float[Tensor, "batch z"]
    log_variance: Float[Tensor, "batch z"]
    identity: Float[Tensor, "batch identity"]

    def sample(self, generator: torch.Generator) -> Float[Tensor, "batch z"]:
        """One draw each."""
        noise = torch.randn(self.mean.shape, generator=generator).to(self.mean.device)  # the same on every device
        return self.mean + noise * (0.5 * self.log_variance).exp()

    def divergence(self) -> Float[Tensor, " batch"]:
        """Kullback-Leibler divergence from the standard normal, in nats."""
        return 0.5 * (self.mean.square() + self.log_variance.exp() - self.log_variance - 1).sum(1)


class ViewEncoder(nn.Module):
    """A small convolutional network; several views of an object are averaged before the latent is read off."""

    def __init__(self, z: int, channels: tuple[int, ...] = (48, 96, 96, 128), identity: int = 128) -> None:
        super().__init__()
        first, *rest = channels
        layers: list[nn.Module] = [nn.Conv2d(3, first, 8, 4, 2), nn.SiLU()]
        strides = (2, 1, 2)
        for inputs, outputs, stride in zip(channels, rest, strides, strict=False):
            layers += [nn.Conv2d(inputs, outputs, 3, stride, 1), nn.GroupNorm(8, outputs), nn.SiLU()]
        self.body = nn.Sequential(
            *layers, nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(channels[-1] * 16, 320), nn.SiLU()
        )
        self.mean = nn.Linear(320, z)
        self.log_variance = nn.Linear(320, z)
        self.identity = nn.Linear(320, identity)
        nn.init.constant_(self.log_variance.bias, -3.0)

    def forward(self, views: Float[Tensor, "batch views 3 h w"]) -> Latent:
        """The latent of objects from any number of views each, colours 0 to 1."""
        batch = len(views)
        hidden = self.body(views.flatten(0, 1) * 2 - 1).unflatten(0, (batch, -1)).mean(1)
        log_variance = self.log_variance(hidden).float().clamp(-8, 2)
        identity = functional.normalize(self.identity(hidden).float(), dim=-1)
        return Latent(self.mean(hidden).float(), log_variance, identity)
