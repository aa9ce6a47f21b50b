"""Where rays meet boxes, ellipsoids and cylinders, in closed form and compiled."""

from typing import Any, no_type_check

import numpy as np
from numba import njit

BOX, ELLIPSOID, CYLINDER = 0, 1, 2


@njit(cache=True)
@no_type_check
def cast(rays: Any, eye: Any, kinds: Any, middles: Any, halves: Any, turns: Any) -> Any:
    """The nearest shape along each ray: distance in units of the ray, its number, point in its axes, normal in ours."""
    height, width = rays.shape[:2]
    distance = np.full((height, width), np.inf)
    which = np.full((height, width), -1, np.int64)
    point, normal = np.zeros((height, width, 3)), np.zeros((height, width, 3))
    for s in range(kinds.size):
        c, sn = np.cos(turns[s]), np.sin(turns[s])
        ox, oy, oz = eye[0] - middles[s, 0], eye[1] - middles[s, 1], eye[2] - middles[s, 2]
        a = (c * ox - sn * oz) / halves[s, 0], oy / halves[s, 1], (sn * ox + c * oz) / halves[s, 2]
        for y in range(height):
            for x in range(width):
                dx, dy, dz = rays[y, x, 0], rays[y, x, 1], rays[y, x, 2]
                b = (c * dx - sn * dz) / halves[s, 0], dy / halves[s, 1], (sn * dx + c * dz) / halves[s, 2]
                t, axis = _meet(kinds[s], a, b)
                if 0.05 < t < distance[y, x]:
                    distance[y, x], which[y, x] = t, s
                    p = a[0] + t * b[0], a[1] + t * b[1], a[2] + t * b[2]
                    n0, n1, n2 = p[0], p[1], p[2]
                    if axis == 0:
                        n0, n1, n2 = np.sign(p[0]), 0.0, 0.0
                    elif axis == 1:
                        n0, n1, n2 = 0.0, np.sign(p[1]), 0.0
                    elif axis == 2:
                        n0, n1, n2 = 0.0, 0.0, np.sign(p[2])
                    elif axis == 4:
                        n1 = 0.0
                    n0, n1, n2 = n0 / halves[s, 0], n1 / halves[s, 1], n2 / halves[s, 2]
                    length = np.sqrt(n0 * n0 + n1 * n1 + n2 * n2) + 1e-12
                    for k in range(3):
                        point[y, x, k] = p[k] * halves[s, k]
                    normal[y, x, 0] = (c * n0 + sn * n2) / length
                    normal[y, x, 1] = n1 / length
                    normal[y, x, 2] = (-sn * n0 + c * n2) / length
    return distance, which, point, normal


@njit(cache=True)
@no_type_check
def _meet(kind: Any, a: Any, b: Any) -> Any:
    """Where a ray enters the unit box, ball or cylinder, and through what: an axis, 3 for round, 4 round about y."""
    if kind == BOX:
        low, high, axis = -np.inf, np.inf, 0
        for k in range(3):
            slope = b[k] if abs(b[k]) > 1e-12 else 1e-12
            t0, t1 = (-1 - a[k]) / slope, (1 - a[k]) / slope
            if min(t0, t1) > low:
                low, axis = min(t0, t1), k
            high = min(high, max(t0, t1))
        return (low, axis) if low < high else (np.inf, 0)
    if kind == ELLIPSOID:
        return _root(
            b[0] * b[0] + b[1] * b[1] + b[2] * b[2],
            a[0] * b[0] + a[1] * b[1] + a[2] * b[2],
            a[0] * a[0] + a[1] * a[1] + a[2] * a[2] - 1,
        ), 3
    t = _root(b[0] * b[0] + b[2] * b[2], a[0] * b[0] + a[2] * b[2], a[0] * a[0] + a[2] * a[2] - 1)
    if abs(a[1] + t * b[1]) <= 1:
        return t, 4
    if abs(b[1]) > 1e-12:
        t = (-np.sign(b[1]) - a[1]) / b[1]
        if (a[0] + t * b[0]) ** 2 + (a[2] + t * b[2]) ** 2 <= 1:
            return t, 1
    return np.inf, 4


@njit(cache=True)
@no_type_check
def _root(square: Any, half: Any, rest: Any) -> Any:
    inside = half * half - square * rest
    return (-half - np.sqrt(inside)) / square if inside > 0 and square > 0 else np.inf
