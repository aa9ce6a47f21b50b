"""From rays to the samples that matter: march, encode, find what hides what, keep the visible samples.

One set of buffers, used again by every batch: no allocation inside the training loop.
"""

from typing import NamedTuple, no_type_check

import numpy as np
from numba import prange, uint32, uint64

from nerf.ngp.encoding_numba import encode
from nerf.ngp.jit_numba import BLOCK, blocks, parallel_kernel
from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.march_numba import cell_of, count_kernel, numbers, write_kernel
from nerf.ngp.mlp_numba import NO_CODES, Codes, Workspace, density, field
from nerf.ngp.occupancy import OccupancyGrid

CHUNK = 64


class Bias(NamedTuple):
    """What is added to the log-density in each cell: a prior's opinion, and how much it is trusted now."""

    grid: np.ndarray  # (size^3,) x fastest
    trust: float


class Packed(NamedTuple):
    """Samples of rays, packed; features in blocks."""

    points: np.ndarray
    along: np.ndarray
    distances: np.ndarray
    steps: np.ndarray
    bias: np.ndarray
    features: np.ndarray

    def first(self, n: int) -> "Packed":
        """The first n samples."""
        return Packed(
            self.points[:n], self.along[:n], self.distances[:n], self.steps[:n], self.bias[:n],
            self.features[: blocks(n)],
        )  # fmt: skip


def room(n: int, width: int) -> Packed:
    """Room for n samples."""
    three, one = np.zeros((n, 3), np.float32), np.zeros(n, np.float32)
    features = np.zeros((blocks(n), width, BLOCK), np.float32)
    return Packed(three, three.copy(), one, one.copy(), one.copy(), features)


class Tracer:
    """Buffers for `capacity` samples, and the steps that fill them."""

    def __init__(
        self,
        levels: Levels,
        capacity: int = 1 << 18,
        max_rays: int = 1 << 14,
        max_samples: int = 1024,
        codes: int = 0,
    ) -> None:
        self.levels, self.capacity = levels, capacity
        self.raw, self.kept = room(capacity, levels.width), room(capacity, levels.width)
        self.workspace = Workspace(levels.width, codes)
        self.density, self.colour = np.zeros(capacity, np.float32), np.zeros((capacity, 3), np.float32)
        self._distances = np.zeros((max_rays, max_samples), np.float32)

    def march(
        self,
        origins: np.ndarray,
        directions: np.ndarray,
        jitter: np.ndarray,
        grid: OccupancyGrid,
        settings: Marching,
        *,
        begin: np.ndarray | None = None,
        limit: int | None = None,
    ) -> np.ndarray:
        """Fill `raw` with the samples of as many rays as fit; returns where each ray's start.

        Of each ray at most `limit` samples are taken, from the distance `begin` on where that is not 0; see `resumed`.
        """
        n, scratch = min(len(origins), len(self._distances)), self._distances[:, : limit or settings.max_samples]
        counts, numbers_ = np.empty(n, np.int64), numbers(settings)
        begin = np.zeros(n, np.float32) if begin is None else begin
        count_kernel(
            origins[:n], directions, jitter, begin, numbers_, grid.bits, grid.coarse, grid.size, scratch, counts
        )
        starts = np.zeros(n + 1, np.int64)
        np.cumsum(counts, out=starts[1:])
        if starts[-1] > self.capacity:
            starts = starts[: int(np.searchsorted(starts, self.capacity, "right"))]
        raw = self.raw
        write_kernel(origins, directions, numbers_, scratch, starts, raw.points, raw.distances, raw.steps, raw.along)
        return starts

    def resumed(self, starts: np.ndarray, limit: int) -> np.ndarray:
        """Where each ray that got all its `limit` samples goes on; 0 for those that are at their end."""
        full = np.flatnonzero(np.diff(starts) == limit)
        last = starts[full + 1] - 1
        begin = np.zeros(len(starts) - 1, np.float32)
        begin[full] = self.raw.distances[last] + self.raw.steps[last]
        return begin

    def look_up(self, table: np.ndarray, weights: np.ndarray, bias: Bias | None, n: int) -> np.ndarray:
        """Encode the first n of `raw` and return their densities."""
        raw = self.raw.first(n)
        encode(raw.points, table, self.levels, raw.features)
        if bias is None:
            raw.bias.fill(0)
        else:
            bias_kernel(raw.points, bias.grid, round(len(bias.grid) ** (1 / 3)), np.float32(bias.trust), raw.bias)
        return density(raw.features, weights, raw.bias, self.workspace, self.density[:n])

    def keep(self, starts: np.ndarray, least_light: float) -> np.ndarray:
        """Copy to `kept` the samples in front of which at least this share of light is left; where each ray's start."""
        counts = np.empty(len(starts) - 1, np.int64)
        keep_kernel(self.density, self.raw.steps, starts, np.float32(-np.log(least_light)), counts)
        kept = np.zeros(len(starts), np.int64)
        np.cumsum(counts, out=kept[1:])
        compact_kernel(starts, kept, *self.raw, *self.kept)
        return kept

    def shade(self, weights: np.ndarray, n: int, codes: Codes = NO_CODES) -> tuple[np.ndarray, np.ndarray]:
        """Densities and colours of the first n of `kept`, as photos with these codes show them."""
        kept = self.kept.first(n)
        out = self.density[:n], self.colour[:n]
        return field(kept.features, kept.along, weights, kept.bias, self.workspace, out=out, codes=codes)

    def densities(self, points: np.ndarray, table: np.ndarray, weights: np.ndarray, bias: Bias | None) -> np.ndarray:
        """Densities of any number of points in the unit cube."""
        out = np.empty(len(points), np.float32)
        for start in range(0, len(points), self.capacity):
            part = points[start : start + self.capacity]
            self.raw.points[: len(part)] = part
            out[start : start + len(part)] = self.look_up(table, weights, bias, len(part))
        return out


@parallel_kernel
@no_type_check
def bias_kernel(points, grid, size, trust, out):
    n = points.shape[0]
    for chunk in prange((n + BLOCK - 1) // BLOCK):
        for i in range(uint64(chunk * BLOCK), uint64(min(n, (chunk + 1) * BLOCK))):
            x, y, z = cell_of(points[i, 0], size), cell_of(points[i, 1], size), cell_of(points[i, 2], size)
            out[i] = trust * grid[uint64(x + uint32(size) * (y + uint32(size) * z))]


@parallel_kernel
@no_type_check
def keep_kernel(density, steps, starts, depth_limit, counts):
    """Per ray the number of samples up to the one behind which the optical depth exceeds the limit."""
    n = starts.shape[0] - 1
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for r in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            optical, count = np.float32(0), 0
            for i in range(uint64(starts[r]), uint64(starts[r + 1])):
                count += 1
                optical += density[i] * steps[i]
                if optical > depth_limit:
                    break
            counts[r] = count


@parallel_kernel
@no_type_check
def compact_kernel(
    starts, kept, points, along, distances, steps, bias, features,
    points_2, along_2, distances_2, steps_2, bias_2, features_2,
):  # fmt: skip
    n, width, size = starts.shape[0] - 1, uint64(features.shape[1]), uint64(BLOCK)
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for r in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            a, b, count = uint64(starts[r]), uint64(kept[r]), uint64(kept[r + 1] - kept[r])
            for i in range(count):
                p, q = a + i, b + i
                distances_2[q], steps_2[q], bias_2[q] = distances[p], steps[p], bias[p]
                for k in range(3):
                    points_2[q, k], along_2[q, k] = points[p, k], along[p, k]
                from_block, from_lane, to_block, to_lane = p // size, p % size, q // size, q % size
                for f in range(width):
                    features_2[to_block, f, to_lane] = features[from_block, f, from_lane]
