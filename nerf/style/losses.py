"""What training minimises, phase by phase."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder
from nerf.style.encoder import Latent
from nerf.style.examples import Examples
from nerf.style.generator import StyleGenerator
from nerf.style.rays import camera_rays
from nerf.style.volume import occupancy, span, stratified

Array = np.ndarray


@dataclass(frozen=True)
class Weights:
    """Weights of the parts of the losses."""

    divergence: float = 2e-4
    occupancy: float = 1.0
    colour: float = 3.0
    mask: float = 0.5
    distance: float = 0.3
    identity: float = 0.02


@dataclass(frozen=True)
class PointBatch:
    """Objects for a step of the first phase, and points for each."""

    objects: int = 24
    surface: int = 128
    space: int = 256


@dataclass(frozen=True)
class PatchBatch:
    """Objects for a step of the second phase, and a square of rays for each."""

    objects: int = 16
    side: int = 10
    samples: int = 10
    near_surface: int = 6


def points_loss(
    model: Autoencoder, examples: Examples, batch: PointBatch, weights: Weights, rng: np.random.Generator, warmth: float
) -> dict[str, Tensor]:
    """Phase one: is there matter at points, and which colour has the surface. No rays, so that a step is cheap.

    `warmth` goes from 0 to 1 as the divergence counts fully. The parts, and their sum as `total`.
    """
    chosen = rng.choice(len(examples), min(batch.objects, len(examples)), replace=False)
    latent, noise = _encoded(model, examples, chosen, rng)
    w = model.generator.mapping(latent.sample(noise))
    model.generator.mapping.track_mean(w.detach())
    parts = point_parts(model.generator, w, examples, chosen, batch, weights, rng)
    parts["divergence"] = weights.divergence * warmth * latent.divergence().mean()
    return parts | {"total": torch.stack(list(parts.values())).sum()}


def point_parts(
    generator: StyleGenerator,
    w: Float[Tensor, "batch style"],
    examples: Examples,
    chosen: Array,
    batch: PointBatch,
    weights: Weights,
    rng: np.random.Generator,
) -> dict[str, Tensor]:
    """What styles of the `chosen` objects say of matter and colour at points, against the truth."""
    near = rng.integers(examples.surface.shape[1], size=(len(chosen), batch.surface))
    free = rng.integers(examples.space.shape[1], size=(len(chosen), batch.space))
    surface = _pick(examples.surface, chosen, near) - _pick(examples.normals, chosen, near) * _depths(rng, near.shape)
    points = torch.from_numpy(np.concatenate([surface, _pick(examples.space, chosen, free)], 1).astype(np.float32))
    raw, colours = generator.at(points.to(w.device), generator.prepare(generator.styles(w)))
    inside = torch.from_numpy(examples.inside[chosen[:, None], free].astype(np.float32)).to(w.device)
    matter = occupancy(raw).clamp(1e-4, 1 - 1e-4)
    target = torch.from_numpy(_pick(examples.colours, chosen, near).astype(np.float32)).to(w.device) / 255
    return {
        "occupancy": weights.occupancy * functional.binary_cross_entropy(matter[:, batch.surface :], inside),
        "colour": weights.colour * colour_error(colours[:, : batch.surface], target),
    }


def patch_loss(
    model: Autoencoder, examples: Examples, batch: PatchBatch, weights: Weights, rng: np.random.Generator
) -> dict[str, Tensor]:
    """Phase two: squares of pixels, volume rendered and upsampled, against the pictures (the NeRF path included)."""
    chosen = rng.choice(len(examples), min(batch.objects, len(examples)), replace=False)
    latent, noise = _encoded(model, examples, chosen, rng)
    w = model.generator.mapping(latent.sample(noise))
    model.generator.mapping.track_mean(w.detach())
    parts = patch_parts(model.generator, w, examples, chosen, batch, weights, rng, noise)
    parts["divergence"] = weights.divergence * latent.divergence().mean()
    return parts | {"total": torch.stack(list(parts.values())).sum()}


def patch_parts(
    generator: StyleGenerator,
    w: Float[Tensor, "batch style"],
    examples: Examples,
    chosen: Array,
    batch: PatchBatch,
    weights: Weights,
    rng: np.random.Generator,
    noise: torch.Generator,
) -> dict[str, Tensor]:
    """What styles of the `chosen` objects show in squares of pixels, against the pictures."""
    ws = generator.styles(w)
    view = rng.integers(examples.rgb.shape[1], size=len(chosen))
    target = _patches(examples, chosen, view, 2**generator.config.doublings, batch.side, rng).to(w.device)
    distances = stratified(*span(target.origins, target.directions), batch.samples, noise)
    distances = _with_surface(distances, target, batch.near_surface, noise)
    marched = generator.march(generator.prepare(ws), target.origins, target.directions, distances)
    made = generator.picture(ws, marched, target.origins, target.directions, (batch.side, batch.side))
    covered = (target.mask > 0.95).float()
    return {
        "coarse": colour_error(made.coarse, target.coarse),
        "fine": colour_error(made.rgb, target.fine),
        "mask": weights.mask * (made.opacity.flatten(1) - target.mask).square().mean(),
        "distance": weights.distance * ((made.distance.flatten(1) - target.distance).abs() * covered).mean(),
    }


def colour_error(made: Float[Tensor, "*batch"], wanted: Float[Tensor, "*batch"]) -> Float[Tensor, ""]:
    """Mean of |e| + 3 e²: sharp edges by the first, large errors by the second."""
    error = made - wanted
    return error.abs().mean() + 3 * error.square().mean()


def identity_loss(
    a: Float[Tensor, "batch identity"], b: Float[Tensor, "batch identity"], temperature: float = 0.1
) -> Float[Tensor, ""]:
    """InfoNCE both ways: two views of one object agree, those of other objects do not (3D-aware encoding)."""
    logits = a @ b.T / temperature
    which = torch.arange(len(a), device=a.device)
    return 0.5 * (functional.cross_entropy(logits, which) + functional.cross_entropy(logits.T, which))


def view_tensor(examples: Examples, objects: Array, views: Array) -> Float[Tensor, "batch views 3 h w"]:
    """Pictures of objects as the encoder takes them; `views` has a row for each object."""
    rgb = torch.from_numpy(examples.rgb[objects[:, None], views])
    return rgb.permute(0, 1, 4, 2, 3).float() / 255


def all_views(examples: Examples, objects: Array) -> Float[Tensor, "batch views 3 h w"]:
    """Every picture of some objects."""
    return view_tensor(examples, objects, np.tile(np.arange(examples.rgb.shape[1]), (len(objects), 1)))


def _encoded(
    model: Autoencoder, examples: Examples, chosen: Array, rng: np.random.Generator
) -> tuple[Latent, torch.Generator]:
    """Latents from one to three random views, and a generator for this step's noise."""
    views = rng.integers(examples.rgb.shape[1], size=(len(chosen), int(rng.choice([1, 1, 2, 3]))))
    device = model.generator.mapping.mean.device
    latent: Latent = model.encoder(view_tensor(examples, chosen, views).to(device))
    return latent, torch.Generator().manual_seed(int(rng.integers(2**63)))


def _pick(values: Array, chosen: Array, which: Array) -> Array:
    picked: Array = values[chosen[:, None], which].astype(np.float32)
    return picked


def _depths(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """How far under the surface its colour is taught: light collects a little within it."""
    return rng.uniform(0, 0.02, (*shape, 1))


@dataclass(frozen=True, eq=False)
class _Target:
    origins: Tensor
    directions: Tensor
    fine: Tensor
    coarse: Tensor
    mask: Tensor
    distance: Tensor

    def to(self, device: torch.device) -> "_Target":
        """The same on a device."""
        return _Target(**{name: value.to(device) for name, value in vars(self).items()})


def _patches(
    examples: Examples, chosen: Array, view: Array, scale: int, side: int, rng: np.random.Generator
) -> _Target:
    """A square around a random pixel of each object, at both sizes, and its rays."""
    mask = torch.from_numpy(examples.mask[chosen, view].astype(np.float32))[:, None] / 255
    rgb = torch.from_numpy(examples.rgb[chosen, view]).permute(0, 3, 1, 2).float() / 255
    depth = torch.from_numpy(examples.depth[chosen, view].astype(np.float32))[:, None]
    seen = (depth > 0).float()
    small = functional.avg_pool2d(torch.cat([rgb, mask, depth * seen, seen], 1), scale)
    size = small.shape[-1]
    corner = np.stack([_corner(row[3].numpy(), side, rng) for row in small])
    poses = examples.poses[chosen, view].astype(np.float64)
    origins, directions = camera_rays(viewpoints.camera(size), poses)
    rows, columns = corner[:, :1] + np.arange(side), corner[:, 1:] + np.arange(side)
    flat = torch.from_numpy((rows[:, :, None] * size + columns[:, None]).reshape(len(chosen), -1))
    item = torch.arange(len(chosen))[:, None]
    ahead = torch.from_numpy(poses[:, :3, 2].astype(np.float32))
    directions = directions[item, flat]
    cut = torch.stack([p[:, y : y + side, x : x + side] for p, (y, x) in zip(small, corner, strict=True)])
    fine = [
        p[:, y * scale : (y + side) * scale, x * scale : (x + side) * scale]
        for p, (y, x) in zip(rgb, corner, strict=True)
    ]
    along = (cut[:, 4] / cut[:, 5].clamp(min=1e-3)).flatten(1)
    return _Target(
        origins[item, flat],
        directions,
        torch.stack(fine),
        cut[:, :3],
        cut[:, 3].flatten(1),
        along / torch.einsum("brj,bj->br", directions, ahead),
    )


def _corner(mask: Array, side: int, rng: np.random.Generator) -> Array:
    """Top left of a square that holds a random pixel of the object."""
    rows, columns = np.nonzero(mask > 0.3)
    one = rng.integers(max(len(rows), 1))
    centre = np.array([rows[one], columns[one]]) if len(rows) else np.array(mask.shape) // 2
    corner: Array = np.clip(centre - rng.integers(0, side, 2), 0, len(mask) - side)
    return corner


def _with_surface(distances: Tensor, target: _Target, n: int, noise: torch.Generator) -> Tensor:
    """More samples around the known surface, where there is one, else around the middle."""
    middle = distances.mean(-1)
    at = torch.where((target.mask > 0.05) & (target.distance > 0.5), target.distance, middle)
    near = at[..., None] + 0.05 * torch.randn(*at.shape, n, generator=noise).to(at.device)
    return torch.cat([distances, near], -1).sort(-1).values
