"""A picture of an object becomes a latent, without words."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, model_validator

from nerf.style.latent import Latent
from pipeline.stage import Context, InputPath, StageConfig

if TYPE_CHECKING:
    from nerf.style.autoencoder import Autoencoder
    from nerf.style.inversion import Inverted
    from vision.cutout import Cutout


class InvertImageConfig(StageConfig):
    path: InputPath
    """A picture of one object: with alpha, before a plain background, or well inside the picture."""
    matting: InputPath | None = None
    """An ONNX network that tells objects from backgrounds (U2-Net, IS-Net and their kin); colours tell otherwise."""
    rounds: int = Field(24, ge=0, le=64)
    """How often the refining encoder compares the picture with the render so far."""
    steps: int = Field(40, ge=0, le=5000)
    """Steps of optimisation after the encoders' answer."""
    free_camera: bool = True
    """Let the steps of optimisation turn the camera, too."""
    tuning: int = Field(0, ge=0, le=5000)
    """Steps that fit layers of the object's own to the picture after that, a fortieth of a second each: a copy of the
    generator's that the latent carries. Thin parts and patterns that no style shows come nearer; 100 are enough."""
    size_m: float = Field(1.0, gt=0, le=10_000)
    """The longest side in metres."""
    generator: InputPath | None = None
    """A folder with a generator of your own, or a published StyleNeRF (.pkl); the one that ships when left out."""
    inversion: InputPath | None = None
    """A folder with encoders that were trained for that generator; those that ship when left out."""

    @model_validator(mode="after")
    def _has_encoders_of_its_kind(self) -> "InvertImageConfig":
        if self.generator is not None and self.generator.suffix == ".pkl":
            for name in ("inversion", "matting"):
                if getattr(self, name) is not None:
                    raise ValueError(f"{name}: a StyleNeRF checkpoint is searched without it; leave it out")
            if self.tuning:
                raise ValueError(f"tuning: a StyleNeRF checkpoint is never tuned, must be 0 (got {self.tuning})")
        return self


def invert_image(config: InvertImageConfig, context: Context) -> Latent:
    """Find the style of a generator that looks like a picture, and the camera: base encoder, refining encoder, search.

    3D-aware encoding (Li et al. 2022). Without encoders for the generator, the one that it was trained with answers
    and the steps of optimisation follow; the log says so. For a published StyleNeRF there are the steps alone, and the
    picture is taken with its background, cut to its middle square.
    """
    from nerf.style.inversion import Search, invert
    from pipeline.stages.encode_prompt import matting_of, read_picture
    from pipeline.stages.object_weights import generator_of, inverter_of, is_published
    from pipeline.stages.sample_latent import PICTURE
    from vision.cutout import cut_out

    if config.generator is not None and is_published(config.generator):
        return _published(config, config.generator, context)
    generator, identity = generator_of(config.generator)
    inverter = inverter_of(config.inversion, generator=identity)
    cut = cut_out(*read_picture(config.path), size=PICTURE, matting=matting_of(config.matting))
    notes = cut.notes
    if inverter is None:
        notes = (
            *notes,
            f"inversion: no encoders were trained for this generator; {config.steps} steps of optimisation follow",
        )
    for note in notes:
        context.log(f"warning: {note}")
    search = Search(rounds=config.rounds, steps=config.steps, free_camera=config.free_camera, seed=context.seed)
    found = invert(generator.requires_grad_(False), cut.framed, search, inverter)
    for name in ("error_before", "error_refined", "error"):
        context.metric(name, round(getattr(found, name), 6))
    own = _tuned(config, context, generator, found, cut) if config.tuning else {}
    score = np.zeros(1, np.float32)
    return Latent(found.w[None], score, identity, config.path.stem, config.size_m, notes, own)


def inversion_sources(config: InvertImageConfig) -> Sequence[Path]:
    """Files of the generator and of the encoders."""
    from pipeline.stages.object_weights import GENERATOR, INVERSION, files_of, is_published

    if is_published(config.generator):
        return files_of(GENERATOR, config.generator)
    return [*files_of(GENERATOR, config.generator), *files_of(INVERSION, config.inversion)]


def _tuned(
    config: InvertImageConfig, context: Context, generator: "Autoencoder", found: "Inverted", cut: "Cutout"
) -> "dict[str, np.ndarray]":
    """Layers of the object's own, fitted to the picture from where the camera was found."""
    import torch

    from nerf.style.tuning import Tuning, own_layers, tuned

    ws = generator.generator.styles(torch.from_numpy(found.w)[None])
    picture = torch.from_numpy(cut.framed.copy()).permute(2, 0, 1).float()[None, None] / 255
    own = tuned(
        generator.generator,
        ws,
        picture,
        found.world_from_camera[None, None],
        Tuning(steps=config.tuning, seed=context.seed),
        torch.from_numpy(cut.covered)[None, None],
    )
    return own_layers(own)


def _published(config: InvertImageConfig, generator: Path, context: Context) -> Latent:
    """The search through published weights, for which nobody trained encoders here."""
    from PIL import Image, ImageOps

    from nerf.style.stylenerf_inversion import invert_published
    from pipeline.stages.encode_prompt import read_picture
    from pipeline.stages.object_weights import published_of

    model, identity = published_of(generator)
    side = model.config.side
    picture = np.array(ImageOps.fit(Image.fromarray(read_picture(config.path)[0]), (side, side)))
    note = f"inversion: no encoders know this generator; {config.steps} steps of optimisation begin at its mean style"
    context.log(f"warning: {note}")
    found = invert_published(
        model, picture, config.steps, free_camera=config.free_camera, progress=lambda share: context.progress(share)
    )
    context.metric("error_before", round(found.error_before, 6))
    context.metric("error", round(found.error, 6))
    return Latent(found.w[None], np.zeros(1, np.float32), identity, config.path.stem, config.size_m, (note,))
