"""`tsdf.py` in compiled loops: the same blocks and sums; parallel over blocks, so no result depends on threads."""

import math
from typing import Any, no_type_check

import numpy as np
from jaxtyping import Int64
from numba import njit, prange

from meshing.grid import SIDE, pack
from meshing.tsdf import FusionSettings, PreparedView, Volume, band_offsets


def touched_blocks(view: PreparedView, settings: FusionSettings) -> Int64[np.ndarray, "blocks"]:
    """Packed coordinates of the blocks within the band around what `view` measured, sorted."""
    offsets = band_offsets(settings)
    size = settings.voxel * SIDE
    capacity = 1 << 12
    while True:
        table = np.zeros((capacity, 4), np.int64)  # x, y, z, used
        count = _touch(view.depth, view.intrinsics, view.world_from_camera, offsets, size, table)
        if count >= 0:
            return np.sort(pack(table[table[:, 3] == 1, :3]))
        capacity *= 4


def integrate(volume: Volume, view: PreparedView, settings: FusionSettings) -> None:
    """Fold one view into the sums of `volume`, in place."""
    _integrate(
        volume.blocks,
        (volume.distance, volume.weight, volume.color, volume.color_weight),
        (view.depth, view.weight, view.cosine, view.color),
        (view.intrinsics, np.linalg.inv(view.world_from_camera)),
        (view.color_intrinsics, view.color_from_world),
        settings.voxel,
        settings.band,
    )


@njit(cache=True)
@no_type_check
def _touch(depth: Any, intrinsics: Any, world_from_camera: Any, offsets: Any, size: float, table: Any) -> int:
    """Insert each touched block into an open-addressing table; -1 when it gets more than half full."""
    h, w = depth.shape
    fx, fy, cx, cy = intrinsics
    m = world_from_camera
    mask = np.int64(table.shape[0] - 1)
    count = 0
    last = np.full((offsets.shape[0], 3), np.int64(1 << 40))  # the neighbouring pixel mostly asked for the same block
    for v in range(h):
        y = (v + 0.5 - cy) / fy
        for u in range(w):
            z = np.float64(depth[v, u])
            if z <= 0.0:
                continue
            x = (u + 0.5 - cx) / fx
            for k in range(offsets.shape[0]):
                along = max(z + offsets[k], 0.0)
                i = np.int64(math.floor(((m[0, 0] * x + m[0, 1] * y + m[0, 2]) * along + m[0, 3]) / size))
                j = np.int64(math.floor(((m[1, 0] * x + m[1, 1] * y + m[1, 2]) * along + m[1, 3]) / size))
                n = np.int64(math.floor(((m[2, 0] * x + m[2, 1] * y + m[2, 2]) * along + m[2, 3]) / size))
                if last[k, 0] == i and last[k, 1] == j and last[k, 2] == n:
                    continue
                last[k, 0], last[k, 1], last[k, 2] = i, j, n
                slot = (i * np.int64(73856093) ^ j * np.int64(19349663) ^ n * np.int64(83492791)) & mask
                while table[slot, 3] == 1:
                    if table[slot, 0] == i and table[slot, 1] == j and table[slot, 2] == n:
                        break
                    slot = (slot + 1) & mask
                if table[slot, 3] == 0:
                    table[slot, 0], table[slot, 1], table[slot, 2], table[slot, 3] = i, j, n, 1
                    count += 1
                    if 2 * count > table.shape[0]:
                        return -1
    return count


@njit(cache=True, parallel=True)
@no_type_check
def _integrate(
    blocks: Any, sums: Any, pictures: Any, depth_camera: Any, color_camera: Any, voxel: float, band: float
) -> None:
    depth, pixel_weight, cosine, color = pictures
    distances, weights, colors, color_weights = sums
    for b in prange(blocks.shape[0]):
        for i in range(SIDE):
            x = (blocks[b, 0] * SIDE + i) * voxel
            for j in range(SIDE):
                y = (blocks[b, 1] * SIDE + j) * voxel
                for k in range(SIDE):
                    z = (blocks[b, 2] * SIDE + k) * voxel
                    u, v, deep = _pixel(x, y, z, depth_camera, depth.shape[1], depth.shape[0])
                    if u < 0 or depth[v, u] <= 0.0:
                        continue
                    distance = (depth[v, u] - deep) * cosine[v, u]
                    behind = min(max((band + distance) / max(band - voxel, 1e-12), 0.0), 1.0)
                    weight = np.float32(pixel_weight[v, u] * behind)
                    if weight <= 0.0:
                        continue
                    value = np.float32(min(distance / band, 1.0))
                    weights[b, i, j, k] += weight
                    distances[b, i, j, k] += weight / weights[b, i, j, k] * (value - distances[b, i, j, k])
                    if abs(distance) >= 2.0 * voxel:
                        continue
                    weight = weight * cosine[v, u]
                    u, v, deep = _pixel(x, y, z, color_camera, color.shape[1], color.shape[0])
                    if u < 0:
                        continue
                    color_weights[b, i, j, k] += weight
                    share = weight / color_weights[b, i, j, k]
                    for c in range(3):
                        colors[b, i, j, k, c] += share * (np.float32(color[v, u, c]) - colors[b, i, j, k, c])


@njit(cache=True, inline="always")
@no_type_check
def _pixel(x: float, y: float, z: float, camera: Any, w: int, h: int) -> Any:
    """Column and row of the pixel that a point falls on, and its depth; column -1 where it falls on none."""
    intrinsics, m = camera
    deep = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3]
    if deep <= 1e-6:
        return -1, -1, deep
    u = intrinsics[0] * (m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3]) / deep + intrinsics[2]
    v = intrinsics[1] * (m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3]) / deep + intrinsics[3]
    if not (u >= 0.0 and v >= 0.0 and u < w and v < h):
        return -1, -1, deep
    return int(u), int(v), deep
