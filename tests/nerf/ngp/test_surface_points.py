"""Points lie on what they are taken from, evenly."""

import numpy as np
import pytest

from nerf.ngp.fit import fit
from nerf.ngp.levels import Levels
from nerf.ngp.settings import Stop, Training
from nerf.ngp.surface_points import points_in_field, points_on_triangles
from nerf.posed_images import PosedImages


def test_points_on_triangles_lie_on_them_in_proportion_to_their_area() -> None:
    vertices = np.array([[0.0, 0, 0], [3, 0, 0], [0, 3, 0], [0, 0, 5], [1, 0, 5], [0, 1, 5]])
    points = points_on_triangles(vertices, np.array([[0, 1, 2], [3, 4, 5]]), 20_000, seed=0)
    large = points[:, 2] == 0
    assert np.isin(points[:, 2], [0, 5]).all()
    assert large.mean() == pytest.approx(0.9, abs=0.01)
    assert (points[:, :2] >= 0).all()
    assert points[large, :2].sum(1).max() <= 3 + 1e-9
    np.testing.assert_allclose(points[large].mean(0), [1, 1, 0], atol=0.03)
    assert np.array_equal(points, points_on_triangles(vertices, np.array([[0, 1, 2], [3, 4, 5]]), 20_000, seed=0))


def test_triangles_without_area_are_refused() -> None:
    with pytest.raises(ValueError, match="no faces"):
        points_on_triangles(np.zeros((3, 3)), np.zeros((0, 3), np.int64), 5, seed=0)
    with pytest.raises(ValueError, match="no area"):
        points_on_triangles(np.zeros((3, 3)), np.array([[0, 1, 2]]), 5, seed=0)


def test_points_of_a_field_lie_on_its_ball(ball: PosedImages) -> None:
    levels = Levels(6, 4, 12, 8, 128)
    field = fit(ball, Training(levels=levels, stop=Stop(steps=300), batch_samples=2048, grid_size=32))
    points = points_in_field(field, 500, seed=1)
    radius = np.linalg.norm(points, axis=1)
    assert len(points) == 500
    assert abs(np.median(radius) - 0.8) < 0.08
    assert np.percentile(radius, 90) < 0.95
    assert np.linalg.norm(points.mean(0)) < 0.15


def test_a_field_of_nothing_has_no_points(ball: PosedImages) -> None:
    settings = Training(levels=Levels(4, 4, 8, 4, 16), stop=Stop(steps=1), batch_samples=256, grid_size=16)
    with pytest.raises(ValueError, match="nothing solid"):
        points_in_field(fit(ball, settings), 10, seed=0)
