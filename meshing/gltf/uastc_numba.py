"""UASTC blocks chosen and packed in compiled loops; `uastc.py` reads them back.

A block's colours are put on the line through their mean along which they differ most. In each mode the ends of that
line are stored as finely as the mode can, every texel takes the nearest point on it, and the ends are fitted to what
was taken; the mode with the least error wins. Hints for ETC are the plain averages with the best intensity tables.
"""

from typing import Any, no_type_check

import numpy as np
from jaxtyping import UInt8
from numba import njit

from meshing.gltf.uastc import MODES, SOLID_CODE, SOLID_CODE_BITS, end_levels, weight_levels

_ROUNDS = 3  # of fitting the ends to the weights; a fourth gives less than 0.02 dB
_NEUTRAL = 13  # the ETC bias that changes nothing
_ETC = np.array([[2, 8], [5, 17], [9, 29], [13, 42], [18, 60], [24, 80], [33, 106], [47, 183]])

_CODE = np.array([[m.code, m.code_bits, m.end_bits, m.trits, m.weight_bits] for m in MODES], np.int64)
_N_OPAQUE = sum(mode.channels == 3 for mode in MODES)
_END, _STORED, _WEIGHT, _NEAREST = (np.zeros((len(MODES), n), np.int64) for n in (256, 256, 32, 65))
for _k, _mode in enumerate(MODES):
    _ends, _levels = end_levels(_mode), weight_levels(_mode)
    _END[_k, : len(_ends)], _WEIGHT[_k, : len(_levels)] = _ends, _levels
    _STORED[_k] = np.abs(_ends[None] - np.arange(256)[:, None]).argmin(axis=1)
    _NEAREST[_k] = np.abs(_levels[None] - np.arange(65)[:, None]).argmin(axis=1)


def encode(image: UInt8[np.ndarray, "h w 4"]) -> UInt8[np.ndarray, "rows columns 16"]:
    """A picture in blocks; the last row and column are repeated up to a multiple of 4."""
    h, w = image.shape[:2]
    padded = np.pad(image, ((0, -h % 4), (0, -w % 4), (0, 0)), mode="edge")
    rows, columns = padded.shape[0] // 4, padded.shape[1] // 4
    blocks = padded.reshape(rows, 4, columns, 4, 4).swapaxes(1, 2).reshape(-1, 16, 4)
    out = np.zeros((len(blocks), 16), np.uint8)
    _encode(np.ascontiguousarray(blocks), out)
    return out.reshape(rows, columns, 16)


@njit(cache=True)
@no_type_check
def _encode(blocks: Any, out: Any) -> None:
    texels, ends, best_ends = np.empty((16, 4)), np.empty((4, 2), np.int64), np.empty((4, 2), np.int64)
    weights, best_weights = np.empty(16, np.int64), np.empty(16, np.int64)
    low, high = np.empty(4), np.empty(4)
    for n in range(len(blocks)):
        block, packed = blocks[n], out[n]
        if _is_solid(block):
            _pack_solid(block[0], packed)
            continue
        texels[:] = block
        opaque = texels[:, 3].min() == 255.0
        channels = 3 if opaque else 4
        first, last = (0, _N_OPAQUE) if opaque else (_N_OPAQUE, len(_CODE))
        best, least = first, np.inf
        for mode in range(first, last):
            _line(texels, channels, low, high)
            for _ in range(_ROUNDS):
                error = _take(texels, channels, mode, low, high, ends, weights)
                if error < least:
                    least, best = error, mode
                    best_ends[:], best_weights[:] = ends, weights
                if not _fit(texels, channels, mode, weights, low, high):
                    break
        _pack(block, channels, best, best_ends, best_weights, packed)


@njit(cache=True)
@no_type_check
def _is_solid(block: Any) -> Any:
    for i in range(1, 16):
        for c in range(4):
            if block[i, c] != block[0, c]:
                return False
    return True


@njit(cache=True)
@no_type_check
def _line(texels: Any, channels: Any, low: Any, high: Any) -> None:
    """The ends of the colours along the direction in which they differ most."""
    mean, spread = np.zeros(4), np.zeros((4, 4))
    for c in range(channels):
        for i in range(16):
            mean[c] += texels[i, c] / 16
    for i in range(16):
        for c in range(channels):
            for d in range(channels):
                spread[c, d] += (texels[i, c] - mean[c]) * (texels[i, d] - mean[d])
    widest = 0
    for c in range(channels):
        if spread[c, c] > spread[widest, widest]:
            widest = c
    axis, turned = spread[widest].copy(), np.zeros(4)
    for _ in range(8):
        length = np.sqrt((axis * axis).sum())
        for c in range(channels):
            turned[c] = 0.0
            for d in range(channels):
                turned[c] += spread[c, d] * axis[d] / length
        axis[:] = turned
    axis /= np.sqrt((axis * axis).sum())
    least, most = np.inf, -np.inf
    for i in range(16):
        along = 0.0
        for c in range(channels):
            along += (texels[i, c] - mean[c]) * axis[c]
        least, most = min(least, along), max(most, along)
    for c in range(channels):
        low[c], high[c] = mean[c] + least * axis[c], mean[c] + most * axis[c]


@njit(cache=True)
@no_type_check
def _take(texels: Any, channels: Any, mode: Any, low: Any, high: Any, ends: Any, weights: Any) -> Any:
    """Store the ends, and for each texel the nearest point between them; the squared error."""
    length = 0.0
    for c in range(channels):
        ends[c, 0] = _STORED[mode, int(min(max(np.rint(low[c]), 0.0), 255.0))]
        ends[c, 1] = _STORED[mode, int(min(max(np.rint(high[c]), 0.0), 255.0))]
        length += (_END[mode, ends[c, 1]] - _END[mode, ends[c, 0]]) ** 2
    total = 0.0
    for i in range(16):
        along = 0.0
        for c in range(channels):
            start = _END[mode, ends[c, 0]]
            along += (texels[i, c] - start) * (_END[mode, ends[c, 1]] - start)
        share = 0.0 if length == 0.0 else along / length
        weights[i] = _NEAREST[mode, int(min(max(np.rint(64 * share), 0.0), 64.0))]
        w = _WEIGHT[mode, weights[i]]
        for c in range(channels):
            a, b = 257 * _END[mode, ends[c, 0]], 257 * _END[mode, ends[c, 1]]
            value = ((a * (64 - w) + b * w + 32) >> 6) >> 8
            total += (value - texels[i, c]) ** 2
    return total


@njit(cache=True)
@no_type_check
def _fit(texels: Any, channels: Any, mode: Any, weights: Any, low: Any, high: Any) -> Any:
    """The ends that suit the weights best (least squares); False where one weight is all there is."""
    aa, ab, bb = 0.0, 0.0, 0.0
    for i in range(16):
        w = _WEIGHT[mode, weights[i]] / 64
        aa, ab, bb = aa + (1 - w) * (1 - w), ab + w * (1 - w), bb + w * w
    det = aa * bb - ab * ab
    if det < 1e-6:
        return False
    for c in range(channels):
        a, b = 0.0, 0.0
        for i in range(16):
            w = _WEIGHT[mode, weights[i]] / 64
            a, b = a + (1 - w) * texels[i, c], b + w * texels[i, c]
        low[c], high[c] = (bb * a - ab * b) / det, (aa * b - ab * a) / det
    return True


@njit(cache=True)
@no_type_check
def _pack(block: Any, channels: Any, mode: Any, ends: Any, weights: Any, packed: Any) -> None:
    top = (1 << _CODE[mode, 4]) - 1
    turned = weights[0] > top // 2  # the first weight's highest bit is not stored: it is 0
    at = _put(packed, 0, _CODE[mode, 0], _CODE[mode, 1])
    at = _put_hints(block, channels, packed, at)
    n_values, bits = 2 * channels, _CODE[mode, 2]
    if _CODE[mode, 3]:
        bundle, power, count = 0, 1, 0
        for k in range(n_values):
            side = 1 - k % 2 if turned else k % 2
            bundle, power, count = bundle + (ends[k // 2, side] >> bits) * power, power * 3, count + 1
            if count == 5 or k == n_values - 1:
                width = 8 if count == 5 else (0, 2, 4, 5, 7)[count]
                at = _put(packed, at, bundle, width)
                bundle, power, count = 0, 1, 0
    for k in range(n_values):
        side = 1 - k % 2 if turned else k % 2
        at = _put(packed, at, ends[k // 2, side] & ((1 << bits) - 1), bits)
    for i in range(16):
        weight = top - weights[i] if turned else weights[i]
        at = _put(packed, at, weight, _CODE[mode, 4] - (1 if i == 0 else 0))


@njit(cache=True)
@no_type_check
def _put(packed: Any, at: Any, number: Any, width: Any) -> Any:
    """Add a number's bits, lowest first; the place after them."""
    for k in range(width):
        if (number >> k) & 1:
            packed[(at + k) // 8] |= np.uint8(1 << ((at + k) % 8))
    return at + width


@njit(cache=True)
@no_type_check
def _put_hints(block: Any, channels: Any, packed: Any, at: Any) -> Any:
    """BC1: none. ETC: which way the block is halved, whether the halves are near, their tables. EAC: range of alpha."""
    flip = _scatter(block, True) < _scatter(block, False)
    near = True
    for c in range(3):
        a, b = _mean(block, flip, 0, c), _mean(block, flip, 1, c)
        step = int(np.rint(b * 31 / 255)) - int(np.rint(a * 31 / 255))
        near = near and -4 <= step <= 3
    at = _put(packed, at, 0, 2 if channels == 3 else 1)
    at = _put(packed, at, 1 if flip else 0, 1)
    at = _put(packed, at, 1 if near else 0, 1)
    at = _put(packed, at, _intensity(block, flip, 0), 3)
    at = _put(packed, at, _intensity(block, flip, 1), 3)
    if channels == 3:
        return _put(packed, at, _NEUTRAL, 5)
    span = int(block[:, 3].max()) - int(block[:, 3].min())
    return _put(packed, at, min(max(1, (span + 28) // 29), 15) << 4, 8)


@njit(cache=True)
@no_type_check
def _half(i: Any, flip: Any) -> Any:
    return i // 8 if flip else (i % 4) // 2


@njit(cache=True)
@no_type_check
def _mean(block: Any, flip: Any, half: Any, c: Any) -> Any:
    total = 0.0
    for i in range(16):
        if _half(i, flip) == half:
            total += block[i, c]
    return total / 8


@njit(cache=True)
@no_type_check
def _scatter(block: Any, flip: Any) -> Any:
    """How far colours are from the mean of their half, squared."""
    total = 0.0
    for half in range(2):
        for c in range(3):
            mean = _mean(block, flip, half, c)
            for i in range(16):
                if _half(i, flip) == half:
                    total += (block[i, c] - mean) ** 2
    return total


@njit(cache=True)
@no_type_check
def _intensity(block: Any, flip: Any, half: Any) -> Any:
    """The ETC table whose steps suit the brightness of a half best."""
    mean = (_mean(block, flip, half, 0) + _mean(block, flip, half, 1) + _mean(block, flip, half, 2)) / 3
    best, least = 0, np.inf
    for table in range(8):
        total = 0.0
        for i in range(16):
            if _half(i, flip) == half:
                off = abs((float(block[i, 0]) + block[i, 1] + block[i, 2]) / 3 - mean)
                total += min((off - _ETC[table, 0]) ** 2, (off - _ETC[table, 1]) ** 2)
        if total < least:
            best, least = table, total
    return best


@njit(cache=True)
@no_type_check
def _pack_solid(color: Any, packed: Any) -> None:
    at = _put(packed, 0, SOLID_CODE, SOLID_CODE_BITS)
    for c in range(4):
        at = _put(packed, at, int(color[c]), 8)
    selector, least = 0, np.inf
    for s in range(4):
        total = 0.0
        for c in range(3):
            base = int(np.rint(color[c] * 31 / 255))
            total += ((base << 3 | base >> 2) + (-8, -2, 2, 8)[s] - float(color[c])) ** 2
        if total < least:
            selector, least = s, total
    at = _put(packed, at, 1, 4)  # differential, table 0 (steps of 2 and 8)
    at = _put(packed, at, selector, 2)
    for c in range(3):
        at = _put(packed, at, int(np.rint(color[c] * 31 / 255)), 5)
