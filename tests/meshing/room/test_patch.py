"""Grids as surfaces: their triangles, charts and normals."""

import numpy as np
import pytest

from meshing.room.patch import (
    Cut,
    Patch,
    bounds_of,
    grid_normals,
    moved,
    numbered,
    painted,
    rotation,
    sampled,
    triangles_of,
    turned,
)


def flat(width: float = 2.0, height: float = 1.0) -> Patch:
    """Faces +z, its top-left corner at (0, height)."""
    u, v = np.meshgrid([0.0, width], [0.0, height])
    return Patch(np.stack([u, height - v, 0 * u], axis=-1), np.stack([u, v], axis=-1), "wood")


def test_triangles_are_counter_clockwise_and_cover_the_grid() -> None:
    positions, _, faces = triangles_of(flat())
    a, b, c = (positions[faces[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    assert (normals[:, 2] > 0).all()
    assert np.linalg.norm(normals, axis=1).sum() / 2 == pytest.approx(2.0)
    assert np.allclose(grid_normals(flat().points), (0, 0, 1))


def test_shares_follow_the_distances_between_columns() -> None:
    points = np.zeros((2, 3, 3))
    points[:, :, 0] = [0.0, 1.0, 4.0]
    points[1, :, 1] = -1
    across, down = Patch(points, points[..., :2], "wood").shares()
    assert across == pytest.approx([0, 0.25, 1])
    assert down == pytest.approx([0, 1])


def test_sampling_a_grid_finds_the_places_in_between() -> None:
    patch = flat()
    found = sampled(patch, patch.points, np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 0.25]]))
    assert found == pytest.approx(np.array([[0, 1, 0], [1, 0.5, 0], [2, 0.75, 0]]))


def test_a_cut_patch_has_the_triangles_of_its_cut_alone() -> None:
    half = Cut(np.array([[0.0, 0], [0, 1], [1, 1]]), np.array([[0, 1, 2]], np.int32))
    patch = Patch(flat().points, flat().uv, "wood", cut=half)
    positions, shares, faces = triangles_of(patch)
    assert len(faces) == 1
    assert positions == pytest.approx(np.array([[0, 1, 0], [0, 0, 0], [2, 0, 0]]))
    assert half.covers(np.array([[0.1, 0.9], [0.9, 0.1]])).tolist() == [True, False]
    assert shares.tolist() == half.corners.tolist()


def test_a_pole_takes_the_normal_of_the_ring_beside_it() -> None:
    angle = np.linspace(0, 2 * np.pi, 9)
    rings = [
        np.stack([r * np.sin(angle), np.full(9, y), r * np.cos(angle)], axis=1) for r, y in ((0, 1), (0.5, 1), (1, 1))
    ]
    assert grid_normals(np.array(rings))[0] == pytest.approx(np.tile([0.0, 1.0, 0.0], (9, 1)), abs=1e-9)


def test_moving_turning_and_painting_leave_the_rest_as_it_was() -> None:
    (patch,) = turned(moved([flat()], (0, 0, 1)), "y", np.pi / 2)
    assert bounds_of([patch]) == pytest.approx(np.array([[1, 0, -2], [1, 1, 0]]))
    assert painted([patch], "metal")[0].material == "metal"
    assert numbered([patch], 7)[0].number == 7
    for axis, start, end in (("x", (0, 1, 0), (0, 0, 1)), ("y", (0, 0, 1), (1, 0, 0)), ("z", (1, 0, 0), (0, 1, 0))):
        assert rotation(axis, np.pi / 2) @ start == pytest.approx(np.array(end), abs=1e-12)
