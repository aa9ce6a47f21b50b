"""Rays of random training pixels, compiled: which pixel, along which ray, in front of which background."""

from typing import NamedTuple, no_type_check

import numpy as np
from numba import prange

from nerf.ngp.jit_numba import inlined, kernel, parallel_kernel
from nerf.ngp.photo_store import IGNORED, SPACING, PhotoStore
from nerf.ngp.random_numba import BACKGROUND, GUIDED, JITTER, RAYS, uniform

ONE, ZERO = np.float32(1), np.float32(0)
CHUNK = 64
TILE = 16  # pixels per side of a cell of the error map


class Rays(NamedTuple):
    """A batch of training rays; `opacity` < 0 marks a ray that no loss may use."""

    origins: np.ndarray
    directions: np.ndarray
    jitter: np.ndarray
    colour: np.ndarray
    opacity: np.ndarray
    background: np.ndarray
    distance: np.ndarray  # 0 where unknown
    spread: np.ndarray  # how far the distances around it lie apart
    view: np.ndarray
    tile: np.ndarray

    def first(self, n: int) -> "Rays":
        """The first n rays."""
        return Rays(*(array[:n] for array in self))


def empty_rays(n: int) -> Rays:
    """Room for n rays."""
    triples = [np.zeros((n, 3), np.float32) for _ in range(4)]
    numbers = [np.zeros(n, np.float32) for _ in range(4)]
    return Rays(
        origins=triples[0], directions=triples[1], jitter=numbers[0], colour=triples[2], opacity=numbers[1],
        background=triples[3], distance=numbers[2], spread=numbers[3], view=np.zeros(n, np.int64),
        tile=np.zeros(n, np.int64),
    )  # fmt: skip


def draw_rays(
    store: PhotoStore, seed: int, step: int, n: int, guide: "Guide | None", *, random_background: bool
) -> Rays:
    """Rays of n random pixels of the photos that this step may use."""
    rays = empty_rays(n)
    lens = store.lenses
    guided = 0 if guide is None else int(n * guide.share)
    cumulative = np.ones(1, np.float64) if guide is None else guide.cumulative
    tile_view, tile_corner = (np.zeros(1, np.int64),) * 2 if guide is None else (guide.views, guide.corners)
    draw_kernel(
        seed, step, store.order[: store.ready(step)], store.sizes, store.offsets, store.poses, store.pixels,
        store.depths, store.spreads, store.with_depth, lens.table, lens.starts, lens.columns, store.views.camera_index,
        tile_starts(store.sizes), guided, cumulative, tile_view, tile_corner, random_background, *rays,
    )  # fmt: skip
    return rays


class Guide:
    """Where training errs: a running mean of the squared error in tiles of the photos, and how often to look there."""

    def __init__(self, sizes: np.ndarray, share: float) -> None:
        self.share = share
        starts, columns = tile_starts(sizes), -(-sizes[:, 0] // TILE)
        n = np.diff(np.append(starts, starts[-1] + columns[-1] * -(-sizes[-1, 1] // TILE)))
        self.views = np.repeat(np.arange(len(sizes)), n)
        inside = np.arange(n.sum()) - starts[self.views]
        self.corners = np.stack([inside % columns[self.views], inside // columns[self.views]], -1).reshape(-1) * TILE
        self.error = np.full(len(self.views), 0.01, np.float32)
        self.refresh(len(sizes), np.arange(len(sizes)))

    def refresh(self, ready: int, order: np.ndarray) -> None:
        """Choose tiles in proportion to their error from now on, among the photos that are ready."""
        usable = np.zeros(int(self.views.max()) + 1, bool)
        usable[order[:ready]] = True
        weight = np.sqrt(self.error.astype(np.float64)) * usable[self.views]
        self.cumulative = np.cumsum(weight) / weight.sum()

    def learn(self, tiles: np.ndarray, squared_error: np.ndarray) -> None:
        """Mix a batch's errors in."""
        blend(self.error, tiles, squared_error)


def tile_starts(sizes: np.ndarray) -> np.ndarray:
    """First tile of each photo."""
    n = (-(-sizes // TILE)).prod(1)
    return np.concatenate([[0], np.cumsum(n)[:-1]]).astype(np.int64)


@kernel
@no_type_check
def blend(error, tiles, squared):
    for i in range(tiles.shape[0]):
        error[tiles[i]] += np.float32(0.1) * (squared[i] - error[tiles[i]])


@inlined
@no_type_check
def direction(table, start, columns, x, y, axis):
    """One component of the direction at a pixel position, interpolated in a table."""
    gx, gy = x * np.float32(1 / SPACING), y * np.float32(1 / SPACING)
    ix, iy = int(gx), int(gy)
    fx, fy = gx - np.float32(ix), gy - np.float32(iy)
    k = start + iy * columns + ix
    top = table[k, axis] * (ONE - fx) + table[k + 1, axis] * fx
    low = table[k + columns, axis] * (ONE - fx) + table[k + columns + 1, axis] * fx
    return top * (ONE - fy) + low * fy


@inlined
@no_type_check
def cast(table, start, columns, x, y, pose, out):
    """Write the unit direction of a pixel in flat coordinates; returns distance per depth (NaN without a ray)."""
    a, b, c = (direction(table, start, columns, x, y, 0), direction(table, start, columns, x, y, 1),
               direction(table, start, columns, x, y, 2))  # fmt: skip
    norm = np.sqrt(a * a + b * b + c * c)
    for k in range(3):
        out[k] = (pose[k, 0] * a + pose[k, 1] * b + pose[k, 2] * c) / norm
    return norm / c if c > ZERO else np.float32(np.inf) + norm - norm


@parallel_kernel
@no_type_check
def cast_kernel(table, columns, pixels, pose, origins, directions):
    """Rays of pixel positions (n, 2) of one camera; a pixel that sees nothing gets a zero direction."""
    n = pixels.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for i in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            cast(table, 0, columns, pixels[i, 0], pixels[i, 1], pose, directions[i])
            for k in range(3):
                origins[i, k] = pose[k, 3]
                if not np.isfinite(directions[i, k]):
                    directions[i, k] = ZERO


@parallel_kernel
@no_type_check
def draw_kernel(
    seed, step, order, sizes, offsets, poses, pixels, depths, spreads, with_depth, table, lens_starts, lens_columns,
    camera, first_tiles, guided, cumulative, tile_views, tile_corners, random_background,
    origins, directions, jitter, colour, opacity, background, distance, spread, view, tile,
):  # fmt: skip
    n = origins.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for i in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            u0, u1, u2 = (uniform(seed, step, RAYS, 3 * i), uniform(seed, step, RAYS, 3 * i + 1),
                          uniform(seed, step, RAYS, 3 * i + 2))  # fmt: skip
            if i < guided:
                k = np.searchsorted(cumulative, np.float64(uniform(seed, step, GUIDED, i)), "right")
                k = min(k, tile_views.shape[0] - 1)
                v = tile_views[k]
                x = min(tile_corners[2 * k] + int(u1 * TILE), sizes[v, 0] - 1)
                y = min(tile_corners[2 * k + 1] + int(u2 * TILE), sizes[v, 1] - 1)
            else:
                v = order[min(int(u0 * np.float32(order.shape[0])), order.shape[0] - 1)]
                x = min(int(u1 * np.float32(sizes[v, 0])), sizes[v, 0] - 1)
                y = min(int(u2 * np.float32(sizes[v, 1])), sizes[v, 1] - 1)
            pixel = offsets[v] + y * sizes[v, 0] + x
            lens = camera[v]
            stretch = cast(
                table, lens_starts[lens], lens_columns[lens], np.float32(x) + np.float32(0.5),
                np.float32(y) + np.float32(0.5), poses[v], directions[i],
            )  # fmt: skip
            bad = False
            for k in range(3):
                origins[i, k] = poses[v, k, 3]
                if not np.isfinite(directions[i, k]):
                    directions[i, k], bad = ZERO, True
                background[i, k] = uniform(seed, step, BACKGROUND, 3 * i + k) if random_background else ONE
                colour[i, k] = np.float32(pixels[pixel, k]) * np.float32(1 / 255)
            a = pixels[pixel, 3]
            opacity[i] = np.float32(-1) if bad or a == IGNORED else np.float32(a) * np.float32(1 / 255)
            distance[i], spread[i] = ZERO, ZERO
            if with_depth and np.isfinite(stretch) and depths[pixel] > ZERO:
                distance[i], spread[i] = depths[pixel] * stretch, spreads[pixel] * stretch
            jitter[i] = uniform(seed, step, JITTER, i)
            view[i] = v
            tile[i] = first_tiles[v] + (y // TILE) * ((sizes[v, 0] + TILE - 1) // TILE) + x // TILE
