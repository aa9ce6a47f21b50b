"""Simple polygons as triangles, by cutting ears."""

import numpy as np
from jaxtyping import Float64, Int64

from meshing.room.polygon import contains


def triangles_of(polygon: Float64[np.ndarray, "_ 2"]) -> Int64[np.ndarray, "faces 3"]:
    """Indices of corners, three a triangle, turning the same way as the polygon; two triangles fewer than corners.

    `polygon` runs counter-clockwise seen from above (x and z, z towards the reader) and does not cross itself.
    """
    left = list(range(len(polygon)))
    faces = []
    while len(left) > 3:
        at = next((k for k in range(len(left)) if _is_ear(polygon, left, k)), 0)
        faces.append((left[at - 1], left[at], left[(at + 1) % len(left)]))
        del left[at]
    return np.array([*faces, tuple(left)], np.int64)


def _is_ear(polygon: Float64[np.ndarray, "_ 2"], left: list[int], at: int) -> bool:
    a, b, c = left[at - 1], left[at], left[(at + 1) % len(left)]
    corner = polygon[[a, b, c]]
    one, two = corner[1] - corner[0], corner[2] - corner[1]
    if one[1] * two[0] - one[0] * two[1] <= 1e-12:  # a corner that turns outwards
        return False
    others = [i for i in left if i not in (a, b, c)]
    return not contains(corner, polygon[others]).any()
