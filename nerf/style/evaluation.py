"""How well a generator rebuilds objects that it never saw, from a few views, at views that were kept back."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder
from nerf.style.examples import Examples
from nerf.style.fitting import Fit, fitted
from nerf.style.generator import StyleGenerator
from nerf.style.losses import view_tensor
from nerf.style.tuning import Tuning, tuned


@dataclass(frozen=True)
class Reconstruction:
    """Means over objects and views: PSNR in dB of whole pictures and of the object's pixels, and silhouette overlap."""

    psnr: float
    object_psnr: float
    iou: float


def reconstruction(
    model: Autoencoder,
    examples: Examples,
    *,
    given: tuple[int, ...] = (0, 1, 2),
    wanted: tuple[int, ...] = (3, 4),
    batch: int = 2,
) -> Reconstruction:
    """Encode the `given` views of every object, and compare renders with the `wanted` ones.

    Two at once stay in the processor's cache: eight took half as long again.
    """
    scores: list[Tensor] = []
    with torch.no_grad():
        for objects in _few_at_once(examples, batch):
            ws = model.generator.styles(model.invert(_given(model, examples, objects, given)))
            scores += [_scores(model.generator, examples, objects, ws, view) for view in wanted]
    return _means(scores)


def refitted(
    model: Autoencoder,
    examples: Examples,
    fit: Fit,
    tuning: Tuning,
    *,
    given: tuple[int, ...] = (0, 1, 2),
    wanted: tuple[int, ...] = (3, 4),
    batch: int = 4,
) -> dict[str, Reconstruction]:
    """Fit to the `given` views and masks of every object, and compare renders with the `wanted` views: after the styles
    were `fitted`, after the weights were `tuned`, and the same `traced` with a ray for every pixel.

    Here it is four: eight took a quarter longer.
    """
    scores: dict[str, list[Tensor]] = {"fitted": [], "tuned": [], "traced": []}
    for objects in _few_at_once(examples, batch):
        views = _given(model, examples, objects, given)
        masks = torch.from_numpy(examples.mask[objects[:, None], given].astype(np.float32)).to(views.device) / 255
        poses = examples.poses[objects[:, None], given].astype(np.float64)
        ws = fitted(model, views, poses, fit, masks)
        own = tuned(model.generator, ws, views, poses, tuning, masks)
        for view in wanted:
            scores["fitted"].append(_scores(model.generator, examples, objects, ws, view))
            scores["tuned"].append(_scores(own, examples, objects, ws, view))
            scores["traced"].append(_scores(own, examples, objects, ws, view, traced=True))
    return {name: _means(each) for name, each in scores.items()}


def _few_at_once(examples: Examples, batch: int) -> Iterator[np.ndarray]:
    for first in range(0, len(examples), batch):
        yield np.arange(first, min(first + batch, len(examples)))


def _given(model: Autoencoder, examples: Examples, objects: np.ndarray, given: tuple[int, ...]) -> Tensor:
    device = model.generator.mapping.mean.device
    return view_tensor(examples, objects, np.tile(given, (len(objects), 1))).to(device)


def _means(scores: list[Tensor]) -> Reconstruction:
    return Reconstruction(*torch.cat(scores, 1).cpu().double().mean(1).tolist())


@torch.no_grad()
def _scores(
    generator: StyleGenerator, examples: Examples, objects: np.ndarray, ws: Tensor, view: int, *, traced: bool = False
) -> Tensor:
    size = examples.rgb.shape[2]
    poses = examples.poses[objects, view].astype(np.float64)
    made = (generator.traced if traced else generator.render)(ws, viewpoints.camera(size), poses)
    wanted = view_tensor(examples, objects, np.full((len(objects), 1), view))[:, 0].to(ws.device)
    mask = torch.from_numpy(examples.mask[objects, view].astype(np.float32)).to(ws.device) / 255
    error = (made.rgb.clamp(0, 1) - wanted).square().mean(1)
    covered = (mask > 0).float()
    opacity = functional.interpolate(made.opacity[:, None], size=size, mode="bilinear")[:, 0]
    a, b = opacity > 0.5, mask > 0.5
    return torch.stack(
        [
            decibels(error.mean((1, 2))),
            decibels((error * covered).sum((1, 2)) / covered.sum((1, 2)).clamp(min=1)),
            (a & b).sum((1, 2)) / (a | b).sum((1, 2)).clamp(min=1),
        ]
    )


def decibels(error: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """PSNR of mean squared errors of values from 0 to 1."""
    return -10 * torch.log10(error.clamp(min=1e-10))
