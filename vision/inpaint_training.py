"""Training the partial inpainter on plain pictures with holes shaped like what a moving viewer uncovers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, UInt8
from scipy import ndimage
from torch import Tensor

from vision.inpaint_diffusion import diffuse
from vision.inpaint_partial import CHANNELS, PartialUNet, given


@dataclass(frozen=True)
class InpaintTraining:
    """`crop` must be a multiple of 2 ** (levels - 1)."""

    steps: int = 60_000
    batch: int = 16
    crop: int = 128
    rate: float = 1e-3
    channels: tuple[int, ...] = CHANNELS
    edges: float = 0.5  # weight of the gradients' error beside the colours'
    seed: int = 0


TINY = InpaintTraining(steps=150, batch=4, crop=48, rate=2e-3, channels=(12, 24, 32))

Batch = tuple[Tensor, Tensor, Tensor, Tensor]  # what the network sees, what exists, what is unknown, the truth


def train_inpainter(
    pictures: Sequence[UInt8[np.ndarray, "h w 3"]],
    training: InpaintTraining = TINY,
    *,
    device: str = "cpu",
    progress: Callable[[float, str], None] = lambda share, text: None,
) -> PartialUNet:
    """A network trained on crops of `pictures`; the same pictures and seed give the same weights on the CPU."""
    usable = [picture for picture in pictures if min(picture.shape[:2]) >= training.crop]
    if not usable:
        raise ValueError(f"pictures: none of {len(pictures)} has {training.crop} pixels a side")
    rng = np.random.default_rng(training.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        network = PartialUNet(training.channels).to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=training.rate, weight_decay=1e-4)
    for step in range(training.steps):
        for group in optimizer.param_groups:
            share = step / training.steps
            group["lr"] = training.rate * min(1, (step + 1) / 20) * (0.5 + 0.5 * np.cos(np.pi * share))
        x, there, unknown, truth = (part.to(device) for part in make_batch(usable, training, rng))
        loss = hole_loss(x[:, :3] + network.picture(x, there), x, unknown, truth, training.edges)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if step % 50 == 49:
            progress((step + 1) / training.steps, f"loss {loss.item():.4f}")
    return network.cpu()


def hole_loss(made: Tensor, x: Tensor, unknown: Tensor, truth: Tensor, edges: float) -> Tensor:
    """Mean absolute error of unknown colours, and of gradients that touch them."""
    count = 3 * unknown.sum().clamp(min=1)
    loss: Tensor = ((made - truth).abs() * unknown).sum() / count
    difference = (made - truth) * unknown
    for dim in (2, 3):
        loss = loss + edges * difference.diff(dim=dim).abs().sum() / count
    return loss


def make_batch(
    pictures: Sequence[UInt8[np.ndarray, "h w 3"]], training: InpaintTraining, rng: np.random.Generator
) -> Batch:
    """Random crops with random holes, mirrored half of the time."""
    side = training.crop
    links = _grid(side)
    parts: list[list[np.ndarray]] = [[], [], [], []]
    for _ in range(training.batch):
        picture = pictures[int(rng.integers(len(pictures)))]
        y, x = (int(rng.integers(0, size - side + 1)) for size in picture.shape[:2])
        crop = picture[y : y + side, x : x + side]
        crop = np.ascontiguousarray(crop[:, ::-1] if rng.random() < 0.5 else crop)
        known, unknown = uncovered(side, rng)
        exists = known | unknown
        open_ = np.where(_both(links, exists), links, -1).astype(np.int32)
        smooth = diffuse(crop.reshape(-1, 3), ~known.ravel(), open_)
        seen = given(smooth, unknown.ravel()).T.reshape(4, side, side)
        parts[0].append(seen)
        parts[1].append(exists[None].astype(np.float32))
        parts[2].append(unknown[None].astype(np.float32))
        parts[3].append((crop.astype(np.float32) / 255 - 0.5).transpose(2, 0, 1))
    x_, there, hole, truth = (torch.from_numpy(np.stack(part)) for part in parts)
    return x_, there, hole, truth


def uncovered(side: int, rng: np.random.Generator) -> tuple[Bool[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    """A background that is known, and the band of it that a foreground of random shape hides; the rest is void."""
    v, u = np.mgrid[:side, :side] / side - 0.5
    while True:
        field = ndimage.gaussian_filter(rng.normal(size=(side, side)), rng.uniform(side / 24, side / 7))
        angle = rng.uniform(0, 2 * np.pi)
        field = field / field.std() + rng.uniform(0, 4) * (np.cos(angle) * u + np.sin(angle) * v)
        front = field > rng.uniform(-0.5, 0.8)
        if 0.05 < front.mean() < 0.85:
            break
    depth = ndimage.distance_transform_edt(front)
    unknown = front & (depth <= rng.uniform(0.04, 0.3) * side)
    return ~front, unknown


def held_out_error(
    network: PartialUNet, pictures: Sequence[UInt8[np.ndarray, "h w 3"]], training: InpaintTraining, *, seed: int = 1
) -> tuple[float, float]:
    """Mean absolute error (0 to 1) of unknown colours: the network's, and that of the smooth fill it starts from."""
    x, _, unknown, truth = batch = make_batch(pictures, training, np.random.default_rng(seed))
    with torch.inference_mode():
        made = x[:, :3] + network.picture(x, batch[1])
    count = 3 * unknown.sum()
    network_error, smooth_error = (((value - truth).abs() * unknown).sum() / count for value in (made, x[:, :3]))
    return float(network_error), float(smooth_error)


def _grid(side: int) -> np.ndarray:
    number = np.arange(side * side, dtype=np.int32).reshape(side, side)
    links = np.full((side, side, 4), -1, np.int32)
    links[:, :-1, 0], links[:-1, :, 1] = number[:, 1:], number[1:]
    links[:, 1:, 2], links[1:, :, 3] = number[:, :-1], number[:-1]
    return links.reshape(-1, 4)


def _both(links: np.ndarray, exists: Bool[np.ndarray, "h w"]) -> np.ndarray:
    flat = np.append(exists.ravel(), False)
    return np.asarray(flat[:-1, None] & flat[links])
