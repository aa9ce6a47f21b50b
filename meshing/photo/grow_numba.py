"""`grow.py` in compiled loops: the same pixels."""

from typing import Any, NamedTuple, no_type_check

import numpy as np
from numba import njit

from meshing.photo.cut import Cuts
from meshing.photo.grow import Grown, Growth

NO_ONE, FULL = -1, -2
DX, DY = np.array([1, 0, -1, 0]), np.array([0, 1, 0, -1])


class _Limits(NamedTuple):
    """The numbers of a `Growth`, as single floats."""

    threshold: np.float32
    merge: np.float32
    per_jump: np.float32
    least: np.float32
    most: np.float32
    max_layers: int


class _Graph(NamedTuple):
    """The layered depth image while it grows; the photo's own pixels come first."""

    x: np.ndarray
    y: np.ndarray
    disparity: np.ndarray
    budget: np.ndarray
    links: np.ndarray
    below: np.ndarray
    """The next hidden pixel at the same place."""
    hidden: np.ndarray
    """The first one, for each place."""
    layers: np.ndarray
    """How many there are, for each place."""
    length: np.ndarray
    """How many pixels there are, as an array of one."""


def grow(cuts: Cuts, growth: Growth) -> Grown:
    """See `meshing.photo.grow.grow`."""
    height, width = cuts.disparity.shape
    limit = height * width * (1 + growth.max_layers)
    capacity = min(limit, height * width * 2 + 4096)
    f = np.float32
    limits = _Limits(
        f(growth.threshold), f(growth.merge), f(growth.per_jump), f(growth.least), f(growth.most), growth.max_layers
    )
    start = np.ascontiguousarray(cuts.disparity, np.float32)
    while True:
        graph = _empty(height, width, capacity)
        if _grow(start, cuts.right, cuts.down, limits, graph):
            n = int(graph.length[0])
            return Grown(*(each[:n].copy() for each in (graph.x, graph.y, graph.disparity, graph.links)))
        capacity = limit


def _empty(height: int, width: int, capacity: int) -> _Graph:
    return _Graph(
        x=np.empty(capacity, np.int32),
        y=np.empty(capacity, np.int32),
        disparity=np.empty(capacity, np.float32),
        budget=np.zeros(capacity, np.float32),
        links=np.full((capacity, 4), NO_ONE, np.int32),
        below=np.full(capacity, NO_ONE, np.int32),
        hidden=np.full((height, width), NO_ONE, np.int32),
        layers=np.zeros((height, width), np.int8),
        length=np.array([height * width]),
    )


@njit(cache=True)
@no_type_check
def _grow(start: Any, right: Any, down: Any, limits: Any, graph: Any) -> Any:
    """Whether there was room for all."""
    _lay(start, right, down, graph)
    current = _silhouette(start, limits, graph)
    while current.size > 0:
        following = np.empty(current.size * 4, np.int32)
        n_following = 0
        for i in current:
            if graph.budget[i] < 1:
                continue
            for k in range(4):
                if graph.links[i, k] >= 0:
                    continue
                j = _grow_towards(i, k, limits, graph)
                if j == FULL:
                    return False
                if j >= 0:
                    following[n_following] = j
                    n_following += 1
        current = following[:n_following].copy()
    return True


@njit(cache=True, forceinline=True)
@no_type_check
def _lay(start: Any, right: Any, down: Any, graph: Any) -> None:
    """The photo's pixels, linked where nothing is cut."""
    height, width = start.shape
    for v in range(height):
        for u in range(width):
            i = v * width + u
            graph.x[i], graph.y[i], graph.disparity[i] = u, v, start[v, u]
            if right[v, u]:
                _link(i, 0, i + 1, graph)
            if down[v, u]:
                _link(i, 1, i + width, graph)


@njit(cache=True, forceinline=True)
@no_type_check
def _silhouette(start: Any, limits: Any, graph: Any) -> Any:
    """Photo pixels with something nearer beside them, each with the budget of its greatest jump."""
    height, width = start.shape
    front = np.empty(height * width, np.int32)
    n_front = 0
    for i in range(height * width):
        for k in range(4):
            u, v = graph.x[i] + DX[k], graph.y[i] + DY[k]
            if graph.links[i, k] >= 0 or not (0 <= u < width and 0 <= v < height):
                continue
            jump = start[v, u] - graph.disparity[i]
            if jump > limits.threshold:
                wanted = min(limits.most, max(limits.least, limits.per_jump * jump))
                if graph.budget[i] == 0:
                    front[n_front] = i
                    n_front += 1
                if wanted > graph.budget[i]:
                    graph.budget[i] = wanted
    return front[:n_front].copy()


@njit(cache=True, forceinline=True)
@no_type_check
def _grow_towards(i: Any, k: Any, limits: Any, graph: Any) -> Any:
    """The pixel that was added on this side of `i`, or `NO_ONE`, or `FULL`; what it meets is linked."""
    height, width = graph.hidden.shape
    u, v = graph.x[i] + DX[k], graph.y[i] + DY[k]
    if u < 0 or v < 0 or u >= width or v >= height:
        return NO_ONE
    back, photo = (k + 2) % 4, v * width + u
    if graph.disparity[photo] <= graph.disparity[i] + limits.threshold:  # it would be seen from the photo's own place
        if abs(graph.disparity[photo] - graph.disparity[i]) <= limits.threshold and graph.links[photo, back] < 0:
            _link(i, k, photo, graph)
        return NO_ONE
    is_met, j = False, graph.hidden[v, u]
    while j >= 0:
        if abs(graph.disparity[j] - graph.disparity[i]) <= limits.merge:
            is_met = True
            if graph.links[j, back] < 0:
                _link(i, k, j, graph)
                break
        j = graph.below[j]
    if is_met or graph.layers[v, u] >= limits.max_layers:
        return NO_ONE
    if graph.length[0] >= graph.x.size:
        return FULL
    j = _add(i, u, v, graph)
    _link(i, k, j, graph)
    for t in range(4):
        if t != back:
            _link_if_met(j, t, limits, graph)
    return j


@njit(cache=True, forceinline=True)
@no_type_check
def _add(i: Any, u: Any, v: Any, graph: Any) -> Any:
    total, parts = np.float32(2) * graph.disparity[i], np.float32(2)
    for t in range(4):
        if graph.links[i, t] >= 0:
            total += graph.disparity[graph.links[i, t]]
            parts += np.float32(1)
    j = graph.length[0]
    graph.length[0] += 1
    graph.x[j], graph.y[j], graph.disparity[j], graph.budget[j] = u, v, total / parts, graph.budget[i] - 1
    graph.below[j] = graph.hidden[v, u]
    graph.hidden[v, u] = j
    graph.layers[v, u] += 1
    return j


@njit(cache=True, forceinline=True)
@no_type_check
def _link_if_met(j: Any, t: Any, limits: Any, graph: Any) -> None:
    height, width = graph.hidden.shape
    u, v, there = graph.x[j] + DX[t], graph.y[j] + DY[t], (t + 2) % 4
    if u < 0 or v < 0 or u >= width or v >= height:
        return
    photo = v * width + u
    if abs(graph.disparity[photo] - graph.disparity[j]) <= limits.threshold and graph.links[photo, there] < 0:
        _link(j, t, photo, graph)
        return
    other = graph.hidden[v, u]
    while other >= 0:
        if abs(graph.disparity[other] - graph.disparity[j]) <= limits.merge and graph.links[other, there] < 0:
            _link(j, t, other, graph)
            return
        other = graph.below[other]


@njit(cache=True, forceinline=True)
@no_type_check
def _link(i: Any, k: Any, j: Any, graph: Any) -> None:
    graph.links[i, k] = j
    graph.links[j, (k + 2) % 4] = i
