"""How much of the signal is left at each time of the diffusion: the cosine schedule (Nichol and Dhariwal 2021)."""

import math
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

OFFSET = 0.008
LARGEST_BETA = 0.999
FIRST, LAST = 0.999, 0.01
"""Where sampling begins, and the last step when steps are even in signal to noise."""

Spacing = Literal["time", "log_snr"]


def signal(times: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """Share of variance that is signal (alpha bar) at times from 0 (all) to 1 (none)."""
    angle = (times + OFFSET) / (1 + OFFSET) * (math.pi / 2)
    start = math.cos(OFFSET / (1 + OFFSET) * (math.pi / 2)) ** 2
    return (angle.cos().square() / start).clamp(0.0, 1.0)


def discrete(steps: int) -> Float[Tensor, " steps"]:
    """The same after each of a number of steps, with betas cut at 0.999, as the published models count them."""
    edges = signal(torch.linspace(0, 1, steps + 1, dtype=torch.float64))
    betas = (1 - edges[1:] / edges[:-1]).clamp(max=LARGEST_BETA)
    return (1 - betas).cumprod(0)


def noised(
    clean: Float[Tensor, "batch tokens width"],
    noise: Float[Tensor, "batch tokens width"],
    times: Float[Tensor, " batch"],
) -> Float[Tensor, "batch tokens width"]:
    """What is left of clean latents at these times, and the noise that took the rest's place."""
    left = signal(times)[:, None, None]
    return left.sqrt() * clean + (1 - left).sqrt() * noise


def descending(steps: int, spacing: Spacing = "time") -> Float[Tensor, " edges"]:
    """Times from just under 1 down to 0 for a sampler of so many steps: evenly, or evenly in the logarithm of signal to
    noise until nearly nothing is left to remove (Lu et al. 2022)."""
    if steps < 1:
        raise ValueError(f"sampler steps: must be at least 1 (got {steps})")
    if spacing == "time" or steps == 1:
        return torch.linspace(FIRST, 0.0, steps + 1)
    first, last = (torch.logit(signal(torch.tensor(time, dtype=torch.float64))) for time in (FIRST, LAST))
    share = torch.linspace(0, 1, steps, dtype=torch.float64)
    times = _time_of(torch.sigmoid(first + share * (last - first)))
    return torch.cat([times, times.new_zeros(1)]).float()


def _time_of(left: Float[Tensor, " times"]) -> Float[Tensor, " times"]:
    """When this share of variance is signal: the schedule turned round."""
    start = math.cos(OFFSET / (1 + OFFSET) * (math.pi / 2)) ** 2
    return (left * start).sqrt().arccos() / (math.pi / 2) * (1 + OFFSET) - OFFSET
