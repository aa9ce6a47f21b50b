"""Depth from two pictures of a stereo photo: semi-global matching (Hirschmüller 2008) of census codes.

Owns rectified pairs only: rows correspond. What the other picture cannot see is found by matching both ways.
"""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from numba import njit, prange
from scipy import ndimage

from vision.depth import InverseDepth, filled_from_farther_side, inverse_depth

SMALL, LARGE = 8, 36  # penalties for steps of one disparity and of more, in differing census bits
SHARE = 8  # the greatest disparity looked for is the width divided by this
WORST = 24  # census bits
SPECK = 60  # pixels
LEAST = 0.3  # of the pixels must agree, or the two pictures are no pair


def depth_from_pair(
    left: UInt8[np.ndarray, "h w 3"], right: UInt8[np.ndarray, "rows columns 3"], *, most: int | None = None
) -> InverseDepth:
    """Inverse depth of the left picture up to scale, from disparities 0 to `most` pixels.

    Confidence is 1 where matching both ways agrees within a pixel, 0.1 where the value was filled in.
    """
    if left.shape != right.shape:
        raise ValueError(f"stereo pair: both pictures must have one size (got {left.shape} and {right.shape})")
    most = most or max(16, left.shape[1] // SHARE)
    if not 1 <= most < left.shape[1]:
        raise ValueError(f"stereo pair: the greatest disparity must be in 1 ... {left.shape[1] - 1} (got {most})")
    disparity, agrees = match(left, right, most)
    if agrees.mean() < LEAST:
        raise ValueError("stereo pair: its pictures do not match; they must show one scene, side by side on equal rows")
    filled = filled_from_farther_side(np.where(agrees, disparity, np.nan).astype(np.float64))
    return inverse_depth(filled, np.where(agrees, 1.0, 0.1), source="stereo", where="stereo pair")


def match(
    left: UInt8[np.ndarray, "h w 3"], right: UInt8[np.ndarray, "h w 3"], most: int
) -> tuple[Float32[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    """Disparity of the left picture in parts of a pixel, and where matching from the right one agrees."""
    codes = [_census(np.ascontiguousarray(rgb.astype(np.float32) @ (0.299, 0.587, 0.114))) for rgb in (left, right)]
    total = _aggregated(*codes, most + 1)
    (disparity, clear), other = _winners(total), _winners_of_right(total)
    x = np.arange(left.shape[1])
    there = x - np.rint(disparity).astype(np.int64)
    seen = there >= 0
    back = np.take_along_axis(other, np.maximum(there, 0), axis=1)
    return disparity, _without_specks(disparity, clear & seen & (np.abs(back - disparity) <= 1))


def _without_specks(disparity: Float32[np.ndarray, "h w"], agrees: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """`agrees` without islands of fewer than `SPECK` pixels whose disparity differs by two from all around."""
    band, kept = np.rint(disparity / 2).astype(np.int64), agrees.copy()
    for value in np.unique(band[agrees]):
        labels, _ = ndimage.label(agrees & (np.abs(band - value) <= 1))
        small = (np.bincount(labels.ravel()) < SPECK)[labels] & (labels > 0)
        kept &= ~(small & (band == value))
    return kept


@njit(cache=True, parallel=True)
@no_type_check
def _census(grey: Any) -> Any:
    """24 bits a pixel: which of the 5 x 5 around it are darker."""
    height, width = grey.shape
    codes = np.zeros((height, width), np.uint32)
    for y in prange(height):
        for x in range(width):
            code = np.uint32(0)
            for dy in range(-2, 3):
                for dx in range(-2, 3):
                    if dy == 0 and dx == 0:
                        continue
                    v, u = min(max(y + dy, 0), height - 1), min(max(x + dx, 0), width - 1)
                    code = (code << np.uint32(1)) | np.uint32(grey[v, u] < grey[y, x])
            codes[y, x] = code
    return codes


@njit(cache=True)
@no_type_check
def _bits(code: Any) -> Any:
    code = code - ((code >> np.uint32(1)) & np.uint32(0x55555555))
    code = (code & np.uint32(0x33333333)) + ((code >> np.uint32(2)) & np.uint32(0x33333333))
    code = (code + (code >> np.uint32(4))) & np.uint32(0x0F0F0F0F)
    return np.uint16((code * np.uint32(0x01010101)) >> np.uint32(24))


@njit(cache=True)
@no_type_check
def _aggregated(left: Any, right: Any, n: Any) -> Any:
    """Matching costs summed along eight directions, each path paying for steps in disparity."""
    height, width = left.shape
    cost = np.empty((height, width, n), np.uint16)
    for y in range(height):
        for x in range(width):
            for d in range(n):
                cost[y, x, d] = _bits(left[y, x] ^ right[y, x - d]) if x >= d else WORST
    total = np.zeros((height, width, n), np.uint16)
    for down in (1, -1):
        rows = range(height) if down == 1 else range(height - 1, -1, -1)
        above = np.zeros((3, width, n), np.uint16)
        fresh = np.zeros((3, width, n), np.uint16)
        for y in rows:
            first = y == (0 if down == 1 else height - 1)
            for x in range(width):
                for k in range(3):  # from straight above and both diagonals
                    u = x + k - 1
                    if first or u < 0 or u >= width:
                        fresh[k, x] = cost[y, x]
                    else:
                        _step(cost[y, x], above[k, u], fresh[k, x], n)
                    for d in range(n):
                        total[y, x, d] += fresh[k, x, d]
            above, fresh = fresh, above
            along = np.zeros(n, np.uint16)
            next_ = np.zeros(n, np.uint16)
            for step in range(width):
                x = step if down == 1 else width - 1 - step
                if step == 0:
                    next_[:] = cost[y, x]
                else:
                    _step(cost[y, x], along, next_, n)
                for d in range(n):
                    total[y, x, d] += next_[d]
                along, next_ = next_, along
    return total


@njit(cache=True)
@no_type_check
def _step(cost: Any, before: Any, out: Any, n: Any) -> None:
    least = before[0]
    for d in range(1, n):
        least = min(least, before[d])
    for d in range(n):
        best = min(before[d], least + np.uint16(LARGE))
        if d > 0:
            best = min(best, before[d - 1] + np.uint16(SMALL))
        if d + 1 < n:
            best = min(best, before[d + 1] + np.uint16(SMALL))
        out[d] = cost[d] + best - least


@njit(cache=True)
@no_type_check
def _winners(total: Any) -> Any:
    """The disparity of least cost, its fraction from the parabola through the costs beside it, and whether it is clear.

    It is clear where every disparity farther off costs at least 5 % more.
    """
    height, width, n = total.shape
    out, clear = np.empty((height, width), np.float32), np.ones((height, width), np.bool_)
    for y in range(height):
        for x in range(width):
            best = 0
            for d in range(1, n):
                if total[y, x, d] < total[y, x, best]:
                    best = d
            out[y, x] = best
            for d in range(n):
                if abs(d - best) > 1 and 20 * np.int64(total[y, x, d]) < 21 * np.int64(total[y, x, best]):
                    clear[y, x] = False
                    break
            if 0 < best < n - 1:
                a, b, c = float(total[y, x, best - 1]), float(total[y, x, best]), float(total[y, x, best + 1])
                if a + c > 2 * b:
                    out[y, x] += np.float32(0.5 * (a - c) / (a - 2 * b + c))
    return out, clear


@njit(cache=True)
@no_type_check
def _winners_of_right(total: Any) -> Any:
    height, width, n = total.shape
    out = np.empty((height, width), np.float32)
    for y in range(height):
        for x in range(width):
            best = 0
            for d in range(1, min(n, width - x)):
                if total[y, x + d, d] < total[y, x + best, best]:
                    best = d
            out[y, x] = best
    return out
