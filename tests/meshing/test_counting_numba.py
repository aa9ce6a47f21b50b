import numpy as np

from meshing.counting_numba import order_of_pairs


def test_pairs_come_in_the_order_of_numpy() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 20, 1000), rng.integers(0, 20, 1000)
    np.testing.assert_array_equal(order_of_pairs(first, second, 20), np.lexsort((second, first)))
    np.testing.assert_array_equal(order_of_pairs(first[:1], second[:1], 20), [0])
