"""Pictures and depth of solids by sphere tracing: a lamp with soft shadows, light from above, dim corners."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64, UInt8

from nerf.camera import Camera
from nerf.scenes.room import Solid
from nerf.scenes.shapes import length

Array = np.ndarray

FARTHEST = 7.0  # metres
CLOSE = 2e-4  # metres from a surface that count as on it
STEPS = 140
LOOK_CLOSER = 0.06  # metres outside a solid's ball from which on its own distance is taken
CHUNK = 16384  # rays at a time, so that their arrays stay in the cache
LAMP = np.array([1.3, 2.9, 1.7])
LAMP_SIZE = 0.09  # sine of the lamp's apparent radius: how soft shadows are
BACKGROUND = np.array([0.72, 0.78, 0.84])


@dataclass(frozen=True, eq=False)
class Rendering:
    """A photo and the exact depth along z at its pixel centres; 0 is nothing."""

    colour: UInt8[Array, "h w 3"]
    depth: Float64[Array, "h w"]


def render(
    solids: tuple[Solid, ...], camera: Camera, world_from_camera: Float64[Array, "4 4"], *, samples: int = 2
) -> Rendering:
    """A view of the solids; colours are averaged over samples x samples rays in each pixel."""
    light = np.zeros((camera.height * camera.width, 3))
    for x, y in np.ndindex(samples, samples):
        offset = (np.array([x, y]) + 0.5) / samples - 0.5
        light += _light(solids, camera, world_from_camera, camera.pixel_centres() + offset)
    colour = _encoded(light / samples**2).reshape(camera.height, camera.width, 3)
    return Rendering(colour, render_depth(solids, camera, world_from_camera))


def render_depth(
    solids: tuple[Solid, ...], camera: Camera, world_from_camera: Float64[Array, "4 4"]
) -> Float64[Array, "h w"]:
    """Depth along z at the pixel centres; 0 where a ray leaves the room."""
    directions = camera.directions(camera.pixel_centres())
    lengths = np.linalg.norm(directions, axis=1)
    rays = (directions / lengths[:, None]) @ world_from_camera[:3, :3].T
    distances = np.concatenate([trace(solids, world_from_camera[:3, 3], part) for part in _chunks(rays)])
    return np.where(np.isfinite(distances), distances / lengths, 0).reshape(camera.height, camera.width)


def trace(
    solids: tuple[Solid, ...], origin: Float64[Array, "3"], rays: Float64[Array, "rays 3"]
) -> Float64[Array, "rays"]:
    """The distance along each ray of unit length to the first surface; infinite where there is none."""
    distances = np.full(len(rays), 1e-3)
    active = np.arange(len(rays))
    for _ in range(STEPS):
        gap = scene_distance(solids, origin + rays[active] * distances[active, None])
        distances[active] += gap
        active = active[(gap > CLOSE) & (distances[active] < FARTHEST)]
        if not len(active):
            break
    return np.where(distances < FARTHEST, distances, np.inf)


def scene_distance(solids: tuple[Solid, ...], points: Float64[Array, "points 3"]) -> Float64[Array, "points"]:
    """The signed distance to the nearest solid, never more than it is."""
    best = np.full(len(points), np.inf)
    for solid in solids:
        _take_nearer(best, solid, points)
    return best


def nearest_solid(solids: tuple[Solid, ...], points: Float64[Array, "points 3"]) -> Int64[Array, "points"]:
    """Which solid each point is nearest to."""
    return np.asarray(np.argmin([solid.distance(points) for solid in solids], axis=0))


def _take_nearer(best: Float64[Array, "points"], solid: Solid, points: Float64[Array, "points 3"]) -> None:
    """Lower `best` to a solid's distance, looking at the solid itself only where its ball is near and nearer."""
    if solid.centre is None:
        np.minimum(best, solid.distance(points), out=best)
        return
    ball = length(points - solid.centre) - solid.radius
    near = np.flatnonzero((ball < LOOK_CLOSER) & (ball < best))
    far = (ball >= LOOK_CLOSER) & (ball < best)
    best[far] = ball[far]
    if len(near):
        best[near] = np.minimum(best[near], solid.distance(points[near]))


def _light(
    solids: tuple[Solid, ...], camera: Camera, pose: Float64[Array, "4 4"], pixels: Float64[Array, "rays 2"]
) -> Float64[Array, "rays 3"]:
    """Linear light through pixels."""
    directions = camera.directions(pixels)
    rays = (directions / np.linalg.norm(directions, axis=1, keepdims=True)) @ pose[:3, :3].T
    return np.concatenate([_shaded(solids, pose[:3, 3], part) for part in _chunks(rays)])


def _shaded(
    solids: tuple[Solid, ...], origin: Float64[Array, "3"], rays: Float64[Array, "rays 3"]
) -> Float64[Array, "rays 3"]:
    distances = trace(solids, origin, rays)
    light = np.broadcast_to(BACKGROUND**2.2, rays.shape).copy()
    hit = np.flatnonzero(np.isfinite(distances))
    if not len(hit):
        return light
    points = origin + rays[hit] * distances[hit, None]
    normals = _normals(solids, points)
    albedo = np.zeros_like(points)
    which = nearest_solid(solids, points)
    for number in np.unique(which):
        mine = which == number
        albedo[mine] = np.clip(solids[number].albedo(points[mine]), 0, 1) ** 2.2
    to_lamp = LAMP - points
    reach = length(to_lamp)
    to_lamp /= reach[:, None]
    facing = np.maximum(np.einsum("ij,ij->i", normals, to_lamp), 0)
    lamp = 7.5 * facing * _visible(solids, points + 2e-3 * normals, to_lamp, reach) / reach**2
    openness = _openness(solids, points, normals)
    sky = (0.34 + 0.16 * normals[:, 1] + 0.08 * normals[:, 0]) * openness
    warm, cool, bounce = np.array([1.0, 0.93, 0.82]), np.array([0.86, 0.95, 1.08]), np.array([1.0, 0.86, 0.7])
    bounced = 0.12 * np.maximum(-normals[:, 1], 0) * openness + 0.05 * openness
    light[hit] = albedo * (lamp[:, None] * warm + sky[:, None] * cool + bounced[:, None] * bounce)
    return light


def _normals(solids: tuple[Solid, ...], points: Float64[Array, "points 3"]) -> Float64[Array, "points 3"]:
    """Gradient of the distance from four corners of a tetrahedron."""
    corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float64)
    gradient = sum(corner * scene_distance(solids, points + 5e-4 * corner)[:, None] for corner in corners)
    return np.asarray(gradient / np.maximum(np.linalg.norm(gradient, axis=1, keepdims=True), 1e-12))


def _visible(
    solids: tuple[Solid, ...],
    points: Float64[Array, "points 3"],
    to_lamp: Float64[Array, "points 3"],
    reach: Float64[Array, "points"],
) -> Float64[Array, "points"]:
    """How much of the lamp a point sees, from how narrowly its ray passes what is in the way (Quilez)."""
    share, travelled = np.ones(len(points)), np.full(len(points), 0.01)
    active = np.arange(len(points))
    for _ in range(48):
        gap = scene_distance(solids, points[active] + to_lamp[active] * travelled[active, None])
        share[active] = np.minimum(share[active], 0.5 + 0.5 * gap / (LAMP_SIZE * travelled[active]))
        travelled[active] += np.clip(gap, 0.012, 0.25)
        active = active[(share[active] > 0) & (travelled[active] < reach[active])]
        if not len(active):
            break
    share = np.clip(share, 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def _openness(
    solids: tuple[Solid, ...], points: Float64[Array, "points 3"], normals: Float64[Array, "points 3"]
) -> Float64[Array, "points"]:
    """How far the room opens along the normal: corners and the ground below things are darker."""
    closed = np.zeros(len(points))
    for step, weight in ((0.02, 1.0), (0.06, 0.55), (0.14, 0.35), (0.3, 0.2)):
        closed += weight * np.maximum(step - scene_distance(solids, points + step * normals), 0) / step
    return np.clip(1 - 0.42 * closed, 0.12, 1)


def _encoded(light: Float64[Array, "pixels 3"]) -> UInt8[Array, "pixels 3"]:
    """sRGB bytes; highlights roll off instead of clipping."""
    light = 1.05 * light
    light = np.where(light > 0.6, 0.6 + 0.4 * np.tanh((light - 0.6) / 0.4), light)
    srgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    return np.clip(np.round(255 * srgb), 0, 255).astype(np.uint8)


def _chunks(rays: Float64[Array, "rays 3"]) -> list[Float64[Array, "_ 3"]]:
    return [rays[start : start + CHUNK] for start in range(0, len(rays), CHUNK)]
