"""Samples cover patches evenly, and rays find the sample they hit."""

import numpy as np
import pytest

from meshing.room.patch import Cut, Patch, moved, turned
from meshing.room.solids import box, panel
from meshing.room.surfels import Tracer, surfels_of


def test_samples_lie_on_their_patch_at_about_the_spacing() -> None:
    (wall,) = panel(2.0, 1.0, "wall")
    surfels = surfels_of([wall], [0.1])
    assert (surfels.width[0], surfels.height[0]) == (20, 10)
    assert surfels.position[0] == pytest.approx([-0.95, 0.45, 0])
    assert np.allclose(surfels.normal, (0, 0, 1))
    assert surfels.grid(surfels.position, 0).shape == (10, 20, 3)


def test_what_is_cut_away_is_not_there() -> None:
    (wall,) = panel(1.0, 1.0, "wall")
    left = Cut(np.array([[0.0, 0], [0, 1], [0.5, 1], [0.5, 0]]), np.array([[0, 1, 2], [0, 2, 3]], np.int32))
    surfels = surfels_of([Patch(wall.points, wall.uv, "wall", cut=left)], [0.1])
    assert surfels.there.tolist() == (surfels.shares[:, 0] < 0.5).tolist()


def test_a_ray_finds_the_sample_nearest_to_where_it_hits() -> None:
    patches = [*panel(2.0, 1.0, "wall"), *moved(panel(1.0, 1.0, "wall"), (0, 0, -1))]
    surfels = surfels_of(patches, [0.1, 0.1])
    tracer = Tracer(patches, surfels)
    targets = surfels.position[surfels.rows(0)]
    struck = tracer.strike(targets + np.float32([0, 0, 2]), np.tile(np.float32([0, 0, -1]), (len(targets), 1)))
    assert struck.surfel.tolist() == list(range(200))
    assert np.allclose(struck.distance, 2)
    assert not struck.blind.any()


def test_rays_of_a_bent_patch_find_their_place_on_the_chart() -> None:
    patches = box((0, 0, 0), (1, 1, 1), "wood", radius=0.2, steps=3)
    surfels = surfels_of(patches, [0.05] * 6)
    tracer = Tracer(patches, surfels)
    struck = tracer.strike(surfels.position + 0.05 * surfels.normal, -surfels.normal)
    assert (struck.patch == surfels.patch).mean() > 0.98
    assert np.abs(struck.shares - surfels.shares).max(axis=1)[struck.patch == surfels.patch].max() < 0.08


def test_backs_gaps_and_the_outside_are_blind() -> None:
    patches = [*panel(1.0, 1.0, "wall"), *turned(panel(1.0, 1.0, "wall"), "y", np.pi)]
    patches[1] = moved([patches[1]], (3.0, 0, 0))[0]
    tracer = Tracer(patches, surfels_of(patches, [0.1, 0.1]))
    origins = np.float32([[0, 0, 1], [3, 0, 1], [9, 0, 1], [0, 0, 0.004]])
    struck = tracer.strike(origins, np.tile(np.float32([0, 0, -1]), (4, 1)))
    assert struck.patch.tolist() == [0, 1, -1, 0]
    assert struck.blind.tolist() == [False, True, True, True]


def test_other_triangles_stand_in_the_way() -> None:
    patches = panel(4.0, 4.0, "wall")
    surfels = surfels_of(patches, [0.5])
    shield = (np.array([[-1.0, -1, 1], [1, -1, 1], [0, 1, 1]]), np.array([[0, 1, 2]], np.int32))
    origins, targets = np.float32([[0, 0, 2], [1.9, 0, 2]]), np.float32([[0, 0, 0], [1.9, 0, 0]])
    assert Tracer(patches, surfels).reaches(origins, targets).all()
    tracer = Tracer(patches, surfels, [shield])
    assert tracer.reaches(origins, targets).tolist() == [False, True]
    assert tracer.strike(origins, np.tile(np.float32([0, 0, -1]), (2, 1))).patch.tolist() == [-2, 0]
