"""A picture of an object becomes a latent, without words."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import Field

from nerf.style.latent import Latent
from pipeline.stage import Context, InputPath, StageConfig


class InvertImageConfig(StageConfig):
    path: InputPath
    """A picture of one object: with alpha, or before a plain background."""
    steps: int = Field(40, ge=0, le=5000)
    """Steps of search after the encoder's first answer; 0 keeps that."""
    size_m: float = Field(1.0, gt=0, le=10_000)
    """The longest side in metres."""
    generator: InputPath | None = None
    """A folder with a generator of your own; the one that ships when left out."""


def invert_image(config: InvertImageConfig, context: Context) -> Latent:
    """Find the style of a generator that looks like a picture: the encoder's answer, then a short search."""
    from nerf.style.inversion import Search, invert
    from pipeline.stages.encode_prompt import read_picture
    from pipeline.stages.object_weights import generator_of
    from pipeline.stages.sample_latent import PICTURE
    from vision.cutout import cut_out

    generator, identity = generator_of(config.generator)
    cut = cut_out(*read_picture(config.path), size=PICTURE)
    for note in cut.notes:
        context.log(f"warning: {note}")
    found = invert(generator, cut.framed, Search(steps=config.steps, seed=context.seed))
    for name in ("error_before", "error"):
        context.metric(name, round(getattr(found, name), 6))
    score = np.zeros(1, np.float32)
    return Latent(found.w[None], score, identity, config.path.stem, config.size_m, cut.notes)


def inversion_sources(config: InvertImageConfig) -> Sequence[Path]:
    """The generator's files."""
    from pipeline.stages.object_weights import GENERATOR, files_of

    return files_of(GENERATOR, config.generator)
