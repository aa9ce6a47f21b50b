import heapq

import numpy as np

from meshing.collapse_numba import _pop, _push


def test_the_heap_gives_what_the_standard_library_gives_and_breaks_ties_by_number() -> None:
    rng = np.random.default_rng(0)
    version = np.zeros(1000, np.int64)
    cost, ends, size, expected = np.empty(2), np.empty((2, 4), np.int32), 0, []
    for _ in range(500):
        price, (a, b) = float(rng.integers(0, 30)), rng.choice(1000, 2, replace=False)
        cost, ends, size = _push(cost, ends, size, price, a, b, version)
        heapq.heappush(expected, (price, min(a, b), max(a, b)))
        if rng.random() < 0.4:
            assert (cost[0], ends[0, 0], ends[0, 1]) == heapq.heappop(expected)
            size = _pop(cost, ends, size)
    while size:
        assert (cost[0], ends[0, 0], ends[0, 1]) == heapq.heappop(expected)
        size = _pop(cost, ends, size)
    assert not expected
