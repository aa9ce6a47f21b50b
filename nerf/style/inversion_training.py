"""How inversion learns: rebuild views that were not given, agree across views, then correct what a render shows.

The generator stays as it is. Camera head and base encoder know nothing of each other; the refining encoder comes last
(`refining_training`). Each step's choices depend on the seed and its number alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder
from nerf.style.examples import Examples
from nerf.style.inverter import Inverter, camera_numbers
from nerf.style.losses import colour_error, identity_loss, view_tensor
from nerf.style.rays import camera_rays
from nerf.style.volume import span, stratified

Array = np.ndarray
Report = Callable[[int, dict[str, float]], None]


@dataclass(frozen=True)
class InversionTraining:
    """How long, how much at a time, and what counts how much. `contrast` 0 leaves the identity term out."""

    base_steps: int = 300
    refine_steps: int = 400
    refine_batch: int = 16
    others: int = 2
    """Views beside the given one that the refining encoder's answers must show right."""
    refine_rays: int = 24
    batch: int = 20
    rays: int = 36
    samples: int = 7
    near_surface: int = 5
    base_rate: float = 2e-4
    refine_rate: float = 2e-3
    contrast: float = 0.05
    temperature: float = 0.2
    camera_steps: int = 1500
    camera_batch: int = 64
    camera_rate: float = 2e-3
    mask: float = 0.5
    hold: float = 2e-3
    """How strongly codes are drawn to the mean, where the generator knows its way."""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class RayTargets:
    """Random pixels of pictures: rays, colours, coverage, and the distance to the surface where one is seen."""

    origins: Float[Tensor, "batch rays 3"]
    directions: Float[Tensor, "batch rays 3"]
    rgb: Float[Tensor, "batch rays 3"]
    mask: Float[Tensor, "batch rays"]
    distance: Float[Tensor, "batch rays"]


def measure_codes(inverter: Inverter, model: Autoencoder, examples: Examples, count: int = 256) -> None:
    """Set the mean and spread of codes from those of training objects."""
    objects = np.arange(min(count, len(examples)))
    with torch.no_grad():
        pictures = view_tensor(examples, objects, np.zeros((len(objects), 1), np.int64)).to(inverter.mean.device)
        codes = model.invert(pictures)
    inverter.mean.copy_(codes.mean(0))
    inverter.spread.copy_(codes.std(0) + 1e-3)


def train_base(
    inverter: Inverter,
    model: Autoencoder,
    examples: Examples,
    training: InversionTraining,
    report: Report | None = None,
) -> None:
    """Teach the base encoder and its head of identity, in place."""
    others = ("refiner.", "camera.")
    weights = [weight for name, weight in inverter.named_parameters() if not name.startswith(others)]
    _descend(
        weights,
        lambda step: base_losses(inverter, model, examples, training, step),
        training.base_steps,
        training.base_rate,
        report,
    )


def base_losses(
    inverter: Inverter, model: Autoencoder, examples: Examples, training: InversionTraining, step: int
) -> dict[str, Tensor]:
    """The parts for one batch of objects, each in two views, and their sum as `total`."""
    rng = np.random.default_rng([training.seed, 1, step])
    objects = rng.choice(len(examples), min(training.batch, len(examples)), replace=False)
    views = np.stack([rng.choice(examples.rgb.shape[1], 2, replace=False) for _ in objects])
    found = inverter.guess(view_tensor(examples, objects, views).flatten(0, 1).to(inverter.mean.device))
    codes = model.generator.mapping(found.z).unflatten(0, (-1, 2))
    parts = rebuilt(model, examples, codes[:, 0], objects, views, training.rays, training, rng)
    parts["hold"] = training.hold * inverter.scored(codes).square().mean()
    if training.contrast > 0:
        vectors = inverter.project(codes.flatten(0, 1)).reshape(len(objects), 2, -1)
        parts["identity"] = training.contrast * identity_loss(vectors[:, 0], vectors[:, 1], training.temperature)
    return parts | {"total": torch.stack(list(parts.values())).sum()}


def train_camera(
    inverter: Inverter, examples: Examples, training: InversionTraining, report: Report | None = None
) -> None:
    """Teach the camera head, in place; it shares nothing with the encoders."""

    def losses(step: int) -> dict[str, Tensor]:
        rng = np.random.default_rng([training.seed, 4, step])
        return {"total": camera_loss(inverter, examples, training.camera_batch, rng)}

    _descend(list(inverter.camera.parameters()), losses, training.camera_steps, training.camera_rate, report)


def camera_loss(inverter: Inverter, examples: Examples, batch: int, rng: np.random.Generator) -> Float[Tensor, ""]:
    """How far the camera head is from the cameras of random pictures."""
    objects = rng.integers(len(examples), size=batch)
    views = rng.integers(examples.rgb.shape[1], size=(batch, 1))
    found = inverter.camera(view_tensor(examples, objects, views)[:, 0].to(inverter.mean.device) * 2 - 1)
    wanted = true_cameras(examples, objects, views)[:, 0].to(found.device)
    return functional.smooth_l1_loss(found, wanted, beta=0.2)


def rebuilt(
    model: Autoencoder,
    examples: Examples,
    w: Float[Tensor, "batch style"],
    objects: Array,
    views: Array,
    rays: int,
    training: InversionTraining,
    rng: np.random.Generator,
) -> dict[str, Tensor]:
    """How far random pixels of these views are from what the codes show there."""
    shape = model.generator.prepare(model.generator.styles(w))
    noise = torch.Generator().manual_seed(int(rng.integers(2**63)))
    each = [random_pixels(examples, objects, view, 2**model.config.generator.doublings, rays, rng) for view in views.T]
    origins, directions, rgb, mask, distance = (
        torch.cat([getattr(target, name) for target in each], 1).to(w.device)
        for name in ("origins", "directions", "rgb", "mask", "distance")
    )
    near = torch.where(distance > 0.5, distance, torch.full_like(distance, viewpoints.DISTANCE))[..., None]
    near = near + 0.05 * torch.randn(*mask.shape, training.near_surface, generator=noise).to(w.device)
    even = stratified(*span(origins, directions), training.samples, noise)
    marched = model.generator.march(shape, origins, directions, torch.cat([even, near], -1).sort(-1).values)
    made = marched.features[..., -3:] + (1 - marched.opacity)[..., None]
    return {
        "colour": colour_error(made, rgb),
        "mask": training.mask * (marched.opacity - mask).square().mean(),
    }


def random_pixels(
    examples: Examples, objects: Array, views: Array, scale: int, count: int, rng: np.random.Generator
) -> RayTargets:
    """Half of them on the object or beside it, half anywhere in the picture."""
    rgb = torch.from_numpy(examples.rgb[objects, views]).permute(0, 3, 1, 2).float() / 255
    mask = torch.from_numpy(examples.mask[objects, views].astype(np.float32))[:, None] / 255
    depth = torch.from_numpy(examples.depth[objects, views].astype(np.float32))[:, None]
    seen = (depth > 0).float()
    small = functional.avg_pool2d(torch.cat([rgb, mask, depth * seen, seen], 1), scale)
    close = functional.max_pool2d(small[:, 3:4], 3, 1, 1).flatten(1).numpy() > 0
    flat = torch.from_numpy(np.stack([_pixels(row, count, rng) for row in close]))
    values = small.flatten(2).gather(2, flat[:, None].expand(-1, 6, -1))  # (batch, 6, rays)
    poses = examples.poses[objects, views].astype(np.float64)
    origins, directions = camera_rays(viewpoints.camera(small.shape[-1]), poses)
    item = torch.arange(len(objects))[:, None]
    directions = directions[item, flat]
    ahead = torch.from_numpy(poses[:, :3, 2].astype(np.float32))
    along = values[:, 4] / values[:, 5].clamp(min=1e-3) / torch.einsum("brj,bj->br", directions, ahead)
    return RayTargets(origins[item, flat], directions, values[:, :3].transpose(1, 2), values[:, 3], along)


def true_cameras(examples: Examples, objects: Array, views: Array) -> Float[Tensor, "batch views 3"]:
    """What the camera head ought to say."""
    poses = examples.poses[objects[:, None], views]
    azimuths, elevations = viewpoints.angles_of(poses.reshape(-1, 4, 4))
    numbers = camera_numbers(torch.from_numpy(azimuths).float(), torch.from_numpy(elevations).float())
    return numbers.reshape(*views.shape, 3)


def _descend(
    weights: list[nn.Parameter],
    losses: Callable[[int], dict[str, Tensor]],
    steps: int,
    peak: float,
    report: Report | None,
    before: int = 0,
) -> None:
    """Adam with a short rise and a cosine."""
    optimiser = torch.optim.Adam(weights, lr=peak, betas=(0.9, 0.99))
    for step in range(steps):
        parts = losses(step)
        cosine = 0.5 * (1 + math.cos(math.pi * step / steps))
        for group in optimiser.param_groups:
            group["lr"] = peak * min(1.0, (step + 1) / 30) * (0.03 + 0.97 * cosine)
        optimiser.zero_grad(set_to_none=True)
        parts["total"].backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        if report is not None:
            report(before + step + 1, {name: float(value.detach()) for name, value in parts.items()})


def _pixels(close: Array, count: int, rng: np.random.Generator) -> Array:
    inside = np.flatnonzero(close)
    anywhere = rng.integers(len(close), size=count)
    if len(inside):
        anywhere[: 2 * count // 3] = rng.choice(inside, 2 * count // 3)
    return anywhere
