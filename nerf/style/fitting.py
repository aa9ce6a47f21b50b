"""Styles of objects in several posed pictures: the encoder's answer, then Adam with a style for each layer (w+)."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder
from nerf.style.losses import colour_error
from nerf.style.rays import camera_rays
from nerf.style.refining import on_or_beside
from nerf.style.volume import span, stratified

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
    small = functional.adaptive_avg_pool2d(views.flatten(0, 1), size)
    wanted = small.reshape(*views.shape[:3], size, size).permute(0, 1, 3, 4, 2).flatten(1, 3)
    covered = None if masks is None else functional.adaptive_avg_pool2d(masks, size).flatten(1)
    is_near = on_or_beside(small).reshape(len(views), -1)
    camera = viewpoints.camera(size)
    rays = [camera_rays(camera, poses, views.device) for poses in world_from_camera.swapaxes(0, 1)]
    origins, directions = (torch.cat(each, 1) for each in zip(*rays, strict=True))
    item = torch.arange(len(views), device=views.device)[:, None]
    optimiser = torch.optim.Adam([moved], betas=(0.9, 0.99))
    for step in range(fit.steps):
        random = torch.Generator().manual_seed(fit.seed * 1_000_003 + step)
        some = _chosen(is_near, fit.rays, random)
        at, along = origins[item, some], directions[item, some]
        ws = begun + unit * moved
        marched = generator.march(generator.prepare(ws), at, along, stratified(*span(at, along), fit.samples, random))
        behind = generator.background(at, along, None)[1]
        made = marched.features[..., -3:] + (1 - marched.opacity)[..., None] * behind
        loss = colour_error(made, wanted[item, some])
        if covered is not None:
            loss = loss + fit.mask * (marched.opacity - covered[item, some]).square().mean()
        (moved.grad,) = torch.autograd.grad(loss * len(ws), moved)
        optimiser.param_groups[0]["lr"] = fit.rate * (1 - 0.95 * step / fit.steps)
        optimiser.step()
    return begun + unit * moved.detach()


def _chosen(is_near: Tensor, count: int, random: torch.Generator) -> Int[Tensor, "batch rays"]:
    """Pixels for one step, by the same lot for every object."""
    lot = torch.rand(is_near.shape[1], generator=random).to(is_near.device)
    return (NEAR * is_near + lot).topk(min(count, len(lot)), dim=1).indices
