"""Pictures as UASTC blocks: 4 x 4 texels in 16 bytes, which every GPU's own format is one short step away from.

Owns the tables of the modes that are written and the way back to texels; `uastc_numba.py` chooses and packs. The layout
is that of the UASTC LDR 4x4 specification of Basis Universal: a mode's code, hints for ETC, the end colours as
base-3 digits and bits, and a weight for each texel. Of its 19 modes those with one line of colours a block are used:
0, 5 and 18 for opaque blocks, 10 and 12 for others, and 8 for one colour.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64, UInt8

SOLID = 8


@dataclass(frozen=True)
class Mode:
    """One way to spend 128 bits: its code, bits of its hints, channels, how finely ends and weights are told."""

    number: int
    code: int
    code_bits: int
    hint_bits: int
    channels: int
    end_bits: int
    trits: bool  # an end is digit << end_bits | bits, with a digit of 0, 1 or 2
    weight_bits: int


MODES = (
    Mode(0, 0b0001, 4, 15, 3, 6, True, 4),
    Mode(5, 0b01011, 5, 15, 3, 8, False, 3),
    Mode(18, 0b1001, 4, 15, 3, 5, False, 5),
    Mode(10, 0b010, 3, 17, 4, 4, True, 4),
    Mode(12, 0b110, 3, 17, 4, 6, True, 3),
)
SOLID_CODE, SOLID_CODE_BITS = 0b10111, 5
_WEIGHTS = {
    3: (0, 9, 18, 27, 37, 46, 55, 64),
    4: (0, 4, 8, 12, 17, 21, 25, 29, 35, 39, 43, 47, 52, 56, 60, 64),
    5: (*range(0, 32, 2), *range(34, 66, 2)),
}
_SPREAD = {4: ("dcb000dcb", 22), 6: ("fedcb000f", 5)}  # where bits go beside a base-3 digit, and its step


def weight_levels(mode: Mode) -> Int64[np.ndarray, "levels"]:
    """What each stored weight means, of 64."""
    return np.array(_WEIGHTS[mode.weight_bits])


def end_levels(mode: Mode) -> Int64[np.ndarray, "levels"]:
    """What each stored end value means, of 255 (ASTC specification, C.2.13 and C.2.15)."""
    bits = mode.end_bits
    if not mode.trits:
        stored = np.arange(1 << bits)
        return stored if bits == 8 else (stored << (8 - bits)) | (stored >> (2 * bits - 8))
    spread, step = _SPREAD[bits]
    stored = np.arange(3 << bits)
    low, digit = stored & ((1 << bits) - 1), stored >> bits
    scattered = np.zeros_like(stored)
    for letter in spread:
        place = 0 if letter == "0" else (low >> (ord(letter) - ord("a"))) & 1
        scattered = (scattered << 1) | place
    mirror = np.where(low & 1, 511, 0)
    value = (digit * step + scattered) ^ mirror
    levels: np.ndarray = (mirror & 0x80) | (value >> 2)
    return levels


def decode(blocks: UInt8[np.ndarray, "rows columns 16"]) -> UInt8[np.ndarray, "h w 4"]:
    """The texels of blocks in one of the modes above. Raises ValueError at any other."""
    flat = blocks.reshape(-1, 16)
    bits = np.unpackbits(flat, axis=1, bitorder="little")
    texels = np.zeros((len(flat), 16, 4), np.uint8)
    known = np.zeros(len(flat), bool)
    solid = _number(bits, 0, SOLID_CODE_BITS) == SOLID_CODE
    texels[solid] = flat_colors(bits[solid])[:, None]
    known |= solid
    for mode in MODES:
        those = (_number(bits, 0, mode.code_bits) == mode.code) & ~known
        if those.any():
            texels[those] = _texels(bits[those], mode)
            known |= those
    if not known.all():
        raise ValueError(f"uastc: block {int(np.argmin(known))} is in a mode that is not written here")
    rows, columns = blocks.shape[:2]
    square = texels.reshape(rows, columns, 4, 4, 4).swapaxes(1, 2)
    return np.ascontiguousarray(square.reshape(4 * rows, 4 * columns, 4))


def flat_colors(bits: UInt8[np.ndarray, "n 128"]) -> UInt8[np.ndarray, "n 4"]:
    """The colours of blocks of one colour."""
    at = SOLID_CODE_BITS
    return np.stack([_number(bits, at + 8 * k, 8) for k in range(4)], axis=1).astype(np.uint8)


def _texels(bits: UInt8[np.ndarray, "n 128"], mode: Mode) -> UInt8[np.ndarray, "n 16 4"]:
    at = mode.code_bits + mode.hint_bits
    n_values = 2 * mode.channels
    digits = np.zeros((len(bits), n_values), np.int64)
    if mode.trits:
        for first in range(0, n_values, 5):
            count = min(5, n_values - first)
            width = trit_bits(count)
            bundle = _number(bits, at, width)
            at += width
            for k in range(count):
                digits[:, first + k] = bundle // 3**k % 3
    ends = np.empty((len(bits), n_values), np.int64)
    for k in range(n_values):
        ends[:, k] = _number(bits, at, mode.end_bits) | (digits[:, k] << mode.end_bits)
        at += mode.end_bits
    color = end_levels(mode)[ends].reshape(-1, 1, mode.channels, 2)
    weights = np.empty((len(bits), 16), np.int64)
    for k in range(16):
        width = mode.weight_bits - (k == 0)  # the first weight is below the middle
        weights[:, k] = _number(bits, at, width)
        at += width
    weight = weight_levels(mode)[weights][..., None]
    low, high = 257 * color[..., 0], 257 * color[..., 1]
    texels = np.full((len(bits), 16, 4), 255, np.uint8)
    texels[..., : mode.channels] = ((low * (64 - weight) + high * weight + 32) >> 6) >> 8
    return texels


def trit_bits(count: int) -> int:
    """How many bits hold `count` base-3 digits."""
    return (0, 2, 4, 5, 7, 8)[count]


def _number(bits: UInt8[np.ndarray, "n 128"], at: int, width: int) -> Int64[np.ndarray, "n"]:
    powers = 1 << np.arange(width, dtype=np.int64)
    number: np.ndarray = bits[:, at : at + width].astype(np.int64) @ powers
    return number
