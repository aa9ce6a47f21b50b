import numpy as np

from meshing.levelling import corrections


def test_two_exposures_meet_in_the_middle() -> None:
    """A strip of 21 vertices; photo 0 paints the left half, photo 1, brighter by 20, the right; both vertex 10."""
    vertex = np.concatenate([np.arange(11), np.arange(10, 21)])
    view = np.repeat([0, 1], 11)
    color = 100 + np.tile(2.0 * vertex[:, None], (1, 3)) + 20.0 * view[:, None]
    edges = np.stack([np.arange(20), np.arange(1, 21)], axis=1)
    shift = corrections(vertex, view, color, edges, 21)
    after = color + shift
    np.testing.assert_allclose(after[10], after[11], atol=0.5)  # rows 10 and 11 are vertex 10
    np.testing.assert_allclose(shift[0] - shift[-1], 20, atol=1.5)
    np.testing.assert_allclose(shift.mean(), 0, atol=1e-6)
    assert np.abs(np.diff(shift[:11], axis=0)).max() < 0.5


def test_photos_that_agree_are_left_alone() -> None:
    vertex = np.array([0, 1, 1, 2])
    view = np.array([0, 0, 1, 1])
    shift = corrections(vertex, view, np.full((4, 3), 50.0), np.array([[0, 1], [1, 2]]), 3)
    np.testing.assert_allclose(shift, 0, atol=1e-9)


def test_three_photos_at_one_vertex_all_agree() -> None:
    vertex, view = np.zeros(3, np.int64), np.arange(3)
    color = np.array([[10.0] * 3, [40.0] * 3, [70.0] * 3])
    after = color + corrections(vertex, view, color, np.zeros((0, 2), np.int64), 1)
    np.testing.assert_allclose(after, 40, atol=0.1)


def test_nothing_to_level() -> None:
    empty = np.zeros(0, np.int64)
    assert corrections(empty, empty, np.zeros((0, 3)), np.zeros((0, 2), np.int64), 0).shape == (0, 3)
