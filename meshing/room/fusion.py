"""Panoramas with distances become one surface: truncated signed distances looked up straight in the panoramas.

Where panoramas disagree by a percent, averaging wins clearly over stitching their grids (F-score at 2 cm .91 against
.66 in trials). The volume and its surface are those of `meshing.tsdf`; only how a voxel asks a picture differs.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, Float64, Int32

from meshing.grid import SIDE, pack, unpack
from meshing.isosurface import Method
from meshing.mesh import Mesh
from meshing.room.panorama import nearest, pixels_of
from meshing.room.pictures import RoomPicture
from meshing.tsdf import FusionSettings, Volume, empty_volume, surface_of

_CHUNK = 512  # blocks at a time
_ONE_SURFACE = 1.1  # times as far, from which pixels beside each other show two surfaces
_LEAST_COSINE = 0.1  # surfaces seen more aslant than this are silhouettes or too inexact


def fuse_panoramas(
    pictures: Sequence[RoomPicture], *, voxel: float = 0.03, method: Method = "surface_nets", name: str = "room"
) -> Mesh:
    """The surface that all panoramas agree on, with their colours.

    Raises ValueError where there is no picture, or no picture has a distance.
    """
    if not pictures:
        raise ValueError("pictures: at least one is needed (got none)")
    settings = FusionSettings(voxel, truncation=max(0.04, 2 * voxel))  # wider bands eat boards 2 cm thick
    keys = np.zeros(0, np.int64)
    for picture in pictures:
        keys = np.union1d(keys, _touched(picture, settings))
    if len(keys) == 0:
        raise ValueError(f"pictures: none of {len(pictures)} has a distance above 0")
    bytes_needed = len(keys) * SIDE**3 * 4 * 6
    if bytes_needed > settings.memory_limit:
        raise ValueError(f"voxel: {voxel:g} m would take {bytes_needed / 1e9:.1f} GB; a larger voxel takes less")
    volume = empty_volume(unpack(keys))
    for picture in pictures:
        _integrate(volume, picture, settings)
    fused = surface_of(volume, settings, method=method, n_views=len(pictures))
    return Mesh(
        fused.vertices, fused.faces, vertex_colors=fused.vertex_colors, name=name, unit="metre", gravity="known"
    )


def cosines(picture: RoomPicture) -> Float32[np.ndarray, "h w"]:
    """How squarely each pixel sees its surface, from the neighbours' places; 0 where there is nothing or an edge."""
    points = picture.points()
    right = np.roll(points, -1, axis=1) - np.roll(points, 1, axis=1)
    down = np.empty_like(points)
    down[1:-1] = points[2:] - points[:-2]
    down[0], down[-1] = points[1] - points[0], points[-1] - points[-2]
    normal = np.cross(right, down)
    way = points - np.array(picture.position)
    length = np.linalg.norm(normal, axis=-1) * np.linalg.norm(way, axis=-1)
    cosine = np.abs((normal * way).sum(axis=-1)) / np.maximum(length, 1e-12)
    known = picture.distance > 0
    known &= np.roll(known, 1, axis=1) & np.roll(known, -1, axis=1)
    return np.where(known & np.isfinite(cosine), cosine, 0).astype(np.float32)


def between(distance: Float32[np.ndarray, "h w"], at: Float64[np.ndarray, "*n 2"]) -> Float64[np.ndarray, "*n"]:
    """Distances between pixels: bilinear where the four around are of one surface, else the nearest.

    A pixel of the floor some metres away is longer than a voxel.
    """
    h, w = distance.shape
    x, y = at[..., 0] - 0.5, np.clip(at[..., 1] - 0.5, 0, h - 1)
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    a, b = x - left, y - top
    low, right, left = np.minimum(top + 1, h - 1), (left + 1) % w, left % w
    corners = np.stack([distance[top, left], distance[top, right], distance[low, left], distance[low, right]])
    least = corners.min(axis=0)
    upper, lower = corners[0] * (1 - a) + corners[1] * a, corners[2] * (1 - a) + corners[3] * a
    whole = (least > 0) & (corners.max(axis=0) < _ONE_SURFACE * least)
    return np.asarray(np.where(whole, upper * (1 - b) + lower * b, nearest(distance, at)), np.float64)


def _touched(picture: RoomPicture, settings: FusionSettings) -> np.ndarray:
    """Keys of the blocks within a band of the surface."""
    known = (picture.distance > 0) & np.isfinite(picture.distance)
    points = picture.points()[known]
    ways = (points - np.array(picture.position)) / np.maximum(picture.distance[known][:, None], 1e-9)
    band, block = settings.band, SIDE * settings.voxel
    keys = np.zeros(0, np.int64)
    for share in np.linspace(-1, 1, max(3, 2 * int(np.ceil(band / block)) + 3)):
        for shift in (-0.25, 0.25):
            at = np.floor((points + ways * share * band) / block + shift).astype(np.int32)
            keys = np.union1d(keys, pack(at))
    return keys


def _integrate(volume: Volume, picture: RoomPicture, settings: FusionSettings) -> None:
    """Add one picture to the volume, a chunk of blocks at a time."""
    cosine = cosines(picture)
    offsets = np.stack(np.meshgrid(*[np.arange(SIDE)] * 3, indexing="ij"), axis=-1)
    for start in range(0, len(volume.blocks), _CHUNK):
        part = slice(start, start + _CHUNK)
        _integrate_blocks(volume, part, picture, cosine, offsets, settings)


def _integrate_blocks(
    volume: Volume,
    part: slice,
    picture: RoomPicture,
    cosine: Float32[np.ndarray, "h w"],
    offsets: Int32[np.ndarray, "8 8 8 3"] | np.ndarray,
    settings: FusionSettings,
) -> None:
    lattice = volume.blocks[part][:, None, None, None] * SIDE + offsets
    way: Float64[np.ndarray, "blocks 8 8 8 3"] = lattice * settings.voxel - np.array(picture.position)
    length = np.linalg.norm(way, axis=-1)
    pixel = pixels_of(way, *picture.distance.shape)
    seen, square = between(picture.distance, pixel), nearest(cosine, pixel)
    ahead = (seen - length) * np.maximum(square, _LEAST_COSINE)  # across the surface, not along the ray
    valid = (seen > 0) & (square > _LEAST_COSINE) & (ahead > -settings.band)
    value = np.clip(ahead / settings.band, -1, 1)
    weight = np.where(valid, square / np.maximum(length, 0.3) ** 2, 0).astype(np.float32)
    before = volume.weight[part]
    total = before + weight
    mean = (volume.distance[part] * before + value * weight) / np.maximum(total, 1e-12)
    volume.distance[part] = np.where(total > 0, mean, 0)
    volume.weight[part] = total
    colored = np.where(np.abs(ahead) < settings.band, weight, 0)
    had = volume.color_weight[part]
    now = had + colored
    color = nearest(picture.color, pixel).astype(np.float32)
    mixed = (volume.color[part] * had[..., None] + color * colored[..., None]) / np.maximum(now, 1e-12)[..., None]
    volume.color[part] = np.where(now[..., None] > 0, mixed, 0)
    volume.color_weight[part] = now
