"""What a collapse costs and where it is cheapest: quadrics of distance and of texture (Garland and Heckbert 1997; Hoppe
1999), row by row in compiled functions.

A point's row holds 6 numbers of the matrix, 3, 1, and the area it stands for; a wedge's the first ten, then 2 x 3, 2
and its weight.
"""

from functools import partial
from typing import Any, no_type_check

import numpy as np
from numba import njit

N_GEOMETRY, N_ATTRIBUTE = 11, 19
"""Numbers of a point's quadric, and of a wedge's."""

_AREA = 10

_PULL = 1e-5  # toward the middle of the edge, where the surface leaves the place open

_compiled = partial(njit, cache=True, error_model="numpy", _nrt=False, forceinline=True)
"""Without counting references, which took half of the time; nothing here makes an array."""


@_compiled()
@no_type_check
def add_faces(points: Any, faces: Any, total: Any, normals: Any) -> None:
    """Add each face's plane, by its area, to the rows of its three points; fills the normals."""
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        x, y, z = points[a, 0], points[a, 1], points[a, 2]
        ex, ey, ez = points[b, 0] - x, points[b, 1] - y, points[b, 2] - z
        fx, fy, fz = points[c, 0] - x, points[c, 1] - y, points[c, 2] - z
        nx, ny, nz = ey * fz - ez * fy, ez * fx - ex * fz, ex * fy - ey * fx
        double = np.sqrt(nx * nx + ny * ny + nz * nz)
        scale = 1 / max(double, 1e-300)
        nx, ny, nz = nx * scale, ny * scale, nz * scale
        d, area = -(nx * x + ny * y + nz * z), double / 2
        normals[f, 0], normals[f, 1], normals[f, 2] = nx, ny, nz
        for k in range(3):
            v = faces[f, k]
            total[v, 0] += area * nx * nx
            total[v, 1] += area * nx * ny
            total[v, 2] += area * nx * nz
            total[v, 3] += area * ny * ny
            total[v, 4] += area * ny * nz
            total[v, 5] += area * nz * nz
            total[v, 6] += area * d * nx
            total[v, 7] += area * d * ny
            total[v, 8] += area * d * nz
            total[v, 9] += area * d * d
            total[v, _AREA] += area


@_compiled()
@no_type_check
def geometric(q: Any, i: Any, x: Any, y: Any, z: Any) -> Any:
    """Row `i` of the quadrics at a place."""
    square = q[i, 0] * x * x + q[i, 3] * y * y + q[i, 5] * z * z
    square += 2 * (q[i, 1] * x * y + q[i, 2] * x * z + q[i, 4] * y * z)
    return square + 2 * (q[i, 6] * x + q[i, 7] * y + q[i, 8] * z) + q[i, 9]


@_compiled()
@no_type_check
def attributed(q: Any, i: Any, x: Any, y: Any, z: Any, s: Any, t: Any) -> Any:
    """Row `i` of the attributes' quadrics, at a place that has the texture coordinates s, t."""
    along_s = q[i, 10] * x + q[i, 11] * y + q[i, 12] * z + q[i, 16]
    along_t = q[i, 13] * x + q[i, 14] * y + q[i, 15] * z + q[i, 17]
    return geometric(q, i, x, y, z) + s * (q[i, 18] * s - 2 * along_s) + t * (q[i, 18] * t - 2 * along_t)


@_compiled()
@no_type_check
def weighed(error: Any, q: Any, a: Any, b: Any) -> Any:
    """The price of an error, squared distance times area: large distances count more than large areas.

    By the error alone a small part may come to lie far off. At 50,000 of an armadillo's 100,000 faces the greatest
    distance is 1.64e-3 by the error, 1.58e-3 over the area's third root, 1.22e-3 over its 0.4th power, 1.26e-3 over its
    square root and 1.43e-3 over its 2/3 power, while the mean grows from 1.480e-4 to 1.479e-4, 1.487e-4, 1.490e-4 and
    1.503e-4. A bunny at 5,000 faces has the least mean at 0.4.
    """
    return max(error, 0.0) / max(q[a, _AREA] + q[b, _AREA], 1e-300) ** 0.4


@_compiled()
@no_type_check
def price_at(
    a: Any, b: Any, points: Any, uv: Any, geometry: Any, attribute: Any, pairs: Any, n_pairs: Any, side: Any
) -> Any:
    """What it costs to move both ends to `b` (side 1) or to `a` (side 0)."""
    v = b if side == 1 else a
    x, y, z = points[v, 0], points[v, 1], points[v, 2]
    price = geometric(geometry, a, x, y, z) + geometric(geometry, b, x, y, z)
    if len(uv):
        for i in range(n_pairs):
            s, t = uv[pairs[i, side], 0], uv[pairs[i, side], 1]
            price += attributed(attribute, pairs[i, 0], x, y, z, s, t)
            price += attributed(attribute, pairs[i, 1], x, y, z, s, t)
    return weighed(price, geometry, a, b)


@_compiled()
@no_type_check
def best_place(points: Any, a: Any, b: Any, q: Any, w: Any, i: Any, k: Any, with_attributes: Any, place: Any) -> None:
    """Where the quadrics' sum is least; near the middle of the edge where they leave it open."""
    m00, m01, m02 = q[a, 0] + q[b, 0], q[a, 1] + q[b, 1], q[a, 2] + q[b, 2]
    m11, m12, m22 = q[a, 3] + q[b, 3], q[a, 4] + q[b, 4], q[a, 5] + q[b, 5]
    r0, r1, r2 = -q[a, 6] - q[b, 6], -q[a, 7] - q[b, 7], -q[a, 8] - q[b, 8]
    if with_attributes:
        m00, m01, m02 = m00 + w[i, 0] + w[k, 0], m01 + w[i, 1] + w[k, 1], m02 + w[i, 2] + w[k, 2]
        m11, m12, m22 = m11 + w[i, 3] + w[k, 3], m12 + w[i, 4] + w[k, 4], m22 + w[i, 5] + w[k, 5]
        r0, r1, r2 = r0 - w[i, 6] - w[k, 6], r1 - w[i, 7] - w[k, 7], r2 - w[i, 8] - w[k, 8]
        weight = max(w[i, 18] + w[k, 18], 1e-300)
        for j in range(2):
            n = 10 + 3 * j
            gx, gy, gz = w[i, n] + w[k, n], w[i, n + 1] + w[k, n + 1], w[i, n + 2] + w[k, n + 2]
            d = w[i, 16 + j] + w[k, 16 + j]
            m00, m01, m02 = m00 - gx * gx / weight, m01 - gx * gy / weight, m02 - gx * gz / weight
            m11, m12, m22 = m11 - gy * gy / weight, m12 - gy * gz / weight, m22 - gz * gz / weight
            r0, r1, r2 = r0 + gx * d / weight, r1 + gy * d / weight, r2 + gz * d / weight
    ax, ay, az = points[a, 0], points[a, 1], points[a, 2]
    dx, dy, dz = points[b, 0] - ax, points[b, 1] - ay, points[b, 2] - az
    x, y, z = ax + dx / 2, ay + dy / 2, az + dz / 2
    pull = _PULL * (m00 + m11 + m22) + 1e-30
    m00, m11, m22 = m00 + pull, m11 + pull, m22 + pull
    r0, r1, r2 = r0 + pull * x, r1 + pull * y, r2 + pull * z
    c00, c01, c02 = m11 * m22 - m12 * m12, m02 * m12 - m01 * m22, m01 * m12 - m02 * m11
    det = m00 * c00 + m01 * c01 + m02 * c02
    place[0], place[1], place[2] = x, y, z
    if abs(det) <= 1e-300:
        return
    c11, c12, c22 = m00 * m22 - m02 * m02, m01 * m02 - m00 * m12, m00 * m11 - m01 * m01
    px = (c00 * r0 + c01 * r1 + c02 * r2) / det
    py = (c01 * r0 + c11 * r1 + c12 * r2) / det
    pz = (c02 * r0 + c12 * r1 + c22 * r2) / det
    if (px - x) ** 2 + (py - y) ** 2 + (pz - z) ** 2 <= 4 * (dx * dx + dy * dy + dz * dz):
        place[0], place[1], place[2] = px, py, pz


@_compiled()
@no_type_check
def best_values(w: Any, i: Any, k: Any, x: Any, y: Any, z: Any, uv: Any, values: Any) -> None:
    """The texture coordinates that cost least at a place, where wedges `i` and `k` become one."""
    weight = w[i, 18] + w[k, 18]
    for j in range(2):
        if weight <= 1e-300:
            values[0, j] = (uv[i, j] + uv[k, j]) / 2
            continue
        n = 10 + 3 * j
        along = (w[i, n] + w[k, n]) * x + (w[i, n + 1] + w[k, n + 1]) * y + (w[i, n + 2] + w[k, n + 2]) * z
        values[0, j] = (along + w[i, 16 + j] + w[k, 16 + j]) / weight
