"""A surface brought nearer to the photos by rendering its texture again and again: vertices move along their normals.

Where a surface lies too near or too far, a photo shows its texture beside the place where it is drawn. How the colour
in a pixel changes as the surface moves follows from the slope of the texture along the direction in which the ray's
foot then slides over it. Where the surface ends before another, the photo shows by how many pixels the outline is off
(`refine_outline.py`). The move that explains all photos best is found by damped Gauss-Newton steps (SIRT's, as in
`refine.py`), and what photos do not tell follows its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Float64, Int64
from scipy.sparse import coo_array

from meshing.joined import Joined
from meshing.mesh import Mesh
from meshing.quality import Reference
from meshing.raycast_embree import RayCaster
from meshing.refine import _Exposure, _fit
from meshing.refine_numba import drawn
from meshing.refine_outline import find_outline
from meshing.refine_rays import PixelRays, cast_pixels, face_normals

_HUBER = 12.0  # levels
_SQUARELY = 0.3  # cosine; flatter rays slide too far over the surface
_OUTWARD = 0.3  # cosine between the surface's normal and its outline's; less, and the outline hardly moves with it
_SMOOTHING, _SMOOTH_ROUNDS = 0.5, 4  # of a step, against what a usual vertex is told by photos
_FARTHEST = 0.15  # of the mean edge, in one round


@dataclass(frozen=True, eq=False)
class _Told:
    """What pixels say of the faces they show: how far these should move along their normals times how sure that is, and
    how sure."""

    pixel: Int64[np.ndarray, "rays"]
    wanted: Float64[np.ndarray, "rays"]
    sure: Float64[np.ndarray, "rays"]


def move(mesh: Mesh, joined: Joined, photos: Sequence[Reference]) -> tuple[Mesh, float]:
    """`mesh` one round nearer to the photos, and the mean difference to them before that.

    Vertices at one place, on the two sides of a seam, stay together.
    """
    points = mesh.vertices[joined.first].astype(np.float64)
    normals = _vertex_normals(points, joined.faces)
    (wanted, sure), error = _told(mesh, photos, joined.faces, normals)
    step = _smoothed(wanted / np.maximum(sure, 1e-12), sure, joined.neighbours)
    farthest = _FARTHEST * joined.edge
    points += np.clip(step, -farthest, farthest)[:, None] * normals
    return replace(mesh, vertices=points[joined.weld].astype(np.float32), normals=None), error


def _told(
    mesh: Mesh,
    photos: Sequence[Reference],
    faces: Int64[np.ndarray, "faces 3"],
    normals: Float64[np.ndarray, "vertices 3"],
) -> tuple[Float64[np.ndarray, "2 vertices"], float]:
    """For each vertex how far photos want it to move along its normal, times how sure they are, and how sure; the mean
    difference to them."""
    assert mesh.base_color is not None
    texture = mesh.base_color[..., :3].astype(np.float32)
    caster = RayCaster(mesh.vertices, mesh.faces)
    slide, flat = _uv_per_length(mesh), face_normals(mesh)
    total, error = np.zeros((2, len(normals))), []
    for photo in photos:
        rays = cast_pixels(mesh, photo, caster)
        pixel = np.flatnonzero(rays.squarely(flat, _SQUARELY))
        if len(pixel) < 3:
            continue
        face, r = rays.face[pixel], rays.direction[pixel]
        n = flat[face]
        foot = r / (n * r).sum(axis=1, keepdims=True) - n  # how the ray's foot slides as the surface moves along n
        shown, slope = _slope(texture, rays.uv(mesh, pixel), np.einsum("nij,nj->ni", slide[face], foot))
        exposed = _Exposure(np.ones(3, np.float32), np.zeros(3, np.float32))
        _fit(exposed, shown, photo.image.reshape(-1, 3)[pixel].astype(np.float32))
        seen = ((photo.image - exposed.offset) / exposed.gain).astype(np.float32)
        left = seen.reshape(-1, 3)[pixel] - shown
        size = np.abs(left).mean(axis=1)
        error.append(float(size.mean()))
        trust = np.minimum(1, _HUBER / np.maximum(size, 1e-6))
        inside = _Told(pixel, trust * (slope * left).sum(axis=1), trust * (slope**2).sum(axis=1))
        for told in (inside, _at_outlines(mesh, texture, rays, seen, normals[faces])):
            corner, weights = faces[rays.face[told.pixel]].ravel(), rays.weights[told.pixel]
            for row, value in enumerate((told.wanted, told.sure)):
                total[row] += np.bincount(corner, weights=(weights * value[:, None]).ravel(), minlength=len(normals))
    return total, float(np.mean(error)) if error else 0.0


def _at_outlines(
    mesh: Mesh,
    texture: Float32[np.ndarray, "h w 3"],
    rays: PixelRays,
    seen: Float32[np.ndarray, "rows columns 3"],
    normals: Float64[np.ndarray, "faces 3 3"],
) -> _Told:
    """What a photo, `seen` in the texture's exposure, says at outlines; `normals` are those of the faces' corners."""
    hit = rays.face >= 0
    picture = np.zeros_like(seen)
    picture.reshape(-1, 3)[hit] = drawn(texture, (2 * rays.uv(mesh, hit) - 1).astype(np.float32))
    outline = find_outline(rays.depth, picture, seen, rays.counts().reshape(rays.depth.shape))
    pixel, pose = outline.pixel, rays.photo.world_from_camera
    normal = np.einsum("nk,nkc->nc", rays.weights[pixel], normals[rays.face[pixel]])
    along = (normal * (outline.normal @ pose[:3, :2].T)).sum(axis=1)
    along = np.where(along > _OUTWARD, along, 0)
    moves = along * rays.photo.camera.fx / rays.depth.ravel()[pixel]  # pixels, for each unit of the surface's move
    return _Told(pixel, outline.sure * moves * outline.shift, outline.sure * moves**2)


def _slope(
    texture: Float32[np.ndarray, "h w 3"], uv: Float64[np.ndarray, "n 2"], along: Float64[np.ndarray, "n 2"]
) -> tuple[Float32[np.ndarray, "n 3"], Float64[np.ndarray, "n 3"]]:
    """The texture's colours, and their change for each unit of the surface's move."""
    h, w = texture.shape[:2]
    texels = np.maximum(np.linalg.norm(along * [w, h], axis=1), 1e-9)[:, None]
    step = along / texels  # one texel
    ahead, behind = (drawn(texture, (2 * (uv + sign * step) - 1).astype(np.float32)) for sign in (1, -1))
    slope = (ahead.astype(np.float64) - behind) / 2 * texels
    return drawn(texture, (2 * uv - 1).astype(np.float32)), slope


def _uv_per_length(mesh: Mesh) -> Float64[np.ndarray, "faces 2 3"]:
    """How texture coordinates change along each face, a row for u and one for v."""
    assert mesh.uv is not None
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(np.float64) for k in range(3))
    ua, ub, uc = (mesh.uv[mesh.faces[:, k]].astype(np.float64) for k in range(3))
    e, f = b - a, c - a
    cross = np.cross(e, f)
    toward = cross / np.maximum((cross**2).sum(axis=1), 1e-30)[:, None]
    along_e, along_f = np.cross(f, toward), np.cross(toward, e)  # e · along_e = 1, f · along_e = 0, and so on
    change: np.ndarray = (ub - ua)[:, :, None] * along_e[:, None] + (uc - ua)[:, :, None] * along_f[:, None]
    return change


def _vertex_normals(
    points: Float64[np.ndarray, "vertices 3"], faces: Int64[np.ndarray, "faces 3"]
) -> Float64[np.ndarray, "vertices 3"]:
    a, b, c = (points[faces[:, k]] for k in range(3))
    cross = np.repeat(np.cross(b - a, c - a), 3, axis=0)
    corner = faces.ravel()
    total = np.stack([np.bincount(corner, weights=cross[:, k], minlength=len(points)) for k in range(3)], axis=1)
    unit: np.ndarray = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-30)
    return unit


def _smoothed(
    step: Float64[np.ndarray, "vertices"], sure: Float64[np.ndarray, "vertices"], neighbours: coo_array
) -> Float64[np.ndarray, "vertices"]:
    """Steps drawn toward those of their neighbours, the more the less sure they are."""
    usual = _SMOOTHING * float(sure[sure > 0].mean()) if (sure > 0).any() else 1.0
    found = step
    for _ in range(_SMOOTH_ROUNDS):
        found = (sure * step + usual * (neighbours @ found)) / (sure + usual)
    return found
