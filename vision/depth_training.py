"""Training the embedded depth network on made-up scenes, and how good a depth map is against a measured one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32, UInt8
from torch import Tensor
from torch.nn import functional

from vision.depth_net import CHANNELS, DepthNet, encoded
from vision.depth_scenes import make_scene


@dataclass(frozen=True)
class DepthTraining:
    """`scenes` are made once and seen many times, cropped, mirrored and recoloured anew each time."""

    steps: int = 60_000
    scenes: int = 30_000
    batch: int = 16
    height: int = 288
    width: int = 384
    rate: float = 1e-3
    channels: tuple[int, ...] = CHANNELS
    gradients: float = 0.5
    seed: int = 0


TINY = DepthTraining(steps=100, scenes=32, batch=6, height=64, width=96, channels=(8, 12, 16, 24, 32, 32), rate=2e-3)


@dataclass(frozen=True)
class DepthScore:
    """AbsRel and the share within 25 %, both in depth after an affine fit of inverse depth; and the share of pixel
    pairs in right order (0.5 is chance)."""

    abs_rel: float
    delta: float
    order: float


def train_depth(
    training: DepthTraining = TINY,
    *,
    textures: Sequence[UInt8[np.ndarray, "h2 w2 3"]] = (),
    device: str = "cpu",
    progress: Callable[[float, str], None] = lambda share, text: None,
) -> DepthNet:
    """A network trained on scenes made from `training.seed`; the same seed gives the same weights on the CPU."""
    rng = np.random.default_rng(training.seed)
    height, width = training.height, training.width
    scenes = [make_scene(rng, height=height, width=width, textures=textures) for _ in range(training.scenes)]
    rgb, inverse = (np.stack([getattr(scene, name) for scene in scenes]) for name in ("rgb", "inverse"))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        network = DepthNet(training.channels).to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=training.rate, weight_decay=1e-4)
    for step in range(training.steps):
        for group in optimizer.param_groups:
            share = step / training.steps
            group["lr"] = training.rate * min(1, (step + 1) / 20) * (0.5 + 0.5 * np.cos(np.pi * share))
        chosen = rng.integers(0, len(rgb), training.batch)
        x, truth = (part.to(device) for part in _varied(rgb[chosen], inverse[chosen], rng))
        loss = depth_loss(network(x), truth, training.gradients)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        if step % 20 == 19:
            progress((step + 1) / training.steps, f"loss {loss.item():.4f}")
    return network.cpu().eval()


def depth_loss(made: Float[Tensor, "b 1 h w"], truth: Float[Tensor, "b 1 h w"], gradients: float) -> Float[Tensor, ""]:
    """Scale- and shift-invariant error plus the gradients' at four resolutions (Ranftl et al. 2020)."""
    flat = made.flatten(1)
    middle = flat.median(dim=1, keepdim=True).values
    spread = (flat - middle).abs().mean(dim=1, keepdim=True) + 1e-3
    rest = ((flat - middle) / spread).view_as(made) - truth
    loss = rest.abs().mean()
    for k in range(4):
        rest = functional.avg_pool2d(rest, 2) if k else rest
        loss = loss + gradients * (rest.diff(dim=2).abs().mean() + rest.diff(dim=3).abs().mean())
    return loss


def _varied(rgb: np.ndarray, inverse: np.ndarray, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A batch as the network takes it: zoomed, mirrored and recoloured at random."""
    x = torch.from_numpy(rgb).permute(0, 3, 1, 2).float() / 255
    depth = torch.from_numpy(inverse)[:, None]
    height, width = x.shape[-2:]
    if rng.random() < 0.6:
        h, w = (max(16, int(size * rng.uniform(0.5, 1))) for size in (height, width))
        top, left = int(rng.integers(0, height - h + 1)), int(rng.integers(0, width - w + 1))
        window = (..., slice(top, top + h), slice(left, left + w))
        x = functional.interpolate(x[window], (height, width), mode="bilinear")
        depth = functional.interpolate(depth[window], (height, width), mode="bilinear")
    if rng.random() < 0.5:
        x, depth = x.flip(3), depth.flip(3)
    n = len(x)
    gain, offset, power, tint = (
        torch.from_numpy(rng.uniform(low, high, (n, channels, 1, 1))).float()
        for low, high, channels in ((0.7, 1.3, 3), (-0.1, 0.1, 3), (0.7, 1.4, 1), (0.0, 1.1, 1))
    )
    x = (x * gain + offset).clamp(0, 1) ** power
    grey = x.mean(dim=1, keepdim=True)
    return (grey + (x - grey) * tint).clamp(0, 1), encoded(depth)


def ramp(height: int, width: int) -> Float32[np.ndarray, "h w"]:
    """What anyone knows without looking: lower is nearer. The baseline for every depth network."""
    return np.tile(np.linspace(0, 1, height, dtype=np.float32)[:, None], (1, width))


def score(
    values: Float32[np.ndarray, "h w"], inverse: Float32[np.ndarray, "h w"], known: Bool[np.ndarray, "h w"]
) -> DepthScore:
    """How good `values` are against true inverse depth where that is `known`, after a robust affine fit."""
    made, truth = values[known].astype(np.float64), inverse[known].astype(np.float64)
    design = np.stack([made, np.ones_like(made)], axis=1)
    weight = np.ones_like(made)
    floor = 1e-3 * float(np.median(truth))
    solution = np.zeros(2)
    for _ in range(10):  # iteratively reweighted: the mean absolute error
        solution = np.linalg.lstsq(design * weight[:, None], truth * weight, rcond=None)[0]
        weight = 1 / np.sqrt(np.maximum(np.abs(design @ solution - truth), floor))
    fitted = np.maximum(design @ solution, truth.min() * 0.5)
    ratio = truth / fitted
    first, second = np.random.default_rng(0).integers(0, len(made), (2, 20_000))
    clear = np.abs(np.log(truth[first] / truth[second])) > 0.05
    right = (made[first] > made[second]) == (truth[first] > truth[second])
    order = float(right[clear].mean()) if clear.any() else 0.5
    within = float((np.maximum(ratio, 1 / ratio) < 1.25).mean())
    return DepthScore(float(np.abs(ratio - 1).mean()), within, order)
