"""What libraries print while a stage runs: kept in an open file, of which the end is read."""

import os
from contextlib import suppress

KEPT_BYTES = 64_000
"""How much of what a stage printed is kept: the end of it."""


def rewind(handle: int) -> None:
    """Forget what was printed before, where it went to a file."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)


def read_tail(handle: int) -> str:
    """The end of what was printed to an open file; nothing where it is none."""
    try:
        size = os.fstat(handle).st_size
        return os.pread(handle, KEPT_BYTES, max(0, size - KEPT_BYTES)).decode(errors="replace")
    except OSError:
        return ""
