"""The style of published weights that looks like a picture: Adam on style, background and camera, as was published.

Nobody trained encoders for such weights here, so that the search begins with the mean style.
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

from nerf.camera import from_field_of_view
from nerf.objects import viewpoints
from nerf.style.inversion import Inverted
from nerf.style.losses import colour_error
from nerf.style.mapping import broadcast
from nerf.style.stylenerf import FROM_OURS, Seen, StyleNerf

Array = np.ndarray

RATE, CAMERA_RATE = 0.01, 0.003
AZIMUTHS, ELEVATIONS = 5, 3
"""Cameras that are tried with the mean style, side by side and above each other."""


def invert_published(
    model: StyleNerf,
    picture: UInt8[Array, "h w 3"],
    steps: int,
    *,
    free_camera: bool = True,
    progress: Callable[[float], None] = lambda share: None,
) -> Inverted:
    """One style for all layers, and the camera. The picture must have the size that the weights make.

    The error compares pictures at every size down to the grid of rays, where the published search compared features of
    a VGG network. The best step counts, so that the answer is never worse than the mean style.
    """
    side = model.config.side
    if picture.shape[:2] != (side, side):
        raise ValueError(f"picture: must have {side}x{side} pixels (got {picture.shape[1]}x{picture.shape[0]})")
    target = torch.from_numpy(picture.copy()).permute(2, 0, 1).float()[None] / 255
    w = model.get_buffer("mean").clone()[None].requires_grad_(True)
    z = torch.zeros(1, model.config.background_z).requires_grad_(True)
    turn = _first_camera(model, w, target).requires_grad_(free_camera)
    groups = [{"params": [w, z], "lr": RATE}, {"params": [turn] if free_camera else [], "lr": CAMERA_RATE}]
    optimiser = torch.optim.Adam([group for group in groups if group["params"]])
    errors, best = [], (w.detach().clone(), turn.detach().clone())
    for step in range(steps + 1):
        with torch.set_grad_enabled(step < steps):
            loss = pyramid_error(shown(model, w, turn, z).rgb, target, model.config.grid)
        errors.append(float(loss.detach()))
        if errors[-1] == min(errors):
            best = w.detach().clone(), turn.detach().clone()
        if step < steps:
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            progress((step + 1) / steps)
    azimuth, elevation = best[1].tolist()
    pose = viewpoints.pose(azimuth, elevation, model.config.distance)
    return Inverted(best[0][0].numpy(), pose, errors[0], errors[0], min(errors))


def shown(
    model: StyleNerf, w: Float[Tensor, "1 style"], turn: Float[Tensor, "2"], z: Float[Tensor, "1 z"] | None = None
) -> Seen:
    """What a style shows from an azimuth and an elevation, differentiable in all of them."""
    return model.seen(broadcast(w, model.n_styles), *_rays(model, turn), z)


def pyramid_error(
    made: Float[Tensor, "batch 3 h w"], wanted: Float[Tensor, "batch 3 h w"], smallest: int
) -> Float[Tensor, ""]:
    """Mean error over all sizes from that of the pictures, halved, down to `smallest`."""
    errors = [colour_error(made, wanted)]
    while made.shape[-1] > smallest:
        made, wanted = functional.avg_pool2d(made, 2), functional.avg_pool2d(wanted, 2)
        errors.append(colour_error(made, wanted))
    return torch.stack(errors).mean()


@torch.no_grad()
def _first_camera(model: StyleNerf, w: Tensor, target: Tensor) -> Tensor:
    """Of cameras evenly over the range of the training, the one from which the mean style comes closest."""
    tried = torch.cartesian_prod(
        torch.linspace(*model.config.azimuths, AZIMUTHS), torch.linspace(*model.config.elevations, ELEVATIONS)
    )
    errors = [float(pyramid_error(shown(model, w, turn).rgb, target, model.config.grid)) for turn in tried]
    return tried[int(np.argmin(errors))].clone()


def _rays(model: StyleNerf, turn: Tensor) -> tuple[Tensor, Tensor]:
    """Rays as `published_rays` has them of the camera that `viewpoints.pose` puts at these angles."""
    eye = from_field_of_view(model.config.grid, model.config.grid, model.config.field_of_view)
    ahead = eye.directions(eye.pixel_centres())
    local = torch.from_numpy((ahead / ahead[:, 2:]).astype(np.float32))
    (sa, se), (ca, ce) = turn.sin(), turn.cos()
    forward = -torch.stack([ce * sa, se, ce * ca])
    right = torch.stack([ca, torch.zeros_like(ca), -sa])
    axes = torch.stack([right, torch.linalg.cross(forward, right), forward])
    directions = (local @ axes)[None]
    origins = (-model.config.distance * forward).expand_as(directions)
    return origins[..., FROM_OURS], directions[..., FROM_OURS]
