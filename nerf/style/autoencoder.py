"""The generator with the encoder that trains it: pictures to a latent, the latent to a style, the style to pictures."""

from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nerf.style.encoder import Latent, ViewEncoder
from nerf.style.generator import GeneratorConfig, StyleGenerator


@dataclass(frozen=True)
class AutoencoderConfig:
    """Sizes of both halves."""

    generator: GeneratorConfig = field(default_factory=GeneratorConfig)
    encoder_channels: tuple[int, ...] = (48, 96, 96, 128)


class Autoencoder(nn.Module):
    """Both halves under one roof, so that one checkpoint holds them."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        self.generator = StyleGenerator(config.generator)
        self.encoder = ViewEncoder(config.generator.z, config.encoder_channels)

    def invert(self, views: Float[Tensor, "batch views 3 h w"]) -> Float[Tensor, "batch style"]:
        """The most likely style of objects seen in these views."""
        latent: Latent = self.encoder(views)
        w: Tensor = self.generator.mapping(latent.mean)
        return w


def initial(config: AutoencoderConfig, seed: int) -> Autoencoder:
    """A model with weights drawn from a seed; the caller's random numbers stay as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Autoencoder(config)
