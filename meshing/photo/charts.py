"""Hidden pixels gathered into charts, in which no two lie at one place: the definition, in plain Python."""

import numpy as np
from jaxtyping import Int32

TILE = 64  # a chart stays within a square of so many pixels: long thin bands would leave an atlas mostly empty


def charts(
    x: Int32[np.ndarray, "pixels"],
    y: Int32[np.ndarray, "pixels"],
    neighbours: Int32[np.ndarray, "pixels 4"],
    n_photo: int,
) -> Int32[np.ndarray, "pixels"]:
    """A chart's number for each hidden pixel, from 0; -1 for the photo's own.

    Each chart grows breadth first over links from the first pixel that has none yet, as far as its tile reaches and
    places are free.
    """
    number = np.full(len(x), -1, np.int32)
    n_charts = 0
    for seed in range(n_photo, len(x)):
        if number[seed] >= 0:
            continue
        taken, queue = {(x[seed], y[seed])}, [seed]
        number[seed] = n_charts
        for i in queue:
            for j in neighbours[i]:
                if j < n_photo or number[j] >= 0 or (x[j], y[j]) in taken:
                    continue
                if x[j] // TILE == x[seed] // TILE and y[j] // TILE == y[seed] // TILE:
                    number[j] = n_charts
                    taken.add((x[j], y[j]))
                    queue.append(int(j))
        n_charts += 1
    return number
