"""Which pixels of a layered depth image a camera sees after a step sideways: the definition, in numpy."""

import numpy as np
from jaxtyping import Bool, Float32, Int32


def seen_from(
    x: Int32[np.ndarray, "pixels"],
    y: Int32[np.ndarray, "pixels"],
    disparity: Float32[np.ndarray, "pixels"],
    right: Int32[np.ndarray, "pixels"],
    size: tuple[int, int],
    shift: float,
) -> Bool[np.ndarray, "pixels"]:
    """The pixels that show after the camera moved right by `shift` of its reach; `size` is (width, height).

    A pixel moves to x - shift * disparity; between it and its linked neighbour to the right the surface is straight, a
    pixel without one is as wide as a pixel. Of several surfaces at one place the nearest shows.
    """
    width = size[0]
    step = np.float32(shift)
    place = x - np.float64(step) * disparity
    has = right >= 0
    end = np.where(has, place[right], place)
    first = np.where(has, np.ceil(place), np.rint(place)).astype(np.int64)
    last = np.where(has, np.floor(end), first).astype(np.int64)
    last = np.where(has & (end <= place), first - 1, last)
    first, last = np.maximum(first, 0), np.minimum(last, width - 1)
    counts = np.maximum(last - first + 1, 0)
    owner = np.repeat(np.arange(len(x)), counts)
    column = first[owner] + np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner]
    span = np.where(has, end - place, 1.0)[owner]
    share = np.where(has[owner], (column - place[owner]) / np.where(span > 0, span, 1), 0.0)
    near = disparity[owner] * (1 - share) + disparity[right[owner]] * share
    near = np.where(has[owner], near, disparity[owner]).astype(np.float32)
    shown = np.where(has[owner] & (share >= 0.5), right[owner], owner)
    cell = y[owner].astype(np.int64) * width + column
    order = np.lexsort((np.arange(len(owner)), -near, cell))
    winners = order[np.unique(cell[order], return_index=True)[1]]
    seen = np.zeros(len(x), bool)
    seen[shown[winners]] = True
    return seen
