"""How well a generator rebuilds objects that it never saw, from a few views, at views that were kept back."""

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
from nerf.style.losses import view_tensor


@dataclass(frozen=True)
class Reconstruction:
    """Means over objects and views: PSNR in dB of whole pictures and of the object's pixels, and silhouette overlap."""

    psnr: float
    object_psnr: float
    iou: float


@torch.no_grad()
def reconstruction(
    model: Autoencoder,
    examples: Examples,
    *,
    given: tuple[int, ...] = (0, 1, 2),
    wanted: tuple[int, ...] = (3, 4),
    fit: Fit | None = None,
    batch: int = 8,
) -> Reconstruction:
    """Encode the `given` views of every object, `fit` styles to them and their masks, and compare renders with the
    `wanted` ones."""
    scores: list[Tensor] = []
    for first in range(0, len(examples), batch):
        objects = np.arange(first, min(first + batch, len(examples)))
        device = model.generator.mapping.mean.device
        views = view_tensor(examples, objects, np.tile(given, (len(objects), 1))).to(device)
        ws = model.generator.styles(model.invert(views))
        if fit is not None:
            with torch.enable_grad():
                masks = torch.from_numpy(examples.mask[objects[:, None], given].astype(np.float32)).to(device) / 255
                ws = fitted(model, views, examples.poses[objects[:, None], given].astype(np.float64), fit, masks)
        scores += [_scores(model, examples, objects, ws, view) for view in wanted]
    psnr, object_psnr, iou = torch.cat(scores, 1).cpu().double().mean(1).tolist()
    return Reconstruction(psnr, object_psnr, iou)


def _scores(model: Autoencoder, examples: Examples, objects: np.ndarray, ws: Tensor, view: int) -> Tensor:
    size = examples.rgb.shape[2]
    generator = model.generator
    poses = examples.poses[objects, view].astype(np.float64)
    made = generator.render(ws, viewpoints.camera(size), poses)
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
