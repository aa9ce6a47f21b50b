"""How every CPU kernel is compiled: cached on disk, no bounds checks, re-association allowed, NaN and infinity kept.

Kernels also carry `typing.no_type_check`: the run-time shape checks of the tests cannot be compiled.
Indices in inner loops are unsigned: numba wraps signed ones with a fix-up for negative values that stops LLVM's
vectoriser in some callers (312 became 2380 ns per sample in the fused networks).
"""

import numba
import numpy as np

FAST = {"contract", "reassoc", "nsz", "arcp"}

kernel = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
inlined = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST, inline="always")
parallel_kernel = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST, parallel=True)

BLOCK = 256  # samples per block: features lie as (blocks, width, BLOCK), so that inner loops run over samples


def blocks(n: int) -> int:
    """Blocks that hold `n` samples."""
    return (n + BLOCK - 1) // BLOCK


def to_rows(blocked: np.ndarray, n: int) -> np.ndarray:
    """(blocks, width, BLOCK) as (n, width)."""
    return np.ascontiguousarray(blocked.transpose(0, 2, 1).reshape(-1, blocked.shape[1])[:n])


def to_blocks(rows: np.ndarray) -> np.ndarray:
    """(n, width) as (blocks, width, BLOCK), padded with zeros."""
    n, width = rows.shape
    padded = np.zeros((blocks(n) * BLOCK, width), np.float32)
    padded[:n] = rows
    return np.ascontiguousarray(padded.reshape(-1, BLOCK, width).transpose(0, 2, 1))
