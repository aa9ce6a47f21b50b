"""Edges waiting to be collapsed, nearly in the order of their price: a list for each price, to one part in 64.

An exact heap spends most of its time on cache misses, and an order finer than this shows in no measured error. Each
edge stands in the queue as one corner of one of its faces, so it can be taken out again and nothing in it is out of
date. The same pushes and pops give the same order.
"""

from functools import partial
from typing import Any, NamedTuple, no_type_check

import numpy as np
from numba import njit

_SHIFT = 17  # of a float32's bits: 8 of the exponent and 6 of the fraction are left
_N_PRICES = 1 << 14
AFTER, BEFORE, PRICE = 0, 1, 2

_compiled = partial(njit, cache=True, error_model="numpy", _nrt=False, forceinline=True)
"""Without counting references, which took half of the time; nothing here makes an array."""


class Queue(NamedTuple):
    """Doubly linked lists of corners; the price of one that is not in the queue is -1."""

    first: np.ndarray  # (prices,), -1 at the end
    links: np.ndarray  # (corners, 4): after, before, price, and nothing
    least: np.ndarray  # (1,), no list before this one has anything in it
    number: np.ndarray  # (1,) float32, to look at the bits of
    bits: np.ndarray  # the same as int32


@njit(cache=True)
@no_type_check
def new_queue(n_corners: Any) -> Any:
    """An empty queue."""
    number = np.zeros(1, np.float32)
    return Queue(
        np.full(_N_PRICES, -1, np.int32),
        np.full((n_corners, 4), -1, np.int32),
        np.full(1, _N_PRICES, np.int64),
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
    head = queue.first[price]
    queue.first[price] = corner
    links = queue.links
    links[corner, AFTER], links[corner, BEFORE], links[corner, PRICE] = head, -1, price
    if head >= 0:
        links[head, BEFORE] = corner
    if price < queue.least[0]:
        queue.least[0] = price


@_compiled()
@no_type_check
def remove(queue: Any, corner: Any) -> None:
    """Take a corner out, if it is in."""
    links = queue.links
    price = links[corner, PRICE]
    if price < 0:
        return
    after, before = links[corner, AFTER], links[corner, BEFORE]
    if before >= 0:
        links[before, AFTER] = after
    else:
        queue.first[price] = after
    if after >= 0:
        links[after, BEFORE] = before
    links[corner, PRICE] = -1


@_compiled()
@no_type_check
def pop(queue: Any) -> Any:
    """Take out the cheapest corner; -1 where the queue is empty."""
    price = queue.least[0]
    while price < _N_PRICES and queue.first[price] < 0:
        price += 1
    queue.least[0] = price
    if price == _N_PRICES:
        return -1
    corner = queue.first[price]
    remove(queue, corner)
    return corner
