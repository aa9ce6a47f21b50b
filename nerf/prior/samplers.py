"""Samplers: each one function over `model(x, time)`, which predicts the clean latent."""

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from nerf.prior.schedule import signal

Denoiser = Callable[[Tensor, Tensor], Tensor]
Sampler = Literal["ddim", "dpm"]


def ddim(
    model: Denoiser, noise: Float[Tensor, "batch tokens width"], times: Float[Tensor, " edges"]
) -> Float[Tensor, "batch tokens width"]:
    """Deterministic DDIM (Song et al. 2021, eq. 12 with eta 0)."""
    x = noise
    for now, then in pairwise(times):
        clean = model(x, now.expand(len(x)))
        a, b = signal(now), signal(then)
        remaining = (x - a.sqrt() * clean) / (1 - a).sqrt()
        x = b.sqrt() * clean + (1 - b).sqrt() * remaining
    return x


def dpm(
    model: Denoiser, noise: Float[Tensor, "batch tokens width"], times: Float[Tensor, " edges"]
) -> Float[Tensor, "batch tokens width"]:
    """DPM-Solver++ (2M) in the data prediction form (Lu et al. 2022, algorithm 2); the last step is of first order."""
    x = noise
    before: Tensor | None = None
    last_h = torch.tensor(1.0)
    for now, then in pairwise(times):
        clean = model(x, now.expand(len(x)))
        a, b = signal(now), signal(then)
        h = _log_ratio(b) - _log_ratio(a)
        is_last = bool(b >= 1)
        if before is None or is_last:
            direction = clean
        else:
            half_ratio = h / (2 * last_h)
            direction = (1 + half_ratio) * clean - half_ratio * before
        x = direction if is_last else ((1 - b) / (1 - a)).sqrt() * x - b.sqrt() * torch.expm1(-h) * direction
        before, last_h = clean, h
    return x


def sampler(name: Sampler) -> Callable[[Denoiser, Tensor, Tensor], Tensor]:
    """The sampler of this name."""
    return {"ddim": ddim, "dpm": dpm}[name]


def _log_ratio(left: Tensor) -> Tensor:
    """Half the logarithm of signal to noise."""
    return 0.5 * (torch.log(left) - torch.log1p(-left.clamp(max=1 - 1e-7)))
