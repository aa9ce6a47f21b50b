"""Squares of a pixel grid that are flat enough for few triangles: the definition, in numpy and plain loops."""

import numpy as np
from jaxtyping import Bool, Float32, Int64
from numpy.lib.stride_tricks import sliding_window_view

LARGEST = 32


def blocks(
    disparity: Float32[np.ndarray, "h w"],
    right: Bool[np.ndarray, "h w"],
    down: Bool[np.ndarray, "h w"],
    tolerance: float,
) -> tuple[Int64[np.ndarray, "blocks 3"], Bool[np.ndarray, "h w"]]:
    """Squares (x, y, side) whose disparity is bilinear within `tolerance`, and the cells they cover.

    A cell lies between a pixel and the next ones to the right and below. Squares are aligned to their side (32 ... 2),
    larger ones first, and all pixels in them are linked to each other (`right`, `down`).
    """
    height, width = disparity.shape
    covered = np.zeros((height, width), bool)
    found = []
    side = LARGEST
    while side >= 2:
        if height > side and width > side:
            values = sliding_window_view(disparity, (side + 1, side + 1))[::side, ::side]
            along = np.arange(side + 1) / side
            top, bottom = values[..., :1, :], values[..., -1:, :]
            a, b = top[..., :1].astype(np.float64), top[..., -1:].astype(np.float64)
            c, d = bottom[..., :1].astype(np.float64), bottom[..., -1:].astype(np.float64)
            u, v = along[None, :], along[:, None]
            plane = a * (1 - u) * (1 - v) + b * u * (1 - v) + c * (1 - u) * v + d * u * v
            flat = np.asarray((np.abs(values - plane) <= tolerance).all(axis=(-2, -1)))
            n_rows, n_columns = flat.shape
            for links, window in ((right, (side + 1, side)), (down, (side, side + 1))):
                whole = np.asarray(sliding_window_view(links, window)[::side, ::side].all(axis=(-2, -1)))
                flat = flat & whole[:n_rows, :n_columns]
            rows, columns = np.nonzero(flat)
            for y, x in zip(rows * side, columns * side, strict=True):
                if not covered[y, x]:
                    covered[y : y + side, x : x + side] = True
                    found.append((int(x), int(y), side))
        side //= 2
    return np.array(found, np.int64).reshape(-1, 3), covered


def triangles(squares: Int64[np.ndarray, "blocks 3"], used: Bool[np.ndarray, "h w"]) -> Int64[np.ndarray, "faces 3"]:
    """Triangles of the squares as pixel numbers, counter-clockwise as seen from the camera.

    `used` marks the pixels that are corners of anything else; with the squares' own corners they become corners of
    the squares' triangles, too, so that no crack opens between squares of different sides. A square with no further
    corner on its rim makes two triangles, any other a fan around its middle.
    """
    width = used.shape[1]
    used = used.copy()
    for x, y, side in squares:
        used[y : y + side + 1 : side, x : x + side + 1 : side] = True
    faces = []
    for x, y, side in squares:
        ring = [(x + k, y) for k in range(side)] + [(x + side, y + k) for k in range(side)]
        ring += [(x + side - k, y + side) for k in range(side)] + [(x, y + side - k) for k in range(side)]
        rim = [v * width + u for u, v in ring if used[v, u]]
        if len(rim) == 4:
            faces += [(rim[0], rim[3], rim[1]), (rim[1], rim[3], rim[2])]
            continue
        middle = (y + side // 2) * width + x + side // 2
        faces += [(middle, rim[(k + 1) % len(rim)], rim[k]) for k in range(len(rim))]
    return np.array(faces, np.int64).reshape(-1, 3)
