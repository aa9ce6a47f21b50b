"""Soft depth edges become steps that lie where colours change: the definition, in numpy."""

import numpy as np
from jaxtyping import Float32, UInt8

RADIUS = 3
SIGMA = 20.0  # colour distance (0 ... 442) at which a neighbour's vote falls to 1/e
STRIDES = (2, 1)


def sharpen(
    disparity: Float32[np.ndarray, "h w"],
    rgb: UInt8[np.ndarray, "h w 3"],
    threshold: float,
    strides: tuple[int, ...] = STRIDES,
) -> Float32[np.ndarray, "h w"]:
    """Disparity with each pixel near a jump replaced by the median of its window, votes weighted by likeness of colour.

    A pixel is near a jump where the disparity a window's half away differs by more than `threshold`. One pass per
    stride, over 7 x 7 pixels that lie `stride` apart: wide first for depth of low resolution. A weighted median keeps
    steps sharp where an average would make a ramp that neither surface has.
    """
    weights = np.exp(-np.arange(443) / SIGMA)
    sharp = disparity
    for stride in strides:
        near = _near_jump(sharp, threshold, RADIUS * stride)
        y, x = np.nonzero(near)
        values, shares = (np.full((len(y), (2 * RADIUS + 1) ** 2), fill) for fill in (np.inf, 0.0))
        offsets = [(dy, dx) for dy in range(-RADIUS, RADIUS + 1) for dx in range(-RADIUS, RADIUS + 1)]
        for k, (dy, dx) in enumerate(offsets):
            v, u = y + dy * stride, x + dx * stride
            inside = (v >= 0) & (v < sharp.shape[0]) & (u >= 0) & (u < sharp.shape[1])
            v, u = np.where(inside, v, 0), np.where(inside, u, 0)
            distance = np.sqrt(((rgb[v, u].astype(np.int64) - rgb[y, x]) ** 2).sum(axis=1)).astype(np.int64)
            values[:, k] = np.where(inside, sharp[v, u], np.inf)
            shares[:, k] = np.where(inside, weights[distance], 0)
        order = np.argsort(values, axis=1, kind="stable")
        reached = np.cumsum(np.take_along_axis(shares, order, axis=1), axis=1)
        middle = np.argmax(reached >= 0.5 * shares.sum(axis=1, keepdims=True), axis=1)
        sharp = sharp.copy()
        sharp[y, x] = np.take_along_axis(values, np.take_along_axis(order, middle[:, None], axis=1), axis=1)[:, 0]
    return sharp


def _near_jump(disparity: Float32[np.ndarray, "h w"], threshold: float, reach: int) -> np.ndarray:
    near = np.zeros(disparity.shape, bool)
    for lines, marks in ((disparity, near), (disparity.T, near.T)):
        if lines.shape[1] > reach:
            jumps = np.abs(lines[:, reach:] - lines[:, :-reach]) > np.float32(threshold)
            marks[:, :-reach] |= jumps
            marks[:, reach:] |= jumps
    return near
