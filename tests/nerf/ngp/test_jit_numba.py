import importlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from nerf.ngp.jit_numba import BLOCK, blocks, kernel, to_blocks, to_rows


def test_blocks_hold_rows_and_give_them_back() -> None:
    rows = np.random.default_rng(0).normal(size=(BLOCK + 3, 8)).astype(np.float32)
    blocked = to_blocks(rows)
    assert blocked.shape == (2, 8, BLOCK)
    assert blocks(BLOCK) == 1
    assert blocks(BLOCK + 1) == 2
    assert blocked[1, 5, 2] == rows[BLOCK + 2, 5]
    assert np.array_equal(to_rows(blocked, len(rows)), rows)


def test_fast_arithmetic_still_knows_nan_and_infinity() -> None:
    def odd(x: float) -> int:
        return 1 if x != x else 2 if x == np.inf else 0

    compiled = kernel(odd)
    assert [compiled(np.float32(x)) for x in (1.0, np.nan, np.inf)] == [0, 1, 2]


def test_a_kernel_on_disk_is_not_taken_once_a_file_that_it_calls_into_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "from nerf.ngp.jit_numba import kernel\n"
    (tmp_path / "kernels_middle.py").write_text(
        head + "import kernels_inner\nfrom kernels_inner import inner\n" + MIDDLE
    )
    (tmp_path / "kernels_outer.py").write_text(head + "from kernels_middle import middle\n" + OUTER)
    monkeypatch.syspath_prepend(tmp_path)

    def outer(number: int) -> tuple[int, int]:
        """What a process of its own would find with `number` in the innermost file; and how much of it on disk."""
        source = tmp_path / "kernels_inner.py"
        source.write_text(head + f"@kernel\ndef inner():\n    return {number}\n")
        os.utime(source, (number, number))
        importlib.invalidate_caches()
        for name in ("kernels_inner", "kernels_middle", "kernels_outer"):
            sys.modules.pop(name, None)
        function = importlib.import_module("kernels_outer").outer
        return function(), sum(function.stats.cache_hits.values())

    assert outer(1) == (1, 0)
    assert outer(1) == (1, 1)
    assert outer(2) == (2, 0)


MIDDLE = "@kernel\ndef middle():\n    return inner()\n"
OUTER = "@kernel\ndef outer():\n    return middle()\n"
