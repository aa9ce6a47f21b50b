"""Whole numbers brought into order by counting, which takes a tenth of the time that comparing them does."""

from typing import Any, no_type_check

import numpy as np
from numba import njit

_FEW = 32  # edges of a point, which are put in order one by one


@njit(cache=True)
@no_type_check
def order_of(numbers: Any, n: Any) -> Any:
    """As numpy.argsort(numbers, kind="stable"), of numbers in 0 ... n - 1."""
    start = np.zeros(n + 1, np.int64)
    for number in numbers:
        start[number + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    found = np.empty(len(numbers), np.int64)
    for i in range(len(numbers)):
        found[start[numbers[i]]] = i
        start[numbers[i]] += 1
    return found


@njit(cache=True)
@no_type_check
def sides_by_edge(faces: Any, n_points: Any) -> Any:
    """The sides of faces, 3 x face + k from corner k to the next, as numpy.lexsort((side, higher, lower point)) orders
    them; and where each edge begins among them, with their number at the end."""
    n = 3 * len(faces)
    start = np.zeros(n_points + 1, np.int32)
    for f in range(len(faces)):
        for k in range(3):
            start[min(faces[f, k], faces[f, 0 if k == 2 else k + 1]) + 1] += 1
    for v in range(n_points):
        start[v + 1] += start[v]
    sides, higher = np.empty(n, np.int32), np.empty(n, np.int32)
    for f in range(len(faces)):
        for k in range(3):
            a, b = faces[f, k], faces[f, 0 if k == 2 else k + 1]
            at = start[min(a, b)]
            sides[at], higher[at] = 3 * f + k, max(a, b)
            start[min(a, b)] += 1
    edges, n_edges, begin = np.empty(n + 1, np.int32), 0, 0
    for v in range(n_points):
        stop = start[v]
        _put_in_order(sides, higher, begin, stop)
        for at in range(begin, stop):
            if at == begin or higher[at] != higher[at - 1]:
                edges[n_edges] = at
                n_edges += 1
        begin = stop
    edges[n_edges] = n
    return sides, edges[: n_edges + 1].copy()


@njit(cache=True)
@no_type_check
def _put_in_order(sides: Any, higher: Any, begin: Any, stop: Any) -> None:
    """Order a stretch of both by the second."""
    if stop - begin > _FEW:
        order = np.argsort(higher[begin:stop], kind="mergesort")
        sides[begin:stop], higher[begin:stop] = sides[begin:stop][order], higher[begin:stop][order]
        return
    for at in range(begin + 1, stop):
        side, point, to = sides[at], higher[at], at
        while to > begin and higher[to - 1] > point:
            sides[to], higher[to] = sides[to - 1], higher[to - 1]
            to -= 1
        sides[to], higher[to] = side, point
