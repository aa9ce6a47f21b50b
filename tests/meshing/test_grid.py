import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshing.grid import SIDE, SparseGrid, corner_values, find, interpolate, pack, packable, unpack

coordinates = st.integers(-(2**20) + 20, 2**20 - 20)


@given(st.lists(st.tuples(coordinates, coordinates, coordinates), min_size=1, max_size=20))
def test_packing_keeps_points_and_their_order(points: list[tuple[int, int, int]]) -> None:
    array = np.array(points, np.int32)
    np.testing.assert_array_equal(unpack(pack(array)), array)
    np.testing.assert_array_equal(unpack(np.sort(pack(array))), np.array(sorted(points)))


def test_what_cannot_be_packed_is_known() -> None:
    assert packable(np.array([[2.0**20 - 100, 0, 0]]))
    assert not packable(np.array([[0, -(2.0**20), 0]]))


def test_find_says_where_and_whether() -> None:
    np.testing.assert_array_equal(find(np.array([2, 5, 9]), np.array([9, 4, 2, 99])), [2, -1, 0, -1])
    np.testing.assert_array_equal(find(np.zeros(0, np.int64), np.array([1])), [-1])


def ramp(blocks: np.ndarray) -> np.ndarray:
    """x + 10 y + 100 z at every lattice point."""
    local = np.stack(np.meshgrid(*[np.arange(SIDE)] * 3, indexing="ij"), axis=-1)
    return ((blocks[:, None, None, None] * SIDE + local) @ [1, 10, 100]).astype(np.float32)


@pytest.fixture
def blocks() -> np.ndarray:
    return np.array([[-1, 0, 0], [0, 0, 0], [0, 1, 0]], np.int32)


def test_corner_values_come_from_the_neighbours_or_are_unknown(blocks: np.ndarray) -> None:
    grid = SparseGrid(np.zeros(3), 1.0, blocks, ramp(blocks))
    padded = corner_values(grid, slice(0, 3), pack(blocks))
    np.testing.assert_array_equal(padded[:, :SIDE, :SIDE, :SIDE], grid.values)
    assert padded[0, SIDE, 3, 5] == 0 + 30 + 500  # from block (0, 0, 0)
    assert padded[1, 3, SIDE, 5] == 3 + 80 + 500  # from block (0, 1, 0)
    assert np.isnan(padded[2, SIDE]).all()
    assert np.isnan(padded[:, :, :, SIDE]).all()


def test_interpolation_is_exact_for_a_linear_field_across_blocks(blocks: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform([-7, 0.5, 0], [7, 6.5, 6.9], (200, 3))
    values = np.repeat(ramp(blocks)[..., None], 2, axis=-1)
    sampled, known = interpolate(blocks, values, np.ones(values.shape[:4], np.float32), points)
    assert known.all()
    np.testing.assert_allclose(sampled, np.repeat((points @ [1, 10, 100])[:, None], 2, axis=1), atol=1e-2)


def test_interpolation_ignores_lattice_points_without_weight(blocks: np.ndarray) -> None:
    values = ramp(blocks)[..., None]
    weights = np.zeros(values.shape[:4], np.float32)
    weights[1, 3, 3, 3] = 1
    sampled, known = interpolate(blocks, values, weights, np.array([[3.4, 3.4, 3.4], [6.5, 6.5, 6.5]]))
    assert sampled[0, 0] == pytest.approx(333)
    assert known.tolist() == [True, False]
