"""`charts.py` in compiled loops: the same charts."""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Int32
from numba import njit

from meshing.photo.charts import TILE


def charts(
    x: Int32[np.ndarray, "pixels"],
    y: Int32[np.ndarray, "pixels"],
    neighbours: Int32[np.ndarray, "pixels 4"],
    n_photo: int,
) -> Int32[np.ndarray, "pixels"]:
    """See `meshing.photo.charts.charts`."""
    return np.asarray(_charts(x, y, neighbours, n_photo, TILE))


@njit(cache=True)
@no_type_check
def _charts(x: Any, y: Any, neighbours: Any, n_photo: Any, tile: Any) -> Any:
    number = np.full(x.size, -1, np.int32)
    taken = np.full((tile, tile), -1, np.int32)
    queue = np.empty(max(1, x.size - n_photo), np.int32)
    n_charts = 0
    for seed in range(n_photo, x.size):
        if number[seed] >= 0:
            continue
        column, row = x[seed] // tile, y[seed] // tile
        number[seed] = n_charts
        taken[y[seed] - row * tile, x[seed] - column * tile] = n_charts
        queue[0] = seed
        first, last = 0, 1
        while first < last:
            i = queue[first]
            first += 1
            for k in range(4):
                j = neighbours[i, k]
                if j < n_photo or number[j] >= 0 or x[j] // tile != column or y[j] // tile != row:
                    continue
                v, u = y[j] - row * tile, x[j] - column * tile
                if taken[v, u] == n_charts:
                    continue
                taken[v, u] = n_charts
                number[j] = n_charts
                queue[last] = j
                last += 1
        n_charts += 1
    return number
