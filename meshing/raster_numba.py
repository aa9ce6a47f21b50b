"""`raster.py` in compiled loops: the same texels."""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Float32, Int32
from numba import njit

from meshing.raster import EDGE, Texels, corners_in_texels


def rasterize(
    uv: Float32[np.ndarray, "vertices 2"], faces: Int32[np.ndarray, "faces 3"], width: int, height: int
) -> Texels:
    """The texels whose centres lie in a face."""
    face = np.full((height, width), -1, np.int32)
    u, v = np.zeros((2, height, width), np.float32)
    _fill(corners_in_texels(uv, faces, width, height), face, u, v)
    return Texels(face, u, v)


@njit(cache=True)
@no_type_check
def _fill(corners: Any, face: Any, u: Any, v: Any) -> None:
    height, width = face.shape
    for k in range(corners.shape[0]):
        ax, ay = corners[k, 0, 0], corners[k, 0, 1]
        bx, by = corners[k, 1, 0], corners[k, 1, 1]
        cx, cy = corners[k, 2, 0], corners[k, 2, 1]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) <= 1e-12:
            continue
        for y in range(max(0, int(np.ceil(min(ay, by, cy)))), min(height - 1, int(np.floor(max(ay, by, cy)))) + 1):
            for x in range(max(0, int(np.ceil(min(ax, bx, cx)))), min(width - 1, int(np.floor(max(ax, bx, cx)))) + 1):
                s = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area
                t = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area
                if s >= -EDGE and t >= -EDGE and s + t <= 1 + EDGE and face[y, x] < 0:
                    face[y, x], u[y, x], v[y, x] = k, s, t
