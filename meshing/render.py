"""A picture of a mesh as a viewer would show it unlit: for reports, tests and looking."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32, UInt8

from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.raycast_embree import Hits, RayCaster


@dataclass(frozen=True, eq=False)
class Render:
    """`depth` is along z, 0 where nothing was hit; `face` is -1 there."""

    color: UInt8[np.ndarray, "h w 3"]
    depth: Float32[np.ndarray, "h w"]
    face: Int32[np.ndarray, "h w"]


def render(
    mesh: Mesh,
    camera: Pinhole,
    world_from_camera: Float64[np.ndarray, "4 4"],
    *,
    caster: RayCaster | None = None,
    background: tuple[int, int, int] = (0, 0, 0),
    samples: int = 1,
) -> Render:
    """`mesh` seen by `camera`: its texture, else its vertex colours, else grey by the angle of view.

    `samples` x `samples` rays a pixel are averaged in colour; depth and face are those of one ray through the centre
    where `samples` is odd. `caster` saves building one again for many pictures of the same mesh.
    """
    caster = caster or RayCaster(mesh.vertices, mesh.faces)
    fine = camera.scaled(samples)
    rays = fine.rays().reshape(-1, 3)
    directions = rays @ world_from_camera[:3, :3].T
    origins = np.broadcast_to(world_from_camera[:3, 3], directions.shape)
    hits = caster.cast(origins, directions)
    hit = hits.face >= 0
    color = np.tile(np.array(background, np.float64), (len(rays), 1))
    color[hit] = surface_colors(mesh, hits, hit, directions)
    h, w = camera.height, camera.width
    color = color.reshape(h, samples, w, samples, 3).mean(axis=(1, 3))
    middle = (slice(samples // 2, None, samples),) * 2
    depth = np.where(hit, hits.distance, 0).reshape(fine.height, fine.width)[middle]
    face = hits.face.reshape(fine.height, fine.width)[middle]
    return Render(np.rint(color).astype(np.uint8), depth.astype(np.float32), face)


def surface_colors(
    mesh: Mesh, hits: Hits, hit: np.ndarray, directions: Float64[np.ndarray, "rays 3"]
) -> Float64[np.ndarray, "hits 3"]:
    """sRGB 0 ... 255 where the rays marked in `hit` met the mesh."""
    corners = mesh.faces[hits.face[hit]]
    u, v = hits.u[hit].astype(np.float64), hits.v[hit].astype(np.float64)
    weights = np.stack([1 - u - v, u, v], axis=1)
    if mesh.base_color is not None and mesh.uv is not None:
        uv = np.einsum("nk,nkc->nc", weights, mesh.uv[corners])
        return sample_bilinear(mesh.base_color[..., :3], uv * mesh.base_color.shape[1::-1])
    if mesh.vertex_colors is not None:
        colors: np.ndarray = np.einsum("nk,nkc->nc", weights, mesh.vertex_colors[corners].astype(np.float64))
        return colors
    a, b, c = (mesh.vertices[corners[:, k]].astype(np.float64) for k in range(3))
    normal = np.cross(b - a, c - a)
    toward = np.abs((normal * directions[hit]).sum(axis=1))
    length = np.linalg.norm(normal, axis=1) * np.linalg.norm(directions[hit], axis=1)
    return np.repeat((60 + 190 * toward / np.maximum(length, 1e-12))[:, None], 3, axis=1)


def sample_bilinear(
    image: UInt8[np.ndarray, "h w c"], pixels: Float64[np.ndarray, "points 2"]
) -> Float64[np.ndarray, "points c"]:
    """Values at `pixels` (x, y; centres at + 0.5), bilinear, the border continued."""
    h, w = image.shape[:2]
    x = np.clip(pixels[:, 0] - 0.5, 0, w - 1)
    y = np.clip(pixels[:, 1] - 0.5, 0, h - 1)
    x0, y0 = x.astype(np.int64), y.astype(np.int64)
    x1, y1 = np.minimum(x0 + 1, w - 1), np.minimum(y0 + 1, h - 1)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    top = image[y0, x0] * (1 - fx) + image[y0, x1] * fx
    bottom = image[y1, x0] * (1 - fx) + image[y1, x1] * fx
    blended: np.ndarray = top * (1 - fy) + bottom * fy
    return blended
