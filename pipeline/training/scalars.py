"""Figures of a training as TensorBoard reads them: a file of records, each an event with one number.

The format is small enough to write without TensorBoard: records with masked CRC-32C sums, as TensorFlow frames them,
around `Event` messages in the protocol buffers' encoding.
"""

import struct
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

POLYNOMIAL = 0x82F63B78
MASK = 0xA282EAD8


class Scalars:
    """A file of events in a folder; TensorBoard finds it by its name."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"events.out.tfevents.{time.time_ns():020d}.scenewright"
        self._path.write_bytes(record(_double(1, time.time()) + _bytes(3, b"brain.Event:2")))

    def __call__(self, step: int, figures: Mapping[str, float]) -> None:
        """Add one number for each name."""
        now = _double(1, time.time()) + _varint(2 << 3) + _varint(step)
        with self._path.open("ab") as file:
            for name, value in figures.items():
                number = _bytes(1, name.encode()) + _varint(2 << 3 | 5) + struct.pack("<f", value)
                file.write(record(now + _bytes(5, _bytes(1, number))))


def record(data: bytes) -> bytes:
    """Length, its sum, the data, their sum."""
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_sum(length)) + data + struct.pack("<I", masked_sum(data))


def masked_sum(data: bytes) -> int:
    """CRC-32C, turned and shifted so that sums of sums stay apart."""
    total, table = 0xFFFFFFFF, _table()
    for byte in data:
        total = table[(total ^ byte) & 0xFF] ^ (total >> 8)
    total ^= 0xFFFFFFFF
    return ((total >> 15 | total << 17) + MASK) & 0xFFFFFFFF


@cache
def _table() -> tuple[int, ...]:
    rows = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
        rows.append(byte)
    return tuple(rows)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _bytes(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)
