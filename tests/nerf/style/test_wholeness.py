import numpy as np

from nerf.style.wholeness import wholeness


def test_what_hangs_in_the_air_is_missing_and_corners_hold() -> None:
    lamp = np.zeros((2, 8, 8))
    lamp[:, 1:4, 1:6] = 0.9  # a shade of 15 pixels
    lamp[:, 6, 1:6] = 0.4  # a foot of 5
    broken = lamp.copy()
    lamp[:, 4:6, 3] = 0.35
    lamp[1, 4, 3], lamp[1, 4, 6] = 0, 0.35  # a stem by its corners, at one side
    lamp[1, 5, 3], lamp[1, 5, 6] = 0, 0.35
    empty = np.full((2, 8, 8), 0.2)
    assert np.allclose(wholeness(np.stack([lamp, broken, empty])), [1, 0.75, 0])


def test_views_count_alike() -> None:
    views = np.zeros((2, 4, 4))
    views[0, 0, 0] = views[0, 0, 2] = views[1, 2, 2] = 1
    assert wholeness(views[None])[0] == 0.75
