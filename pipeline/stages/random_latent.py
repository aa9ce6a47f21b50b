"""An object of no prompt: normal noise through the mapping that the prior was distilled into."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import Field

from nerf.style.latent import Latent
from pipeline.stage import Context, InputPath, StageConfig


class RandomLatentConfig(StageConfig):
    candidates: int = Field(1, ge=1, le=256)
    """How many objects to draw; the first is the one that later stages show."""
    truncation: float = Field(1.0, gt=0, le=1)
    """Less draws objects closer to the mean: safer and more alike."""
    size_m: float = Field(1.0, gt=0, le=10_000)
    """The longest side in metres."""
    generator: InputPath | None = None
    """A folder with a generator of your own; the one that ships when left out."""
    prior: InputPath | None = None
    """A folder with a prior of your own; the one that ships when left out."""


def random_latent(config: RandomLatentConfig, context: Context) -> Latent:
    """Draw objects at random, in one pass each.

    StyleGAN's order: normal z, mapping, style (Karras et al. 2019). The mapping has learned in one step what the
    diffusion prior does without a prompt in many.
    """
    import torch

    from pipeline.stages.object_weights import generator_of, mapping_of

    _, generator = generator_of(config.generator)
    mapping = mapping_of(config.prior, generator=generator)
    noise = torch.Generator().manual_seed(context.seed)
    with torch.no_grad():
        w = mapping(config.truncation * torch.randn(config.candidates, mapping.width, generator=noise)).numpy()
    scores = np.zeros(config.candidates, np.float32)
    return Latent(w, scores, generator, f"random object {context.seed}", config.size_m)


def random_sources(config: RandomLatentConfig) -> Sequence[Path]:
    """Files of both networks."""
    from pipeline.stages.object_weights import GENERATOR, PRIOR, files_of

    owns = ((GENERATOR, config.generator), (PRIOR, config.prior))
    return [path for name, own in owns for path in files_of(name, own)]
