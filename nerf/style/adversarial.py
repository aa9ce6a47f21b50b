"""Adversarial fine-tuning of a generator that reconstruction has trained: StyleNeRF's losses, reconstruction kept on.

Hours on a GPU; on a CPU only tests run it. A run is worth keeping only where figures on held-out objects did not drop.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder
from nerf.style.examples import Examples
from nerf.style.layers import EqualLinear, leaky
from nerf.style.losses import PatchBatch, Weights, patch_loss, view_tensor
from nerf.style.mapping import mixed
from nerf.style.rays import camera_rays
from nerf.style.volume import span, stratified

Array = np.ndarray
Report = Callable[[int, dict[str, float]], None]


@dataclass(frozen=True)
class AdversarialTraining:
    """How long, how fast, what counts how much. Pictures grow from the grid of rays to their full size over `grow`,
    two shares of the steps."""

    steps: int = 20_000
    batch: int = 32
    generator_rate: float = 5e-4
    critic_rate: float = 1e-3
    penalty: float = 0.5
    """Weight of R1, which is computed every `penalty_every` steps and counts that much more."""
    penalty_every: int = 16
    path: float = 2.0
    path_pixels: int = 8
    """Side of the lattice of pixels at which the upsampled picture must agree with rays of its own (the NeRF path)."""
    reconstruction: float = 10.0
    mixing: float = 0.5
    grow: tuple[float, float] = (0.1, 0.5)
    samples: tuple[int, int] = (20, 12)
    patches: PatchBatch = field(default_factory=PatchBatch)
    weights: Weights = field(default_factory=Weights)
    average: float = 0.999
    seed: int = 0


class Critic(nn.Module):
    """Real or made, given the camera (projection discriminator, Miyato and Koyama 2018), with minibatch deviation."""

    def __init__(self, size: int, channels: tuple[int, ...] = (32, 64, 128, 128), width: int = 128) -> None:
        super().__init__()
        if size % 2 ** len(channels):
            raise ValueError(f"critic: pictures must have sides that {2 ** len(channels)} divides (got {size})")
        self.first = nn.Conv2d(3, channels[0], 1)
        pairs = zip(channels, (*channels[1:], channels[-1]), strict=True)
        self.halvings = nn.ModuleList(nn.Conv2d(inputs, outputs, 3, 1, 1) for inputs, outputs in pairs)
        side = size // 2 ** len(channels)
        self.last = nn.Linear((channels[-1] + 1) * side * side, width)
        self.real = EqualLinear(width, 1)
        self.camera = EqualLinear(3, width)

    def forward(
        self, pictures: Float[Tensor, "batch 3 h w"], cameras: Float[Tensor, "batch 3"]
    ) -> Float[Tensor, " batch"]:
        """Logits, more for real."""
        x = leaky(self.first(pictures * 2 - 1))
        for layer in self.halvings:
            x = functional.avg_pool2d(leaky(layer(x)), 2)
        deviation = x.std(0, correction=0).mean().expand(len(x), 1, *x.shape[2:])
        hidden = leaky(self.last(torch.cat([x, deviation], 1).flatten(1)))
        logits: Tensor = self.real(hidden)[:, 0] + (hidden * self.camera(cameras)).sum(1) / hidden.shape[1] ** 0.5
        return logits


@dataclass(eq=False)
class Duel:
    """A generator, its critic, their optimisers, and the generator's average, which is what gets used."""

    model: Autoencoder
    averaged: Autoencoder
    critic: Critic
    generator_optimiser: torch.optim.Adam
    critic_optimiser: torch.optim.Adam
    step: int = 0


def begin(model: Autoencoder, averaged: Autoencoder, size: int, training: AdversarialTraining) -> Duel:
    """A duel before its first step."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        critic = Critic(size).to(model.generator.mapping.mean.device)
    return Duel(
        model,
        averaged.requires_grad_(False),
        critic,
        torch.optim.Adam(model.parameters(), training.generator_rate, betas=(0.0, 0.99)),
        torch.optim.Adam(critic.parameters(), training.critic_rate, betas=(0.0, 0.99)),
    )


def fine_tune(duel: Duel, examples: Examples, training: AdversarialTraining, report: Report | None = None) -> None:
    """Go on to the last step."""
    for step in range(duel.step, training.steps):
        rng = np.random.default_rng([training.seed, 5, step])
        critics = critic_losses(duel, examples, training, rng, step)
        _descend(duel.critic_optimiser, critics.pop("total"))
        parts = generator_losses(duel, examples, training, rng, step)
        _descend(duel.generator_optimiser, parts.pop("total"))
        with torch.no_grad():
            for slow, fast in zip(duel.averaged.parameters(), duel.model.parameters(), strict=True):
                slow.lerp_(fast, 1 - min(training.average, 1 - 1 / (step + 2)))
        duel.step = step + 1
        if report is not None:
            report(duel.step, {name: float(value.detach()) for name, value in (critics | parts).items()})


def grown(step: int, training: AdversarialTraining) -> float:
    """How much of the fine picture counts, from 0 (the grid of rays alone) to 1."""
    start, end = (share * training.steps for share in training.grow)
    return float(np.clip((step - start) / max(end - start, 1), 0, 1))


def faded(
    coarse: Float[Tensor, "batch 3 h w"], fine: Float[Tensor, "batch 3 h2 w2"], share: float
) -> Float[Tensor, "batch 3 h2 w2"]:
    """From the enlarged coarse picture to the fine one."""
    large = functional.interpolate(coarse, size=fine.shape[2:], mode="bilinear", align_corners=False)
    return large.lerp(fine, share)


def penalty(
    critic: Critic, pictures: Float[Tensor, "batch 3 h w"], cameras: Float[Tensor, "batch 3"]
) -> Float[Tensor, ""]:
    """R1: the squared slope of the critic at real pictures (Mescheder et al. 2018)."""
    given = pictures.detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(given, cameras).sum(), given, create_graph=True)
    return slope.square().sum((1, 2, 3)).mean()


def path_loss(
    model: Autoencoder,
    ws: Float[Tensor, "batch layers style"],
    fine: Float[Tensor, "batch 3 h w"],
    poses: Float[Array, "batch 4 4"],
    lattice: int,
    samples: int,
    rng: np.random.Generator,
) -> Float[Tensor, ""]:
    """How far a lattice of pixels of the fine picture, at a random place, is from rays of their own (section 3.3)."""
    size = fine.shape[2]
    pace = size // lattice
    rows, columns = (rng.integers(pace) + pace * np.arange(lattice) for _ in range(2))
    number = torch.from_numpy((rows[:, None] * size + columns).ravel()).to(ws.device)
    origins, directions = (rays[:, number] for rays in camera_rays(viewpoints.camera(size), poses, ws.device))
    distances = stratified(*span(origins, directions), samples)
    marched = model.generator.march(model.generator.prepare(ws), origins, directions, distances)
    along = marched.features[..., -3:] + (1 - marched.opacity)[..., None]
    seen = fine.flatten(2).transpose(1, 2)[:, number]
    return (seen - along).square().sum(-1).mean()


def _made(
    duel: Duel, examples: Examples, training: AdversarialTraining, rng: np.random.Generator, share: float
) -> tuple[Tensor, Tensor, Tensor, Array, Tensor]:
    """Pictures of random latents from cameras of the examples: as faded, fine, their styles, poses and cameras."""
    model, size = duel.model, examples.rgb.shape[2]
    noise = torch.Generator().manual_seed(int(rng.integers(2**63)))
    objects, views = _random_views(examples, training.batch, rng)
    z = torch.randn(2, training.batch, model.config.generator.z, generator=noise).to(_device(duel))
    ws, others = (model.generator.styles(model.generator.mapping(each)) for each in z)
    if rng.random() < training.mixing:
        ws = mixed(ws, others, int(rng.integers(1, ws.shape[1])))
    poses = examples.poses[objects, views].astype(np.float64)
    coarse, fine = training.samples
    seen = model.generator.render(ws, viewpoints.camera(size), poses, coarse=coarse, fine=fine)
    return faded(seen.coarse, seen.rgb, share), seen.rgb, ws, poses, _cameras(poses).to(ws.device)


def critic_losses(
    duel: Duel, examples: Examples, training: AdversarialTraining, rng: np.random.Generator, step: int
) -> dict[str, Tensor]:
    """The parts of a step of the critic, and their sum, R1 weighted, as `total`."""
    share = grown(step, training)
    objects, views = _random_views(examples, training.batch, rng)
    real = view_tensor(examples, objects, views[:, None])[:, 0].to(_device(duel))
    scale = 2**duel.model.config.generator.doublings
    real = faded(functional.avg_pool2d(real, scale), real, share)
    cameras = _cameras(examples.poses[objects, views]).to(_device(duel))
    with torch.no_grad():
        made, _, _, _, made_cameras = _made(duel, examples, training, rng, share)
    told = functional.softplus(duel.critic(made, made_cameras)).mean()
    told = told + functional.softplus(-duel.critic(real, cameras)).mean()
    parts = {"critic": told, "total": told}
    if step % training.penalty_every == 0:
        parts["penalty"] = penalty(duel.critic, real, cameras)
        parts["total"] = told + training.penalty / 2 * training.penalty_every * parts["penalty"]
    return parts


def generator_losses(
    duel: Duel, examples: Examples, training: AdversarialTraining, rng: np.random.Generator, step: int
) -> dict[str, Tensor]:
    """The parts of a step of the generator, and their sum as `total`."""
    made, fine, ws, poses, cameras = _made(duel, examples, training, rng, grown(step, training))
    parts = {"fooled": functional.softplus(-duel.critic(made, cameras)).mean()}
    count = sum(training.samples)
    parts["path"] = training.path * path_loss(duel.model, ws, fine, poses, training.path_pixels, count, rng)
    rebuilt = patch_loss(duel.model, examples, training.patches, training.weights, rng)
    parts["reconstruction"] = training.reconstruction * rebuilt["total"]
    return parts | {"total": torch.stack(list(parts.values())).sum()}


def _device(duel: Duel) -> torch.device:
    return duel.model.generator.mapping.mean.device


def _descend(optimiser: torch.optim.Adam, loss: Tensor) -> None:
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()


def _random_views(examples: Examples, batch: int, rng: np.random.Generator) -> tuple[Array, Array]:
    return rng.integers(len(examples), size=batch), rng.integers(examples.rgb.shape[1], size=batch)


def _cameras(poses: Array) -> Float[Tensor, "batch 3"]:
    """Sine and cosine of the azimuth, and the elevation."""
    azimuths, elevations = viewpoints.angles_of(poses)
    return torch.from_numpy(np.stack([np.sin(azimuths), np.cos(azimuths), elevations], 1).astype(np.float32))
