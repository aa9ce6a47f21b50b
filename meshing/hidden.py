"""Inner shells: pieces of a surface that nobody can see from outside, which cost triangles and texture for nothing."""

import numpy as np
from jaxtyping import Float64

from meshing.clean import components, keep_faces
from meshing.distance import samples
from meshing.mesh import Mesh
from meshing.raycast_embree import RayCaster

_POINTS = 96  # of each piece
_DIRECTIONS = 48  # of each point, over its whole sphere


def remove_hidden(mesh: Mesh, eyes: Float64[np.ndarray, "eyes 3"] | None = None, *, seed: int = 0) -> Mesh:
    """`mesh` without the connected pieces of which no point is seen from outside.

    A point is seen when one of many rays from it leaves the mesh's surroundings without meeting anything, or when
    nothing stands between it and one of `eyes`: give the cameras' places where what is inside is what was looked at, as
    in a room. Pieces are looked at through their own gaps, so what has a hole stays.
    """
    if len(mesh.faces) == 0:
        return mesh
    _, point = np.unique(mesh.vertices, axis=0, return_inverse=True)
    piece = components(point.ravel()[mesh.faces].astype(np.int32), len(mesh.vertices))
    caster, rng = RayCaster(mesh.vertices, mesh.faces), np.random.default_rng(seed)
    keep = np.zeros(int(piece.max()) + 1, bool)
    for number in np.unique(piece):
        keep[number] = _is_seen(mesh, piece == number, caster, eyes, rng)
    return keep_faces(mesh, keep[piece])


def _is_seen(
    mesh: Mesh, own: np.ndarray, caster: RayCaster, eyes: Float64[np.ndarray, "eyes 3"] | None, rng: np.random.Generator
) -> bool:
    faces = mesh.faces[own]
    points, face = samples(mesh.vertices, faces, _POINTS, rng)
    a, b, c = (mesh.vertices[faces[face][:, k]].astype(np.float64) for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    off = 1e-4 * float(np.ptp(mesh.vertices, axis=0).max())
    for side in (normal, -normal):
        start = points + off * side
        ways = rng.normal(size=(len(start), _DIRECTIONS, 3))
        ways *= np.sign(np.einsum("pdk,pk->pd", ways, side))[..., None]  # away from the surface
        hits = caster.cast(np.repeat(start, _DIRECTIONS, axis=0), ways.reshape(-1, 3))
        if (hits.face < 0).any():
            return True
        for eye in eyes if eyes is not None else ():
            if caster.is_free(np.broadcast_to(eye, start.shape), start, slack=off).any():
                return True
    return False
