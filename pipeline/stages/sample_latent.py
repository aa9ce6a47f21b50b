"""An embedding becomes the latent of an object."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, model_validator

from nerf.style.latent import Latent
from pipeline.stage import Context, InputPath, StageConfig
from vision.answers import AGREEMENT, agreement
from vision.embedding import Embedding

if TYPE_CHECKING:
    from nerf.prior.guide import Guide
    from vision.encoders import Encoder

Look = Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]]
"""Pictures (candidates, views, h, w, 3) of styles from so many sides, and how much of each object hangs together."""

PICTURE = 64
"""The size at which candidates are looked at, which is that of the training."""
SAMPLES = (12, 8)
"""Along each ray: enough to choose by."""
SIDES, FIRST = 3, math.radians(35)
"""How many views choose, and where the first of them stands; the others follow evenly around."""


class SampleLatentConfig(StageConfig):
    candidates: int = Field(16, ge=1, le=256)
    """How many objects to look at; first comes the one most like the prompt, of its kind and colours, in one piece."""
    drawn: int = Field(2, ge=1, le=64)
    """How many to draw for each that is looked at, where the prior has a reader: it keeps those that it reads best."""
    views: int = Field(SIDES, ge=1, le=16)
    """From how many sides each candidate is compared with the prompt."""
    guidance: float = Field(2.5, ge=0, le=20)
    """How strictly to follow the prompt: 1 as it is, more exaggerates it, 0 ignores it."""
    steps: int = Field(10, ge=1, le=1000)
    """Steps of the sampler."""
    sampler: Literal["ddim", "dpm"] = "ddim"
    """DDIM, or DPM-Solver++ of second order."""
    spacing: Literal["time", "log_snr"] = "log_snr"
    """Steps even in time, or in the logarithm of signal to noise."""
    pull: float = Field(1.0, ge=0, le=10)
    """How far each step moves to styles that are read as the prompt, where the prior has a reader: 0 not at all."""
    truncation: float = Field(1.0, gt=0, le=1)
    """Less draws objects closer to the mean."""
    int8_above_db: float | None = Field(None, ge=0, le=200)
    """Compute in eight bits what keeps at least this many decibels of signal to noise; nothing when left out."""
    block_cache: float = Field(0.0, ge=0, le=100)
    """Keep what blocks of the prior add over several steps, until its relative changes sum to this; 0 keeps nothing."""
    weights: list[float] = Field(default=[], max_length=64)
    """How much each prompt counts where there are several; equally when left out."""
    size_m: float | None = Field(None, gt=0, le=10_000)
    """The longest side in metres; what is usual for the nearest kind of thing when left out."""
    encoder: InputPath | None = None
    """A folder with the encoder that made the prompts; the one that ships when left out."""
    token_merging: int = Field(0, ge=0, le=1000)
    """How many tokens of a candidate's picture each layer of CLIP or SigLIP merges (ToMe): faster, less exact."""
    generator: InputPath | None = None
    """A folder with a generator of your own, or a published StyleNeRF (.pkl); the one that ships when left out."""
    prior: InputPath | None = None
    """A folder with a prior of your own; the one that ships when left out."""

    @model_validator(mode="after")
    def _has_a_prior_of_its_own(self) -> "SampleLatentConfig":
        if self.generator is not None and self.generator.suffix == ".pkl" and self.prior is None:
            raise ValueError(
                f"prior: no prior that ships knows the styles of {self.generator.name}; give one that "
                f"`scenewright train prior --generator {self.generator.name}` made (or use random_latent)"
            )
        return self


def sample_latent(
    config: SampleLatentConfig, context: Context, *, prompts: list[Embedding], negative: Embedding | None = None
) -> Latent:
    """Draw objects for one prompt or a mixture of several, and put the one that resembles it most first.

    3D-CLFusion (Li et al. 2023): a diffusion prior turns the embedding into the style of a radiance field; nothing is
    optimised. `negative` is what the object is to be unlike.
    """
    import torch

    from nerf.prior.latents import Sampling, sample
    from nerf.style.wholeness import WHOLENESS
    from pipeline.stages.object_weights import encoder_of, prior_of

    encoder, encoder_id = encoder_of(config.encoder, config.token_merging)
    look, generator_id = looks_of(config.generator)
    prior, figures = prior_of(config.prior, encoder=encoder_id, generator=generator_id)
    wanted = _wanted(config, prompts, encoder_id)
    settings = Sampling(
        config.candidates,
        config.guidance,
        config.steps,
        config.sampler,
        context.seed,
        config.truncation,
        config.spacing,
        config.int8_above_db,
        config.block_cache,
        config.drawn,
    )
    unwanted = None if negative is None else torch.from_numpy(_checked(negative, encoder_id).vector)
    context.progress(0.2, "draws candidates")
    w = sample(prior, torch.from_numpy(wanted), settings, unwanted, _guide(config, encoder))[:, 0].numpy()
    context.progress(0.4, f"looks at {config.candidates} candidates")
    scores, agreed, whole = likenesses(look, encoder, w, wanted, config.views)
    order = np.argsort(-scores - AGREEMENT * agreed - WHOLENESS * whole, kind="stable")
    size = config.size_m or usual_size(prompts[0].nearest)
    notes = tuple(note for prompt in prompts for note in prompt.notes)
    name = ", ".join(prompt.prompt for prompt in prompts)[:80]
    latent = Latent(w[order], scores[order], generator_id, name, size, notes)
    context.metric("scores", [round(float(score), 4) for score in latent.scores])
    context.metric("size_m", size)
    usual = figures.get("score_5th_percentile", -1.0)
    if latent.scores[0] < usual:
        context.log(f"warning: the object resembles its prompt less ({latent.scores[0]:.2f}) than usual ({usual:.2f})")
    return latent


def likenesses(
    look: "Look", encoder: "Encoder", w: np.ndarray, wanted: np.ndarray, views: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cosine between the prompt and the mean of each candidate's pictures from several sides, how far they agree on
    kind, colours and pattern, and how much of each candidate hangs together.
    """
    from nerf.objects.questions import CHOSEN_BY
    from vision.encoders import over_views

    shown, whole = look(w, views)
    looks = over_views(np.stack([encoder.pictures(list(each)) for each in shown]))
    cosines: np.ndarray = (looks @ wanted).astype(np.float32)
    return cosines, agreement(wanted, looks, [encoder.text(list(each)) for each in CHOSEN_BY]), whole


def looks_of(own: Path | None) -> "tuple[Look, str]":
    """How objects of a generator are looked at to choose among them, and which generator it is."""
    from pipeline.stages.object_weights import generator_of, is_published, published_of

    if own is not None and is_published(own):
        from nerf.style.stylenerf_shape import published_pictures

        published, identity = published_of(own)
        return lambda w, views: (published_pictures(published, w, views), np.ones(len(w), np.float32)), identity
    from nerf.objects import viewpoints
    from nerf.style.shape import pictures_and_opacity
    from nerf.style.wholeness import wholeness

    model, identity = generator_of(own)
    camera = viewpoints.camera(PICTURE)

    def look(w: np.ndarray, views: int) -> tuple[np.ndarray, np.ndarray]:
        poses = viewpoints.ring_of_poses(views, start=FIRST)
        shown, opacity = pictures_and_opacity(model.generator, w, camera, poses, SAMPLES)
        return shown, wholeness(opacity)

    return look, identity


def usual_size(family: str) -> float:
    """The middle of the longest sides that this kind of thing has, in metres."""
    from nerf.objects.library import FAMILIES

    return round(math.sqrt(math.prod(FAMILIES[family].extent_m)), 3) if family in FAMILIES else 1.0


def latent_sources(config: SampleLatentConfig) -> Sequence[Path]:
    """Files of the three networks."""
    from pipeline.stages.object_weights import ENCODER, GENERATOR, PRIOR, files_of

    owns = ((ENCODER, config.encoder), (GENERATOR, config.generator), (PRIOR, config.prior))
    return [path for name, own in owns for path in files_of(name, own)]


def _wanted(config: SampleLatentConfig, prompts: list[Embedding], encoder: str) -> np.ndarray:
    import torch

    from nerf.prior.conditions import mixed

    if config.weights and len(config.weights) != len(prompts):
        raise ValueError(f"weights: must be one for each of the {len(prompts)} prompts (got {len(config.weights)})")
    vectors = np.stack([_checked(prompt, encoder).vector for prompt in prompts])
    shares = torch.tensor(config.weights or [1.0] * len(prompts))
    result: np.ndarray = mixed(torch.from_numpy(vectors), shares).numpy()
    return result


def _guide(config: SampleLatentConfig, encoder: "Encoder") -> "Guide | None":
    """What pulls styles to such as are read as the prompt."""
    import torch

    from nerf.objects.questions import PULLED_BY
    from nerf.prior.guide import Guide, Pull
    from pipeline.stages.object_weights import reader_of

    reader = reader_of(config.prior) if config.pull > 0 else None
    if reader is None:
        return None
    usual = Pull()
    pull = replace(usual, rate=usual.rate * config.pull, limit=usual.limit * config.pull)
    return Guide(reader, [torch.from_numpy(encoder.text(list(each))) for each in PULLED_BY], pull)


def _checked(prompt: Embedding, encoder: str) -> Embedding:
    if prompt.encoder != encoder:
        raise ValueError(f"prompt {prompt.prompt!r}: was encoded by {prompt.encoder}, the prior needs {encoder}")
    return prompt
