"""The loss of a batch of rays and its gradients, compiled: Huber on colours, optionally on distances."""

from typing import NamedTuple, no_type_check

import numpy as np
from numba import prange

from nerf.ngp.jit_numba import inlined, parallel_kernel

CHUNK = 64


class Gradients(NamedTuple):
    """What a batch's loss asks of each ray, and each ray's squared error (mean of the colours)."""

    colour: np.ndarray
    distance: np.ndarray
    gain: np.ndarray
    squared: np.ndarray


def ray_loss(
    rendered: tuple[np.ndarray, np.ndarray],
    target: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    gains: np.ndarray,
    *,
    huber: float,
    depth: tuple[float, float] = (0.0, 1.0),
) -> Gradients:
    """Gradients of the mean Huber loss.

    `rendered` is colour and distance; `target` colour, opacity, background, distance (0 where unknown) and its spread;
    `gains` multiply what was rendered, ray by ray. `depth` is the weight of the distance and its relative noise: an
    error counts in standard deviations, and the less, the larger these are beside that noise.
    """
    n = len(rendered[0])
    out = Gradients(
        np.empty((n, 3), np.float32), np.empty(n, np.float32), np.empty((n, 3), np.float32), np.empty(n, np.float32)
    )
    numbers = np.float32(huber), np.float32(depth[0]), np.float32(depth[1])
    loss_kernel(*rendered, *target, gains, numbers, *out)
    return out


@inlined
@no_type_check
def limited(x, most):
    return min(max(x, -most), most)


@parallel_kernel
@no_type_check
def loss_kernel(
    colour,
    distance,
    target,
    opacity,
    background,
    target_distance,
    spread,
    gains,
    numbers,
    d_colour,
    d_distance,
    d_gain,
    squared,
):
    huber, depth_weight, depth_noise = numbers
    n = colour.shape[0]
    share = np.float32(1 / max(n, 1))
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for i in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            total, a = np.float32(0), opacity[i]
            weight = share if a >= 0 else np.float32(0)
            for k in range(3):
                behind = (np.float32(1) - a) * background[i, k]
                error = gains[i, k] * (colour[i, k] - behind) - a * target[i, k]
                total += error * error
                g = limited(error, huber) * weight
                d_colour[i, k] = g * gains[i, k]
                d_gain[i, k] = g * (colour[i, k] - behind)
            squared[i] = total * np.float32(1 / 3) if a >= 0 else np.float32(0)
            d_distance[i] = np.float32(0)
            if target_distance[i] > 0 and a >= 0:
                least = depth_noise * target_distance[i]
                sigma = np.sqrt(least * least + spread[i] * spread[i])
                error = limited((distance[i] - target_distance[i]) / sigma, np.float32(1))
                d_distance[i] = depth_weight * weight * error * least / sigma
