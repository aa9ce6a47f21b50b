"""Unknown pixels from patches of the known ones: PatchMatch (Barnes et al. 2009) with votes, coarse to fine.

Wexler et al. 2007's completion: find for each patch that touches the hole the most similar known patch, let the
patches found vote for the colours, repeat; every level starts from the coarser one's matches.
"""

from dataclasses import dataclass
from typing import Any, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Int32, UInt8
from numba import njit
from scipy import ndimage

RADIUS = 3


@dataclass(frozen=True)
class ExemplarSettings:
    """`nearness` is how much squared colour distance one pixel of way to the source is worth."""

    rounds: int = 3
    nearness: float = 3.0
    levels: int = 5
    refined: int = 1  # rounds on the finest level, which starts from good matches and costs most
    reach: int = 8  # of the random search on all but the coarsest levels


def fill_exemplar(
    rgb: UInt8[np.ndarray, "h w 3"],
    known: Bool[np.ndarray, "h w"],
    unknown: Bool[np.ndarray, "h w"],
    settings: ExemplarSettings | None = None,
) -> UInt8[np.ndarray, "h w 3"]:
    """`rgb` with unknown pixels blended from patches of the known ones; the same input gives the same bytes.

    Pixels that are neither known nor unknown take no part. Where too little is known for a patch the fill is the
    smooth start that every other level refines.
    """
    settings = settings or ExemplarSettings()
    if not unknown.any() or not known.any():
        return rgb.copy()
    pyramid = [(rgb.astype(np.float32), known, unknown)]
    deepest = float(ndimage.distance_transform_cdt(np.pad(~known, 1), metric="chessboard")[1:-1, 1:-1][unknown].max())
    while len(pyramid) < settings.levels and deepest > 3 and min(pyramid[-1][1].shape) >= 16:
        pyramid.append(_halved(*pyramid[-1]))
        deepest /= 2
    colors: Float32[np.ndarray, "h w 3"] | None = None
    match: Int32[np.ndarray, "h w 2"] | None = None
    for level in range(len(pyramid) - 1, -1, -1):
        colors, match = _level(*pyramid[level], colors, match, level, settings)
    assert colors is not None
    return np.where(unknown[..., None], np.clip(np.rint(colors), 0, 255), rgb).astype(np.uint8)


def _level(
    rgb: Float32[np.ndarray, "h w 3"],
    known: Bool[np.ndarray, "h w"],
    unknown: Bool[np.ndarray, "h w"],
    coarse: Float32[np.ndarray, "h2 w2 3"] | None,
    match: Int32[np.ndarray, "h2 w2 2"] | None,
    level: int,
    settings: ExemplarSettings,
) -> tuple[Float32[np.ndarray, "h w 3"], Int32[np.ndarray, "h w 2"] | None]:
    height, width = known.shape
    rows, columns = np.arange(height) // 2, np.arange(width) // 2
    colors = rgb.copy()
    if coarse is None:
        _onion(colors, known.copy(), unknown)
    else:
        start = coarse[np.minimum(rows, coarse.shape[0] - 1)][:, np.minimum(columns, coarse.shape[1] - 1)]
        colors[unknown] = start[unknown]
    whole = ndimage.binary_erosion(known, np.ones((2 * RADIUS + 1,) * 2))
    sources = np.argwhere(whole).astype(np.int32)
    if len(sources) == 0:
        return colors, None
    targets = np.argwhere(ndimage.binary_dilation(unknown, np.ones((3, 3))) & (known | unknown)).astype(np.int32)
    rng = np.random.default_rng(level)
    near = np.full((height, width, 2), -1, np.int32)
    near[targets[:, 0], targets[:, 1]] = sources[rng.integers(0, len(sources), len(targets))]
    if match is not None:
        _inherit(match, targets, whole, near)
    weight = (known + 0.5 * unknown).astype(np.float32)
    nearness = np.float32(settings.nearness * 2**level)
    fine = level == 0 and match is not None
    reach = settings.reach if match is not None else max(height, width) // 2
    for k in range(settings.refined if fine else settings.rounds):
        seed = np.uint64(1 + k + 16 * level)
        cost = _search(colors, weight, targets, whole, near, RADIUS, 1 if fine else 2, reach, nearness, seed)
        typical = np.float32(max(200.0, float(np.median(cost))))
        _vote(colors, unknown, targets, near, cost, RADIUS, typical)
    return colors, near


def _halved(
    rgb: Float32[np.ndarray, "h w 3"], known: Bool[np.ndarray, "h w"], unknown: Bool[np.ndarray, "h w"]
) -> tuple[Float32[np.ndarray, "h2 w2 3"], Bool[np.ndarray, "h2 w2"], Bool[np.ndarray, "h2 w2"]]:
    """Half the size: mean of the known pixels; known where half of the pixels are."""
    pad = [(0, rgb.shape[0] % 2), (0, rgb.shape[1] % 2)]
    sure = np.pad(known, pad).astype(np.float32)
    total = np.pad(rgb, [*pad, (0, 0)]) * sure[..., None]

    def sums(values: np.ndarray) -> np.ndarray:
        return np.asarray(values[::2, ::2] + values[1::2, ::2] + values[::2, 1::2] + values[1::2, 1::2])

    parts = sums(sure)
    small = sums(total) / np.maximum(parts, 1)[..., None]
    hole = sums(np.pad(unknown, pad).astype(np.float32)) >= 2
    return small.astype(np.float32), (parts >= 2) & ~hole, hole


@njit(cache=True)
@no_type_check
def _onion(colors: Any, settled: Any, unknown: Any) -> None:
    """Ring by ring the mean of the settled neighbours."""
    height, width = settled.shape
    while True:
        ring = [(0, 0)][:0]
        for y in range(height):
            for x in range(width):
                if not unknown[y, x] or settled[y, x]:
                    continue
                parts = 0
                total = np.zeros(3, np.float32)
                for v in range(max(0, y - 1), min(height, y + 2)):
                    for u in range(max(0, x - 1), min(width, x + 2)):
                        if settled[v, u]:
                            parts += 1
                            for c in range(3):
                                total[c] += colors[v, u, c]
                if parts > 0:
                    for c in range(3):
                        colors[y, x, c] = total[c] / parts
                    ring.append((y, x))
        if len(ring) == 0:
            return
        for y, x in ring:
            settled[y, x] = True


@njit(cache=True)
@no_type_check
def _inherit(match: Any, targets: Any, whole: Any, near: Any) -> None:
    height, width = whole.shape
    for q in range(targets.shape[0]):
        y, x = targets[q, 0], targets[q, 1]
        v, u = min(y // 2, match.shape[0] - 1), min(x // 2, match.shape[1] - 1)
        if match[v, u, 0] < 0:
            continue
        b, a = match[v, u, 0] * 2 + y % 2, match[v, u, 1] * 2 + x % 2
        if b < height and a < width and whole[b, a]:
            near[y, x, 0], near[y, x, 1] = b, a


@njit(cache=True)
@no_type_check
def _cost(colors: Any, weight: Any, y: Any, x: Any, b: Any, a: Any, radius: Any, best: Any) -> Any:
    """Weighted mean squared distance of the patches around (y, x) and (b, a); stops above `best`."""
    height, width = weight.shape
    y0, y1, x0, x1 = max(-radius, -y), min(radius, height - 1 - y), max(-radius, -x), min(radius, width - 1 - x)
    parts = np.float32(1e-6)
    for dy in range(y0, y1 + 1):
        for dx in range(x0, x1 + 1):
            parts += weight[y + dy, x + dx]
    limit = best * parts
    total = np.float32(0)
    for dy in range(y0, y1 + 1):
        for dx in range(x0, x1 + 1):
            share = weight[y + dy, x + dx]
            red = colors[y + dy, x + dx, 0] - colors[b + dy, a + dx, 0]
            green = colors[y + dy, x + dx, 1] - colors[b + dy, a + dx, 1]
            blue = colors[y + dy, x + dx, 2] - colors[b + dy, a + dx, 2]
            total += share * (red * red + green * green + blue * blue)
        if total > limit:
            return best + np.float32(1)
    return total / parts


@njit(cache=True)
@no_type_check
def _search(
    colors: Any,
    weight: Any,
    targets: Any,
    whole: Any,
    near: Any,
    radius: Any,
    sweeps: Any,
    furthest: Any,
    nearness: Any,
    seed: Any,
) -> Any:
    """Propagation and random search; returns each target's cost."""
    height, width = weight.shape
    n = targets.shape[0]
    cost = np.empty(n, np.float32)
    state = seed * np.uint64(0x9E3779B97F4A7C15)
    for q in range(n):
        y, x, b, a = (
            targets[q, 0],
            targets[q, 1],
            near[targets[q, 0], targets[q, 1], 0],
            near[targets[q, 0], targets[q, 1], 1],
        )
        far = nearness * np.float32(np.sqrt(np.float64((b - y) ** 2 + (a - x) ** 2)))
        cost[q] = _cost(colors, weight, y, x, b, a, radius, np.float32(1e12)) + far
    for sweep in range(sweeps):
        step = -1 if sweep % 2 == 0 else 1
        for q_ in range(n):
            q = q_ if sweep % 2 == 0 else n - 1 - q_
            y, x = targets[q, 0], targets[q, 1]
            best_y, best_x, best = near[y, x, 0], near[y, x, 1], cost[q]
            for k in range(2):
                v, u = y + (step if k == 0 else 0), x + (step if k == 1 else 0)
                if v < 0 or u < 0 or v >= height or u >= width or near[v, u, 0] < 0:
                    continue
                b, a = near[v, u, 0] + y - v, near[v, u, 1] + x - u
                if b < 0 or a < 0 or b >= height or a >= width or not whole[b, a]:
                    continue
                far = nearness * np.float32(np.sqrt(np.float64((b - y) ** 2 + (a - x) ** 2)))
                if far < best:
                    found = _cost(colors, weight, y, x, b, a, radius, best - far) + far
                    if found < best:
                        best_y, best_x, best = b, a, found
            reach = furthest
            while reach >= 1:
                state ^= state << np.uint64(13)
                state ^= state >> np.uint64(7)
                state ^= state << np.uint64(17)
                b = best_y + int(state & np.uint64(0xFFFFF)) % (2 * reach + 1) - reach
                a = best_x + int((state >> np.uint64(24)) & np.uint64(0xFFFFF)) % (2 * reach + 1) - reach
                if 0 <= b < height and 0 <= a < width and whole[b, a]:
                    far = nearness * np.float32(np.sqrt(np.float64((b - y) ** 2 + (a - x) ** 2)))
                    if far < best:
                        found = _cost(colors, weight, y, x, b, a, radius, best - far) + far
                        if found < best:
                            best_y, best_x, best = b, a, found
                reach //= 2
            near[y, x, 0], near[y, x, 1], cost[q] = best_y, best_x, best
    return cost


@njit(cache=True)
@no_type_check
def _vote(colors: Any, unknown: Any, targets: Any, near: Any, cost: Any, radius: Any, typical: Any) -> None:
    """Each unknown pixel becomes the mean of what the patches around it say, good and central ones first."""
    height, width = unknown.shape
    total = np.zeros((height, width, 4), np.float32)
    for q in range(targets.shape[0]):
        y, x = targets[q, 0], targets[q, 1]
        b, a = near[y, x, 0], near[y, x, 1]
        trust = np.exp(-cost[q] / typical) + np.float32(1e-6)
        for dy in range(-radius, radius + 1):
            for dx in range(-radius, radius + 1):
                v, u = y + dy, x + dx
                if v < 0 or u < 0 or v >= height or u >= width or not unknown[v, u]:
                    continue
                share = trust * np.exp(np.float32(-(dy * dy + dx * dx) / (radius * radius * 0.5 + 0.5)))
                for c in range(3):
                    total[v, u, c] += share * colors[b + dy, a + dx, c]
                total[v, u, 3] += share
    for y in range(height):
        for x in range(width):
            if unknown[y, x] and total[y, x, 3] > 0:
                for c in range(3):
                    colors[y, x, c] = total[y, x, c] / total[y, x, 3]
