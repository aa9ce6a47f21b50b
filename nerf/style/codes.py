"""The last phase of reconstruction training: a style of its own for every object, found together with the generator.

An encoder that sees one to three pictures has to average over what it cannot see, and a generator that learns from its
answers learns the averages: washed-out colours, soft legs. So the encoder's answers are where the styles begin; then
they are free (an auto-decoder: Bojanowski et al. 2018, Park et al. 2019). In the end the encoder learns to give them.
"""

import copy
import math
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nerf.style.autoencoder import Autoencoder
from nerf.style.examples import Examples
from nerf.style.losses import PatchBatch, PointBatch, Weights, all_views, patch_parts, point_parts, view_tensor
from nerf.style.training import Report, follow


@dataclass(frozen=True)
class CodesConfig:
    """How long and how fast. `code_rate` is a share of the mean size of styles; `hold` keeps them where they began."""

    seed: int = 0
    steps: int = 9000
    encoder_steps: int = 1500
    rate: float = 1.2e-3
    code_rate: float = 0.03
    encoder_rate: float = 1e-3
    hold: float = 1e-3
    points: PointBatch = field(default_factory=lambda: PointBatch(32, 48, 48))
    patches: PatchBatch = field(default_factory=lambda: PatchBatch(32, 7, 10, 6))
    encoded: int = 48
    weights: Weights = field(default_factory=Weights)
    average: float = 0.998
    half: bool = False

    @property
    def all_steps(self) -> int:
        """Of the styles' phase and the encoder's."""
        return self.steps + self.encoder_steps


@dataclass(eq=False)
class CodesState:
    """What the phase carries from step to step: `codes` has a style for each object, `begun` those of the encoder."""

    model: Autoencoder
    averaged: Autoencoder
    codes: nn.Embedding
    begun: Tensor
    optimiser: torch.optim.Adam
    code_optimiser: torch.optim.SparseAdam
    step: int = 0


@torch.no_grad()
def encoded_styles(model: Autoencoder, examples: Examples, batch: int = 32) -> Float[Tensor, "objects style"]:
    """The encoder's answers to all views of every object."""
    parts = [np.arange(first, min(first + batch, len(examples))) for first in range(0, len(examples), batch)]
    device = model.generator.mapping.mean.device
    return torch.cat([model.invert(all_views(examples, objects).to(device)) for objects in parts])


def begin(model: Autoencoder, examples: Examples, config: CodesConfig) -> CodesState:
    """The phase before its first step, from a model that the phases before it trained."""
    return state_of(model, copy.deepcopy(model), encoded_styles(model, examples), None, config)


def state_of(
    model: Autoencoder,
    averaged: Autoencoder,
    begun: Float[Tensor, "objects style"],
    codes: Float[Tensor, "objects style"] | None,
    config: CodesConfig,
    step: int = 0,
) -> CodesState:
    """The phase with these weights and styles and fresh optimisers."""
    styles = nn.Embedding(len(begun), begun.shape[1], sparse=True, _weight=(begun if codes is None else codes).clone())
    optimiser = torch.optim.Adam(model.parameters(), lr=config.rate, betas=(0.9, 0.99))
    code_optimiser = torch.optim.SparseAdam(styles.parameters(), lr=config.code_rate, betas=(0.9, 0.99))
    return CodesState(
        model.train().requires_grad_(True),
        averaged.requires_grad_(False),
        styles,
        begun,
        optimiser,
        code_optimiser,
        step,
    )


def rate(config: CodesConfig, step: int) -> float:
    """Share of the learning rates at a step: for each half of the phase a short rise, then a cosine to a fiftieth."""
    in_codes = step < config.steps
    done = step if in_codes else step - config.steps
    total = max(config.steps if in_codes else config.encoder_steps, 1)
    return min(1.0, (done + 1) / 50) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done / total)))


def train(
    state: CodesState,
    examples: Examples,
    config: CodesConfig,
    *,
    until: int | None = None,
    report: Report | None = None,
) -> CodesState:
    """Go on to step `until`, or to the end; every step's random choices depend on the seed and its number alone."""
    size = float(state.begun.abs().mean())
    for step in range(state.step, min(until or config.all_steps, config.all_steps)):
        rng = np.random.default_rng([config.seed, 2, step])
        in_codes = step < config.steps
        with torch.autocast(state.begun.device.type, torch.bfloat16, enabled=config.half):
            parts = (codes_loss if in_codes else encoder_loss)(state, examples, config, rng)
        share = rate(config, step)
        state.optimiser.param_groups[0]["lr"] = share * (config.rate if in_codes else config.encoder_rate)
        state.code_optimiser.param_groups[0]["lr"] = share * config.code_rate * size
        state.optimiser.zero_grad(set_to_none=True)
        state.code_optimiser.zero_grad(set_to_none=True)
        parts["total"].backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(state.model.parameters(), 1.0)
        state.optimiser.step()
        if in_codes:
            state.code_optimiser.step()  # type: ignore[no-untyped-call]
        follow(state.averaged, state.model, min(config.average, 1 - 1 / (step - (0 if in_codes else config.steps) + 2)))
        state.step = step + 1
        if report is not None:
            report(state.step, {name: float(value.detach()) for name, value in parts.items()})
    return state


def codes_loss(
    state: CodesState, examples: Examples, config: CodesConfig, rng: np.random.Generator
) -> dict[str, Tensor]:
    """Squares of pixels and points of some objects by their own styles. The parts, and their sum as `total`."""
    chosen = rng.choice(len(examples), min(config.patches.objects, len(examples)), replace=False)
    which = torch.from_numpy(chosen).to(state.begun.device)
    w = state.codes(which)
    noise = torch.Generator().manual_seed(int(rng.integers(2**63)))
    generator = state.model.generator
    parts = patch_parts(generator, w, examples, chosen, config.patches, config.weights, rng, noise)
    parts |= point_parts(generator, w, examples, chosen, config.points, config.weights, rng)
    parts["hold"] = config.hold * ((w - state.begun[which]) / state.begun.std(0)).square().mean()
    return parts | {"total": torch.stack(list(parts.values())).sum()}


def encoder_loss(
    state: CodesState, examples: Examples, config: CodesConfig, rng: np.random.Generator
) -> dict[str, Tensor]:
    """How far the encoder's answers to one to three views are from the objects' styles, in standard deviations."""
    chosen = rng.choice(len(examples), min(config.encoded, len(examples)), replace=False)
    views = rng.integers(examples.rgb.shape[1], size=(len(chosen), int(rng.integers(1, 4))))
    latent = state.model.encoder(view_tensor(examples, chosen, views).to(state.begun.device))
    w = state.model.generator.mapping(latent.mean)
    with torch.no_grad():
        wanted = state.codes(torch.from_numpy(chosen).to(state.begun.device))
        state.model.generator.mapping.track_mean(wanted)
        spread = state.codes.weight.std(0)
    return {"total": functional.smooth_l1_loss((w - wanted) / spread, torch.zeros_like(w))}
