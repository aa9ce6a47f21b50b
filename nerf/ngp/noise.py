"""How noisy a cloud of surface points is, and the cloud cleaned: outliers dropped, points moved onto local planes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy.spatial import cKDTree

MOST = 60_000  # points that are looked at
NEIGHBOURS = (12, 32, 96, 256)  # sizes of the neighbourhoods that planes are fitted to
SHAPELESS = (0.738, 0.847, 0.916, 0.948)  # third over second deviation of that many points evenly in a ball (median)
PROBES = 4_000  # points that decide which size suits the cloud
LEFT = 0.4  # of the noise that stays at least: detail bends what planes are fitted to (measured on three objects)
BLURRED = 0.85  # flatness above which noise exceeds every small neighbourhood
ENOUGH = 0.15  # a smaller neighbourhood is taken when it is that close to the flattest
OUTLIER = 4.0  # robust deviations of the log-distance to neighbours


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A cloud without outliers, moved onto its local planes, and what was estimated of it (all lengths as given)."""

    points: Float64[np.ndarray, "points 3"]
    noise: float  # standard deviation along the normal, as the points came
    residual: float  # what is left of it
    spacing: float  # median distance to the nearest neighbour
    outliers: float  # share that was dropped
    flatness: float  # 0 for points on a smooth surface, 1 for points that fill space evenly


def clean(points: Float64[np.ndarray, "points 3"], noise: float | None = None, seed: int = 0) -> Cleaned:
    """Estimate noise, spacing and outliers of points near a surface, and reduce them.

    A neighbourhood must be larger than the noise and smaller than the shape's detail: of several sizes the one is
    taken whose neighbourhoods are flattest (smallest third of the principal deviations against the second).
    """
    rng = np.random.default_rng(seed)
    points = np.unique(points, axis=0)
    if len(points) > MOST:
        points = points[np.sort(rng.choice(len(points), MOST, replace=False))]
    if len(points) <= NEIGHBOURS[0]:
        spacing = float(np.ptp(points, axis=0).max()) / max(len(points), 1) ** (1 / 3)
        return Cleaned(points, noise or 0.0, noise or 0.0, spacing, 0.0, 1.0)
    inside = ~far_out(points)
    outliers, points = 1 - float(inside.mean()), points[inside]
    tree = cKDTree(points)
    spacing = float(np.median(tree.query(points, 2)[0][:, 1]))
    probes = points[rng.choice(len(points), min(PROBES, len(points)), replace=False)]
    flatness: dict[int, float] = {}
    for k, shapeless in zip(NEIGHBOURS, SHAPELESS, strict=True):
        if not flatness or k <= len(points) // 4:
            _, _, deviations = planes(points, tree, probes, k)
            flatness[k] = float(np.median(deviations[:, 2] / np.maximum(deviations[:, 1], 1e-300))) / shapeless
    flattest = min(flatness.values())
    slack = ENOUGH if flattest < BLURRED else 0.0
    best = next(k for k, value in flatness.items() if value <= flattest + slack)
    centres, normals, deviations = planes(points, tree, points, best)
    found = float(np.median(deviations[:, 2])) if noise is None else noise
    shift = ((centres - points) * normals).sum(1, keepdims=True)
    limit = 3 * np.maximum(deviations[:, 2:], found)
    moved = points + np.clip(shift, -limit, limit) * normals
    return Cleaned(moved, found, found * max((2 / best) ** 0.5, LEFT), spacing, outliers, flattest)


def far_out(points: Float64[np.ndarray, "points 3"]) -> np.ndarray:
    """Points whose eighth neighbour is much farther than is usual."""
    reach = np.log(np.maximum(cKDTree(points).query(points, 9)[0][:, -1], 1e-300))
    middle = np.median(reach)
    deviation = 1.4826 * np.median(np.abs(reach - middle))
    return np.asarray(reach > middle + OUTLIER * max(deviation, 0.1))


def planes(
    points: Float64[np.ndarray, "points 3"], tree: cKDTree, around: Float64[np.ndarray, "probes 3"], k: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centre, normal and principal deviations (largest first) of the k points nearest to each probe."""
    centres, normals, deviations = (np.empty((len(around), 3)) for _ in range(3))
    for start in range(0, len(around), 8192):
        part = slice(start, start + 8192)
        neighbours = points[tree.query(around[part], k)[1]]  # (probes, k, 3)
        middle = neighbours.mean(1)
        spread = neighbours - middle[:, None]
        values, vectors = np.linalg.eigh(np.einsum("nki,nkj->nij", spread, spread) / k)
        centres[part], normals[part] = middle, vectors[:, :, 0]
        deviations[part] = np.sqrt(np.maximum(values[:, ::-1], 0))
    return centres, normals, deviations
