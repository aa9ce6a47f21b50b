"""Which cells of the unit cube some camera sees and no silhouette excludes; the rest stays empty for good."""

import numpy as np
from jaxtyping import Bool, Float32
from scipy.ndimage import distance_transform_edt

from nerf.camera import Camera
from nerf.ngp.march import expand
from nerf.ngp.occupancy_numba import cell_points, freed_kernel, seen_kernel
from nerf.ngp.photo_store import flat_poses
from nerf.ngp.volume import Volume
from nerf.posed_images import PosedImages

CARVING = 50  # at most so many photos whose silhouettes are used
BLOCK = 8  # pixels a side whose depths are looked at as one
SLACK = 0.03  # share by which a measured depth may be wrong, or its picture lie beside the photo
WIDEST = 1.4  # radians from the axis beyond which a lens counts as seeing everything


def pyramid(camera: Camera) -> Float32[np.ndarray, "4"]:
    """Left, right, top and bottom of the view as x/z and y/z; all zero for a lens too wide for that."""
    x, y = np.linspace(0, camera.width, 17), np.linspace(0, camera.height, 17)
    edge = np.concatenate([np.stack([x, np.full(17, v)], -1) for v in (0.0, camera.height)])
    sides = np.concatenate([np.stack([np.full(17, u), y], -1) for u in (0.0, camera.width)])
    rays = camera.directions(np.concatenate([edge, sides]))
    if not np.isfinite(rays).all() or (rays[:, 2] < np.cos(WIDEST) * np.linalg.norm(rays, axis=1)).any():
        return np.zeros(4, np.float32)
    across, down = (rays[:, :2] / rays[:, 2:]).T
    return np.array([across.min(), across.max(), down.min(), down.max()], np.float32)


def cells_seen(views: PosedImages, volume: Volume, size: int, near: float) -> Bool[np.ndarray, " cells"]:
    """For each cell, x fastest, whether its surrounding ball reaches into any camera's view beyond `near` (flat)."""
    centres, radius = _balls(volume, size)
    inverse = _inverse(flat_poses(views, volume))
    tangents = np.stack([pyramid(camera) for camera in views.cameras])[views.camera_index]
    out = np.zeros(size**3, bool)
    seen_kernel(centres, radius, inverse, tangents, np.float32(near), out)
    return out


def _balls(volume: Volume, size: int) -> tuple[Float32[np.ndarray, "cells 3"], Float32[np.ndarray, " cells"]]:
    """Centre and radius of the ball around each cell, in flat coordinates."""
    centres = cell_points(np.arange(size**3), size, np.full((size**3, 3), 0.5, np.float32))
    if not volume.contracted:
        return centres, np.full(len(centres), 0.87 / size, np.float32)
    corner = expand(np.clip(centres + np.sign(centres - 0.5) * (0.5 / size), 1e-4, 1 - 1e-4))
    centres = expand(centres)
    return centres, np.linalg.norm(corner - centres, axis=1).astype(np.float32)


def _inverse(poses: Float32[np.ndarray, "views 3 4"]) -> Float32[np.ndarray, "views 3 4"]:
    inverse = np.zeros_like(poses)
    inverse[:, :, :3] = poses[:, :, :3].transpose(0, 2, 1)
    inverse[:, :, 3] = -np.einsum("vij,vj->vi", inverse[:, :, :3], poses[:, :, 3])
    return inverse


def cells_freed(views: PosedImages, volume: Volume, size: int) -> Bool[np.ndarray, " cells"]:
    """Which cells, x fastest, measured depth shows to be empty: pictures look through them at what lies behind."""
    chosen = [view for view in range(len(views)) if views.photos[view].depth and views.camera(view).model == "pinhole"]
    chosen = chosen[:: -(-len(chosen) // CARVING) or 1]
    freed = np.zeros(size**3, bool)
    if not chosen:
        return freed
    height, width = (max(getattr(views.camera(v), side) // BLOCK for v in chosen) for side in ("height", "width"))
    nearest, farthest = (np.zeros((len(chosen), height, width), np.float32) for _ in range(2))
    lenses = np.zeros((len(chosen), 4), np.float32)
    for number, view in enumerate(chosen):
        camera, depth = views.camera(view), views.depth(view) * np.float32(volume.scale)
        rows, columns = camera.height // BLOCK, camera.width // BLOCK
        blocks = depth[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
        nearest[number, :rows, :columns] = blocks.min((1, 3))
        farthest[number, :rows, :columns] = blocks.max((1, 3))
        lenses[number] = np.array([camera.fx, camera.fy, camera.cx, camera.cy]) / BLOCK
    inverse = _inverse(flat_poses(views.subset(chosen), volume))
    freed_kernel(*_balls(volume, size), inverse, lenses, nearest, farthest, np.float32(SLACK), freed)
    return freed


def cells_carved(views: PosedImages, volume: Volume, allowed: Bool[np.ndarray, " cells"]) -> Bool[np.ndarray, " cells"]:
    """`allowed` without the cells that some photo's alpha shows to be empty (the visual hull); as given without alpha.

    A cell goes when the whole of the circle that its ball covers in a photo is transparent. Coarse cells go first.
    """
    size = round(len(allowed) ** (1 / 3))
    chosen = range(0, len(views), -(-len(views) // CARVING))
    if volume.contracted or views.alpha(0) is None:
        return allowed
    kept = np.ones((8,) * 3, bool)
    for side in (16, 32, 64):
        if side <= size:
            kept = _carve(views, chosen, volume, _finer(kept, side))
    kept = _finer(kept, size)
    return allowed & kept.reshape(-1)


def _finer(cells: np.ndarray, side: int) -> np.ndarray:
    """The same cells on a finer grid, each fine cell as the coarse one that holds its centre."""
    index = ((np.arange(side) + 0.5) * len(cells) / side).astype(np.int64)
    return cells[np.ix_(index, index, index)]


def _carve(views: PosedImages, chosen: range, volume: Volume, kept: np.ndarray) -> np.ndarray:
    """Cells (indexed z, y, x) of `kept` that no chosen view's alpha excludes."""
    size, cells = len(kept), np.flatnonzero(kept)
    world = volume.world(cell_points(cells, size, np.full((len(cells), 3), 0.5, np.float32)).astype(np.float64))
    radius = 0.87 / size / volume.scale
    for view in chosen:
        alpha = views.alpha(view)
        if alpha is None:
            continue
        camera, pose = views.camera(view), views.world_from_camera[view]
        local = (world - pose[:3, 3]) @ pose[:3, :3]
        pixels = camera.project(local)
        reach = 1.1 * camera.fx * radius / np.maximum(local[:, 2], radius) + 1  # of each ball, in pixels
        size_2d = np.array([camera.width, camera.height])
        seen = np.isfinite(pixels).all(1) & (pixels >= reach[:, None]).all(1)
        seen &= (pixels < size_2d - reach[:, None]).all(1)
        column, row = pixels[seen].astype(np.int64).T
        apart = distance_transform_edt(alpha == 0) if alpha.any() else np.full(alpha.shape, np.inf)
        stays = np.ones(len(cells), bool)
        stays[seen] = apart[row, column] <= reach[seen]
        cells, world = cells[stays], world[stays]
        if not len(cells):
            raise ValueError(
                f"views: no part of space lies within the silhouettes of all photos (none is left after {view + 1}); "
                "alpha, poses and intrinsics do not belong together: check the camera axes"
            )
    result = np.zeros(kept.size, bool)
    result[cells] = True
    return result.reshape(kept.shape)
