"""Where the colour camera of a depth sensor really is, and how long its lens: found from how well photos agree.

Depth sensors often come with the depth camera's intrinsics and pose for both. What one photo shows at a measured point
another must show too; the focal length and the place for which they do so best are the colour camera's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64
from scipy.optimize import minimize

from nerf.camera import Camera
from nerf.posed_images import PosedImages
from nerf.rendered_views import write_depth

Array = np.ndarray

PAIRS, SAMPLES = 16, 2500  # pairs of photos, and points of each
APART = 2  # photos between those of a pair, so that they show the scene from different places
VISIBLE = 0.04  # share of the depth by which a point may lie off what the other photo's depth says
STEPS = (-0.1, 0.02, 0.02)  # first tried: focal length as a share, offset right and down in scene units
MOST_LOOKS = 120
GAIN = 0.1  # share of the error that must go, or the camera stays as it was given
FEWEST = 2000  # points that must be seen in both photos of their pairs


@dataclass(frozen=True)
class ColourCamera:
    """What to change: the focal length by a factor, the camera's place by an offset right and down (scene units)."""

    focal: float
    offset: tuple[float, float]
    error_before: float  # mean squared difference of colours, of photos that see the same points
    error_after: float


@dataclass(frozen=True)
class _Pair:
    """Points that two photos see, in the axes of each one's depth camera, and the photos from 0 to 1."""

    first: Float64[Array, "points 3"]
    second: Float64[Array, "points 3"]
    photos: tuple[Array, Array]
    cameras: tuple[Camera, Camera]


def find_colour_camera(views: PosedImages, chosen: Sequence[int] | None = None, seed: int = 0) -> ColourCamera:
    """The colour camera of the chosen views (by default all), from their photos and depth.

    Raises ValueError where too few points are seen twice.
    """
    pairs = _pairs(views, list(range(len(views)) if chosen is None else chosen), np.random.default_rng(seed))
    if sum(len(pair.first) for pair in pairs) < FEWEST:
        raise ValueError(f"views: fewer than {FEWEST} measured points are seen in two photos, too few to calibrate")
    start = np.array([1.0, 0.0, 0.0])
    before = _error(pairs, start)
    simplex = np.concatenate([start[None], start + np.diag(STEPS)])  # lengths and places trade off: no axis by itself
    options = {"initial_simplex": simplex, "maxfev": MOST_LOOKS, "xatol": 1e-3, "fatol": 1e-3 * before}
    result = minimize(lambda guess: _error(pairs, guess), start, method="Nelder-Mead", options=options)
    best, least = result.x, float(result.fun)
    if least > (1 - GAIN) * before:
        return ColourCamera(1.0, (0.0, 0.0), before, before)
    return ColourCamera(float(best[0]), (float(best[1]), float(best[2])), before, least)


def with_colour_camera(views: PosedImages, found: ColourCamera) -> PosedImages:
    """The photos with that camera; without depth, which lies where the depth camera saw it."""
    shift = np.eye(4)
    shift[:2, 3] = found.offset
    cameras = tuple(replace(camera, fx=camera.fx * found.focal, fy=camera.fy * found.focal) for camera in views.cameras)
    photos = tuple(replace(photo, depth=None) for photo in views.photos)
    return replace(views, cameras=cameras, photos=photos, world_from_camera=views.world_from_camera @ shift)


def with_depth_of(photos: PosedImages, sensor: PosedImages, folder: Path) -> PosedImages:
    """The photos with the depth that the sensor measured, as their own cameras see it, in pictures in `folder`.

    Both hold the same views; where two measurements fall on one pixel the nearer one counts.
    """
    step = photos.depth_encoding.units_per_step
    found = []
    for view, photo in enumerate(photos.photos):
        if sensor.photos[view].depth is None:
            found.append(photo)
            continue
        path = folder / f"{view:05d}.png"
        write_depth(_seen_from(photos, sensor, view), path, step)
        found.append(replace(photo, depth=path))
    return replace(photos, photos=tuple(found))


def _seen_from(photos: PosedImages, sensor: PosedImages, view: int) -> Float32[Array, "h w"]:
    depth, lens, camera = sensor.depth(view), sensor.camera(view), photos.camera(view)
    rows, columns = np.nonzero(depth)
    local = lens.directions(np.stack([columns, rows], -1) + 0.5) * depth[rows, columns][:, None]
    camera_from_sensor = np.linalg.inv(photos.world_from_camera[view]) @ sensor.world_from_camera[view]
    points = local @ camera_from_sensor[:3, :3].T + camera_from_sensor[:3, 3]
    pixels = camera.project(points)
    size = [camera.width, camera.height]
    with np.errstate(invalid="ignore"):
        shown = np.isfinite(pixels).all(1) & (points[:, 2] > 0) & (pixels >= 0).all(1) & (pixels < size).all(1)
    place = np.floor(pixels[shown]).astype(np.int64) @ [1, camera.width]
    seen = np.full(camera.width * camera.height, np.inf)
    np.minimum.at(seen, place, points[shown, 2])
    return np.where(np.isfinite(seen), seen, 0).reshape(camera.height, camera.width).astype(np.float32)


def _pairs(views: PosedImages, chosen: list[int], rng: np.random.Generator) -> list[_Pair]:
    firsts = [at for at in range(len(chosen) - APART) if views.photos[chosen[at]].depth]
    pairs = []
    for at in firsts[:: max(1, len(firsts) // PAIRS)]:
        a, b = chosen[at], chosen[at + APART]
        depth, camera = views.depth(a), views.camera(a)
        rows, columns = np.nonzero(depth)
        picked = rng.permutation(len(rows))[:SAMPLES]
        rows, columns = rows[picked], columns[picked]
        first = camera.directions(np.stack([columns, rows], -1) + 0.5) * depth[rows, columns][:, None]
        pose, other = views.world_from_camera[a], views.world_from_camera[b]
        second = (first @ pose[:3, :3].T + pose[:3, 3] - other[:3, 3]) @ other[:3, :3]
        seen, measured = _looked_up(views.depth(b)[..., None], views.camera(b), second)
        there = seen & (measured[:, 0] > 0) & (np.abs(measured[:, 0] - second[:, 2]) < VISIBLE * second[:, 2])
        photos = views.image(a).astype(np.float32) / 255, views.image(b).astype(np.float32) / 255
        pairs.append(_Pair(first[there], second[there], photos, (camera, views.camera(b))))
    return pairs


def _error(pairs: list[_Pair], guess: Float64[Array, "3"]) -> float:
    """Mean squared difference of what both photos of each pair show, with a colour camera guessed."""
    total, count = 0.0, 0
    offset = np.array([guess[1], guess[2], 0.0])
    for pair in pairs:
        cameras = (replace(camera, fx=camera.fx * guess[0], fy=camera.fy * guess[0]) for camera in pair.cameras)
        sides = zip(pair.photos, cameras, (pair.first, pair.second), strict=True)
        (seen_a, a), (seen_b, b) = (_looked_up(photo, camera, points - offset) for photo, camera, points in sides)
        both = seen_a & seen_b
        total += float(((a[both] - b[both]) ** 2).sum())
        count += 3 * int(both.sum())
    return total / max(count, 1)


def _looked_up(
    picture: Array, camera: Camera, points: Float64[Array, "points 3"]
) -> tuple[Array, Array]:  # bool (points,), float (points, channels)
    """What a picture shows at points in front of its camera, between its pixels, and which points it shows."""
    pixels = camera.project(points) - 0.5
    height, width = picture.shape[:2]
    with np.errstate(invalid="ignore"):
        seen = np.isfinite(pixels).all(1) & (points[:, 2] > 0)
        seen &= (pixels >= 0).all(1) & (pixels < [width - 1, height - 1]).all(1)
    column, row = (whole := np.where(seen[:, None], pixels, 0).astype(np.int64)).T
    right, down = (np.where(seen[:, None], pixels, 0) - whole).T[..., None]
    top = picture[row, column] * (1 - right) + picture[row, column + 1] * right
    low = picture[row + 1, column] * (1 - right) + picture[row + 1, column + 1] * right
    return seen, top * (1 - down) + low * down
