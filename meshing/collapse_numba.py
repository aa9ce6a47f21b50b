"""Edges collapsed one by one, cheapest first, in compiled loops (Garland and Heckbert 1997; attributes as Hoppe 1999).

The loop alone: `collapse.py` prepares what it works on and says what the kinds of points mean.
"""

from typing import Any, no_type_check

import numpy as np
from numba import njit

FREE, BORDER, SEAM, FIXED = 0, 1, 2, 3
N_GEOMETRY, N_ATTRIBUTE = 10, 19
"""Numbers of a point's quadric (6 of the matrix, 3, 1), and of a wedge's (the same, 2 x 3, 2, weight)."""

_FLIP = 0.2  # cosine between a face's normal before and after that is still allowed
_PULL = 1e-5  # toward the middle of the edge, where the surface leaves the place open


@njit(cache=True, error_model="numpy")
@no_type_check
def run(
    points: Any, faces: Any, wedges: Any, uv: Any, kind: Any, geometry: Any, attribute: Any, target: Any, careful: Any
) -> Any:
    """Collapse in place until `target` faces are left or no collapse is possible; which faces are alive.

    What is not `careful` may turn faces over and join what was apart.
    """
    n, m = len(points), len(faces)
    alive = np.ones(m, np.bool_)
    head, tail, following = np.full(n, -1, np.int64), np.full(n, -1, np.int64), np.full(3 * m, -1, np.int64)
    for c in range(3 * m):
        v = faces[c // 3, c % 3]
        if head[v] < 0:
            head[v] = c
        else:
            following[tail[v]] = c
        tail[v] = c
    version, mark, token = np.zeros(n, np.int64), np.zeros(n, np.int64), 0
    place, values, pairs = np.empty(3), np.empty((2, 2)), np.empty((2, 2), np.int64)
    count = m
    while count > target:
        before = count
        cost, ends, size = np.empty(4 * m + 64), np.empty((4 * m + 64, 4), np.int32), 0
        for f in range(m):
            if not alive[f]:
                continue
            for k in range(3):
                a, b = faces[f, k], faces[f, (k + 1) % 3]
                if a < b or _n_shared(head, following, alive, faces, a, b) == 1:
                    found = _plan(
                        a, b, points, faces, wedges, uv, kind, geometry, attribute, head, following, alive,
                        place, values, pairs,
                    )  # fmt: skip
                    if found[0] < np.inf:
                        cost, ends, size = _push(cost, ends, size, found[0], a, b, version)
        while size > 0 and count > target:
            a, b = ends[0, 0], ends[0, 1]
            fresh = version[a] == ends[0, 2] and version[b] == ends[0, 3]
            size = _pop(cost, ends, size)
            if not fresh:
                continue
            found = _plan(
                a, b, points, faces, wedges, uv, kind, geometry, attribute, head, following, alive,
                place, values, pairs,
            )  # fmt: skip
            gone, stays, n_pairs = found[1], found[2], found[3]
            token += 2
            if careful and (
                not _keeps_manifold(a, b, head, following, alive, faces, mark, token)
                or _flips(gone, stays, place, points, faces, wedges, uv, values, pairs, n_pairs, head, following, alive)
                or _flips(stays, gone, place, points, faces, wedges, uv, values, pairs, n_pairs, head, following, alive)
            ):
                continue
            count -= _merge(
                gone, stays, place, values, pairs, n_pairs,
                points, faces, wedges, uv, kind, geometry, attribute, head, tail, following, alive,
            )  # fmt: skip
            version[gone] += 1
            version[stays] += 1
            token += 2
            mark[stays] = token
            c = head[stays]
            while c >= 0:
                f = c // 3
                for k in range(3):
                    other = faces[f, k]
                    if mark[other] != token:
                        mark[other] = token
                        found = _plan(
                            stays, other, points, faces, wedges, uv, kind, geometry, attribute, head, following,
                            alive, place, values, pairs,
                        )  # fmt: skip
                        if found[0] < np.inf:
                            cost, ends, size = _push(cost, ends, size, found[0], stays, other, version)
                c = following[c]
        if count == before:
            break
    return alive


@njit(cache=True, error_model="numpy")
@no_type_check
def _n_shared(head: Any, following: Any, alive: Any, faces: Any, a: Any, b: Any) -> Any:
    """How many living faces have both `a` and `b`."""
    n = 0
    c = head[a]
    while c >= 0:
        f = c // 3
        if alive[f] and (faces[f, 0] == b or faces[f, 1] == b or faces[f, 2] == b):
            n += 1
        c = following[c]
    return n


@njit(cache=True, error_model="numpy")
@no_type_check
def _plan(
    a: Any, b: Any, points: Any, faces: Any, wedges: Any, uv: Any, kind: Any, geometry: Any, attribute: Any,
    head: Any, following: Any, alive: Any, place: Any, values: Any, pairs: Any,
) -> Any:  # fmt: skip
    """(cost, the point that goes, the one that stays, number of wedges); fills place, values and pairs.

    An infinite cost where the edge may not collapse: between two borders or two seams that are not the same, for
    instance.
    """
    if kind[a] > kind[b]:
        a, b = b, a
    ka, kb = kind[a], kind[b]
    if ka == FIXED or (ka == BORDER and kb == SEAM):
        return np.inf, a, b, 0
    n_shared, n_pairs = 0, 0
    c = head[a]
    while c >= 0:
        f = c // 3
        if alive[f]:
            for k in range(3):
                if faces[f, k] == b:
                    n_shared += 1
                    wa, wb = wedges[f, c % 3], wedges[f, k]
                    if n_pairs == 0 or (n_pairs == 1 and wa != pairs[0, 0]):
                        pairs[n_pairs, 0], pairs[n_pairs, 1] = wa, wb
                        n_pairs += 1
                    elif wb != pairs[n_pairs - 1, 1] and wb != pairs[0, 1]:
                        return np.inf, a, b, 0
        c = following[c]
    if n_shared == 0 or (n_shared > 2 and len(uv) > 0):
        return np.inf, a, b, 0
    if ka == BORDER and n_shared != 1:
        return np.inf, a, b, 0
    if ka == SEAM and n_pairs != 2:
        return np.inf, a, b, 0
    if ka == FREE and n_pairs != 1:
        return np.inf, a, b, 0
    if ka == kb and ka != SEAM:
        wa, wb = pairs[0, 0], pairs[0, 1]
        _best_place(points, a, b, geometry, attribute, wa, wb, len(uv) > 0, place)
        x, y, z = place[0], place[1], place[2]
        price = _geometric(geometry, a, x, y, z) + _geometric(geometry, b, x, y, z)
        if len(uv):
            _best_values(attribute, wa, wb, x, y, z, uv, values)
            s, t = values[0, 0], values[0, 1]
            price += _attributed(attribute, wa, x, y, z, s, t) + _attributed(attribute, wb, x, y, z, s, t)
        return max(price, 0.0), a, b, n_pairs
    one = _price_at(a, b, points, uv, geometry, attribute, pairs, n_pairs, 1)
    if ka == SEAM and kb == SEAM:
        other = _price_at(a, b, points, uv, geometry, attribute, pairs, n_pairs, 0)
        if other < one:
            one, a, b = other, b, a
            for i in range(n_pairs):
                pairs[i, 0], pairs[i, 1] = pairs[i, 1], pairs[i, 0]
    for k in range(3):
        place[k] = points[b, k]
    if len(uv):
        for i in range(n_pairs):
            values[i, 0], values[i, 1] = uv[pairs[i, 1], 0], uv[pairs[i, 1], 1]
    return max(one, 0.0), a, b, n_pairs


@njit(cache=True, error_model="numpy")
@no_type_check
def _price_at(
    a: Any, b: Any, points: Any, uv: Any, geometry: Any, attribute: Any, pairs: Any, n_pairs: Any, side: Any
) -> Any:
    """What it costs to move both ends to `b` (side 1) or to `a` (side 0)."""
    v = b if side == 1 else a
    x, y, z = points[v, 0], points[v, 1], points[v, 2]
    price = _geometric(geometry, a, x, y, z) + _geometric(geometry, b, x, y, z)
    if len(uv):
        for i in range(n_pairs):
            s, t = uv[pairs[i, side], 0], uv[pairs[i, side], 1]
            price += _attributed(attribute, pairs[i, 0], x, y, z, s, t)
            price += _attributed(attribute, pairs[i, 1], x, y, z, s, t)
    return price


@njit(cache=True, error_model="numpy")
@no_type_check
def _geometric(q: Any, i: Any, x: Any, y: Any, z: Any) -> Any:
    """Row `i` of the quadrics at a place."""
    square = q[i, 0] * x * x + q[i, 3] * y * y + q[i, 5] * z * z
    square += 2 * (q[i, 1] * x * y + q[i, 2] * x * z + q[i, 4] * y * z)
    return square + 2 * (q[i, 6] * x + q[i, 7] * y + q[i, 8] * z) + q[i, 9]


@njit(cache=True, error_model="numpy")
@no_type_check
def _attributed(q: Any, i: Any, x: Any, y: Any, z: Any, s: Any, t: Any) -> Any:
    """Row `i` of the attributes' quadrics, at a place that has the texture coordinates s, t."""
    along_s = q[i, 10] * x + q[i, 11] * y + q[i, 12] * z + q[i, 16]
    along_t = q[i, 13] * x + q[i, 14] * y + q[i, 15] * z + q[i, 17]
    return _geometric(q, i, x, y, z) + s * (q[i, 18] * s - 2 * along_s) + t * (q[i, 18] * t - 2 * along_t)


@njit(cache=True, error_model="numpy")
@no_type_check
def _best_place(points: Any, a: Any, b: Any, q: Any, w: Any, i: Any, k: Any, with_attributes: Any, place: Any) -> None:
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
    x, y, z = (points[a, 0] + points[b, 0]) / 2, (points[a, 1] + points[b, 1]) / 2, (points[a, 2] + points[b, 2]) / 2
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
    dx, dy, dz = points[a, 0] - points[b, 0], points[a, 1] - points[b, 1], points[a, 2] - points[b, 2]
    if (px - x) ** 2 + (py - y) ** 2 + (pz - z) ** 2 <= 4 * (dx * dx + dy * dy + dz * dz):
        place[0], place[1], place[2] = px, py, pz


@njit(cache=True, error_model="numpy")
@no_type_check
def _best_values(w: Any, i: Any, k: Any, x: Any, y: Any, z: Any, uv: Any, values: Any) -> None:
    """The texture coordinates that cost least at a place, where wedges `i` and `k` become one."""
    weight = w[i, 18] + w[k, 18]
    for j in range(2):
        if weight <= 1e-300:
            values[0, j] = (uv[i, j] + uv[k, j]) / 2
            continue
        n = 10 + 3 * j
        along = (w[i, n] + w[k, n]) * x + (w[i, n + 1] + w[k, n + 1]) * y + (w[i, n + 2] + w[k, n + 2]) * z
        values[0, j] = (along + w[i, 16 + j] + w[k, 16 + j]) / weight


@njit(cache=True, error_model="numpy")
@no_type_check
def _keeps_manifold(a: Any, b: Any, head: Any, following: Any, alive: Any, faces: Any, mark: Any, token: Any) -> Any:
    """The link condition: the ends share as many neighbours as faces, and are not the last two of a tetrahedron."""
    valence_a, valence_b, n_shared, n_common = 0, 0, 0, 0
    c = head[a]
    while c >= 0:
        f = c // 3
        if alive[f]:
            valence_a += 1
            for k in range(3):
                if faces[f, k] == b:
                    n_shared += 1
                mark[faces[f, k]] = token
        c = following[c]
    mark[a], mark[b] = token + 1, token + 1
    c = head[b]
    while c >= 0:
        f = c // 3
        if alive[f]:
            valence_b += 1
            for k in range(3):
                other = faces[f, k]
                if mark[other] == token:
                    n_common += 1
                    mark[other] = token + 1
        c = following[c]
    return n_common == n_shared and not (n_shared == 2 and valence_a == 3 and valence_b == 3)


@njit(cache=True, error_model="numpy")
@no_type_check
def _flips(
    v: Any, other: Any, place: Any, points: Any, faces: Any, wedges: Any, uv: Any, values: Any, pairs: Any,
    n_pairs: Any, head: Any, following: Any, alive: Any,
) -> Any:  # fmt: skip
    """Whether a face of `v` that remains would turn over, in space or in the texture, once `v` is at `place`."""
    c = head[v]
    while c >= 0:
        f, k = c // 3, c % 3
        if alive[f]:
            p, q = faces[f, (k + 1) % 3], faces[f, (k + 2) % 3]
            if p != other and q != other:
                if _turned(points, v, p, q, place):
                    return True
                if len(uv):
                    wv, wp, wq = wedges[f, k], wedges[f, (k + 1) % 3], wedges[f, (k + 2) % 3]
                    for i in range(n_pairs):
                        if wv == pairs[i, 0] or wv == pairs[i, 1]:
                            before = _area(uv[wv, 0], uv[wv, 1], uv, wp, wq)
                            if before * _area(values[i, 0], values[i, 1], uv, wp, wq) < 0:
                                return True
                            break
        c = following[c]
    return False


@njit(cache=True, error_model="numpy")
@no_type_check
def _area(s: Any, t: Any, uv: Any, p: Any, q: Any) -> Any:
    return (uv[p, 0] - s) * (uv[q, 1] - t) - (uv[q, 0] - s) * (uv[p, 1] - t)


@njit(cache=True, error_model="numpy")
@no_type_check
def _turned(points: Any, v: Any, p: Any, q: Any, place: Any) -> Any:
    """Whether the normal of face (v, p, q) turns much; one without area has none to turn."""
    px, py, pz = points[p, 0], points[p, 1], points[p, 2]
    ex, ey, ez = points[q, 0] - px, points[q, 1] - py, points[q, 2] - pz
    ax, ay, az = points[v, 0] - px, points[v, 1] - py, points[v, 2] - pz
    bx, by, bz = place[0] - px, place[1] - py, place[2] - pz
    nx, ny, nz = ey * az - ez * ay, ez * ax - ex * az, ex * ay - ey * ax
    mx, my, mz = ey * bz - ez * by, ez * bx - ex * bz, ex * by - ey * bx
    old = nx * nx + ny * ny + nz * nz
    along = nx * mx + ny * my + nz * mz
    return old > 1e-30 and along <= _FLIP * np.sqrt(old * (mx * mx + my * my + mz * mz))


@njit(cache=True, error_model="numpy")
@no_type_check
def _merge(
    gone: Any, stays: Any, place: Any, values: Any, pairs: Any, n_pairs: Any, points: Any, faces: Any, wedges: Any,
    uv: Any, kind: Any, geometry: Any, attribute: Any, head: Any, tail: Any, following: Any, alive: Any,
) -> Any:  # fmt: skip
    """Collapse the edge; the number of faces that vanish."""
    removed = 0
    c = head[gone]
    while c >= 0:
        f, k = c // 3, c % 3
        if alive[f]:
            if faces[f, 0] == stays or faces[f, 1] == stays or faces[f, 2] == stays:
                alive[f] = False
                removed += 1
            else:
                faces[f, k] = stays
                for i in range(n_pairs):
                    if wedges[f, k] == pairs[i, 0]:
                        wedges[f, k] = pairs[i, 1]
                        break
        c = following[c]
    if head[stays] >= 0:
        following[tail[stays]] = head[gone]
    else:
        head[stays] = head[gone]
    if head[gone] >= 0:
        tail[stays] = tail[gone]
    head[gone], tail[gone] = -1, -1
    last, c = -1, head[stays]
    head[stays] = -1
    while c >= 0:
        after = following[c]
        if alive[c // 3]:
            if last < 0:
                head[stays] = c
            else:
                following[last] = c
            last = c
        c = after
    if last >= 0:
        following[last] = -1
    tail[stays] = last
    for k in range(3):
        points[stays, k] = place[k]
    for k in range(N_GEOMETRY):
        geometry[stays, k] += geometry[gone, k]
    if len(uv):
        for i in range(n_pairs):
            for k in range(N_ATTRIBUTE):
                attribute[pairs[i, 1], k] += attribute[pairs[i, 0], k]
            uv[pairs[i, 1], 0], uv[pairs[i, 1], 1] = values[i, 0], values[i, 1]
    return removed


@njit(cache=True, error_model="numpy")
@no_type_check
def _push(cost: Any, ends: Any, size: Any, price: Any, a: Any, b: Any, version: Any) -> Any:
    if size == len(cost):
        wider, longer = np.empty(2 * size), np.empty((2 * size, 4), np.int32)
        wider[:size], longer[:size] = cost, ends
        cost, ends = wider, longer
    if a > b:
        a, b = b, a
    i = size
    while i > 0:
        parent = (i - 1) // 2
        if not _earlier(price, a, b, cost[parent], ends[parent, 0], ends[parent, 1]):
            break
        cost[i] = cost[parent]
        for k in range(4):
            ends[i, k] = ends[parent, k]
        i = parent
    cost[i] = price
    ends[i, 0], ends[i, 1], ends[i, 2], ends[i, 3] = a, b, version[a], version[b]
    return cost, ends, size + 1


@njit(cache=True, error_model="numpy")
@no_type_check
def _pop(cost: Any, ends: Any, size: Any) -> Any:
    size -= 1
    price, a, b, va, vb = cost[size], ends[size, 0], ends[size, 1], ends[size, 2], ends[size, 3]
    i = 0
    while 2 * i + 1 < size:
        child = 2 * i + 1
        if child + 1 < size and _earlier(
            cost[child + 1], ends[child + 1, 0], ends[child + 1, 1], cost[child], ends[child, 0], ends[child, 1]
        ):
            child += 1
        if not _earlier(cost[child], ends[child, 0], ends[child, 1], price, a, b):
            break
        cost[i] = cost[child]
        for k in range(4):
            ends[i, k] = ends[child, k]
        i = child
    cost[i] = price
    ends[i, 0], ends[i, 1], ends[i, 2], ends[i, 3] = a, b, va, vb
    return size


@njit(cache=True, error_model="numpy")
@no_type_check
def _earlier(price: Any, a: Any, b: Any, other: Any, c: Any, d: Any) -> Any:
    """Cheaper; of equal ones the edge with the lower numbers, so that nothing depends on the heap's order."""
    if price != other:
        return price < other
    return a < c or (a == c and b < d)
