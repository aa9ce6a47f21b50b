"""Pictures of a field: colour, opacity and distance of any camera's rays."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from nerf.camera import Camera
from nerf.ngp.composite_numba import composite
from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.occupancy import OccupancyGrid
from nerf.ngp.photo_store import lenses
from nerf.ngp.rays_numba import cast_kernel
from nerf.ngp.tracer_numba import Bias, Tracer
from nerf.ngp.view import View
from nerf.ngp.volume import Volume

LEAST_LIGHT = 1e-3
CHUNK = 1 << 13


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
) -> View:
    """The picture a camera takes in front of a plain background."""
    origins, directions = camera_rays(camera, world_from_camera, scene.volume)
    n = len(origins)
    colour, opacity, distance = np.empty((n, 3), np.float32), np.empty(n, np.float32), np.empty(n, np.float32)
    start = 0
    while start < n:
        part = slice(start, start + CHUNK)
        seen = render_rays(scene, origins[part], directions[part], background)
        stop = start + len(seen[1])
        colour[start:stop], opacity[start:stop], distance[start:stop] = seen
        start = stop
    shape = camera.height, camera.width
    return View(colour.reshape(*shape, 3), opacity.reshape(shape), distance.reshape(shape))


def render_rays(
    scene: Scene, origins: np.ndarray, directions: np.ndarray, background: tuple[float, float, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Colour, opacity and mean distance of as many of the rays as fit into the tracer at once (at least one)."""
    tracer = scene.tracer
    jitter = np.full(len(origins), 0.5, np.float32)
    starts = tracer.march(origins, directions, jitter, scene.grid, scene.marching)
    n = len(starts) - 1
    behind = np.tile(np.array(background, np.float32), (n, 1))
    if starts[-1] == 0:
        return behind, np.zeros(n, np.float32), np.zeros(n, np.float32)
    tracer.look_up(scene.table, scene.weights, scene.bias, int(starts[-1]))
    kept = tracer.keep(starts, LEAST_LIGHT)
    density, colour = tracer.shade(scene.weights, int(kept[-1]))
    samples = tracer.kept.first(int(kept[-1]))
    out = composite(density, colour, samples.distances, samples.steps, kept, behind)
    return out.colour, out.opacity, out.distance / np.maximum(out.opacity, np.float32(1e-6))
