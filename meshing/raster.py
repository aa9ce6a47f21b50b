"""Which face of a mesh each texel of its texture belongs to, and where in the face: the definition, in numpy."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32

EDGE = 1e-6  # a texel centre on an edge belongs to the face; of two such faces to the first
_CHUNK = 1 << 22  # texels of bounding boxes looked at at once


@dataclass(frozen=True, eq=False)
class Texels:
    """Per texel: its face (-1 for none) and the barycentric weights of the face's second and third corner."""

    face: Int32[np.ndarray, "h w"]
    u: Float32[np.ndarray, "h w"]
    v: Float32[np.ndarray, "h w"]


def corners_in_texels(
    uv: Float32[np.ndarray, "vertices 2"], faces: Int32[np.ndarray, "faces 3"], width: int, height: int
) -> Float64[np.ndarray, "faces 3 2"]:
    """Corners of each face so that the first texel's centre lies at (0, 0)."""
    corners: np.ndarray = uv.astype(np.float64)[faces] * (width, height) - 0.5
    return corners


def rasterize(
    uv: Float32[np.ndarray, "vertices 2"], faces: Int32[np.ndarray, "faces 3"], width: int, height: int
) -> Texels:
    """The texels whose centres lie in a face."""
    face = np.full((height, width), -1, np.int32)
    u, v = np.zeros((2, height, width), np.float32)
    corners = corners_in_texels(uv, faces, width, height)
    low = np.maximum(np.ceil(corners.min(axis=1)), 0).astype(np.int64)
    high = np.minimum(np.floor(corners.max(axis=1)), (width - 1, height - 1)).astype(np.int64)
    spans = np.maximum(high - low + 1, 0)
    counts = spans.prod(axis=1)
    ends = np.cumsum(counts)
    start = 0
    while start < len(faces):
        stop = max(start + 1, int(np.searchsorted(ends, ends[start] - counts[start] + _CHUNK)))
        owner = np.repeat(np.arange(start, stop), counts[start:stop])
        nth = np.arange(len(owner)) - (ends - counts)[owner] + (ends - counts)[start]
        x = low[owner, 0] + nth % np.maximum(spans[owner, 0], 1)
        y = low[owner, 1] + nth // np.maximum(spans[owner, 0], 1)
        weights, inside = _weights(corners[owner], x, y)
        inside &= face[y, x] < 0
        texel, first = np.unique((y * width + x)[inside], return_index=True)
        face.flat[texel] = owner[inside][first]
        u.flat[texel], v.flat[texel] = weights[inside][first].T
        start = stop
    return Texels(face, u, v)


def _weights(corners: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    (ax, ay), (bx, by), (cx, cy) = np.moveaxis(corners, 0, -1)
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    solid = np.abs(area) > 1e-12
    area = np.where(solid, area, 1.0)
    u = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area
    v = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area
    inside = solid & (u >= -EDGE) & (v >= -EDGE) & (u + v <= 1 + EDGE)
    return np.stack([u, v], axis=1), inside
