"""Which pixels of a layered depth image a camera sees after a step sideways: exact along rows, in compiled loops."""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Int32
from numba import njit, prange


def seen_from(
    x: Int32[np.ndarray, "pixels"],
    y: Int32[np.ndarray, "pixels"],
    disparity: Float32[np.ndarray, "pixels"],
    right: Int32[np.ndarray, "pixels"],
    size: tuple[int, int],
    shift: float,
) -> Bool[np.ndarray, "pixels"]:
    """See `meshing.photo.scanline.seen_from`."""
    width, height = size
    by_row = np.argsort(y, kind="stable")
    starts = np.searchsorted(y[by_row], np.arange(height + 1))
    return np.asarray(_seen(x, disparity, right, by_row, starts, width, np.float32(shift)))


@njit(cache=True, parallel=True)
@no_type_check
def _seen(x: Any, disparity: Any, right: Any, by_row: Any, starts: Any, width: Any, shift: Any) -> Any:
    seen = np.zeros(x.size, np.bool_)
    for row in prange(starts.size - 1):
        nearest = np.full(width, np.float32(-1), np.float32)
        owner = np.full(width, -1, np.int64)
        for at in range(starts[row], starts[row + 1]):
            i = by_row[at]
            a = x[i] - shift * disparity[i]
            j = right[i]
            if j < 0:
                u = int(np.rint(a))
                if 0 <= u < width and disparity[i] > nearest[u]:
                    nearest[u] = disparity[i]
                    owner[u] = i
                continue
            b = x[j] - shift * disparity[j]
            if b <= a:
                continue
            for u in range(max(0, int(np.ceil(a))), min(width - 1, int(np.floor(b))) + 1):
                t = (u - a) / (b - a)
                z = disparity[i] * (1 - t) + disparity[j] * t
                if z > nearest[u]:
                    nearest[u] = z
                    owner[u] = i if t < 0.5 else j
        for u in range(width):
            if owner[u] >= 0:
                seen[owner[u]] = True
    return seen
