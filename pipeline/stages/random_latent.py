"""An object of no prompt: normal noise through the mapping that the prior was distilled into."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, model_validator

from nerf.style.latent import Latent
from pipeline.stage import Context, InputPath, StageConfig

if TYPE_CHECKING:
    from torch import Tensor


class RandomLatentConfig(StageConfig):
    candidates: int = Field(1, ge=1, le=256)
    """How many objects to draw; the first is the one that later stages show."""
    truncation: float = Field(1.0, gt=0, le=1)
    """Less draws objects closer to the mean: safer and more alike."""
    size_m: float = Field(1.0, gt=0, le=10_000)
    """The longest side in metres."""
    mixing: int | None = Field(None, ge=1)
    """Style mixing: from this layer on, counted from 1, each object takes the style of another one."""
    generator: InputPath | None = None
    """A folder with a generator of your own, or a published StyleNeRF (.pkl); the one that ships when left out."""
    prior: InputPath | None = None
    """A folder with a prior of your own; the one that ships when left out."""

    @model_validator(mode="after")
    def _has_one_mapping(self) -> "RandomLatentConfig":
        if self.prior is not None and self.generator is not None and self.generator.suffix == ".pkl":
            raise ValueError("prior: a StyleNeRF checkpoint brings its own mapping; leave the prior out")
        return self


def random_latent(config: RandomLatentConfig, context: Context) -> Latent:
    """Draw objects at random, in one pass each.

    StyleGAN's order: normal z, mapping, style (Karras et al. 2019). For our own generators the mapping has learned in
    one step what the diffusion prior does without a prompt in many; a published StyleNeRF brings its own.
    """
    import torch

    from nerf.style.mapping import broadcast, mixed

    mapping = _mapping_of(config)
    noise = torch.Generator().manual_seed(context.seed)
    with torch.no_grad():
        w = mapping.styles(torch.randn(config.candidates, mapping.width, generator=noise))
        if config.mixing is not None:
            if config.mixing >= mapping.layers:
                raise ValueError(f"mixing: must be from 1 to {mapping.layers - 1} (got {config.mixing})")
            others = mapping.styles(torch.randn(config.candidates, mapping.width, generator=noise))
            w = mixed(broadcast(w, mapping.layers), broadcast(others, mapping.layers), config.mixing)
    scores = np.zeros(config.candidates, np.float32)
    return Latent(w.numpy(), scores, mapping.generator, f"random object {context.seed}", config.size_m)


@dataclass(frozen=True, eq=False)
class _Mapping:
    """Noise to styles, truncated; how wide noise is, how many layers take a style, and whose they are."""

    styles: "Callable[[Tensor], Tensor]"
    width: int
    layers: int
    generator: str


def _mapping_of(config: RandomLatentConfig) -> _Mapping:
    from pipeline.stages.object_weights import generator_of, is_published, mapping_of, published_of

    if config.generator is not None and is_published(config.generator):
        published, identity = published_of(config.generator)
        sizes = published.config
        return _Mapping(lambda z: published.styles(z, config.truncation)[:, 0], sizes.z, published.n_styles, identity)
    model, identity = generator_of(config.generator)
    mapping = mapping_of(config.prior, generator=identity)
    return _Mapping(lambda z: mapping(config.truncation * z), mapping.width, model.generator.n_styles, identity)


def random_sources(config: RandomLatentConfig) -> Sequence[Path]:
    """Files of both networks; published weights need no prior."""
    from pipeline.stages.object_weights import GENERATOR, PRIOR, files_of, is_published

    if is_published(config.generator):
        return files_of(GENERATOR, config.generator)
    owns = ((GENERATOR, config.generator), (PRIOR, config.prior))
    return [path for name, own in owns for path in files_of(name, own)]
