"""Fusion of posed depth pictures into one surface: a truncated signed distance in sparse blocks (Curless and Levoy
1996).

The views are read twice: once to find the blocks that surfaces pass through, so that memory is known before it is
taken and the result does not depend on the views' order, and once to fuse. This file is the definition, in numpy;
`tsdf_numba.py` computes the same in compiled loops.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64, Shaped, UInt8

from meshing.grid import SIDE, SparseGrid, interpolate, pack, packable, unpack
from meshing.isosurface import Method, extract_surface

Backend = Literal["numpy", "numba"]
_BYTES_PER_BLOCK = SIDE**3 * 4 * 6  # distance, weight, colour (3) and colour weight, float32 each


@dataclass(frozen=True, eq=False)
class DepthView:
    """One depth picture with its colours and its camera.

    `depth` is along z in the unit of the poses, 0 or NaN where nothing was measured. Camera axes are OpenCV's (x
    right, y down, z forward), the first pixel's centre lies at (0.5, 0.5). Where the photo was taken by a camera of its
    own, `color_intrinsics` (fx, fy, cx, cy) and `world_from_color` say so; else it is taken to show what the depth
    shows, at any resolution.
    """

    depth: Float32[np.ndarray, "h w"]
    color: UInt8[np.ndarray, "color_h color_w 3"]
    fx: float
    fy: float
    cx: float
    cy: float
    world_from_camera: Float64[np.ndarray, "4 4"]
    color_intrinsics: tuple[float, float, float, float] | None = None
    world_from_color: Float64[np.ndarray, "4 4"] | None = None


@dataclass(frozen=True)
class FusionSettings:
    """How depth is fused; lengths in the unit of the poses."""

    voxel: float
    truncation: float | None = None  # four voxels
    max_depth: float = np.inf  # farther measurements are left out
    max_slant: float = 82.0  # degrees between ray and surface normal from which a depth step counts as an edge
    memory_limit: float = 4e9  # bytes that the voxels may take

    @property
    def band(self) -> float:
        """Half the thickness of the layer around a surface that one view writes."""
        return self.truncation or 4 * self.voxel


@dataclass(frozen=True, eq=False)
class PreparedView:
    """A view as the kernels take it: bad pixels are 0 in `depth`; `weight` says how far a pixel is to be trusted."""

    depth: Float32[np.ndarray, "h w"]
    weight: Float32[np.ndarray, "h w"]
    cosine: Float32[np.ndarray, "h w"]
    intrinsics: Float64[np.ndarray, "4"]  # fx, fy, cx, cy
    world_from_camera: Float64[np.ndarray, "4 4"]
    color: UInt8[np.ndarray, "color_h color_w 3"]
    color_intrinsics: Float64[np.ndarray, "4"]
    color_from_world: Float64[np.ndarray, "4 4"]


@dataclass(frozen=True, eq=False)
class Volume:
    """Sums over the views per voxel; block `i` has its lattice coordinates in `blocks[i]`."""

    blocks: Int32[np.ndarray, "blocks 3"]
    distance: Float32[np.ndarray, "blocks 8 8 8"]  # weighted mean, in truncation widths
    weight: Float32[np.ndarray, "blocks 8 8 8"]
    color: Float32[np.ndarray, "blocks 8 8 8 3"]  # weighted mean
    color_weight: Float32[np.ndarray, "blocks 8 8 8"]


@dataclass(frozen=True, eq=False)
class FusedSurface:
    """What fusion gives: a mesh's arrays and what it took."""

    vertices: Float32[np.ndarray, "vertices 3"]
    faces: Int32[np.ndarray, "faces 3"]
    vertex_colors: UInt8[np.ndarray, "vertices 3"]
    n_views: int
    n_blocks: int
    voxel_bytes: int


Touch = Callable[[PreparedView, FusionSettings], np.ndarray]
Integrate = Callable[[Volume, PreparedView, FusionSettings], None]


def fuse(
    views: Iterable[DepthView], settings: FusionSettings, *, method: Method = "surface_nets", backend: Backend = "numba"
) -> FusedSurface:
    """The surface that the measurements of all `views` agree on, with colours from their photos.

    `views` is read twice, so a generator will not do. Raises ValueError where a view or a setting is unusable and
    where the voxels would take more than `settings.memory_limit`.
    """
    _check(views, settings)
    touched, integrate = _kernels(backend)
    keys, n_views = np.zeros(0, np.int64), 0
    for view in _prepared(views, settings):
        keys = np.union1d(keys, touched(view, settings))
        n_views += 1
        _check_memory(len(keys), n_views, settings)
    if n_views == 0:
        raise ValueError("views: at least one is needed (got none)")
    if len(keys) == 0:
        raise ValueError(f"views: none of {n_views} has a depth above 0 and up to max_depth, {settings.max_depth}")
    volume = empty_volume(unpack(keys))
    for view in _prepared(views, settings):
        integrate(volume, view, settings)
    return surface_of(volume, settings, method=method, n_views=n_views)


def empty_volume(blocks: Int32[np.ndarray, "blocks 3"]) -> Volume:
    """Blocks in which nothing was seen yet."""
    shape = (len(blocks), SIDE, SIDE, SIDE)
    zeros = [np.zeros(shape if c == 1 else (*shape, c), np.float32) for c in (1, 1, 3, 1)]
    return Volume(blocks, *zeros)


def surface_of(volume: Volume, settings: FusionSettings, *, method: Method, n_views: int = 0) -> FusedSurface:
    """The zero crossing of a volume between voxels that were seen."""
    values = np.where(volume.weight > 0, volume.distance, np.float32(np.nan))
    grid = SparseGrid(np.zeros(3), settings.voxel, volume.blocks, values)
    vertices, faces = extract_surface(grid, inside="below", method=method)
    points = vertices / np.float64(settings.voxel)
    colors, known = interpolate(volume.blocks, volume.color, volume.color_weight, points)
    colors[~known] = 128
    n_bytes = len(volume.blocks) * _BYTES_PER_BLOCK
    return FusedSurface(vertices, faces, np.rint(colors).astype(np.uint8), n_views, len(volume.blocks), n_bytes)


def prepare(view: DepthView, settings: FusionSettings) -> PreparedView:
    """`view` without flying pixels, each pixel weighted by how exact it is and how squarely it sees the surface.

    A depth camera's error grows with the square of the depth (Nguyen et al. 2012), so the weight falls with it.
    """
    depth = np.where(np.isfinite(view.depth) & (view.depth > 0), view.depth, np.float32(0))
    depth = np.where(depth <= settings.max_depth, depth, np.float32(0)).astype(np.float32)
    intrinsics = np.array([view.fx, view.fy, view.cx, view.cy])
    depth[_edges(depth, intrinsics, settings.max_slant)] = 0
    cosine = _cosine(depth, intrinsics)
    weight = cosine / np.maximum(depth, 0.1 * settings.voxel) ** 2 * (depth > 0)
    h, w = depth.shape
    color_h, color_w = view.color.shape[:2]
    scale = np.array([color_w / w, color_h / h] * 2)
    color_intrinsics = intrinsics * scale if view.color_intrinsics is None else np.array(view.color_intrinsics)
    world_from_color = view.world_from_camera if view.world_from_color is None else view.world_from_color
    return PreparedView(
        depth,
        weight.astype(np.float32),
        cosine,
        intrinsics,
        view.world_from_camera,
        view.color,
        color_intrinsics,
        np.linalg.inv(world_from_color),
    )


def _edges(
    depth: Float32[np.ndarray, "h w"], intrinsics: Float64[np.ndarray, "4"], max_slant: float
) -> Bool[np.ndarray, "h w"]:
    """Pixels beside a step in depth that no surface seen under `max_slant` would make: both sides of silhouettes."""
    edge = np.zeros(depth.shape, bool)
    for axis, focal in ((1, intrinsics[0]), (0, intrinsics[1])):
        a, b = (np.swapaxes(depth, 0, axis)[s] for s in (slice(None, -1), slice(1, None)))
        limit = np.tan(np.radians(max_slant)) / focal * np.minimum(a, b)
        step = (np.abs(a - b) > limit) & (a > 0) & (b > 0)
        turned = np.swapaxes(edge, 0, axis)
        turned[:-1] |= step
        turned[1:] |= step
    return edge


def _cosine(depth: Float32[np.ndarray, "h w"], intrinsics: Float64[np.ndarray, "4"]) -> Float32[np.ndarray, "h w"]:
    """Cosine between ray and surface normal, from depth smoothed over 9 by 9 pixels; 1 where it cannot be told."""
    from scipy.ndimage import uniform_filter

    fx, fy, cx, cy = intrinsics
    seen = uniform_filter((depth > 0).astype(np.float32), 9)
    smooth = uniform_filter(depth, 9) / np.maximum(seen, 1e-6)
    dv, du = np.gradient(smooth)
    h, w = depth.shape
    x = (np.arange(w, dtype=np.float32) + 0.5 - np.float32(cx)) / np.float32(fx)
    y = ((np.arange(h, dtype=np.float32) + 0.5 - np.float32(cy)) / np.float32(fy))[:, None]
    # The normal of the surface (x z, y z, z) is (fx z_u, fy z_v, -(z + x fx z_u + y fy z_v)) up to length.
    nx, ny = np.float32(fx) * du, np.float32(fy) * dv
    nz = -(smooth + x * nx + y * ny)
    dot = np.abs(x * nx + y * ny + nz)
    length = np.sqrt((nx * nx + ny * ny + nz * nz) * (x * x + y * y + 1))
    cosine = np.where(length > 0, dot / np.maximum(length, 1e-12), 1)
    return np.clip(cosine, 0.1, 1).astype(np.float32)


def touched_blocks(view: PreparedView, settings: FusionSettings) -> Int64[np.ndarray, "blocks"]:
    """Packed coordinates of the blocks within the band around what `view` measured, sorted."""
    v, u = np.nonzero(view.depth)
    z = view.depth[v, u].astype(np.float64)
    fx, fy, cx, cy = view.intrinsics
    ray = np.stack([(u + 0.5 - cx) / fx, (v + 0.5 - cy) / fy, np.ones(len(u))], axis=1)
    to_block = 1 / (settings.voxel * SIDE)
    found = [np.zeros(0, np.int64)]
    for offset in band_offsets(settings):
        along = np.maximum(z + offset, 0)
        points = (ray * along[:, None]) @ view.world_from_camera[:3, :3].T + view.world_from_camera[:3, 3]
        found.append(np.unique(pack(np.floor(points * to_block))))
    return np.unique(np.concatenate(found))


def band_offsets(settings: FusionSettings) -> Float64[np.ndarray, "steps"]:
    """Depths relative to the surface, half a block apart, at which rays are asked for the block they are in."""
    steps = int(np.ceil(2 * settings.band / (settings.voxel * SIDE / 2))) + 1
    return np.linspace(-settings.band, settings.band, steps | 1)


def integrate(volume: Volume, view: PreparedView, settings: FusionSettings) -> None:
    """Fold one view into the sums of `volume`, in place.

    A voxel in front of the surface counts as free up to any distance, so what one view saw wrongly another one carves
    away; behind the surface the view says less and less, and nothing beyond the band.
    """
    camera_from_world = np.linalg.inv(view.world_from_camera)
    local = np.stack(np.meshgrid(*[np.arange(SIDE)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    for block, corner in enumerate(volume.blocks * SIDE):
        points = (corner + local) * settings.voxel
        pixel, deep, seen = _pixels(points, camera_from_world, view.intrinsics, view.depth.shape)
        u, v = pixel[seen].T
        distance = (view.depth[v, u] - deep[seen]) * view.cosine[v, u]
        behind = np.clip((settings.band + distance) / max(settings.band - settings.voxel, 1e-12), 0, 1)
        weight = (view.weight[v, u] * behind * (view.depth[v, u] > 0)).astype(np.float32)
        use = weight > 0
        voxels = np.flatnonzero(seen)[use]
        value = np.minimum(distance[use] / settings.band, 1).astype(np.float32)
        _fold(volume.distance[block], volume.weight[block], voxels, value[:, None], weight[use])
        near = np.abs(distance[use]) < 2 * settings.voxel
        voxels, weight = voxels[near], (weight * view.cosine[v, u])[use][near]
        pixel, _, seen = _pixels(points[voxels], view.color_from_world, view.color_intrinsics, view.color.shape[:2])
        u, v = pixel[seen].T
        _fold(volume.color[block], volume.color_weight[block], voxels[seen], view.color[v, u], weight[seen])


def _pixels(
    points: Float64[np.ndarray, "points 3"],
    camera_from_world: Float64[np.ndarray, "4 4"],
    intrinsics: Float64[np.ndarray, "4"],
    shape: tuple[int, ...],
) -> tuple[Int64[np.ndarray, "points 2"], Float64[np.ndarray, "points"], Bool[np.ndarray, "points"]]:
    """The pixel that each point falls on, its depth, and whether it lies before the camera and in the picture."""
    fx, fy, cx, cy = intrinsics
    x, y, z = (points @ camera_from_world[:3, :3].T + camera_from_world[:3, 3]).T
    front = z > 1e-6
    safe = np.where(front, z, 1.0)
    pixel = np.floor(np.stack([fx * x / safe + cx, fy * y / safe + cy], axis=1))
    seen = front & (pixel >= 0).all(axis=1) & (pixel < shape[::-1]).all(axis=1)
    return np.where(seen[:, None], pixel, 0).astype(np.int64), z, seen


def _fold(
    mean: Float32[np.ndarray, "8 8 8 *c"],
    total: Float32[np.ndarray, "8 8 8"],
    voxels: Int64[np.ndarray, "n"],
    value: Shaped[np.ndarray, "n c"],
    weight: Float32[np.ndarray, "n"],
) -> None:
    """Update the weighted means of some voxels of one block, in place."""
    mean, total = mean.reshape(SIDE**3, -1), total.reshape(-1)  # views, not copies
    total[voxels] += weight
    mean[voxels] += (weight / total[voxels])[:, None] * (value - mean[voxels])


def _kernels(backend: Backend) -> tuple[Touch, Integrate]:
    """The two steps that cost time, in numpy or compiled."""
    if backend == "numpy":
        return touched_blocks, integrate
    from meshing import tsdf_numba

    return tsdf_numba.touched_blocks, tsdf_numba.integrate


def _prepared(views: Iterable[DepthView], settings: FusionSettings) -> Iterator[PreparedView]:
    for number, view in enumerate(views):
        where = f"views[{number}]"
        pose = view.world_from_camera
        if pose.shape != (4, 4) or not np.isfinite(pose).all():
            raise ValueError(f"{where}.world_from_camera: must be 4 by 4 finite numbers (got {pose.tolist()})")
        if view.depth.ndim != 2 or view.color.ndim != 3 or view.color.shape[2] != 3 or view.color.dtype != np.uint8:
            raise ValueError(
                f"{where}: depth must be of shape (h, w), color uint8 of shape (h, w, 3) "
                f"(got {view.depth.shape} and {view.color.dtype} of {view.color.shape})"
            )
        if not (view.fx > 0 and view.fy > 0 and np.isfinite([view.cx, view.cy]).all()):
            raise ValueError(f"{where}: focal lengths must be above 0 (got {view.fx}, {view.fy})")
        prepared = prepare(view, settings)
        reach = np.abs(pose[:3, 3]).max() + 2 * prepared.depth.max(initial=0)
        if not packable(np.array([reach / settings.voxel])[:, None].repeat(3, axis=1)):
            raise ValueError(f"voxel: {settings.voxel} is too small for points {reach:.3g} away; 2^20 voxels reach")
        yield prepared


def _check(views: Iterable[DepthView], settings: FusionSettings) -> None:
    if isinstance(views, Iterator):
        raise ValueError("views: must be readable twice, such as a list (got a generator)")
    if not (settings.voxel > 0 and np.isfinite(settings.voxel)):
        raise ValueError(f"voxel: must be above 0 (got {settings.voxel})")
    if settings.truncation is not None and not settings.truncation >= settings.voxel:
        raise ValueError(f"truncation: must be at least one voxel, {settings.voxel} (got {settings.truncation})")


def _check_memory(n_blocks: int, n_views: int, settings: FusionSettings) -> None:
    needed = n_blocks * _BYTES_PER_BLOCK
    if needed > settings.memory_limit:
        least = settings.voxel * (needed / settings.memory_limit) ** 0.5  # surfaces grow with the square
        raise ValueError(
            f"voxel: {settings.voxel} needs over {needed / 1e9:.1f} GB after {n_views} views, "
            f"{settings.memory_limit / 1e9:.1f} GB are allowed; try {least:.2g} or more"
        )
