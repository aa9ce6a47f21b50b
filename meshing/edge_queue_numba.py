"""Edges to be collapsed, nearly in the order of their price: a list for each price, to one part in 64.

An exact heap spends most of its time on cache misses, and an order finer than this shows in no measured error. Each
edge stands in the queue as one corner of one of its faces, so it can be taken out again and nothing in it is out of
date. The same pushes and pops give the same order.

What costs more than a limit waits outside the lists. So the mesh can be gone through part by part, each of them up to
the limit, and what is worked on stays in the processor's cache.
"""

from functools import partial
from typing import Any, NamedTuple, no_type_check

import numpy as np
from numba import njit

_SHIFT = 17  # of a float32's bits: 8 of the exponent and 6 of the fraction are left
_N_PRICES = 1 << 14
AFTER, BEFORE, PRICE = 0, 1, 2
_WAITS = -2  # in the place of the next in the list: it is in none

_compiled = partial(njit, cache=True, error_model="numpy", _nrt=False, forceinline=True)
"""Without counting references, which took half of the time; nothing here makes an array."""


class Queue(NamedTuple):
    """Doubly linked lists of corners; the price of one that is not in the queue is -1."""

    first: np.ndarray  # (prices,), -1 at the end
    links: np.ndarray  # (corners, 4): after, before, price, and what belongs to others
    least: np.ndarray  # (1,), no list before this one has anything in it
    limit: np.ndarray  # (1,), no list after this one has anything in it
    counts: np.ndarray  # (prices,), to count with
    number: np.ndarray  # (1,) float32, to look at the bits of
    bits: np.ndarray  # the same as int32


@njit(cache=True)
@no_type_check
def new_queue(links: Any) -> Any:
    """An empty queue without a limit, of links that are all -1.

    Every fourth row belongs to others, as the last column does: a face has three corners.
    """
    number = np.zeros(1, np.float32)
    return Queue(
        np.full(_N_PRICES, -1, np.int32),
        links,
        np.full(1, _N_PRICES, np.int64),
        np.full(1, _N_PRICES - 1, np.int64),
        np.zeros(_N_PRICES, np.int64),
        number,
        number.view(np.int32),
    )


@_compiled()
@no_type_check
def price_of(queue: Any, cost: Any) -> Any:
    """The number of the list that a cost belongs to."""
    queue.number[0] = cost
    return queue.bits[0] >> _SHIFT


@_compiled()
@no_type_check
def push(queue: Any, corner: Any, cost: Any) -> None:
    """Put a corner in at a finite cost of 0 or more; it must not be in the queue."""
    price = price_of(queue, cost)
    queue.links[corner, PRICE] = price
    if price > queue.limit[0]:
        queue.links[corner, AFTER] = _WAITS
    else:
        _enlist(queue, corner, price)


@_compiled()
@no_type_check
def _enlist(queue: Any, corner: Any, price: Any) -> None:
    head = queue.first[price]
    queue.first[price] = corner
    queue.links[corner, AFTER], queue.links[corner, BEFORE] = head, -1
    if head >= 0:
        queue.links[head, BEFORE] = corner
    if price < queue.least[0]:
        queue.least[0] = price


@_compiled()
@no_type_check
def enlist_waiting(queue: Any, start: Any, stop: Any) -> None:
    """Bring those corners from `start` to `stop` into the lists that wait and cost no more than the limit."""
    for corner in range(start, stop):
        price = queue.links[corner, PRICE]
        if corner & 3 != 3 and 0 <= price <= queue.limit[0] and queue.links[corner, AFTER] == _WAITS:
            _enlist(queue, corner, price)


@_compiled()
@no_type_check
def raise_limit(queue: Any, most: Any) -> Any:
    """Move the limit up to where no more than `most` corners cost as much or less; how many do."""
    queue.counts[:] = 0
    for corner in range(len(queue.links)):
        if corner & 3 != 3 and queue.links[corner, PRICE] >= 0:
            queue.counts[queue.links[corner, PRICE]] += 1
    n, price = 0, 0
    while price < _N_PRICES and n + queue.counts[price] <= most:
        n += queue.counts[price]
        price += 1
    queue.limit[0] = price - 1
    return n


@_compiled()
@no_type_check
def remove(queue: Any, corner: Any) -> None:
    """Take a corner out, if it is in."""
    links = queue.links
    price = links[corner, PRICE]
    if price < 0:
        return
    links[corner, PRICE] = -1
    after, before = links[corner, AFTER], links[corner, BEFORE]
    if after == _WAITS:
        return
    if before >= 0:
        links[before, AFTER] = after
    else:
        queue.first[price] = after
    if after >= 0:
        links[after, BEFORE] = before


@_compiled()
@no_type_check
def pop(queue: Any) -> Any:
    """Take out the cheapest corner up to the limit; -1 where there is none."""
    price = queue.least[0]
    while price <= queue.limit[0] and queue.first[price] < 0:
        price += 1
    if price > queue.limit[0]:
        queue.least[0] = _N_PRICES
        return -1
    queue.least[0] = price
    corner = queue.first[price]
    remove(queue, corner)
    return corner
