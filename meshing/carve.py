"""What no camera could have seen: backs of walls, inner shells and bits inside solid things."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool

from meshing.clean import components, keep_faces
from meshing.mesh import Mesh
from meshing.raycast_embree import RayCaster
from meshing.views import View, facing, pixels_of, visible

_GRAZING = 0.05  # cosine; noise tips small faces of a surface that was seen at a slant


def seen_faces(mesh: Mesh, views: Sequence[View], *, slack: float = 0.02) -> Bool[np.ndarray, "faces"]:
    """Which faces turn their front to a camera that has their centre in view, with nothing before it.

    What stands less than `slack` of the distance before a face does not hide it.
    """
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    centers = corners.mean(axis=1)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    caster = RayCaster(mesh.vertices, mesh.faces)
    seen = np.zeros(len(centers), bool)
    for view in views:
        open_ones = np.flatnonzero(~seen)
        _, inside = pixels_of(view, centers[open_ones])
        asked = inside & (facing(view, centers[open_ones], normals[open_ones]) > _GRAZING)
        seen[open_ones] = visible(view, centers[open_ones], asked, caster, slack=slack)
    return seen


def remove_unseen(mesh: Mesh, views: Sequence[View], *, slack: float = 0.02, min_faces: int = 20) -> Mesh:
    """`mesh` without the faces that no view sees; patches of under `min_faces` stay, as they would leave pinholes."""
    if len(mesh.faces) == 0:
        return mesh
    keep = seen_faces(mesh, views, slack=slack)
    unseen = np.flatnonzero(~keep)
    patch = components(mesh.faces[unseen], len(mesh.vertices))
    keep[unseen] = np.bincount(patch)[patch] < min_faces
    return keep_faces(mesh, keep)
