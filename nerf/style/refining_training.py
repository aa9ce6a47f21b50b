"""How the refining encoder learns: from where its own looks have led it so far, to show given and other views right."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from nerf.style.autoencoder import Autoencoder
from nerf.style.examples import Examples
from nerf.style.inversion_training import InversionTraining, rebuilt, true_cameras
from nerf.style.inverter import Inverter
from nerf.style.losses import view_tensor
from nerf.style.refining import Trail

Array = np.ndarray
Report = Callable[[int, dict[str, float]], None]


@dataclass(frozen=True, eq=False)
class Group:
    """Pictures on their way through the looks: which views of which objects, and their codes."""

    objects: Array
    views: Array
    cameras: Float[Tensor, "items 3"]
    trail: Trail


@dataclass(eq=False)
class Refining:
    """What this training carries from step to step: as many groups as there are taught looks, each at another one."""

    inverter: Inverter
    optimiser: torch.optim.Adam
    groups: list[Group]
    step: int = 0


def begin(inverter: Inverter, model: Autoencoder, examples: Examples, training: InversionTraining) -> Refining:
    """Before the first step."""
    groups = [fresh(inverter, model, examples, training, number) for number in range(inverter.config.taught)]
    slopes = inverter.look(model.generator, *_seen(groups[0], examples)).slopes
    inverter.refiner.steepness.copy_(slopes.square().mean().sqrt().clamp(min=1e-8))
    return Refining(inverter, optimiser_of(inverter, training), groups)


def optimiser_of(inverter: Inverter, training: InversionTraining) -> torch.optim.Adam:
    """Of the refining encoder alone."""
    return torch.optim.Adam(inverter.refiner.parameters(), lr=training.refine_rate, betas=(0.9, 0.99))


@torch.no_grad()
def fresh(
    inverter: Inverter, model: Autoencoder, examples: Examples, training: InversionTraining, number: int
) -> Group:
    """Random views of random objects, with the base encoder's codes."""
    rng = np.random.default_rng([training.seed, 3, number])
    objects = rng.choice(len(examples), min(training.refine_batch, len(examples)), replace=False)
    views = rng.integers(examples.rgb.shape[1], size=len(objects))
    pictures = view_tensor(examples, objects, views[:, None])[:, 0].to(inverter.mean.device)
    codes = inverter.scored(model.generator.mapping(inverter.guess(pictures).z))
    cameras = true_cameras(examples, objects, views[:, None])[:, 0].to(codes.device)
    return Group(objects, views, cameras, Trail.start(codes))


def train_refiner(
    state: Refining,
    model: Autoencoder,
    examples: Examples,
    training: InversionTraining,
    *,
    until: int | None = None,
    report: Report | None = None,
) -> Refining:
    """Go on to step `until`, or to the end. In each step the next group takes a look, and the encoder learns from what
    its answer shows; groups that have had all that is taught make room for fresh ones."""
    weights, looks = list(state.inverter.refiner.parameters()), state.inverter.config.taught
    for step in range(state.step, min(until or training.refine_steps, training.refine_steps)):
        cycle, place = divmod(step, looks)
        parts, group = losses(state.inverter, model, examples, state.groups[place], training, step)
        share = min(1.0, (step + 1) / 30) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * step / training.refine_steps)))
        state.optimiser.param_groups[0]["lr"] = training.refine_rate * share
        state.optimiser.zero_grad(set_to_none=True)
        parts["total"].backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        state.optimiser.step()
        is_done = (cycle + looks - place) % looks == 0
        state.groups[place] = fresh(state.inverter, model, examples, training, looks + step) if is_done else group
        state.step = step + 1
        if report is not None:
            report(state.step, {name: float(value.detach()) for name, value in parts.items()})
    return state


def losses(
    inverter: Inverter, model: Autoencoder, examples: Examples, group: Group, training: InversionTraining, step: int
) -> tuple[dict[str, Tensor], Group]:
    """The parts for one group after one look: the given view and others must be rebuilt. And the group after it."""
    rng = np.random.default_rng([training.seed, 2, step])
    pictures, cameras, trail = _seen(group, examples)
    after = inverter.refiner(inverter.look(model.generator, pictures, cameras, trail), cameras, trail)
    count, given = examples.rgb.shape[1], group.views[:, None]
    turned = np.stack([1 + rng.permutation(count - 1)[: training.others] for _ in group.objects])
    views = np.concatenate([given, (given + turned) % count], 1)
    styles = inverter.styles(after.codes)
    parts = rebuilt(model, examples, styles, group.objects, views, training.refine_rays, training, rng)
    parts["hold"] = training.hold * after.codes.square().mean()
    total = torch.stack(list(parts.values())).sum()
    return parts | {"total": total}, replace(group, trail=after.detached())


def _seen(group: Group, examples: Examples) -> tuple[Tensor, Tensor, Trail]:
    pictures = view_tensor(examples, group.objects, group.views[:, None])[:, 0]
    return pictures.to(group.cameras.device), group.cameras, group.trail
