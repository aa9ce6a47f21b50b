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
FIRST_WAVE, GROWTH = 8, 4  # samples of each ray that are looked up at first, and how many times more each time after


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

    def first(self, n: int, offset: int = 0) -> "Packed":
        """The first n samples from `offset` on, where a block must begin."""
        part, first_block = slice(offset, offset + n), offset // BLOCK
        return Packed(
            self.points[part], self.along[part], self.distances[part], self.steps[part], self.bias[part],
            self.features[first_block : first_block + blocks(n)],
        )  # fmt: skip


class Wave(NamedTuple):
    """Some samples of some rays: whose, where each one's start in `raw`, and how many of them light reaches."""

    rays: np.ndarray
    starts: np.ndarray
    counts: np.ndarray
    raw: Packed


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
        offset: int = 0,
    ) -> np.ndarray:
        """Fill `raw` from `offset` on with the samples of as many rays as fit; returns where each ray's start there.

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
        left = max(0, self.capacity - offset)
        if starts[-1] > left:
            starts = starts[: int(np.searchsorted(starts, left, "right"))]
        raw = self.raw.first(int(starts[-1]), offset)
        write_kernel(origins, directions, numbers_, scratch, starts, raw.points, raw.distances, raw.steps, raw.along)
        return starts

    def resumed(self, starts: np.ndarray, limit: int) -> np.ndarray:
        """Where each ray that got all its `limit` samples goes on; 0 for those that are at their end."""
        full = np.flatnonzero(np.diff(starts) == limit)
        last = starts[full + 1] - 1
        begin = np.zeros(len(starts) - 1, np.float32)
        begin[full] = self.raw.distances[last] + self.raw.steps[last]
        return begin

    def look_up(self, table: np.ndarray, weights: np.ndarray, bias: Bias | None, n: int, offset: int = 0) -> np.ndarray:
        """Encode the first n of `raw` from `offset` on and return their densities."""
        raw = self.raw.first(n, offset)
        encode(raw.points, table, self.levels, raw.features)
        if bias is None:
            raw.bias.fill(0)
        else:
            bias_kernel(raw.points, bias.grid, round(len(bias.grid) ** (1 / 3)), np.float32(bias.trust), raw.bias)
        return density(raw.features, weights, raw.bias, self.workspace, self.density[:n])

    def keep(self, starts: np.ndarray, least_light: float) -> np.ndarray:
        """Copy to `kept` the samples in front of which at least this share of light is left; where each ray's start."""
        counts, depth = np.empty(len(starts) - 1, np.int64), np.zeros(len(starts) - 1, np.float32)
        keep_kernel(self.density, self.raw.steps, starts, np.float32(-np.log(least_light)), depth, counts)
        kept = np.zeros(len(starts), np.int64)
        np.cumsum(counts, out=kept[1:])
        compact_kernel(starts, kept, counts, *self.raw, *self.kept)
        return kept

    def see(
        self,
        rays: tuple[np.ndarray, np.ndarray, np.ndarray],
        grid: OccupancyGrid,
        settings: Marching,
        field: tuple[np.ndarray, np.ndarray, Bias | None],
        least_light: float,
        *,
        first_wave: int = FIRST_WAVE,
    ) -> tuple[np.ndarray, int]:
        """March, look up and keep in one go; returns where each ray's kept samples start, and how many were looked up.

        In waves of more and more samples per ray, so that little is looked up behind surfaces (1.4 instead of 2.2 times
        what is kept on a thin plant; a step takes 6 % less). `rays` are origins, directions and jitter; as many as fit
        are seen. Where waves do not fit, all samples of a ray are one wave.
        """
        waves: list[Wave] = []
        limit, taken, used = min(first_wave, settings.max_samples), 0, 0
        origins, directions, jitter = rays
        index, begin = np.arange(min(len(origins), len(self._distances))), np.zeros(len(origins), np.float32)
        depth, total = np.zeros(len(index), np.float32), np.zeros(len(index), np.int64)
        most = np.float32(-np.log(least_light))
        while len(index):
            drawn = origins[index], directions[index], jitter[index]
            starts = self.march(*drawn, grid, settings, begin=begin, limit=limit, offset=used)
            if len(starts) <= len(index):
                if waves:
                    return self.see(rays, grid, settings, field, least_light, first_wave=settings.max_samples)
                index, total = index[: len(starts) - 1], total[: len(starts) - 1]
            n, raw = int(starts[-1]), self.raw.first(int(starts[-1]), used)
            before, counts = depth[index], np.empty(len(index), np.int64)
            keep_kernel(self.look_up(*field, n, used), raw.steps, starts, most, before, counts)
            depth[index] = before
            total[index] += counts
            waves.append(Wave(index, starts, counts, raw))
            goes_on = (np.diff(starts) == limit) & (before <= most)
            last = starts[1:][goes_on] - 1
            index, begin = index[goes_on], raw.distances[last] + raw.steps[last]
            taken, used = taken + limit, used + blocks(n) * BLOCK
            limit = min(GROWTH * limit, settings.max_samples - taken)
            if limit <= 0:
                break
        return self._gathered(waves, total), sum(int(wave.starts[-1]) for wave in waves)

    def _gathered(self, waves: list[Wave], total: np.ndarray) -> np.ndarray:
        """Copy what each wave keeps to `kept`, ray after ray; where each ray's samples start."""
        kept = np.zeros(len(total) + 1, np.int64)
        np.cumsum(total, out=kept[1:])
        to = kept[:-1].copy()
        for wave in waves:
            compact_kernel(wave.starts, to[wave.rays], wave.counts, *wave.raw, *self.kept)
            to[wave.rays] += wave.counts
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
def keep_kernel(density, steps, starts, most, depth, counts):
    """Per ray the number of samples up to the one behind which the optical depth exceeds `most`; adds to `depth`."""
    n = starts.shape[0] - 1
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for r in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            optical, count = depth[r], 0
            for i in range(uint64(starts[r]), uint64(starts[r + 1])):
                count += 1
                optical += density[i] * steps[i]
                if optical > most:
                    break
            counts[r] = count
            depth[r] = optical


@parallel_kernel
@no_type_check
def compact_kernel(
    starts, to, counts, points, along, distances, steps, bias, features,
    points_2, along_2, distances_2, steps_2, bias_2, features_2,
):  # fmt: skip
    n, width, size = counts.shape[0], uint64(features.shape[1]), uint64(BLOCK)
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for r in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            a, b = uint64(starts[r]), uint64(to[r])
            for i in range(uint64(counts[r])):
                p, q = a + i, b + i
                distances_2[q], steps_2[q], bias_2[q] = distances[p], steps[p], bias[p]
                for k in range(3):
                    points_2[q, k], along_2[q, k] = points[p, k], along[p, k]
                from_block, from_lane, to_block, to_lane = p // size, p % size, q // size, q % size
                for f in range(width):
                    features_2[to_block, f, to_lane] = features[from_block, f, from_lane]
