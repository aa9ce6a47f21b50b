"""What inversion is worth: one picture in, other sides of the object out, beside what they really look like."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from jaxtyping import Float, Float64, UInt8
from torch import Tensor
from torch.nn import functional

from nerf.camera import Camera
from nerf.objects import viewpoints
from nerf.objects.library import make
from nerf.objects.render import Renderer
from nerf.objects.splits import Split
from nerf.style.autoencoder import Autoencoder
from nerf.style.evaluation import decibels
from nerf.style.generator import Rendered
from nerf.style.inversion import Codes, Search, look_again, searched
from nerf.style.inverter import Inverter
from nerf.style.tuning import Tuning, tuned

Array = np.ndarray

TURN = math.radians(30)
VIEWS = ("given", "left", "right")
TUNING = Tuning(steps=100)
Shown = Callable[[Camera, Float64[Array, "objects 4 4"]], Rendered]
"""From cameras to pictures of some objects."""
Way = Callable[[Tensor, Codes, Tensor], Shown]
"""From pictures, what an encoder says of them, and masks to what the objects look like from elsewhere."""


@dataclass(frozen=True, eq=False)
class Turned:
    """Objects seen from a random side, and from 30 degrees to the left and to the right of it."""

    rgb: UInt8[Array, "objects 3 size size 3"]
    mask: UInt8[Array, "objects 3 size size"]
    azimuths: Float64[Array, "objects 3"]
    elevations: Float64[Array, " objects"]

    def poses(self, view: int) -> Float64[Array, "objects 4 4"]:
        """Cameras of one of the three views."""
        return np.stack([viewpoints.pose(*both) for both in zip(self.azimuths[:, view], self.elevations, strict=True)])

    def given(self) -> Float[Tensor, "objects 3 size size"]:
        """The pictures that inversion gets."""
        return torch.from_numpy(self.rgb[:, 0]).permute(0, 3, 1, 2).float() / 255


@dataclass(frozen=True)
class InversionScore:
    """PSNR in dB at the given view and at the two turned ones, of whole pictures and of the object's pixels there, and
    CPU seconds an object."""

    given: float
    turned: float
    turned_object: float
    cpu_s: float


def turned_objects(split: Split, count: int, size: int, seed: int = 0) -> Turned:
    """The first `count` objects of a split."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(0, 2 * math.pi, count)
    azimuths = middle[:, None] + np.array([0.0, -TURN, TURN])
    elevations = rng.uniform(*viewpoints.ELEVATION, count)
    camera = viewpoints.camera(size)
    rgb, mask = [], []
    for number in range(count):
        renderer = Renderer(make(split, number))
        views = [renderer.view(camera, viewpoints.pose(turn, elevations[number])) for turn in azimuths[number]]
        rgb.append(np.stack([view.rgb for view in views]))
        mask.append(np.stack([view.mask for view in views]))
    return Turned(np.stack(rgb), np.stack(mask), azimuths, elevations)


def scores(
    model: Autoencoder,
    inverter: Inverter,
    turned: Turned,
    search: Search,
    *,
    batch: int = 8,
    only: tuple[str, ...] = ("own", "base", "untaught", "refined", "optimised"),
    tuning: Tuning = TUNING,
) -> dict[str, InversionScore]:
    """The generator's own encoder, base encoder, refining encoder without and with what it learned, and optimisation,
    all told the true camera; after the refining encoder also, if asked for, a ray for every pixel (`traced`), and
    layers of the objects' own seen like that (`tuned`).

    Optimisation begins with the base encoder's answer and has `search.steps` steps.
    """
    plain, generator = untaught(inverter), model.generator

    def looked(pictures: Tensor, codes: Codes) -> Tensor:
        return generator.styles(look_again(model, inverter, pictures, codes, search.rounds).w)

    def own_layers(pictures: Tensor, codes: Codes, masks: Tensor) -> Shown:
        ws, angles = looked(pictures, codes), zip(codes.azimuths.tolist(), codes.elevations.tolist(), strict=True)
        poses = np.stack([viewpoints.pose(*both) for both in angles])
        return partial(tuned(generator, ws, pictures[:, None], poses[:, None], tuning, masks[:, None]).traced, ws)

    def shown(w: Tensor) -> Shown:
        return partial(generator.render, generator.styles(w.detach()))

    ways: dict[str, Way] = {
        "own": lambda pictures, _, __: shown(model.invert(pictures[:, None])),
        "base": lambda _, codes, __: shown(codes.w),
        "untaught": lambda pictures, codes, _: shown(look_again(model, plain, pictures, codes, search.rounds).w),
        "refined": lambda pictures, codes, _: partial(generator.render, looked(pictures, codes)),
        "optimised": lambda pictures, codes, _: shown(searched(model, codes, _small(model, pictures), search).w),
        "traced": lambda pictures, codes, _: partial(generator.traced, looked(pictures, codes)),
        "tuned": own_layers,
    }
    return {name: _score(model, inverter, turned, ways[name], batch) for name in only}


@torch.no_grad()
def untaught(inverter: Inverter) -> Inverter:
    """The same inverter, of which the refining encoder goes down the slopes it meets and does nothing else."""
    plain = copy.deepcopy(inverter)
    plain.refiner.out.weight.zero_()
    plain.refiner.out.bias.zero_()
    return plain


def camera_error(inverter: Inverter, turned: Turned) -> tuple[float, float]:
    """Median errors of the camera head, in degrees: azimuth and elevation."""
    with torch.no_grad():
        guess = inverter.guess(turned.given())
    away = guess.azimuth.numpy() - turned.azimuths[:, 0]
    azimuth = np.abs(np.arctan2(np.sin(away), np.cos(away)))
    elevation = np.abs(guess.elevation.numpy() - turned.elevations)
    return float(np.degrees(np.median(azimuth))), float(np.degrees(np.median(elevation)))


@torch.no_grad()
def agreement(model: Autoencoder, inverter: Inverter, turned: Turned) -> tuple[float, float]:
    """How alike the base encoder's codes of the left and the right view of objects are.

    The ratio of their variance over views to that over objects (less is better), and the share of objects whose left
    code finds the right one among all.
    """
    codes = []
    for view in (1, 2):
        pictures = torch.from_numpy(turned.rgb[:, view]).permute(0, 3, 1, 2).float() / 255
        codes.append(inverter.scored(model.generator.mapping(inverter.guess(pictures).z)))
    both = torch.stack(codes, 1)
    ratio = both.var(1).sum(-1).mean() / both.mean(1).var(0).sum()
    a, b = (functional.normalize(code - both.mean((0, 1)), dim=1) for code in codes)
    found = ((a @ b.T).argmax(1) == torch.arange(len(a))).float().mean()
    return float(ratio), float(found)


def _score(model: Autoencoder, inverter: Inverter, turned: Turned, way: Way, batch: int) -> InversionScore:
    given, masks = turned.given(), torch.from_numpy(turned.mask[:, 0]).float() / 255
    azimuths = torch.from_numpy(turned.azimuths[:, 0]).float()
    elevations = torch.from_numpy(turned.elevations).float()
    rows, spent = [], 0.0
    for first in range(0, len(given), batch):
        some = slice(first, first + batch)
        start = time.process_time()
        with torch.no_grad():
            w = model.generator.mapping(inverter.guess(given[some]).z)
        found = way(given[some], Codes(w, azimuths[some], elevations[some]), masks[some])
        spent += time.process_time() - start
        rows.append(torch.stack([_against(found, turned, some, view) for view in range(len(VIEWS))]))
    psnr, of_object = torch.cat(rows, 2).double().mean(2).T  # (views,) each
    return InversionScore(float(psnr[0]), float(psnr[1:].mean()), float(of_object[1:].mean()), spent / len(given))


@torch.no_grad()
def _against(shown: Shown, turned: Turned, some: slice, view: int) -> Tensor:
    """PSNR of whole pictures and of the object's pixels."""
    made = shown(viewpoints.camera(turned.rgb.shape[2]), turned.poses(view)[some]).rgb.clamp(0, 1)
    wanted = torch.from_numpy(turned.rgb[some, view]).permute(0, 3, 1, 2).float() / 255
    covered = torch.from_numpy(turned.mask[some, view] > 0).float()
    error = (made - wanted).square().mean(1)
    inside = (error * covered).sum((1, 2)) / covered.sum((1, 2)).clamp(min=1)
    return torch.stack([decibels(error.mean((1, 2))), decibels(inside)])


def _small(model: Autoencoder, pictures: Tensor) -> Tensor:
    return functional.avg_pool2d(pictures, 2**model.generator.config.doublings)
