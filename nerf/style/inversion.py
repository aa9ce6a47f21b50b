"""The style of an object in one picture: the base encoder's answer, looks at its own render, then a short search for
who has the seconds."""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, UInt8
from torch import Tensor
from torch.nn import functional

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder
from nerf.style.inverter import Inverter, camera_numbers, orbit_rays, seen_along
from nerf.style.losses import colour_error
from nerf.style.refining import Trail

Array = np.ndarray

HERE = (-0.2, 0.0, 0.2)
"""Elevations that are tried around the camera head's answer, in radians."""


@dataclass(frozen=True)
class Search:
    """How long to look. `rounds` are looks of the refining encoder, `steps` those of Adam after them.

    `hold` keeps the style near where the steps began, where generator and prior know their way. `free_camera` lets the
    steps turn the camera too.
    """

    rounds: int = 24
    steps: int = 40
    rays: int = 256
    samples: int = 20
    rate: float = 0.03
    camera_rate: float = 0.01
    free_camera: bool = True
    hold: float = 0.02
    azimuths: int = 16
    elevations: tuple[float, ...] = (0.0, 0.35, 0.7)
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Inverted:
    """The style, the camera from which the object looks as in the picture, and errors on it: of the encoder's answer,
    after the refining encoder, after the search."""

    w: Float32[Array, " style"]
    world_from_camera: Float64[Array, "4 4"]
    error_before: float
    error_refined: float
    error: float


@dataclass(frozen=True, eq=False)
class Codes:
    """Styles with the cameras, as angles in radians, from which their objects look as in their pictures."""

    w: Float[Tensor, "batch style"]
    azimuths: Float[Tensor, " batch"]
    elevations: Float[Tensor, " batch"]


def invert(
    model: Autoencoder,
    picture: UInt8[Array, "size size 3"],
    search: Search = Search(),
    inverter: Inverter | None = None,
) -> Inverted:
    """Style and camera for one framed picture of an object on white.

    Without an `inverter` the generator's own encoder answers first and nothing refines it.
    """
    target = torch.from_numpy(picture.copy()).permute(2, 0, 1).float()[None] / 255
    first = first_codes(model, target, search, inverter)
    small = functional.avg_pool2d(target, 2**model.generator.config.doublings)
    before = picture_error(model, first, small, search)
    refined, refined_error = first, before
    if inverter is not None and search.rounds:
        refined = look_again(model, inverter, target, first, search.rounds)
        refined_error = picture_error(model, refined, small, search)
        if refined_error > before:
            refined, refined_error = first, before
    found = searched(model, refined, small, search)
    after = picture_error(model, found, small, search)
    if after > refined_error:
        found, after = refined, refined_error
    pose = viewpoints.pose(float(found.azimuths[0]), float(found.elevations[0]))
    return Inverted(found.w[0].numpy().astype(np.float32), pose, before, refined_error, after)


@torch.no_grad()
def first_codes(
    model: Autoencoder, target: Float[Tensor, "1 3 h w"], search: Search, inverter: Inverter | None
) -> Codes:
    """An encoder's style, and the camera from which that looks most like the picture."""
    if inverter is None:
        w = model.invert(target[None])
        return find_camera(model, w, target, _ring(search), search)
    guess = inverter.guess(target)
    w = model.generator.mapping(guess.z)
    azimuth, elevation = float(guess.azimuth[0]), float(guess.elevation[0])
    around = [
        (azimuth + 2 * math.pi * turn / 8, min(max(elevation + lift, -0.2), 1.0)) for turn in range(8) for lift in HERE
    ]
    return find_camera(model, w, target, [(azimuth, elevation), *around], search)


def find_camera(
    model: Autoencoder,
    w: Float[Tensor, "1 style"],
    target: Float[Tensor, "1 3 h w"],
    angles: list[tuple[float, float]],
    search: Search,
) -> Codes:
    """The camera, of these azimuths and elevations, from which a style looks most like a picture."""
    seen = functional.adaptive_avg_pool2d(target, 16)[0].flatten(1).T
    tried = torch.tensor(angles)
    errors = []
    with torch.no_grad():
        for azimuth, elevation in tried:
            rays = orbit_rays(16, azimuth[None], elevation[None])
            made, _ = seen_along(model.generator, w, *rays, search.samples)
            errors.append(float(colour_error(made[0], seen)))
    best = tried[int(np.argmin(errors))]
    return Codes(w, best[:1].clone(), best[1:].clone())


@torch.no_grad()
def look_again(
    model: Autoencoder, inverter: Inverter, pictures: Float[Tensor, "batch 3 h w"], codes: Codes, rounds: int
) -> Codes:
    """The codes after looks of the refining encoder at what they show from their cameras."""
    cameras = camera_numbers(codes.azimuths, codes.elevations)
    trail = Trail.start(inverter.scored(codes.w))
    for _ in range(rounds):
        trail = inverter.refiner(inverter.look(model.generator, pictures, cameras, trail), cameras, trail)
    return replace(codes, w=inverter.styles(trail.codes))


def searched(model: Autoencoder, codes: Codes, small: Float[Tensor, "batch 3 g g"], search: Search) -> Codes:
    """Adam on styles, and on cameras where they are free, against pictures of the size of the grid of rays.

    Several pictures are searched side by side, each as if it were alone.
    """
    if not search.steps:
        return codes
    target = small.flatten(2).transpose(1, 2)
    w = codes.w.clone().requires_grad_(True)
    turn = torch.stack([codes.azimuths, codes.elevations]).requires_grad_(search.free_camera)
    scale = codes.w.abs().mean(1, keepdim=True)
    groups = [{"params": [w], "lr": search.rate * float(scale.mean())}]
    if search.free_camera:
        groups.append({"params": [turn], "lr": search.camera_rate})
    optimiser = torch.optim.Adam(groups)
    for step in range(search.steps):
        random = torch.Generator().manual_seed(search.seed * 1_000_003 + step)
        some = torch.randint(target.shape[1], (search.rays,), generator=random)
        origins, directions = orbit_rays(small.shape[-1], turn[0], turn[1])
        made, _ = seen_along(model.generator, w, origins[:, some], directions[:, some], search.samples, random)
        drawn = search.hold * ((w - codes.w) / scale).square().mean(1).sum()
        loss = colour_error(made, target[:, some]) * len(w) + drawn
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    azimuths, elevations = turn.detach()
    return Codes(w.detach(), azimuths, elevations)


@torch.no_grad()
def picture_error(model: Autoencoder, codes: Codes, small: Float[Tensor, "batch 3 g g"], search: Search) -> float:
    """Mean squared error of what codes show from their cameras."""
    rays = orbit_rays(small.shape[-1], codes.azimuths, codes.elevations)
    made, _ = seen_along(model.generator, codes.w, *rays, search.samples)
    return float((made - small.flatten(2).transpose(1, 2)).square().mean())


def _ring(search: Search) -> list[tuple[float, float]]:
    turns = [2 * math.pi * i / search.azimuths for i in range(search.azimuths)]
    return [(turn, height) for height in search.elevations for turn in turns]
