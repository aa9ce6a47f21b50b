"""Styles of objects in several posed pictures: the encoder's answer, then Adam with a style for each layer (w+)."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder
from nerf.style.fields import Shape
from nerf.style.generator import StyleGenerator
from nerf.style.losses import colour_error
from nerf.style.rays import camera_rays
from nerf.style.refining import on_or_beside
from nerf.style.volume import composite, refined, span, stratified

NEAR = 0.85
"""How much likelier than others a pixel of the object or beside it is to be among a step's rays."""


@dataclass(frozen=True)
class Fit:
    """How long to fit. `rate` is a share of the mean size of the styles at first, and falls to a twentieth; `mask` is
    how much silhouettes count where they are known."""

    steps: int = 120
    rays: int = 160
    samples: int = 14
    rate: float = 0.05
    mask: float = 0.5
    seed: int = 0


def fitted(
    model: Autoencoder,
    views: Float[Tensor, "batch views 3 h w"],
    world_from_camera: Float[np.ndarray, "batch views 4 4"],
    fit: Fit = Fit(),
    masks: Float[Tensor, "batch views h w"] | None = None,
) -> Float[Tensor, "batch layers style"]:
    """Styles that show objects as in their pictures on white; each object is fitted as if it were alone.

    Rays go to the object and beside it first: of what is white all around a step learns nothing. White parts look
    like nothing too, unless `masks` say otherwise.
    """
    generator = model.generator
    with torch.no_grad():
        begun = generator.styles(model.invert(views))
    unit = begun.abs().mean((1, 2), keepdim=True)
    moved = torch.zeros_like(begun).requires_grad_(True)
    size = views.shape[-1] // 2**generator.config.doublings
    pictured = Pictured.of(views, world_from_camera, size, masks)
    optimiser = torch.optim.Adam([moved], betas=(0.9, 0.99))
    for step in range(fit.steps):
        random = torch.Generator().manual_seed(fit.seed * 1_000_003 + step)
        loss = pictured.error(generator, generator.prepare(begun + unit * moved), fit, random)
        (moved.grad,) = torch.autograd.grad(loss * len(begun), moved)
        optimiser.param_groups[0]["lr"] = fit.rate * (1 - 0.95 * step / fit.steps)
        optimiser.step()
    return begun + unit * moved.detach()


@dataclass(frozen=True, eq=False)
class Pictured:
    """The rays of the pixels of objects' pictures, what they are to show, and which lie on the object or beside it."""

    origins: Float[Tensor, "batch rays 3"]
    directions: Float[Tensor, "batch rays 3"]
    rgb: Float[Tensor, "batch rays 3"]
    is_near: Bool[Tensor, "batch rays"]
    covered: Float[Tensor, "batch rays"] | None

    @classmethod
    def of(
        cls,
        views: Float[Tensor, "batch views 3 h w"],
        world_from_camera: Float[np.ndarray, "batch views 4 4"],
        size: int,
        masks: Float[Tensor, "batch views h w"] | None,
    ) -> "Pictured":
        """Of pictures on white brought to `size` pixels a side, and of their masks where these are known."""
        small = functional.adaptive_avg_pool2d(views.flatten(0, 1), size)
        wanted = small.reshape(*views.shape[:3], size, size).permute(0, 1, 3, 4, 2).flatten(1, 3)
        covered = None if masks is None else functional.adaptive_avg_pool2d(masks, size).flatten(1)
        is_near = on_or_beside(small).reshape(len(views), -1)
        camera = viewpoints.camera(size)
        rays = [camera_rays(camera, poses, views.device) for poses in world_from_camera.swapaxes(0, 1)]
        origins, directions = (torch.cat(each, 1) for each in zip(*rays, strict=True))
        return cls(origins, directions, wanted, is_near, covered)

    def error(
        self,
        generator: StyleGenerator,
        shape: Shape,
        fit: Fit,
        random: torch.Generator,
        matter: Float[Tensor, "batch rays bins"] | None = None,
    ) -> Float[Tensor, ""]:
        """How far some of the rays are from what they are to show, at depths that `random` draws; half of these from
        equal parts of the rays where `matter` was met, if this is told."""
        item = torch.arange(len(self.origins), device=self.origins.device)[:, None]
        some = _chosen(self.is_near, fit.rays, random)
        at, along = self.origins[item, some], self.directions[item, some]
        distances = stratified(*span(at, along), fit.samples, random)
        if matter is not None:
            bins = stratified(*span(at, along), matter.shape[-1])
            more = refined(bins, matter[item, some], fit.samples, random)
            distances = torch.cat([distances, more], -1).sort(-1).values
        raw, features = generator.along(shape, at, along, distances)
        marched = composite(raw, features[..., -3:], distances)
        made = marched.features + (1 - marched.opacity)[..., None] * generator.background(at, along, None)[1]
        error = colour_error(made, self.rgb[item, some])
        if self.covered is None:
            return error
        return error + fit.mask * (marched.opacity - self.covered[item, some]).square().mean()


def _chosen(is_near: Tensor, count: int, random: torch.Generator) -> Int[Tensor, "batch rays"]:
    """Pixels for one step, by the same lot for every object."""
    lot = torch.rand(is_near.shape[1], generator=random).to(is_near.device)
    return (NEAR * is_near + lot).topk(min(count, len(lot)), dim=1).indices
