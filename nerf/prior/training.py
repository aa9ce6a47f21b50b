"""How the prior learns: predict the clean style at every noise level, the same from every view (3D-CLFusion)."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from nerf.prior.conditions import pseudo_text
from nerf.prior.network import PriorConfig, PriorNetwork
from nerf.prior.schedule import noised

MOMENTS = ("step", "exp_avg", "exp_avg_sq")
EVERY = 100
"""Steps between checkpoints."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Styles of objects with embeddings of their views, and of their captions where there are some."""

    styles: Float[Tensor, "objects tokens style"]
    pictures: Float[Tensor, "objects views condition"]
    texts: Float[Tensor, "objects captions condition"] | None = None


@dataclass(frozen=True)
class PriorTraining:
    """How long, how fast, and how much of what. `contrast` 0 leaves the view-invariance term out."""

    steps: int = 6000
    batch: int = 128
    rate: float = 1e-3
    decay: float = 0.01
    drop: float = 0.1
    text_share: float = 0.6
    pseudo_text: float = 0.5
    contrast: float = 0.1
    temperature: float = 0.1
    average: float = 0.998
    seed: int = 0


def train(
    config: PriorConfig,
    pairs: Pairs,
    training: PriorTraining,
    report: Callable[[int, dict[str, float]], None] | None = None,
    checkpoint: Path | None = None,
    place: Callable[[nn.Module], object] = lambda network: None,
) -> PriorNetwork:
    """The averaged network after training; `place` is given the network before the first step, and may move it.

    Every step's choices depend on the seed and its number alone, so that a training which goes on from its `checkpoint`
    ends as if it had not stopped.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        network = PriorNetwork(config)
    network.mean.copy_(pairs.styles.mean(0))
    network.spread.copy_(pairs.styles.std(0) + 1e-4)
    place(network)
    averaged = copy.deepcopy(network).requires_grad_(False)
    optimiser = torch.optim.AdamW(network.parameters(), lr=training.rate, weight_decay=training.decay)
    begun = _resumed(checkpoint, network, averaged, optimiser) if checkpoint else 0
    for step in range(begun, training.steps):
        parts = losses(network, pairs, training, step)
        for group in optimiser.param_groups:
            group["lr"] = _rate(training, step)
        optimiser.zero_grad(set_to_none=True)
        parts["total"].backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        keep = min(training.average, 1 - 1 / (step + 2))
        with torch.no_grad():
            for slow, fast in zip(averaged.parameters(), network.parameters(), strict=True):
                slow.lerp_(fast, 1 - keep)
        if report is not None:
            report(step + 1, {name: float(value.detach()) for name, value in parts.items()})
        if checkpoint and ((step + 1) % EVERY == 0 or step + 1 == training.steps):
            _keep(checkpoint, network, averaged, optimiser, step + 1)
    return averaged.eval()


def _keep(
    path: Path, network: PriorNetwork, averaged: PriorNetwork, optimiser: torch.optim.Optimizer, step: int
) -> None:
    """Write what `_resumed` goes on from; a crash leaves the last one whole."""
    stored = {f"weights.{name}": value.contiguous() for name, value in network.state_dict().items()}
    stored |= {f"averaged.{name}": value.contiguous() for name, value in averaged.state_dict().items()}
    for name, weights in network.named_parameters():
        stored |= {f"{kind}.{name}": value for kind, value in optimiser.state.get(weights, {}).items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(stored | {"step": torch.tensor(step)}, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def _resumed(path: Path, network: PriorNetwork, averaged: PriorNetwork, optimiser: torch.optim.Optimizer) -> int:
    """Steps that a checkpoint has behind it, its weights and moments taken over; 0 where there is none."""
    if not path.is_file():
        return 0
    stored = load_file(path)
    network.load_state_dict({name: stored[f"weights.{name}"] for name in network.state_dict()})
    averaged.load_state_dict({name: stored[f"averaged.{name}"] for name in averaged.state_dict()})
    for name, weights in network.named_parameters():
        if f"exp_avg.{name}" in stored:
            moments = {kind: stored[f"{kind}.{name}"] for kind in MOMENTS}
            optimiser.state[weights] = {kind: moments[kind].to(weights.device) for kind in MOMENTS[1:]}
            optimiser.state[weights]["step"] = moments["step"]  # counted on the CPU whatever the device
    return int(stored["step"])


def losses(network: PriorNetwork, pairs: Pairs, training: PriorTraining, step: int) -> dict[str, Tensor]:
    """The parts of one step's loss, and their sum as `total`."""
    random = torch.Generator().manual_seed(training.seed * 1_000_003 + step)
    n = len(pairs.styles)
    chosen = torch.randperm(n, generator=random)[: training.batch]
    device = network.mean.device  # what is random is drawn on the CPU, the same for every device
    clean = network.scored(pairs.styles[chosen].to(device))
    times = torch.rand(len(chosen), generator=random).clamp(1e-3, 0.999).to(device)
    noisy = noised(clean, torch.randn(clean.shape, generator=random).to(device), times)
    condition = _dropped(network, _conditions(pairs, chosen, training, random).to(device), training.drop, random)
    parts = {"clean": (network(noisy, times, condition) - clean).square().mean()}
    if training.contrast > 0:
        parts["contrast"] = training.contrast * contrast(network, pairs, chosen, training, random)
    return parts | {"total": torch.stack(list(parts.values())).sum()}


def contrast(
    network: PriorNetwork, pairs: Pairs, chosen: Tensor, training: PriorTraining, random: torch.Generator
) -> Float[Tensor, ""]:
    """InfoNCE between the styles predicted from two views of each object, from one noise at the highest level.

    There the embedding alone tells which object it is; at lower levels the noisy style itself gives it away, and the
    term would be met without looking at the embedding.
    """
    device = network.mean.device
    noise = torch.randn(1, *pairs.styles.shape[1:], generator=random).expand(len(chosen), -1, -1).to(device)
    times = torch.full((len(chosen),), 0.999, device=device)
    two = [network(noise, times, _conditions(pairs, chosen, training, random).to(device)).flatten(1) for _ in range(2)]
    a, b = (functional.normalize(styles, dim=1) for styles in two)
    logits = a @ b.T / training.temperature
    which = torch.arange(len(chosen), device=device)
    return 0.5 * (functional.cross_entropy(logits, which) + functional.cross_entropy(logits.T, which))


def _conditions(pairs: Pairs, chosen: Tensor, training: PriorTraining, random: torch.Generator) -> Tensor:
    """For each object a random caption's embedding, or a random view's with pseudo-text noise of random strength."""
    view = torch.randint(pairs.pictures.shape[1], (len(chosen),), generator=random)
    seen = pairs.pictures[chosen, view]
    strength = training.pseudo_text * float(torch.rand((), generator=random))
    seen = pseudo_text(seen, torch.randn(seen.shape, generator=random), strength)
    if pairs.texts is None:
        return seen
    caption = torch.randint(pairs.texts.shape[1], (len(chosen),), generator=random)
    is_text = torch.rand(len(chosen), 1, generator=random) < training.text_share
    return torch.where(is_text, functional.normalize(pairs.texts[chosen, caption], dim=-1), seen)


def _dropped(network: PriorNetwork, condition: Tensor, share: float, random: torch.Generator) -> Tensor:
    gone = (torch.rand(len(condition), 1, generator=random) < share).to(condition.device)
    return torch.where(gone, network.without(len(condition)), condition)


def _rate(training: PriorTraining, step: int) -> float:
    cosine = 0.5 * (1 + math.cos(math.pi * step / training.steps))
    return training.rate * min(1.0, (step + 1) / 50) * (0.05 + 0.95 * cosine)
