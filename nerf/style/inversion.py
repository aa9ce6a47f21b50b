"""The style of an object in one picture: the encoder's answer, then a short search that no one need wait long for."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Float64, UInt8
from torch import Tensor
from torch.nn import functional

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder
from nerf.style.fields import Shape
from nerf.style.losses import colour_error
from nerf.style.rays import camera_rays
from nerf.style.volume import span, stratified

Array = np.ndarray


@dataclass(frozen=True)
class Search:
    """How long to look. `hold` keeps the style near the encoder's answer, where generator and prior know their way."""

    steps: int = 40
    rays: int = 256
    samples: int = 20
    rate: float = 0.03
    hold: float = 0.02
    azimuths: int = 16
    elevations: tuple[float, ...] = (0.0, 0.35, 0.7)
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Inverted:
    """The style, the camera from which the object looks as in the picture, and errors before and after the search."""

    w: Float32[Array, " style"]
    world_from_camera: Float64[Array, "4 4"]
    error_before: float
    error: float


def invert(model: Autoencoder, picture: UInt8[Array, "size size 3"], search: Search = Search()) -> Inverted:
    """Style and camera for one framed picture of an object on white."""
    target = torch.from_numpy(picture.copy()).permute(2, 0, 1).float() / 255
    size = model.generator.config.doublings
    with torch.no_grad():
        start = model.invert(target[None, None])
    pose = find_pose(model, start, target, search)
    camera = viewpoints.camera(target.shape[1] // 2**size)
    small = functional.avg_pool2d(target, 2**size).flatten(1).T
    origins, directions = camera_rays(camera, pose[None])
    before = _error(model, start, origins, directions, small, search)
    w = _searched(model, start, origins, directions, small, search)
    after = _error(model, w, origins, directions, small, search)
    if after > before:
        w, after = start, before
    return Inverted(w[0].numpy().astype(np.float32), pose, before, after)


@torch.no_grad()
def find_pose(model: Autoencoder, w: Tensor, target: Tensor, search: Search) -> Float64[Array, "4 4"]:
    """The camera, of a ring of them at a few heights, from which this style looks most like the picture."""
    turns = [2 * math.pi * i / search.azimuths for i in range(search.azimuths)]
    poses = np.stack([viewpoints.pose(turn, height) for height in search.elevations for turn in turns])
    camera = viewpoints.camera(16)
    seen = functional.adaptive_avg_pool2d(target, 16).flatten(1).T
    shape = model.generator.prepare(model.generator.styles(w))
    errors = []
    for pose in poses:
        origins, directions = camera_rays(camera, pose[None])
        made = _colours(model, shape, origins, directions, search.samples)
        errors.append(float(colour_error(made[0], seen)))
    return np.asarray(poses[int(np.argmin(errors))])


def _searched(
    model: Autoencoder, start: Tensor, origins: Tensor, directions: Tensor, target: Tensor, search: Search
) -> Tensor:
    w = start.clone().requires_grad_(True)
    scale = start.abs().mean()
    optimiser = torch.optim.Adam([w], lr=search.rate * float(scale))
    for step in range(search.steps):
        random = torch.Generator().manual_seed(search.seed * 1_000_003 + step)
        some = torch.randint(len(target), (search.rays,), generator=random)
        shape = model.generator.prepare(model.generator.styles(w))
        made = _colours(model, shape, origins[:, some], directions[:, some], search.samples, random)
        loss = colour_error(made[0], target[some]) + search.hold * ((w - start) / scale).square().mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return w.detach()


@torch.no_grad()
def _error(model: Autoencoder, w: Tensor, origins: Tensor, directions: Tensor, target: Tensor, search: Search) -> float:
    shape = model.generator.prepare(model.generator.styles(w))
    return float((_colours(model, shape, origins, directions, search.samples)[0] - target).square().mean())


def _colours(
    model: Autoencoder,
    shape: Shape,
    origins: Tensor,
    directions: Tensor,
    samples: int,
    random: torch.Generator | None = None,
) -> Tensor:
    """Colours of rays on white, without the upsampler."""
    distances = stratified(*span(origins, directions), samples, random)
    marched = model.generator.march(shape, origins, directions, distances)
    return marched.features[..., -3:] + (1 - marched.opacity)[..., None]
