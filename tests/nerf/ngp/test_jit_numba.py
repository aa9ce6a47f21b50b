import numpy as np

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
