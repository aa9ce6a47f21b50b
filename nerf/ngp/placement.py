"""Where a capture's scene is: the box of a field, near planes, and captures that no field can be made of."""

import numpy as np
from jaxtyping import Float64

from nerf.ngp.march import Marching
from nerf.ngp.settings import Training
from nerf.ngp.volume import Volume
from nerf.posed_images import PosedImages

FEWEST = 4  # photos
NARROWEST, WIDEST = 0.1, 60.0  # focal length over image width
HULL_SIDE, HULL_VIEWS = 48, 32


def check(views: PosedImages) -> None:
    """Raise ValueError for a capture that cannot be reconstructed, with what is wrong."""
    if len(views) < FEWEST:
        raise ValueError(f"views: {len(views)} photos are too few to tell shapes from; at least {FEWEST} are needed")
    if not np.isfinite(views.world_from_camera).all():
        bad = int(np.flatnonzero(~np.isfinite(views.world_from_camera).all((1, 2)))[0])
        raise ValueError(f"views: the pose of {views.names[bad]} holds numbers that are not finite")
    centres = views.world_from_camera[:, :3, 3]
    spread = float(np.linalg.norm(centres - centres.mean(0), axis=1).max())
    if spread <= 1e-6 * max(1.0, float(np.abs(centres).max())):
        raise ValueError(
            f"views: all {len(views)} cameras stand at the same place {centres[0].round(3).tolist()}; "
            "shapes show only between photos taken from different places"
        )
    for camera in views.cameras:
        ratio = camera.fx / camera.width
        if camera.model != "equirect" and not NARROWEST < ratio < WIDEST:
            raise ValueError(
                f"views: a focal length of {camera.fx:g} for photos {camera.width} pixels wide is not in pixels; "
                f"allowed are {NARROWEST * camera.width:g} to {WIDEST * camera.width:g}"
            )


def focus(views: PosedImages) -> tuple[Float64[np.ndarray, "3"], float]:
    """The point nearest to all optical axes, and the median distance of the cameras from it.

    Cameras whose axes (almost) never meet look at a point ahead of them, as far as they are apart.
    """
    centres, axes = views.world_from_camera[:, :3, 3], views.world_from_camera[:, :3, 2]
    across = np.eye(3) - axes[:, :, None] * axes[:, None, :]
    system = across.mean(0)
    spread = float(np.linalg.norm(centres - centres.mean(0), axis=1).mean())
    point = np.linalg.lstsq(system, (across @ centres[:, :, None]).mean(0)[:, 0], rcond=None)[0]
    ahead = ((point - centres) * axes).sum(1)
    if np.linalg.eigvalsh(system)[0] < 1e-3 or (ahead > 0).mean() < 0.8:
        point = centres.mean(0) + axes.mean(0) * 2 * spread
    return point, max(float(np.median(np.linalg.norm(centres - point, axis=1))), 1e-3 * spread, 1e-12)


def place(views: PosedImages, training: Training, points: Float64[np.ndarray, "points 3"] | None = None) -> Volume:
    """The scene's box: as told, the silhouettes' common part, around known points, or around what cameras look at."""
    if training.bounds is not None:
        low, high = (np.array(corner, np.float64) for corner in training.bounds)
        if not (high > low).all():
            raise ValueError(f"training.bounds: the second corner must exceed the first (got {training.bounds})")
        return Volume((low + high) / 2, float((high - low).max() / 2), training.unbounded is True)
    centre, distance = focus(views)
    if training.unbounded is not True:
        hull = silhouettes(views, centre, distance)
        if hull is not None:
            return Volume((hull[0] + hull[1]) / 2, float((hull[1] - hull[0]).max() / 2))
    if points is None and views.points is not None and len(views.points.xyz) >= 100:
        points = views.points.xyz
    if points is not None and len(points) >= 100:
        low, high = np.percentile(points, [2, 98], axis=0)
        return Volume((low + high) / 2, 0.55 * float((high - low).max()), training.unbounded is not False)
    return Volume(centre, distance * (0.7 if training.unbounded is not False else 1.0), training.unbounded is not False)


def silhouettes(
    views: PosedImages, centre: Float64[np.ndarray, "3"], distance: float
) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"]] | None:
    """Corners of the box around all points that no photo's alpha excludes; None where photos have no alpha."""
    axis = (np.arange(HULL_SIDE) + 0.5) / HULL_SIDE * 2 - 1
    points = centre + distance * np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    inside, votes, sightings = np.ones(len(points), bool), 0, np.zeros(len(points), np.int64)
    for view in range(0, len(views), max(1, len(views) // HULL_VIEWS)):
        alpha = views.alpha(view)
        if alpha is None or alpha.min() > 0.5:
            continue
        camera, pose = views.camera(view), views.world_from_camera[view]
        pixels = camera.project((points - pose[:3, 3]) @ pose[:3, :3])
        grow = int(np.ceil(1.5 * camera.fx / HULL_SIDE))  # half a cell at the focus, generously
        wide = _dilated(alpha > 0.02, grow)
        seen = np.isfinite(pixels).all(1) & (pixels >= 0).all(1) & (pixels < [camera.width, camera.height]).all(1)
        column, row = pixels[seen].astype(np.int64).T
        inside[seen] &= wide[row, column]
        sightings += seen
        votes += 1
    inside &= 3 * sightings >= votes
    if votes < FEWEST or not inside.any():
        return None
    cell = distance / HULL_SIDE
    return points[inside].min(0) - cell, points[inside].max(0) + cell


def _dilated(mask: np.ndarray, pixels: int) -> np.ndarray:
    from scipy.ndimage import maximum_filter

    return np.asarray(maximum_filter(mask, 2 * pixels + 1))


def marching(views: PosedImages, volume: Volume, training: Training) -> Marching:
    """Step lengths and the near plane for a volume, in flat units."""
    _, distance = focus(views)
    near = training.near if training.near != "auto" else (0.15 * distance if volume.contracted else 0.0)
    cone = training.cone if training.cone != "auto" else (1 / 128 if volume.contracted else 0.0)
    step = 3**0.5 / training.steps_per_side * (0.5 if volume.contracted else 1.0)
    return Marching(step, cone, max(step, 0.5), near * volume.scale, 16.0, volume.contracted)
