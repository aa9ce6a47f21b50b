"""A surface brought nearer to the photos by rendering its texture again and again: vertices move along their normals.

Where a surface lies too near or too far, a photo shows its texture beside the place where it is drawn. How the colour
in a pixel changes as the surface moves follows from the slope of the texture along the direction in which the ray's
foot then slides over it; the move that explains all photos best is found by damped Gauss-Newton steps (SIRT's, as in
`refine.py`), and what photos do not tell follows its neighbours. Silhouettes tell nothing here: pixels beside an edge
are left out, so the outline of a thing moves only with what lies within.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Float64, Int64
from scipy.sparse import coo_array

from meshing.joined import Joined, join
from meshing.mesh import Mesh, check_mesh
from meshing.quality import Reference
from meshing.raycast_embree import RayCaster
from meshing.refine import _beside_an_edge, _Exposure, _fit
from meshing.refine_numba import drawn

_HUBER = 12.0  # levels
_SQUARELY = 0.3  # cosine; flatter rays slide too far over the surface
_SMOOTHING, _SMOOTH_ROUNDS = 0.5, 4  # of a step, against what a usual vertex is told by photos
_FARTHEST = 0.15  # of the mean edge, in one round


@dataclass(frozen=True, eq=False)
class Reshaped:
    """The mesh with its vertices moved, the mean difference to the photos before and after in levels, and how far
    vertices moved on average."""

    mesh: Mesh
    before: float
    after: float
    moved: float


@dataclass(frozen=True, eq=False)
class _Rays:
    """The pixels of a photo that meet the surface squarely: their face, the weights of its corners, their direction."""

    pixel: Int64[np.ndarray, "rays"]
    face: Int64[np.ndarray, "rays"]
    weights: Float64[np.ndarray, "rays 3"]
    direction: Float64[np.ndarray, "rays 3"]


def refine_shape(mesh: Mesh, photos: Sequence[Reference], *, rounds: int = 10) -> Reshaped:
    """`mesh` with the vertices from which its texture, rendered from the photos' cameras, is nearest to them.

    Vertices at one place, on the two sides of a seam, stay together. Raises ValueError for a mesh without a texture, or
    where there are no photos.
    """
    check_mesh(mesh)
    if mesh.base_color is None or mesh.uv is None:
        raise ValueError("mesh.base_color: there is no texture to go by; bake one first")
    if len(photos) == 0 or rounds < 1:
        raise ValueError(f"photos, rounds: at least one of each is needed (got {len(photos)}, {rounds})")
    joined, moved, errors = join(mesh), mesh, []
    for _ in range(rounds):
        moved, error = move(moved, joined, photos)
        errors.append(error)
    errors.append(_told(moved, photos, joined.faces)[1])
    return Reshaped(moved, errors[0], errors[-1], float(np.linalg.norm(moved.vertices - mesh.vertices, axis=1).mean()))


def move(mesh: Mesh, joined: Joined, photos: Sequence[Reference]) -> tuple[Mesh, float]:
    """`mesh` one round nearer to the photos, and the mean difference to them before that."""
    told, error = _told(mesh, photos, joined.faces)
    points = mesh.vertices[joined.first].astype(np.float64)
    step = _smoothed(told[0] / np.maximum(told[1], 1e-12), told[1], joined.neighbours)
    farthest = _FARTHEST * joined.edge
    points += np.clip(step, -farthest, farthest)[:, None] * _vertex_normals(points, joined.faces)
    return replace(mesh, vertices=points[joined.weld].astype(np.float32), normals=None), error


def _told(
    mesh: Mesh, photos: Sequence[Reference], faces: Int64[np.ndarray, "faces 3"]
) -> tuple[Float64[np.ndarray, "2 vertices"], float]:
    """For each vertex how far photos want it to move along its normal, times how sure they are, and how sure; the mean
    difference to them."""
    assert mesh.base_color is not None
    texture = mesh.base_color[..., :3].astype(np.float32)
    caster = RayCaster(mesh.vertices, mesh.faces)
    slide, normal = _uv_per_length(mesh), _face_normals(mesh)
    total, error = np.zeros((2, int(faces.max()) + 1)), []
    for photo in photos:
        rays = _rays(mesh, photo, caster, normal)
        if len(rays.pixel) < 3:
            continue
        assert mesh.uv is not None
        uv = np.einsum("nk,nkc->nc", rays.weights, mesh.uv[mesh.faces[rays.face]])
        n, r = normal[rays.face], rays.direction
        foot = r / (n * r).sum(axis=1, keepdims=True) - n  # how the ray's foot slides as the surface moves along n
        along = np.einsum("nij,nj->ni", slide[rays.face], foot)
        shown, slope = _slope(texture, uv, along)
        seen = photo.image.reshape(-1, 3)[rays.pixel].astype(np.float32)
        exposed = _Exposure(np.ones(3, np.float32), np.zeros(3, np.float32))
        _fit(exposed, shown, seen)
        left = (seen - exposed.offset) / exposed.gain - shown
        size = np.abs(left).mean(axis=1)
        error.append(float(size.mean()))
        trust = np.minimum(1, _HUBER / np.maximum(size, 1e-6))
        for row, value in enumerate(((slope * left).sum(axis=1), (slope**2).sum(axis=1))):
            spread = (rays.weights * (trust * value)[:, None]).ravel()
            total[row] += np.bincount(faces[rays.face].ravel(), weights=spread, minlength=total.shape[1])
    return total, float(np.mean(error)) if error else 0.0


def _rays(mesh: Mesh, photo: Reference, caster: RayCaster, normal: Float64[np.ndarray, "faces 3"]) -> _Rays:
    directions = photo.camera.rays().reshape(-1, 3) @ photo.world_from_camera[:3, :3].T
    hits = caster.cast(np.broadcast_to(photo.world_from_camera[:3, 3], directions.shape), directions)
    good = hits.face >= 0
    cosine = np.zeros(len(directions))
    cosine[good] = (normal[hits.face[good]] * directions[good]).sum(axis=1)
    good &= np.abs(cosine) > _SQUARELY * np.linalg.norm(directions, axis=1)
    shape = (photo.camera.height, photo.camera.width)
    good &= ~_beside_an_edge(np.where(hits.face >= 0, hits.distance, 0).reshape(shape)).ravel()
    if photo.shown is not None:
        good &= photo.shown.ravel()
    u, v = hits.u[good].astype(np.float64), hits.v[good].astype(np.float64)
    weights = np.stack([1 - u - v, u, v], axis=1)
    return _Rays(np.flatnonzero(good), hits.face[good].astype(np.int64), weights, directions[good])


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


def _face_normals(mesh: Mesh) -> Float64[np.ndarray, "faces 3"]:
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(np.float64) for k in range(3))
    normal = np.cross(b - a, c - a)
    unit: np.ndarray = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    return unit


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
