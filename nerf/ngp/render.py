"""Pictures of a field: colour, opacity and distance of any camera's rays."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from nerf.camera import Camera
from nerf.ngp.composite_numba import Rendered, composite
from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.occupancy import OccupancyGrid
from nerf.ngp.photo_store import lenses
from nerf.ngp.rays_numba import cast_kernel
from nerf.ngp.tracer_numba import Bias, Packed, Tracer
from nerf.ngp.view import View
from nerf.ngp.volume import Volume

LEAST_LIGHT = 1e-3
MAX_RAYS, FEWEST = 1 << 14, 1 << 10  # rays at once, and those that share the room for samples at least


@dataclass(frozen=True, eq=False)
class Scene:
    """All that rendering needs of a field."""

    table: np.ndarray
    weights: np.ndarray
    grid: OccupancyGrid
    volume: Volume
    marching: Marching
    tracer: Tracer
    bias: Bias | None = None


def make_scene(
    table: Float32[np.ndarray, "entries features"],
    weights: Float32[np.ndarray, " weights"],
    occupied: UInt8[np.ndarray, " bytes"],
    levels: Levels,
    volume: Volume,
    marching: Marching,
    bias: Float32[np.ndarray, " cells"] | None,
) -> Scene:
    """A scene from the arrays of a stored field; `occupied` holds one bit per cell, x fastest."""
    grid = OccupancyGrid(round((8 * len(occupied)) ** (1 / 3)))
    grid.set_occupied(np.unpackbits(occupied, bitorder="little").astype(bool))
    tracer = Tracer(levels, max_samples=marching.max_samples)
    return Scene(table, weights, grid, volume, marching, tracer, None if bias is None else Bias(bias, 1.0))


def camera_rays(
    camera: Camera, world_from_camera: Float64[np.ndarray, "4 4"], volume: Volume
) -> tuple[Float32[np.ndarray, "pixels 3"], Float32[np.ndarray, "pixels 3"]]:
    """Origins and unit directions of all pixels, row by row, in flat coordinates."""
    lens = lenses([camera])
    pixels = camera.pixel_centres().astype(np.float32)
    pose = world_from_camera[:3].copy()
    pose[:, 3] = volume.flat(pose[:, 3])
    origins, directions = np.zeros((len(pixels), 3), np.float32), np.zeros((len(pixels), 3), np.float32)
    cast_kernel(lens.table, int(lens.columns[0]), pixels, pose.astype(np.float32), origins, directions)
    return origins, directions


def render(
    scene: Scene,
    camera: Camera,
    world_from_camera: Float64[np.ndarray, "4 4"],
    background: tuple[float, float, float] = (1.0, 1.0, 1.0),
    *,
    colours: bool = True,
    share: float = 0.5,
) -> View:
    """The picture a camera takes in front of a plain background; without `colours` what is there is black.

    `median` is the distance at which this `share` of the light has ended.
    """
    origins, directions = camera_rays(camera, world_from_camera, scene.volume)
    parts = []
    for start in range(0, len(origins), MAX_RAYS):
        part = slice(start, start + MAX_RAYS)
        parts.append(render_rays(scene, origins[part], directions[part], colours=colours, share=share))
    colour, light, distance, median = (np.concatenate(column) for column in zip(*parts, strict=True))
    colour += light[:, None] * np.array(background, np.float32)
    opacity = 1 - light
    distance /= np.maximum(opacity, np.float32(1e-6))
    shape = camera.height, camera.width
    return View(
        colour.reshape(*shape, 3), opacity.reshape(shape), distance.reshape(shape), median.reshape(shape)
    )  # fmt: skip


def render_rays(
    scene: Scene, origins: np.ndarray, directions: np.ndarray, *, colours: bool = True, share: float = 0.5
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What rays gather: colour, light left, weighted distance, and the distance that a share of the light ends at.

    In waves of some samples per ray: what is behind a surface is never looked up (ten times faster where cells far
    behind are occupied, as in unbounded scenes).
    """
    tracer, marching, n = scene.tracer, scene.marching, len(origins)
    colour, light = np.zeros((n, 3), np.float32), np.ones(n, np.float32)
    distance, median = np.zeros(n, np.float32), np.zeros(n, np.float32)
    alive, begin, taken = np.arange(n), np.zeros(n, np.float32), 0
    while len(alive) and taken < marching.max_samples:
        limit = min(tracer.capacity // max(len(alive), FEWEST), marching.max_samples - taken)
        taken += limit
        jitter = np.full(len(alive), 0.5, np.float32)
        starts = tracer.march(
            origins[alive], directions[alive], jitter, scene.grid, marching, begin=begin[alive], limit=limit
        )
        if starts[-1] == 0:
            break
        begin[alive] = tracer.resumed(starts, limit)
        before = light[alive]
        seen, samples, kept = shade_wave(scene, starts, colours=colours)
        colour[alive] += before[:, None] * seen.colour
        distance[alive] += before * seen.distance
        light[alive] = before * (1 - seen.opacity)
        passes = np.float32(1 - share)
        found = reached(seen.weights, samples.distances, samples.steps, kept, (before - passes) / before)
        median[alive] = np.where(before > passes, found, median[alive])
        alive = alive[(light[alive] > LEAST_LIGHT) & (begin[alive] > 0)]
    return colour, light, distance, median


def shade_wave(scene: Scene, starts: np.ndarray, *, colours: bool = True) -> tuple[Rendered, Packed, np.ndarray]:
    """What the samples in the tracer look like against black, those that count, and where each ray's start."""
    tracer, n = scene.tracer, len(starts) - 1
    density = tracer.look_up(scene.table, scene.weights, scene.bias, int(starts[-1]))
    black = np.zeros((n, 3), np.float32)
    if not colours:
        samples = tracer.raw.first(len(density))
        dark = np.zeros((len(density), 3), np.float32)
        return composite(density, dark, samples.distances, samples.steps, starts, black), samples, starts
    kept = tracer.keep(starts, LEAST_LIGHT)
    density, colour = tracer.shade(scene.weights, int(kept[-1]))
    samples = tracer.kept.first(int(kept[-1]))
    return composite(density, colour, samples.distances, samples.steps, kept, black), samples, kept


def reached(
    weights: np.ndarray, distances: np.ndarray, steps: np.ndarray, starts: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """Where the weights of each ray's samples add up to what is wanted, each spread over its step; 0 where never."""
    total = np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)])
    goal = total[starts[:-1]] + wanted
    sample = np.searchsorted(total, goal) - 1  # the sample within which it happens
    there = (sample >= starts[:-1]) & (sample < starts[1:])
    sample = np.where(there, sample, 0)
    share = (goal - total[sample]) / np.maximum(total[sample + 1] - total[sample], 1e-12)
    return np.where(there, distances[sample] + (share - 0.5) * steps[sample], 0).astype(np.float32)
