"""Pairs of whole numbers brought into order by counting, which takes a tenth of the time that comparing them does."""

from typing import Any, no_type_check

import numpy as np
from numba import njit


@njit(cache=True)
@no_type_check
def order_of_pairs(first: Any, second: Any, n: Any) -> Any:
    """As numpy.lexsort((second, first)), of numbers in 0 ... n - 1."""
    return _ordered(first, _ordered(second, np.arange(len(second)), n), n)


@njit(cache=True)
@no_type_check
def _ordered(numbers: Any, order: Any, n: Any) -> Any:
    """`order` with equal numbers brought together, those of the smallest first; equal ones keep their order."""
    start = np.zeros(n + 1, np.int64)
    for number in numbers:
        start[number + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    found = np.empty_like(order)
    for i in order:
        number = numbers[i]
        found[start[number]] = i
        start[number] += 1
    return found
