"""Edges collapsed one by one, cheapest first, in compiled loops (Garland and Heckbert 1997).

The loop alone: `collapse.py` prepares what it works on and says what the kinds of points mean, `quadrics_numba.py` has
the prices and `edge_queue_numba.py` the order. All of it is compiled into one function, because handing the arrays on
took half of the time. numba keeps that function by the text of this file; that of the others is made part of its key.

A large mesh is gone through part by part as long as many collapses are left, so that what is worked on stays in the
processor's cache: a collapse takes 1.9 microseconds there, and 3.1 where it goes to and fro between 540,000 faces.
"""

import zlib
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, no_type_check

import numpy as np
from numba import njit

from meshing.edge_queue_numba import PRICE, enlist_waiting, new_queue, pop, price_of, push, raise_limit, remove
from meshing.quadrics_numba import (
    N_ATTRIBUTE,
    N_GEOMETRY,
    attributed,
    best_place,
    best_values,
    geometric,
    price_at,
    weighed,
)

FREE, BORDER, SEAM, FIXED = 0, 1, 2, 3
HEAD, TAIL = 0, 1

FILES = ("collapse_numba.py", "edge_queue_numba.py", "quadrics_numba.py")
"""Those whose functions become one."""

_FLIP = 0.2  # cosine between a face's normal before and after that is still allowed

_PART = 1 << 14  # corners gone through at a time: of 4,096 faces, 0.6 MB
_FEW = 50_000  # edges: when no more than these can be taken at once, the rest is done in one order

_compiled = partial(njit, error_model="numpy", _nrt=False, forceinline=True)
"""Without counting references, which took half of the time; nothing here makes an array. Not kept on disk: each would
hold the text of the others."""


class Surface(NamedTuple):
    """The mesh while it shrinks. Each point has a linked list of corners (4 x face + 0, 1 or 2); those of faces that
    are gone stay in the lists of points until those merge.

    What is known of a face is one line of the processor's cache, and of a point two. With an array for each the loop
    took 0.76 CPU-seconds where it takes 0.55.
    """

    points: np.ndarray
    geometry: np.ndarray  # (points, 11), the quadrics
    faces: np.ndarray  # (faces, 4): the points, and 1 as long as the face is there
    wedges: np.ndarray  # without a texture there are none
    uv: np.ndarray
    kind: np.ndarray
    attribute: np.ndarray
    lists: np.ndarray  # (points, 2): the first and the last corner of each
    following: np.ndarray
    links: np.ndarray  # of the queue
    mark: np.ndarray  # (points, 2): to tell which were met, see `token`; and the corner where they were
    token: np.ndarray  # (1,), grows, so that marks need not be wiped


def surface_of(points: Any, faces: Any, wedges: Any, uv: Any, kind: Any, attribute: Any) -> Surface:
    """What `run` works on; wedges, coordinates and attributes are changed in place, and the quadrics are still 0."""
    rows = _lines(2 * len(points), np.float64, 0).reshape(-1, 16)
    corners = _lines(len(faces), np.int32, -1).reshape(-1, 4)
    numbers = rows.view(np.int32)
    surface = Surface(
        rows[:, :3], rows[:, 5:], corners[3::4], wedges, uv, kind, attribute,
        numbers[:, 8:10], corners[:, 3], corners, numbers[:, 6:8], np.zeros(1, np.int32),
    )  # fmt: skip
    surface.points[:] = points
    surface.lists[:] = -1
    surface.faces[:, :3], surface.faces[:, 3] = faces, 1
    return surface


def _lines(n: int, kind: type, value: int) -> Any:
    """Numbers, all of a value, that begin with a line of the processor's cache and are `n` of them long.

    numpy asks the system for large pages and numba does not, which takes four times as long.
    """
    memory = np.empty(64 * n + 64, np.uint8)
    start = -memory.ctypes.data % 64
    lines: Any = memory[start : start + 64 * n].view(kind)
    lines[:] = value
    return lines


class Plan(NamedTuple):
    """Where the point that stays comes to lie, its texture coordinates, and its wedges as (gone, stays)."""

    place: np.ndarray
    values: np.ndarray
    pairs: np.ndarray


def included_text() -> int:
    """A checksum of the files whose functions are compiled into `run`."""
    return zlib.crc32(b"".join(Path(__file__).with_name(name).read_bytes() for name in FILES))


def kept_for(text: int) -> Any:
    """`run` as numba keeps it for the files' checksum: what a function closes over is part of its key."""

    @njit(cache=True, error_model="numpy")
    @no_type_check
    def run(mesh: Any, sides: Any, target: Any, careful: Any) -> None:
        """Collapse in place until `target` faces are left or no collapse is possible; the others end with a 0.

        `sides`, 3 x face + corner, has one of each edge. What is not `careful` may turn faces over and join what was
        apart.
        """
        assert text >= 0
        m = len(mesh.faces)
        _link(mesh)
        plan = Plan(np.empty(3), np.empty((2, 2)), np.empty((2, 2), np.int64))
        queue = new_queue(mesh.links)
        queue.limit[0] = -1
        _queue_sides(mesh, queue, plan, sides)
        count = m
        while count > target:
            before, parts = count, True
            while count > target and parts:
                # A collapse takes an edge at least and two faces at most, so that no part goes too far.
                parts = raise_limit(queue, (count - target) // 2) > _FEW
                if not parts:
                    raise_limit(queue, 4 * m)
                size = _PART if parts else 4 * m
                for start in range(0, 4 * m, size):
                    enlist_waiting(queue, start, min(start + size, 4 * m))
                    count = _collapse_queued(mesh, queue, plan, count, target, careful)
            if count == before:
                break
            queue.limit[0] = -1
            _queue_all(mesh, queue, plan)

    return run


@_compiled()
@no_type_check
def _link(mesh: Any) -> None:
    """List each point's corners."""
    for f in range(len(mesh.faces)):
        for k in range(3):
            v, c = mesh.faces[f, k], 4 * f + k
            if mesh.lists[v, HEAD] < 0:
                mesh.lists[v, HEAD] = c
            else:
                mesh.following[mesh.lists[v, TAIL]] = c
            mesh.lists[v, TAIL] = c


@_compiled()
@no_type_check
def _queue_sides(mesh: Any, queue: Any, plan: Any, sides: Any) -> None:
    """Put in those edges that may collapse, where each comes once."""
    for side in sides:
        f = side // 3
        k = side - 3 * f
        a, b = mesh.faces[f, k], mesh.faces[f, 0 if k == 2 else k + 1]
        cost = _find(mesh, plan, min(a, b), max(a, b))[0]
        if cost < np.inf:
            push(queue, 4 * f + k, cost)


@_compiled()
@no_type_check
def _queue_all(mesh: Any, queue: Any, plan: Any) -> None:
    """Put in every edge that may collapse, each once; what is in stays."""
    for v in range(len(mesh.points)):
        _queue_around(mesh, queue, plan, v, v)


@_compiled()
@no_type_check
def _queue_around(mesh: Any, queue: Any, plan: Any, v: Any, least: Any) -> None:
    """Have each edge from `v` to a point from `least` on in the queue once, at a price that it had or has.

    Where two edges became one the higher of their prices is kept: neither is more than what it costs now.
    """
    faces, mark = mesh.faces, mesh.mark
    mesh.token[0] += 2
    token = mesh.token[0]
    c = mesh.lists[v, HEAD]
    while c >= 0:
        f, k = c >> 2, c & 3
        if faces[f, 3]:
            i = 0 if k == 2 else k + 1
            j = 3 - k - i
            _note(mark, queue, faces[f, i], c, token)
            _note(mark, queue, faces[f, j], 4 * f + j, token)
        c = mesh.following[c]
    c = mesh.lists[v, HEAD]
    while c >= 0:
        f, k = c >> 2, c & 3
        if faces[f, 3]:
            for i in range(3):
                other = faces[f, i]
                if i != k and mark[other, 0] == token:
                    mark[other, 0] = token + 1
                    if other >= least and queue.links[mark[other, 1], PRICE] < 0:
                        cost = _find(mesh, plan, v, other)[0]
                        if cost < np.inf:
                            push(queue, mark[other, 1], cost)
        c = mesh.following[c]


@_compiled()
@no_type_check
def _note(mark: Any, queue: Any, other: Any, corner: Any, token: Any) -> None:
    """Remember the corner at which the edge to `other` is in the queue; of two, take the cheaper one out."""
    if mark[other, 0] != token:
        mark[other, 0], mark[other, 1] = token, corner
    elif queue.links[corner, PRICE] > queue.links[mark[other, 1], PRICE]:
        remove(queue, mark[other, 1])
        mark[other, 1] = corner
    else:
        remove(queue, corner)


@_compiled()
@no_type_check
def _collapse_queued(mesh: Any, queue: Any, plan: Any, count: Any, target: Any, careful: Any) -> Any:
    """Collapse what is in the queue; how many faces are left of `count`.

    Prices in the queue may be older than the ends of their edges. They rise as quadrics are added up, so that the
    cheapest of them is looked at anew, and goes back when it is no longer that.
    """
    while count > target:
        corner = pop(queue)
        if corner < 0:
            break
        f, k = corner >> 2, corner & 3
        a, b = mesh.faces[f, k], mesh.faces[f, 0 if k == 2 else k + 1]
        cost, gone, stays, n_pairs = _find(mesh, plan, a, b)
        if cost == np.inf:
            continue
        if price_of(queue, cost) > queue.least[0]:
            push(queue, corner, cost)
            continue
        if careful and (
            not _keeps_manifold(mesh, a, b)
            or _flips(mesh, plan, gone, stays, n_pairs)
            or _flips(mesh, plan, stays, gone, n_pairs)
        ):
            continue
        count -= _merge(mesh, queue, plan, gone, stays, n_pairs)
        _queue_around(mesh, queue, plan, stays, 0)
    return count


@_compiled()
@no_type_check
def _n_shared(mesh: Any, a: Any, b: Any) -> Any:
    """How many living faces have both `a` and `b`."""
    n = 0
    c = mesh.lists[a, HEAD]
    while c >= 0:
        f = c >> 2
        if mesh.faces[f, 3] and (mesh.faces[f, 0] == b or mesh.faces[f, 1] == b or mesh.faces[f, 2] == b):
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
    n_shared, n_pairs = 2, 1
    if textured:
        n_shared, n_pairs = _pair_wedges(mesh, plan, a, b)
    elif ka == BORDER:
        n_shared = _n_shared(mesh, a, b)
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
    return price, a, b, n_pairs


@_compiled()
@no_type_check
def _pair_wedges(mesh: Any, plan: Any, a: Any, b: Any) -> Any:
    """How many faces the edge has, and how many pairs of wedges its ends; -1 pairs where they do not match."""
    n_shared, n_pairs, pairs = 0, 0, plan.pairs
    c = mesh.lists[a, HEAD]
    while c >= 0:
        f = c >> 2
        if mesh.faces[f, 3]:
            for k in range(3):
                if mesh.faces[f, k] == b:
                    n_shared += 1
                    wa, wb = mesh.wedges[f, c & 3], mesh.wedges[f, k]
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
    return weighed(price, mesh.geometry, a, b)


@_compiled()
@no_type_check
def _keeps_manifold(mesh: Any, a: Any, b: Any) -> Any:
    """The link condition: the ends share as many neighbours as faces, and are not the last two of a tetrahedron."""
    mesh.token[0] += 2
    token, mark, faces = mesh.token[0], mesh.mark, mesh.faces
    valence_a, valence_b, n_shared, n_common = 0, 0, 0, 0
    c = mesh.lists[a, HEAD]
    while c >= 0:
        f = c >> 2
        if mesh.faces[f, 3]:
            valence_a += 1
            for k in range(3):
                if faces[f, k] == b:
                    n_shared += 1
                mark[faces[f, k], 0] = token
        c = mesh.following[c]
    mark[a, 0], mark[b, 0] = token + 1, token + 1
    c = mesh.lists[b, HEAD]
    while c >= 0:
        f = c >> 2
        if mesh.faces[f, 3]:
            valence_b += 1
            for k in range(3):
                other = faces[f, k]
                if mark[other, 0] == token:
                    n_common += 1
                    mark[other, 0] = token + 1
        c = mesh.following[c]
    return n_common == n_shared and not (n_shared == 2 and valence_a == 3 and valence_b == 3)


@_compiled()
@no_type_check
def _flips(mesh: Any, plan: Any, v: Any, other: Any, n_pairs: Any) -> Any:
    """Whether a face of `v` that remains would turn over, in space or in the texture, once `v` is in its place."""
    textured = len(mesh.uv) > 0
    c = mesh.lists[v, HEAD]
    while c >= 0:
        f, k = c >> 2, c & 3
        if mesh.faces[f, 3]:
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
    faces, wedges, pairs, textured = mesh.faces, mesh.wedges, plan.pairs, len(mesh.uv) > 0
    removed = 0
    c = mesh.lists[gone, HEAD]
    while c >= 0:
        f, k = c >> 2, c & 3
        if mesh.faces[f, 3]:
            if faces[f, 0] == stays or faces[f, 1] == stays or faces[f, 2] == stays:
                mesh.faces[f, 3] = 0
                removed += 1
                for j in range(3):
                    remove(queue, 4 * f + j)
            else:
                faces[f, k] = stays
                for i in range(n_pairs if textured else 0):
                    if wedges[f, k] == pairs[i, 0]:
                        wedges[f, k] = pairs[i, 1]
                        break
        c = mesh.following[c]
    _join_lists(mesh, gone, stays)
    for k in range(3):
        mesh.points[stays, k] = plan.place[k]
    for k in range(N_GEOMETRY):
        mesh.geometry[stays, k] += mesh.geometry[gone, k]
    if textured:
        for i in range(n_pairs):
            for k in range(N_ATTRIBUTE):
                mesh.attribute[pairs[i, 1], k] += mesh.attribute[pairs[i, 0], k]
            mesh.uv[pairs[i, 1], 0], mesh.uv[pairs[i, 1], 1] = plan.values[i, 0], plan.values[i, 1]
    return removed


@_compiled()
@no_type_check
def _join_lists(mesh: Any, gone: Any, stays: Any) -> None:
    """The corners of both points become those of one, without those of faces that are gone."""
    lists, following = mesh.lists, mesh.following
    if lists[stays, HEAD] >= 0:
        following[lists[stays, TAIL]] = lists[gone, HEAD]
    else:
        lists[stays, HEAD] = lists[gone, HEAD]
    if lists[gone, HEAD] >= 0:
        lists[stays, TAIL] = lists[gone, TAIL]
    lists[gone, HEAD], lists[gone, TAIL] = -1, -1
    last, c = -1, lists[stays, HEAD]
    lists[stays, HEAD] = -1
    while c >= 0:
        after = following[c]
        if mesh.faces[c >> 2, 3]:
            if last < 0:
                lists[stays, HEAD] = c
            else:
                following[last] = c
            last = c
        c = after
    if last >= 0:
        following[last] = -1
    lists[stays, TAIL] = last


run = kept_for(included_text())
"""Compiled at its first call on a machine, and anew after a change of this file or of those joined into it."""
