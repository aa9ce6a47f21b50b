"""How every CPU kernel is compiled: cached on disk, no bounds checks, re-association allowed, NaN and infinity kept.

Kernels also carry `typing.no_type_check`: the run-time shape checks of the tests cannot be compiled.
Indices in inner loops are unsigned: numba wraps signed ones with a fix-up for negative values that stops LLVM's
vectoriser in some callers (312 became 2380 ns per sample in the fused networks).
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba.core.registry import CPUDispatcher

FAST = {"contract", "reassoc", "nsz", "arcp"}


def _compiler(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """numba's, with these options. It keeps a kernel on disk for the text of its file; here also for that of the files
    whose kernels that one imports, and so on, since their code becomes part of it."""

    def compiled(function: Callable[..., Any]) -> Any:
        made: Any = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST, **options)(function)
        called: list[Any] = [one for one in function.__globals__.values() if isinstance(one, CPUDispatcher)]
        stamps = [one._cache._cache_file._source_stamp for one in called]
        made._cache._cache_file._source_stamp = frozenset([made._cache._cache_file._source_stamp]).union(*stamps)
        return made

    return compiled


kernel = _compiler()
inlined = _compiler(inline="always")
parallel_kernel = _compiler(parallel=True)

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
