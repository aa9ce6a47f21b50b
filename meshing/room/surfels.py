"""The light map: sample points spread evenly over all patches, and rays that find the sample they hit.

Owns where light is computed. What arrives there is in `lighting.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from meshing.raycast_embree import RayCaster
from meshing.room.patch import Patch, grid_normals, sampled, triangles_of

OFFSET = 1e-3  # metres above the surface where rays begin
_NEAR = 6e-3  # nothing can be seen through a gap smaller than this


@dataclass(frozen=True, eq=False)
class Surfels:
    """One sample per light-map texel, patch after patch, row by row.

    `first`, `width` and `height` say where the texels of each patch lie. `there` is false where a patch is cut away.
    """

    position: Float32[np.ndarray, "surfels 3"]
    normal: Float32[np.ndarray, "surfels 3"]
    patch: Int32[np.ndarray, "surfels"]
    shares: Float32[np.ndarray, "surfels 2"]
    there: Bool[np.ndarray, "surfels"]
    first: Int64[np.ndarray, "patches"]
    width: Int64[np.ndarray, "patches"]
    height: Int64[np.ndarray, "patches"]

    def __len__(self) -> int:
        return len(self.position)

    def rows(self, patch: int) -> slice:
        """The samples of one patch."""
        start = int(self.first[patch])
        return slice(start, start + int(self.width[patch] * self.height[patch]))

    def grid(self, values: np.ndarray, patch: int) -> np.ndarray:
        """The values of one patch as its light map, rows first."""
        shape = (int(self.height[patch]), int(self.width[patch]), *values.shape[1:])
        picture: np.ndarray = values[self.rows(patch)].reshape(shape)
        return picture


def surfels_of(patches: Sequence[Patch], spacing: Sequence[float]) -> Surfels:
    """Samples on each patch, about `spacing` metres apart, at least 2 by 2."""
    sizes = np.array([_texels(patch, step) for patch, step in zip(patches, spacing, strict=True)], np.int64)
    width, height = sizes.T.copy()
    first = np.concatenate([[0], np.cumsum(width * height)[:-1]])
    parts = [_samples(patch, int(w), int(h)) for patch, w, h in zip(patches, width, height, strict=True)]
    position, normal, shares, there = (np.concatenate([part[k] for part in parts]) for k in range(4))
    owner = np.repeat(np.arange(len(patches), dtype=np.int32), width * height)
    return Surfels(
        position.astype(np.float32),
        normal.astype(np.float32),
        owner,
        shares.astype(np.float32),
        there,
        first,
        width,
        height,
    )


def _texels(patch: Patch, spacing: float) -> tuple[int, int]:
    rows, columns = patch.points.shape[:2]
    u, v = patch.size
    curved = (min(columns - 1, 16), min(rows - 1, 16))
    return (
        int(np.clip(max(np.ceil(u / spacing), curved[0], 2), 2, 400)),
        int(np.clip(max(np.ceil(v / spacing), curved[1], 2), 2, 400)),
    )


def _samples(patch: Patch, width: int, height: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    across, down = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
    shares = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    normal = sampled(patch, grid_normals(patch.points), shares)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    there = np.ones(len(shares), bool) if patch.cut is None else patch.cut.covers(shares)
    return sampled(patch, patch.points, shares), normal, shares, there


@dataclass(frozen=True, eq=False)
class Struck:
    """What rays met: distance (infinite for nothing), patch (-1), place on its chart, its light-map sample, and whether
    they met the back of the surface."""

    distance: Float32[np.ndarray, "rays"]
    patch: Int32[np.ndarray, "rays"]
    shares: Float32[np.ndarray, "rays 2"]
    surfel: Int64[np.ndarray, "rays"]
    back: Bool[np.ndarray, "rays"]

    @property
    def blind(self) -> Bool[np.ndarray, "rays"]:
        """Rays that left the room, met the inside of something, or were stopped at once."""
        return np.asarray((self.patch < 0) | self.back | (self.distance < _NEAR))


class Tracer:
    """All triangles of the room, ready to be asked which light-map sample a ray meets.

    `others` are triangles that only stand in the way: (vertices, faces).
    """

    def __init__(
        self, patches: Sequence[Patch], surfels: Surfels, others: Sequence[tuple[np.ndarray, np.ndarray]] = ()
    ) -> None:
        vertices, corner_shares, owner = [], [], []
        for number, patch in enumerate(patches):
            positions, shares, faces = triangles_of(patch)
            vertices.append(positions[faces].reshape(-1, 3))
            corner_shares.append(shares[faces])
            owner.append(np.full(len(faces), number, np.int32))
        for positions, faces in others:
            vertices.append(positions[faces].reshape(-1, 3))
            corner_shares.append(np.zeros((len(faces), 3, 2)))
            owner.append(np.full(len(faces), -2, np.int32))
        points = np.concatenate(vertices).astype(np.float32)
        self._corner_shares = np.concatenate(corner_shares).astype(np.float32)
        self._owner = np.concatenate(owner)
        self._surfels = surfels
        corners = points.reshape(-1, 3, 3)
        self._normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        self._caster = RayCaster(points, np.arange(len(points), dtype=np.int32).reshape(-1, 3))

    def strike(self, origins: Float32[np.ndarray, "rays 3"], directions: Float32[np.ndarray, "rays 3"]) -> Struck:
        """What rays of unit length meet first."""
        hits = self._caster.cast(origins, directions)
        face = np.maximum(hits.face, 0)
        owner = np.where(hits.face >= 0, self._owner[face], -1).astype(np.int32)
        u, v = hits.u[:, None], hits.v[:, None]
        corners = self._corner_shares[face]
        shares = corners[:, 0] * (1 - u - v) + corners[:, 1] * u + corners[:, 2] * v
        back = np.einsum("nk,nk->n", self._normals[face], directions) > 0
        patch = np.maximum(owner, 0)
        width, height = self._surfels.width[patch], self._surfels.height[patch]
        column = np.clip((shares[:, 0] * width).astype(np.int64), 0, width - 1)
        row = np.clip((shares[:, 1] * height).astype(np.int64), 0, height - 1)
        return Struck(
            hits.distance, owner, shares, self._surfels.first[patch] + row * width + column, back & (owner >= 0)
        )

    def reaches(
        self, origins: Float32[np.ndarray, "rays 3"], targets: Float32[np.ndarray, "rays 3"]
    ) -> Bool[np.ndarray, "rays"]:
        """Whether nothing stands between; the last centimetre does not count."""
        return self._caster.is_free(origins, targets, slack=0.01)
