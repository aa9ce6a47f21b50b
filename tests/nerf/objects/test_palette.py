import itertools

import numpy as np
import pytest

from nerf.objects import palette

WHOLE = np.array([[-0.6, -0.6, -0.6], [0.6, 0.6, 0.6]])


def test_there_are_twenty_colours_and_no_two_look_the_same() -> None:
    assert len(palette.COLOURS) == 20
    assert min(palette.contrast(a, b) for a, b in itertools.combinations(palette.COLOURS, 2)) > 0.13


def test_a_shade_is_nearest_to_the_colour_it_is_named_after() -> None:
    rng = np.random.default_rng(0)
    names = list(palette.COLOURS)
    for name in names * 20:
        distances = [np.linalg.norm(palette.shade_of(name, rng) - palette.COLOURS[other]) for other in names]
        assert names[int(np.argmin(distances))] == name


@pytest.mark.parametrize("pattern", palette.PATTERNS)
def test_patterns_paint_within_range_and_change_nothing_but_colour(pattern: palette.Pattern) -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform(-0.6, 0.6, (4000, 3))
    normals = points / np.linalg.norm(points, axis=1, keepdims=True)
    first, second = np.tile([0.8, 0.1, 0.1], (4000, 1)), np.tile([0.1, 0.1, 0.9], (4000, 1))
    painted = palette.paint(pattern, points, normals, first, second, WHOLE)
    assert painted.min() >= 0
    assert painted.max() <= 1
    assert (np.ptp(painted, axis=0).max() > 0.2) == (pattern != "plain")
    if pattern in ("striped", "checkered", "spotted"):
        share = (painted == second).all(1).mean()
        assert ((painted == second) | (painted == first)).all()
        assert 0.1 < share < 0.6


def test_bands_are_wide_enough_for_64_pixels() -> None:
    """Along the middle axis, no run of one colour is shorter than three of 64 pixels over 1.34 units."""
    y = np.linspace(-0.6, 0.6, 2401)
    points = np.column_stack([np.full_like(y, 0.05), y, np.full_like(y, 0.05)])
    first, second = np.zeros_like(points), np.ones_like(points)
    for pattern in ("striped", "checkered"):
        second_colour = palette.paint(pattern, points, points, first, second, WHOLE)[:, 0] == 1
        edges = np.flatnonzero(np.diff(second_colour))
        assert np.diff(y[edges]).min() > 3 * 1.34 / 64


@pytest.mark.parametrize(
    ("axis", "extent"), [(1, [[-0.4, 0.0, -0.4], [0.4, 0.5, 0.4]]), (0, [[-0.4, 0.4, -0.4], [0.4, 0.5, 0.4]])]
)
def test_fading_goes_from_one_colour_to_the_other_over_what_has_the_pattern(
    axis: int, extent: list[list[float]]
) -> None:
    """Upwards, or across where the patterned part is as flat as a table's top."""
    points = np.linspace(extent[0], extent[1], 9)
    painted = palette.paint("fading", points, points, np.zeros((9, 3)), np.ones((9, 3)), np.array(extent))[:, 0]
    assert painted[0] == 0
    assert painted[-1] == 1
    assert (np.diff(painted) >= 0).all()
    elsewhere = points.copy()
    elsewhere[:, axis] = points[4, axis]
    same = palette.paint("fading", elsewhere, points, np.zeros((9, 3)), np.ones((9, 3)), np.array(extent))
    assert np.ptp(same) == 0
