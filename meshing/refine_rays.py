"""What a photo's camera sees of a mesh, one ray a pixel: what refinement goes by."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64

from meshing.mesh import Mesh
from meshing.quality import Reference
from meshing.raycast_embree import RayCaster

STEP = 0.05
"""Of the depth: where two pixels differ by more there is an outline between them."""


@dataclass(frozen=True, eq=False)
class PixelRays:
    """Where the rays through all pixels of a photo first meet a mesh: the face (-1 for none), the weights of its
    corners, and the depth (0 for none). Directions are in the world, of depth 1."""

    photo: Reference
    face: Int64[np.ndarray, "pixels"]
    weights: Float64[np.ndarray, "pixels 3"]
    direction: Float64[np.ndarray, "pixels 3"]
    depth: Float64[np.ndarray, "h w"]

    def counts(self) -> Bool[np.ndarray, "pixels"]:
        """Pixels that the photo shows and that meet the mesh."""
        shown = self.photo.shown
        hit = self.face >= 0
        return hit if shown is None else hit & shown.ravel()

    def squarely(self, normals: Float64[np.ndarray, "faces 3"], cosine: float) -> Bool[np.ndarray, "pixels"]:
        """Of those the ones that meet the mesh under more than this `cosine`, away from outlines, whose colours mix."""
        good: np.ndarray = self.counts() & ~self._beside_an_outline()
        along = np.abs((normals[self.face[good]] * self.direction[good]).sum(axis=1))
        good[good] = along > cosine * np.linalg.norm(self.direction[good], axis=1)
        return good

    def uv(
        self, mesh: Mesh, pixel: Int64[np.ndarray, "rays"] | Bool[np.ndarray, "pixels"]
    ) -> Float64[np.ndarray, "rays 2"]:
        """Texture coordinates where the rays of these pixels meet the mesh."""
        assert mesh.uv is not None
        uv: np.ndarray = np.einsum("nk,nkc->nc", self.weights[pixel], mesh.uv[mesh.faces[self.face[pixel]]])
        return uv

    def _beside_an_outline(self) -> Bool[np.ndarray, "pixels"]:
        """Pixels next to a step in depth, or to nothing at all."""
        edge = np.zeros(self.depth.shape, bool)
        for low, high in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
            one, other = self.depth[low], self.depth[high]
            step = np.abs(one - other) > STEP * np.minimum(one, other)
            edge[low] |= step
            edge[high] |= step
        return edge.ravel()


def cast_pixels(mesh: Mesh, photo: Reference, caster: RayCaster) -> PixelRays:
    """The rays through the pixels of `photo`, one through each centre."""
    direction = photo.camera.rays().reshape(-1, 3) @ photo.world_from_camera[:3, :3].T
    hits = caster.cast(np.broadcast_to(photo.world_from_camera[:3, 3], direction.shape), direction)
    u, v = hits.u.astype(np.float64), hits.v.astype(np.float64)
    depth = np.where(hits.face >= 0, hits.distance, 0).astype(np.float64)
    shape = (photo.camera.height, photo.camera.width)
    return PixelRays(
        photo, hits.face.astype(np.int64), np.stack([1 - u - v, u, v], axis=1), direction, depth.reshape(shape)
    )


def face_normals(mesh: Mesh) -> Float64[np.ndarray, "faces 3"]:
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(np.float64) for k in range(3))
    normal = np.cross(b - a, c - a)
    unit: np.ndarray = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    return unit
