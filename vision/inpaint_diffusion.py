"""Unknown colours as a smooth blend of the known ones around them, along the links of a graph.

Owns the always available fill. The arrays are those of a layered photo, but any pixels with links will do.
"""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Int32, UInt8
from numba import njit

SWEEPS = 120
OVER = 1.85  # over-relaxation: bands are some 50 pixels wide


def diffuse(
    color: UInt8[np.ndarray, "pixels 3"],
    unknown: Bool[np.ndarray, "pixels"],
    neighbours: Int32[np.ndarray, "pixels 4"],
) -> UInt8[np.ndarray, "pixels 3"]:
    """`color` with unknown pixels between their neighbours' colours: a discrete harmonic function on the links.

    `neighbours` holds indices, -1 for none. Unknown pixels from which no link leads to a known one become the mean of
    all known colours.
    """
    order, source = spread(unknown, neighbours)
    values: Float32[np.ndarray, "pixels 3"] = color.astype(np.float32)
    values[order] = values[source[order]]
    _relax(values, order, neighbours, SWEEPS, np.float32(OVER))
    lost = unknown & (source < 0)
    if lost.any():
        values[lost] = values[~unknown].mean(axis=0) if not unknown.all() else 127
    return np.where(unknown[:, None], np.clip(np.rint(values), 0, 255), color).astype(np.uint8)


def spread(
    unknown: Bool[np.ndarray, "pixels"], neighbours: Int32[np.ndarray, "pixels 4"]
) -> tuple[Int32[np.ndarray, "reached"], Int32[np.ndarray, "pixels"]]:
    """Unknown pixels in the order in which steps along links reach them, and for each the known one it came from."""
    order, source = _spread(unknown, neighbours)
    return order, source


@njit(cache=True)
@no_type_check
def _spread(unknown: Any, neighbours: Any) -> Any:
    n = unknown.size
    source = np.full(n, -1, np.int32)
    queue = np.empty(n, np.int32)
    last = 0
    for i in range(n):
        if unknown[i]:
            for k in range(4):
                j = neighbours[i, k]
                if j >= 0 and not unknown[j]:
                    source[i] = j
                    queue[last] = i
                    last += 1
                    break
    first = 0
    while first < last:
        i = queue[first]
        first += 1
        for k in range(4):
            j = neighbours[i, k]
            if j >= 0 and unknown[j] and source[j] < 0:
                source[j] = source[i]
                queue[last] = j
                last += 1
    return queue[:last].copy(), source


@njit(cache=True)
@no_type_check
def _relax(values: Any, order: Any, neighbours: Any, sweeps: Any, over: Any) -> None:
    """Successive over-relaxation, forwards and backwards in turn."""
    for sweep in range(sweeps):
        step = over if sweep < sweeps - 4 else np.float32(1)
        for at in range(order.size):
            i = order[at] if sweep % 2 == 0 else order[order.size - 1 - at]
            red = green = blue = np.float32(0)
            parts = np.float32(0)
            for k in range(4):
                j = neighbours[i, k]
                if j >= 0:
                    red += values[j, 0]
                    green += values[j, 1]
                    blue += values[j, 2]
                    parts += np.float32(1)
            if parts > 0:
                values[i, 0] += step * (red / parts - values[i, 0])
                values[i, 1] += step * (green / parts - values[i, 1])
                values[i, 2] += step * (blue / parts - values[i, 2])
