"""Edges collapsed one by one, cheapest first, in compiled loops (Garland and Heckbert 1997).

The loop alone: `collapse.py` prepares what it works on and says what the kinds of points mean, `quadrics_numba.py` has
the prices and `edge_queue_numba.py` the order.
"""

from functools import partial
from typing import Any, NamedTuple, no_type_check

import numpy as np
from numba import njit

from meshing.edge_queue_numba import new_queue, pop, push, remove
from meshing.quadrics_numba import N_ATTRIBUTE, N_GEOMETRY, attributed, best_place, best_values, geometric, price_at

FREE, BORDER, SEAM, FIXED = 0, 1, 2, 3

_FLIP = 0.2  # cosine between a face's normal before and after that is still allowed

_compiled = partial(njit, cache=True, error_model="numpy", _nrt=False)
"""Without counting references, which took half of the time; nothing here makes an array."""


class Surface(NamedTuple):
    """The mesh while it shrinks. Each point has a linked list of corners (3 x face + 0, 1 or 2); faces that are gone
    are no longer `alive`, and their corners stay in the lists of points until those merge."""

    points: np.ndarray
    faces: np.ndarray
    wedges: np.ndarray
    uv: np.ndarray
    kind: np.ndarray
    geometry: np.ndarray
    attribute: np.ndarray
    alive: np.ndarray
    head: np.ndarray
    tail: np.ndarray
    following: np.ndarray
    mark: np.ndarray  # (points,), to tell which were met; see `token`
    token: np.ndarray  # (1,), grows, so that marks need not be wiped


class Plan(NamedTuple):
    """Where the point that stays comes to lie, its texture coordinates, and its wedges as (gone, stays)."""

    place: np.ndarray
    values: np.ndarray
    pairs: np.ndarray


@njit(cache=True, error_model="numpy")
@no_type_check
def run(
    points: Any, faces: Any, wedges: Any, uv: Any, kind: Any, geometry: Any, attribute: Any, target: Any, careful: Any
) -> Any:
    """Collapse in place until `target` faces are left or no collapse is possible; which faces are alive.

    What is not `careful` may turn faces over and join what was apart.
    """
    n, m = len(points), len(faces)
    head, tail, following = np.full(n, -1, np.int32), np.full(n, -1, np.int32), np.full(3 * m, -1, np.int32)
    mesh = Surface(
        points, faces, wedges, uv, kind, geometry, attribute, np.ones(m, np.bool_), head, tail, following,
        np.zeros(n, np.int64), np.zeros(1, np.int64),
    )  # fmt: skip
    _link(mesh)
    plan = Plan(np.empty(3), np.empty((2, 2)), np.empty((2, 2), np.int64))
    queue = new_queue(3 * m)
    count = m
    while count > target:
        before = count
        _queue_all(mesh, queue, plan)
        count = _collapse_queued(mesh, queue, plan, count, target, careful)
        if count == before:
            break
    return mesh.alive


@_compiled()
@no_type_check
def _link(mesh: Any) -> None:
    """List each point's corners."""
    for c in range(3 * len(mesh.faces)):
        v = mesh.faces[c // 3, c % 3]
        if mesh.head[v] < 0:
            mesh.head[v] = c
        else:
            mesh.following[mesh.tail[v]] = c
        mesh.tail[v] = c


@_compiled()
@no_type_check
def _queue_all(mesh: Any, queue: Any, plan: Any) -> None:
    """Put in every edge once that may collapse; what is in stays."""
    for f in range(len(mesh.faces)):
        if not mesh.alive[f]:
            continue
        for k in range(3):
            a, b = mesh.faces[f, k], mesh.faces[f, (k + 1) % 3]
            if queue.price[3 * f + k] < 0 and (a < b or _n_shared(mesh, a, b) == 1):
                _queue(mesh, queue, plan, 3 * f + k, a, b)


@_compiled()
@no_type_check
def _queue(mesh: Any, queue: Any, plan: Any, corner: Any, a: Any, b: Any) -> None:
    cost = _find(mesh, plan, a, b)[0]
    if cost < np.inf:
        push(queue, corner, cost)


@_compiled()
@no_type_check
def _collapse_queued(mesh: Any, queue: Any, plan: Any, count: Any, target: Any, careful: Any) -> Any:
    """Collapse what is in the queue; how many faces are left of `count`."""
    while count > target:
        corner = pop(queue)
        if corner < 0:
            break
        a, b = mesh.faces[corner // 3, corner % 3], mesh.faces[corner // 3, (corner + 1) % 3]
        if corner % 3 == 2:
            b = mesh.faces[corner // 3, 0]
        _, gone, stays, n_pairs = _find(mesh, plan, a, b)
        if careful and (
            not _keeps_manifold(mesh, a, b)
            or _flips(mesh, plan, gone, stays, n_pairs)
            or _flips(mesh, plan, stays, gone, n_pairs)
        ):
            continue
        count -= _merge(mesh, queue, plan, gone, stays, n_pairs)
        _queue_around(mesh, queue, plan, stays)
    return count


@_compiled()
@no_type_check
def _queue_around(mesh: Any, queue: Any, plan: Any, v: Any) -> None:
    """Price the edges of a point anew, each as one corner."""
    c = mesh.head[v]
    while c >= 0:  # all of its faces are alive: `_merge` has seen to that
        f, k = c // 3, c % 3
        remove(queue, c)
        remove(queue, 3 * f + (k + 2) % 3)
        c = mesh.following[c]
    mesh.token[0] += 2
    token = mesh.token[0]
    c = mesh.head[v]
    while c >= 0:
        f, k = c // 3, c % 3
        for step in (1, 2):
            other = mesh.faces[f, (k + step) % 3]
            if mesh.mark[other] != token and other != v:
                mesh.mark[other] = token
                _queue(mesh, queue, plan, c if step == 1 else 3 * f + (k + 2) % 3, v, other)
        c = mesh.following[c]


@_compiled()
@no_type_check
def _n_shared(mesh: Any, a: Any, b: Any) -> Any:
    """How many living faces have both `a` and `b`."""
    n = 0
    c = mesh.head[a]
    while c >= 0:
        f = c // 3
        if mesh.alive[f] and (mesh.faces[f, 0] == b or mesh.faces[f, 1] == b or mesh.faces[f, 2] == b):
            n += 1
        c = mesh.following[c]
    return n


@_compiled()
@no_type_check
def _find(mesh: Any, plan: Any, a: Any, b: Any) -> Any:
    """(cost, the point that goes, the one that stays, number of wedges); fills `plan`.

    An infinite cost where the edge may not collapse: between two borders or two seams that are not the same, for
    instance.
    """
    if mesh.kind[a] > mesh.kind[b]:
        a, b = b, a
    ka, kb = mesh.kind[a], mesh.kind[b]
    if ka == FIXED or (ka == BORDER and kb == SEAM):
        return np.inf, a, b, 0
    textured = len(mesh.uv) > 0
    n_shared, n_pairs = _pair_wedges(mesh, plan, a, b)
    if n_shared == 0 or (n_shared > 2 and textured) or (ka == BORDER and n_shared != 1):
        return np.inf, a, b, 0
    if (ka == SEAM and n_pairs != 2) or (ka == FREE and n_pairs != 1):
        return np.inf, a, b, 0
    if ka == kb and ka != SEAM:
        return _price_between(mesh, plan, a, b, textured), a, b, n_pairs
    pairs = plan.pairs
    price = price_at(a, b, mesh.points, mesh.uv, mesh.geometry, mesh.attribute, pairs, n_pairs, 1)
    if ka == SEAM and kb == SEAM:
        other = price_at(a, b, mesh.points, mesh.uv, mesh.geometry, mesh.attribute, pairs, n_pairs, 0)
        if other < price:
            price, a, b = other, b, a
            for i in range(n_pairs):
                pairs[i, 0], pairs[i, 1] = pairs[i, 1], pairs[i, 0]
    for k in range(3):
        plan.place[k] = mesh.points[b, k]
    if textured:
        for i in range(n_pairs):
            plan.values[i, 0], plan.values[i, 1] = mesh.uv[pairs[i, 1], 0], mesh.uv[pairs[i, 1], 1]
    return max(price, 0.0), a, b, n_pairs


@_compiled()
@no_type_check
def _pair_wedges(mesh: Any, plan: Any, a: Any, b: Any) -> Any:
    """How many faces the edge has, and how many pairs of wedges its ends; -1 pairs where they do not match."""
    n_shared, n_pairs, pairs = 0, 0, plan.pairs
    c = mesh.head[a]
    while c >= 0:
        f = c // 3
        if mesh.alive[f]:
            for k in range(3):
                if mesh.faces[f, k] == b:
                    n_shared += 1
                    wa, wb = mesh.wedges[f, c % 3], mesh.wedges[f, k]
                    if n_pairs == 0 or (n_pairs == 1 and wa != pairs[0, 0]):
                        pairs[n_pairs, 0], pairs[n_pairs, 1] = wa, wb
                        n_pairs += 1
                    elif wb != pairs[n_pairs - 1, 1] and wb != pairs[0, 1]:
                        return 0, -1
        c = mesh.following[c]
    return n_shared, n_pairs


@_compiled()
@no_type_check
def _price_between(mesh: Any, plan: Any, a: Any, b: Any, textured: Any) -> Any:
    """What it costs to merge two points of a kind where that is cheapest; fills place and values."""
    wa, wb = plan.pairs[0, 0], plan.pairs[0, 1]
    best_place(mesh.points, a, b, mesh.geometry, mesh.attribute, wa, wb, textured, plan.place)
    x, y, z = plan.place[0], plan.place[1], plan.place[2]
    price = geometric(mesh.geometry, a, x, y, z) + geometric(mesh.geometry, b, x, y, z)
    if textured:
        best_values(mesh.attribute, wa, wb, x, y, z, mesh.uv, plan.values)
        s, t = plan.values[0, 0], plan.values[0, 1]
        price += attributed(mesh.attribute, wa, x, y, z, s, t) + attributed(mesh.attribute, wb, x, y, z, s, t)
    return max(price, 0.0)


@_compiled()
@no_type_check
def _keeps_manifold(mesh: Any, a: Any, b: Any) -> Any:
    """The link condition: the ends share as many neighbours as faces, and are not the last two of a tetrahedron."""
    mesh.token[0] += 2
    token, mark, faces = mesh.token[0], mesh.mark, mesh.faces
    valence_a, valence_b, n_shared, n_common = 0, 0, 0, 0
    c = mesh.head[a]
    while c >= 0:
        f = c // 3
        if mesh.alive[f]:
            valence_a += 1
            for k in range(3):
                if faces[f, k] == b:
                    n_shared += 1
                mark[faces[f, k]] = token
        c = mesh.following[c]
    mark[a], mark[b] = token + 1, token + 1
    c = mesh.head[b]
    while c >= 0:
        f = c // 3
        if mesh.alive[f]:
            valence_b += 1
            for k in range(3):
                other = faces[f, k]
                if mark[other] == token:
                    n_common += 1
                    mark[other] = token + 1
        c = mesh.following[c]
    return n_common == n_shared and not (n_shared == 2 and valence_a == 3 and valence_b == 3)


@_compiled()
@no_type_check
def _flips(mesh: Any, plan: Any, v: Any, other: Any, n_pairs: Any) -> Any:
    """Whether a face of `v` that remains would turn over, in space or in the texture, once `v` is in its place."""
    textured = len(mesh.uv) > 0
    c = mesh.head[v]
    while c >= 0:
        f, k = c // 3, c % 3
        if mesh.alive[f]:
            i, j = (k + 1) % 3, (k + 2) % 3
            p, q = mesh.faces[f, i], mesh.faces[f, j]
            if p != other and q != other:
                if _turned(mesh.points, v, p, q, plan.place):
                    return True
                w = mesh.wedges
                if textured and _torn(mesh.uv, plan, n_pairs, w[f, k], w[f, i], w[f, j]):
                    return True
        c = mesh.following[c]
    return False


@_compiled()
@no_type_check
def _torn(uv: Any, plan: Any, n_pairs: Any, v: Any, p: Any, q: Any) -> Any:
    """Whether a face would turn over in the texture."""
    for i in range(n_pairs):
        if v == plan.pairs[i, 0] or v == plan.pairs[i, 1]:
            before = _area(uv[v, 0], uv[v, 1], uv, p, q)
            return before * _area(plan.values[i, 0], plan.values[i, 1], uv, p, q) < 0
    return False


@_compiled()
@no_type_check
def _area(s: Any, t: Any, uv: Any, p: Any, q: Any) -> Any:
    return (uv[p, 0] - s) * (uv[q, 1] - t) - (uv[q, 0] - s) * (uv[p, 1] - t)


@_compiled()
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


@_compiled()
@no_type_check
def _merge(mesh: Any, queue: Any, plan: Any, gone: Any, stays: Any, n_pairs: Any) -> Any:
    """Collapse the edge; the number of faces that vanish, which leave the queue."""
    faces, wedges, pairs = mesh.faces, mesh.wedges, plan.pairs
    removed = 0
    c = mesh.head[gone]
    while c >= 0:
        f, k = c // 3, c % 3
        if mesh.alive[f]:
            if faces[f, 0] == stays or faces[f, 1] == stays or faces[f, 2] == stays:
                mesh.alive[f] = False
                removed += 1
                for j in range(3):
                    remove(queue, 3 * f + j)
            else:
                faces[f, k] = stays
                for i in range(n_pairs):
                    if wedges[f, k] == pairs[i, 0]:
                        wedges[f, k] = pairs[i, 1]
                        break
        c = mesh.following[c]
    _join_lists(mesh, gone, stays)
    for k in range(3):
        mesh.points[stays, k] = plan.place[k]
    for k in range(N_GEOMETRY):
        mesh.geometry[stays, k] += mesh.geometry[gone, k]
    if len(mesh.uv):
        for i in range(n_pairs):
            for k in range(N_ATTRIBUTE):
                mesh.attribute[pairs[i, 1], k] += mesh.attribute[pairs[i, 0], k]
            mesh.uv[pairs[i, 1], 0], mesh.uv[pairs[i, 1], 1] = plan.values[i, 0], plan.values[i, 1]
    return removed


@_compiled()
@no_type_check
def _join_lists(mesh: Any, gone: Any, stays: Any) -> None:
    """The corners of both points become those of one, without those of faces that are gone."""
    head, tail, following = mesh.head, mesh.tail, mesh.following
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
        if mesh.alive[c // 3]:
            if last < 0:
                head[stays] = c
            else:
                following[last] = c
            last = c
        c = after
    if last >= 0:
        following[last] = -1
    tail[stays] = last
