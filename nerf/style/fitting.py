"""Styles of objects in several posed pictures: the encoder's answer, then Adam with a style for each layer (w+)."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder
from nerf.style.losses import colour_error
from nerf.style.rays import camera_rays
from nerf.style.volume import span, stratified


@dataclass(frozen=True)
class Fit:
    """How long to fit. `rate` is a share of the mean size of the styles at first, and falls to a twentieth."""

    steps: int = 60
    rays: int = 320
    samples: int = 24
    rate: float = 0.05
    seed: int = 0


def fitted(
    model: Autoencoder,
    views: Float[Tensor, "batch views 3 h w"],
    world_from_camera: Float[np.ndarray, "batch views 4 4"],
    fit: Fit = Fit(),
) -> Float[Tensor, "batch layers style"]:
    """Styles that show objects as in their pictures; each object is fitted as if it were alone."""
    generator = model.generator
    with torch.no_grad():
        begun = generator.styles(model.invert(views))
    unit = begun.abs().mean((1, 2), keepdim=True)
    moved = torch.zeros_like(begun).requires_grad_(True)
    size = views.shape[-1] // 2**generator.config.doublings
    small = functional.adaptive_avg_pool2d(views.flatten(0, 1), size).reshape(*views.shape[:3], size, size)
    wanted = small.permute(0, 1, 3, 4, 2).flatten(1, 3)
    camera = viewpoints.camera(size)
    rays = [camera_rays(camera, poses, views.device) for poses in world_from_camera.swapaxes(0, 1)]
    origins, directions = (torch.cat(each, 1) for each in zip(*rays, strict=True))
    optimiser = torch.optim.Adam([moved])
    for step in range(fit.steps):
        random = torch.Generator().manual_seed(fit.seed * 1_000_003 + step)
        some = torch.randint(wanted.shape[1], (fit.rays,), generator=random).to(views.device)
        at, along = origins[:, some], directions[:, some]
        ws = begun + unit * moved
        marched = generator.march(generator.prepare(ws), at, along, stratified(*span(at, along), fit.samples, random))
        behind = generator.background(at, along, None)[1]
        made = marched.features[..., -3:] + (1 - marched.opacity)[..., None] * behind
        loss = colour_error(made, wanted[:, some]) * len(ws)
        (moved.grad,) = torch.autograd.grad(loss, moved)
        optimiser.param_groups[0]["lr"] = fit.rate * (1 - 0.95 * step / fit.steps)
        optimiser.step()
    return begun + unit * moved.detach()
