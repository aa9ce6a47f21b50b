"""What lies behind the object: plain white for the object library, or a scene far away (NeRF++) for photographs."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nerf.style.layers import ModulatedLinear
from nerf.style.volume import BALL, composite


class Background(nn.Module, ABC):
    """Features and colours of what rays meet when nothing in the ball stops them."""

    @abstractmethod
    def forward(
        self,
        origins: Float[Tensor, "batch rays 3"],
        directions: Float[Tensor, "batch rays 3"],
        z: Float[Tensor, "batch z"] | None,
    ) -> tuple[Float[Tensor, "batch rays features"], Float[Tensor, "batch rays 3"]]:
        """Features and colours; `z` is the background's own latent, None for the mean one."""


class White(Background):
    """No features, full light."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.features = features

    def forward(
        self,
        origins: Float[Tensor, "batch rays 3"],
        directions: Float[Tensor, "batch rays 3"],
        z: Float[Tensor, "batch z"] | None,
    ) -> tuple[Float[Tensor, "batch rays features"], Float[Tensor, "batch rays 3"]]:
        """Zeros and ones."""
        return directions.new_zeros(*directions.shape[:2], self.features), torch.ones_like(directions)


class FarScene(Background):
    """A small field over the inverted outside of the ball: input (x / r, 1 / r), four samples (Zhang et al. 2020)."""

    SAMPLES = 4

    def __init__(self, features: int, z_width: int = 32, width: int = 64, depth: int = 4) -> None:
        super().__init__()
        self.z_width = z_width
        self.input = nn.Linear(4, width)
        self.layers = nn.ModuleList(ModulatedLinear(width, width, z_width) for _ in range(depth))
        self.density = nn.Linear(width, 1)
        self.features = nn.Linear(width, features)
        self.colour = nn.Linear(features, 3)

    def forward(
        self,
        origins: Float[Tensor, "batch rays 3"],
        directions: Float[Tensor, "batch rays 3"],
        z: Float[Tensor, "batch z"] | None,
    ) -> tuple[Float[Tensor, "batch rays features"], Float[Tensor, "batch rays 3"]]:
        """Composited features and their colours; the farthest sample takes all light that is left."""
        z = origins.new_zeros(len(origins), self.z_width) if z is None else z
        inverse = torch.linspace(1.0, 0.05, self.SAMPLES, device=origins.device) / BALL
        distances = (1 / inverse).expand(*origins.shape[:2], -1) + origins.norm(dim=-1, keepdim=True)
        points = origins[:, :, None] + distances[..., None] * directions[:, :, None]
        radius = points.norm(dim=-1, keepdim=True)
        x = self.input(torch.cat([points / radius, 1 / radius], -1)).flatten(1, 2)
        for layer in self.layers:
            x = layer(x, z)
        x = x.unflatten(1, (origins.shape[1], self.SAMPLES))
        found = composite(self.density(x)[..., 0], self.features(x), distances)
        rest = (1 - found.opacity)[..., None] * self.features(x[:, :, -1])
        features = found.features + rest
        return features, torch.sigmoid(self.colour(features))
