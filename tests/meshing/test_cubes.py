import numpy as np

from meshing.cubes import CORNERS, EDGES, triangle_table


def test_edges_join_corners_that_differ_along_their_axis() -> None:
    assert len({tuple(edge) for edge in EDGES[:, :2]}) == 12
    np.testing.assert_array_equal(CORNERS[EDGES[:, 1]] - CORNERS[EDGES[:, 0]], np.eye(3, dtype=int)[EDGES[:, 2]])


def test_one_inside_corner_is_cut_off_facing_away_from_it() -> None:
    table, counts = triangle_table()
    for corner in range(8):
        assert counts[1 << corner] == 1
        a, b, c = (CORNERS[EDGES[edge, :2]].mean(axis=0) for edge in table[1 << corner, 0])
        assert np.cross(b - a, c - a) @ (a - CORNERS[corner]) > 0


def test_triangles_use_exactly_the_crossed_edges() -> None:
    table, counts = triangle_table()
    for case in range(256):
        crossed = {e for e, (a, b, _) in enumerate(EDGES) if (case >> a & 1) != (case >> b & 1)}
        assert set(table[case, : counts[case]].ravel()) == crossed
        assert (table[case, counts[case] :] == -1).all()


def test_the_rim_of_each_case_lies_in_the_sides_of_the_cell() -> None:
    """Inside the cell every line is used once in each direction, so no hole and no fin can open there."""
    table, counts = triangle_table()
    for case in range(256):
        lines = [(t[k - 1], t[k]) for t in table[case, : counts[case]].tolist() for k in range(3)]
        assert len(set(lines)) == len(lines)
        for a, b in lines:
            ends = CORNERS[np.concatenate([EDGES[a, :2], EDGES[b, :2]])]
            in_a_side = (ends == ends[0]).all(axis=0).any()
            assert in_a_side != ((b, a) in lines)
