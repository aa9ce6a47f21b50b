import numpy as np

from meshing.photo.cut import cut, regions, thin


def test_the_cut_follows_the_silhouette(square: tuple[np.ndarray, np.ndarray]) -> None:
    cuts = cut(square[1], 1.5)
    across = np.argwhere(~cuts.right[:, :-1])
    along = np.argwhere(~cuts.down[:-1])
    assert {tuple(place) for place in across} == {(y, x) for y in range(12, 28) for x in (11, 27)}
    assert {tuple(place) for place in along} == {(y, x) for x in range(12, 28) for y in (11, 27)}


def test_a_speck_takes_over_the_surface_around_it(square: tuple[np.ndarray, np.ndarray]) -> None:
    disparity = square[1].copy()
    disparity[3:6, 3:7] = 18
    cuts = cut(disparity, 1.5, min_region=24)
    assert (cuts.disparity[3:6, 3:7] == 4).all()
    assert np.array_equal(cuts.disparity, square[1])


def test_a_wire_of_one_pixel_is_painted_on_what_is_behind(square: tuple[np.ndarray, np.ndarray]) -> None:
    disparity = square[1].copy()
    disparity[:, 40] = 30
    assert np.array_equal(cut(disparity, 1.5).disparity, square[1])


def test_a_slit_in_a_surface_is_closed(square: tuple[np.ndarray, np.ndarray]) -> None:
    disparity = square[1].copy()
    disparity[34:37, 5:40] = 4 + 0.06 * np.arange(35)  # rises to a step of 2 along one edge only
    assert not cut(disparity, 1.5, min_curve=0).right.all()
    long, short = cut(disparity, 1.5, min_curve=4), cut(disparity, 1.5, min_curve=60)
    assert (~long.down[33]).sum() > 5
    assert short.down[33].sum() > long.down[33].sum()


def test_regions_are_what_links_connect() -> None:
    right, down = np.zeros((2, 3, 4), bool)
    right[0, :3] = True
    down[0, 3] = down[1, 3] = True
    labels = regions(right, down)
    chain = {(0, 0), (0, 1), (0, 2), (0, 3), (1, 3), (2, 3)}
    assert len({labels[place] for place in chain}) == 1
    assert len(np.unique(labels)) == 1 + 12 - len(chain)


def test_thin_is_what_no_square_holds() -> None:
    right, down = np.ones((2, 4, 6), bool)
    right[:, -1] = down[-1] = False
    assert not thin(right, down).any()
    right[:, 3] = False  # columns 4 and 5 still make squares
    assert not thin(right, down).any()
    right[:, 4] = False  # now each stands alone
    assert np.array_equal(np.flatnonzero(thin(right, down).all(axis=0)), [4, 5])
