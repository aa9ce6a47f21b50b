"""A loss that wants neighbouring points of a surface to have like normals, the definition in torch.

Normals are where the log-density falls fastest, by differences over a short step: what the network says nearby counts,
and no second derivatives are needed. Points are drawn where rays end, so that fog and empty space have no say.
"""

import numpy as np
import torch
from jaxtyping import Float, Float32, Int64

STEP = 1 / 256  # of the unit cube, over which a normal is measured
REACH = 1 / 128  # standard deviation of the neighbour's offset
FLAT = 0.1  # a fall of log-density over a step below which a normal is short, because it is noise
POINTS = 512  # per training step
STREAM = 8  # of random numbers, apart from those of `random_numba`


def smoothness(log_density: Float[torch.Tensor, "points 2 4"]) -> Float[torch.Tensor, ""]:
    """Mean squared difference of neighbours' normals; see `stencil` for where the log-densities are."""
    fall = log_density[..., :1] - log_density[..., 1:]  # (points, 2, 3)
    normal = fall / (fall.square().sum(-1, keepdim=True) + FLAT**2).sqrt()
    return (normal[:, 0] - normal[:, 1]).square().sum(-1).mean()


def drawn(
    weights: Float32[np.ndarray, " samples"], seed: int, step: int, count: int = POINTS
) -> tuple[Int64[np.ndarray, " points"], Float32[np.ndarray, "points 3"]]:
    """Samples in proportion to what rays see of them, and a neighbour's offset for each; none in empty space."""
    rng = np.random.default_rng([seed, step, STREAM])
    total = np.cumsum(weights, dtype=np.float64)
    if not len(total) or not total[-1] > 0:
        return np.zeros(0, np.int64), np.zeros((0, 3), np.float32)
    wanted = (np.arange(count) + rng.random(count)) / count * total[-1]
    index = np.minimum(np.searchsorted(total, wanted, "right"), len(total) - 1)
    return index.astype(np.int64), (REACH * rng.standard_normal((count, 3))).astype(np.float32)


def stencil(
    points: Float32[np.ndarray, "points 3"], offsets: Float32[np.ndarray, "points 3"]
) -> Float32[np.ndarray, "many 3"]:
    """Eight places for each point: it and a step along each axis from it, and so for its neighbour; within the cube."""
    pair = np.clip(np.stack([points, points + offsets], 1), 0, 1 - STEP)  # (points, 2, 3)
    steps = np.concatenate([np.zeros((1, 3)), np.eye(3)]) * STEP
    return np.asarray((pair[:, :, None] + steps).reshape(-1, 3), np.float32)
