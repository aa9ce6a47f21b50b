"""Normal latents that map to valid styles: the prior's own path from noise to style, learned by a mapping network.

A generator trained by reconstruction has holes in its latent space, and a plain normal z falls into them. The prior
without a condition turns noise into valid styles in many steps; a network that learns the same path in one step gives
StyleGAN's order back: z, mapping, w.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from nerf.prior.network import PriorNetwork
from nerf.prior.samplers import ddim
from nerf.prior.schedule import descending

MAPPING = "mapping.safetensors"
"""The mapping's file beside the prior's."""


@dataclass(frozen=True)
class Distillation:
    """How many pairs of noise and style, and how long they are learned."""

    pairs: int = 16_000
    sampling_steps: int = 15
    steps: int = 2000
    batch: int = 256
    rate: float = 1e-3
    decay: float = 0.3
    """Weight decay: a few thousand pairs are soon known by heart (4000 of them: 0.39 of the variance lost with it, 0.44
    without, 0.43 by the linear map alone). Of a prior that was trained longer 6000 pairs lost 0.54, 16,000 0.35."""
    seed: int = 0


class NormalMapping(nn.Module):
    """Normal noise to styles in one pass: what the prior does in many steps."""

    mean: Tensor
    spread: Tensor

    def __init__(self, width: int, hidden: int = 384, depth: int = 3) -> None:
        super().__init__()
        self.width = width
        widths = [width, *[hidden] * depth]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.out = nn.Linear(hidden, width)
        self.straight = nn.Linear(width, width)
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("spread", torch.ones(width))

    def scored(self, noise: Float[Tensor, "batch noise"]) -> Float[Tensor, "batch noise"]:
        """Styles in the prior's units: a linear map of the noise, and what is left to learn."""
        x = noise
        for layer in self.layers:
            x = functional.silu(layer(x))
        y: Tensor = self.straight(noise) + self.out(x)
        return y

    def forward(self, noise: Float[Tensor, "batch noise"]) -> Float[Tensor, "batch noise"]:
        """Styles as the generator takes them, the tokens of one object in a row."""
        return self.scored(noise) * self.spread + self.mean


def normal_mapping(network: PriorNetwork, settings: Distillation) -> tuple[NormalMapping, float]:
    """A mapping that has learned the prior's path, and its share of the styles' variance that it gets wrong."""
    noise, styles = noise_and_styles(network, settings)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        mapping = NormalMapping(noise.shape[1]).to(noise.device)
    start_linear(mapping, noise[: -len(noise) // 10], styles.flatten(1)[: -len(noise) // 10])
    mapping.mean.copy_(network.mean.flatten())
    mapping.spread.copy_(network.spread.flatten())
    error = distil(_Scored(mapping), noise, styles, settings)
    return mapping.eval(), error / float(styles.var())


@torch.no_grad()
def start_linear(
    mapping: NormalMapping,
    noise: Float[Tensor, "pairs noise"],
    styles: Float[Tensor, "pairs noise"],
    ridge: float = 0.01,
) -> None:
    """Begin from the best linear map of these pairs: few steps find it otherwise, and most of the path is it."""
    ones = torch.cat([noise, torch.ones_like(noise[:, :1])], 1)
    damped = ones.T @ ones + ridge * len(noise) * torch.eye(ones.shape[1], device=ones.device)
    found = torch.linalg.solve(damped, ones.T @ styles)
    mapping.straight.weight.copy_(found[:-1].T)
    mapping.straight.bias.copy_(found[-1])
    nn.init.zeros_(mapping.out.weight)
    nn.init.zeros_(mapping.out.bias)


def save_mapping(mapping: NormalMapping, path: Path) -> None:
    """Write the weights; their sizes tell the sizes."""
    save_file({name: value.contiguous() for name, value in sorted(mapping.state_dict().items())}, path)


def load_mapping(path: Path) -> NormalMapping:
    """A mapping that `save_mapping` wrote."""
    stored = load_file(path)
    depth = sum(name.startswith("layers.") for name in stored) // 2
    mapping = NormalMapping(len(stored["mean"]), len(stored["out.weight"][0]), depth)
    mapping.load_state_dict(stored)
    return mapping.eval()


class _Scored(nn.Module):
    """A mapping as `distil` teaches it: in the prior's units."""

    def __init__(self, mapping: NormalMapping) -> None:
        super().__init__()
        self.mapping = mapping

    def forward(self, noise: Float[Tensor, "batch noise"]) -> Float[Tensor, "batch noise"]:
        return self.mapping.scored(noise)


@torch.no_grad()
def noise_and_styles(
    network: PriorNetwork, settings: Distillation
) -> tuple[Float[Tensor, "pairs noise"], Float[Tensor, "pairs tokens style"]]:
    """Noise and the z-scored styles that the prior makes of it without a condition; the noise is flat."""
    generator = torch.Generator().manual_seed(settings.seed)
    shape = (settings.pairs, network.config.tokens, network.config.w)
    noise = torch.randn(shape, generator=generator).to(network.mean.device)
    times = descending(settings.sampling_steps).to(network.mean.device)
    made = [
        ddim(lambda x, t: network(x, t, network.without(len(x))), noise[first : first + settings.batch], times)
        for first in range(0, len(noise), settings.batch)
    ]
    return noise.flatten(1), torch.cat(made)


def distil(
    mapping: nn.Module,
    noise: Float[Tensor, "pairs noise"],
    styles: Float[Tensor, "pairs tokens style"],
    settings: Distillation,
) -> float:
    """Teach `mapping` the pairs, in place; gives the mean squared error on the last tenth, which it never saw."""
    known = len(noise) - len(noise) // 10
    target = styles.flatten(1)
    optimiser = torch.optim.AdamW(mapping.parameters(), lr=settings.rate, weight_decay=settings.decay)
    for step in range(settings.steps):
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + step)
        some = torch.randint(known, (settings.batch,), generator=generator)
        for group in optimiser.param_groups:
            group["lr"] = settings.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / settings.steps)))
        loss = functional.mse_loss(mapping(noise[some]), target[some])
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    with torch.no_grad():
        return float(functional.mse_loss(mapping(noise[known:]), target[known:]))
