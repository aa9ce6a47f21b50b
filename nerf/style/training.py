"""Reconstruction training: points first, then volume rendering. Every step's random choices depend on the seed and its
number alone, so a run that was stopped goes on as if it had not been."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from nerf.style.autoencoder import Autoencoder, AutoencoderConfig, initial
from nerf.style.examples import Examples
from nerf.style.losses import PatchBatch, PointBatch, Weights, patch_loss, points_loss

Report = Callable[[int, dict[str, float]], None]


@dataclass(frozen=True)
class TrainingConfig:
    """How long, how fast, how much at a time."""

    seed: int = 0
    point_steps: int = 6000
    patch_steps: int = 6000
    point_rate: float = 3e-3
    patch_rate: float = 1.2e-3
    points: PointBatch = field(default_factory=PointBatch)
    patches: PatchBatch = field(default_factory=PatchBatch)
    weights: Weights = field(default_factory=Weights)
    average: float = 0.998
    half: bool = False
    """Multiply in bfloat16 (weights stay float32): a third faster where the processor knows it, slow elsewhere."""

    @property
    def steps(self) -> int:
        """Of both phases."""
        return self.point_steps + self.patch_steps


@dataclass(eq=False)
class TrainingState:
    """What a run carries from step to step; `averaged` is what gets used."""

    model: Autoencoder
    averaged: Autoencoder
    optimiser: torch.optim.Adam
    step: int = 0


def start(model: AutoencoderConfig, config: TrainingConfig) -> TrainingState:
    """A run before its first step."""
    made = initial(model, config.seed)
    return state_of(made, copy.deepcopy(made))


def state_of(model: Autoencoder, averaged: Autoencoder, step: int = 0) -> TrainingState:
    """A run with these weights and a fresh optimiser."""
    encoder = {"params": list(model.encoder.parameters()), "share": 0.5}
    generator = {"params": list(model.generator.parameters()), "share": 1.0}
    optimiser = torch.optim.Adam([generator, encoder], lr=1e-3, betas=(0.9, 0.99))
    return TrainingState(model, averaged.requires_grad_(False), optimiser, step)


def rate(config: TrainingConfig, step: int) -> float:
    """The generator's learning rate: for each phase a short rise, then a cosine down to a twentieth."""
    in_points = step < config.point_steps
    peak = config.point_rate if in_points else config.patch_rate
    done = step if in_points else step - config.point_steps
    total = max(config.point_steps if in_points else config.patch_steps, 1)
    return peak * min(1.0, (done + 1) / 50) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done / total)))


def train(
    state: TrainingState,
    examples: Examples,
    config: TrainingConfig,
    *,
    until: int | None = None,
    report: Report | None = None,
) -> TrainingState:
    """Go on to step `until`, or to the end; `report` hears of every step."""
    for step in range(state.step, min(until or config.steps, config.steps)):
        device = state.model.generator.mapping.mean.device
        with torch.autocast(device.type, torch.bfloat16, enabled=config.half):
            parts = _losses(state.model, examples, config, step)
        for group in state.optimiser.param_groups:
            group["lr"] = rate(config, step) * group["share"]
        state.optimiser.zero_grad(set_to_none=True)
        parts["total"].backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(state.model.parameters(), 1.0)
        state.optimiser.step()
        follow(state.averaged, state.model, min(config.average, 1 - 1 / (step + 2)))
        state.step = step + 1
        if report is not None:
            report(state.step, {name: float(value.detach()) for name, value in parts.items()})
    return state


def _losses(model: Autoencoder, examples: Examples, config: TrainingConfig, step: int) -> dict[str, Tensor]:
    rng = np.random.default_rng([config.seed, step])
    if step < config.point_steps:
        warmth = min(1.0, 4 * step / config.point_steps)
        return points_loss(model, examples, config.points, config.weights, rng, warmth)
    return patch_loss(model, examples, config.patches, config.weights, rng)


@torch.no_grad()
def follow(averaged: Autoencoder, model: Autoencoder, keep: float) -> None:
    """Move the averaged weights towards the present ones, by what `keep` leaves."""
    for slow, fast in zip(averaged.parameters(), model.parameters(), strict=True):
        slow.lerp_(fast, 1 - keep)
    for kept, current in zip(averaged.buffers(), model.buffers(), strict=True):
        kept.copy_(current)
