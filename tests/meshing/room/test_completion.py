"""Where to look next, and what is still missing there."""

from itertools import pairwise

import numpy as np
import pytest

from meshing.raycast_embree import RayCaster
from meshing.room.completion import clarity, completed, coverage, filled_distance, looked_at, next_views
from meshing.room.fusion import fuse_panoramas
from meshing.room.pictures import RoomPicture, RoomPictures
from meshing.room.plan import Box, RoomPlan
from meshing.room.proxy import ProxyRenderer

PLAN = RoomPlan(
    "room",
    ((-2.0, 1.5), (2.0, 1.5), (2.0, -1.5), (-2.0, -1.5)),
    2.4,
    (),
    (Box("wall", "shelf", (0.0, 0.9, -0.4), (0.3, 1.8, 2.2), 0.0),),
)
FIRST = (-1.2, 1.4, 0.9)


def test_the_next_view_looks_behind_the_shelf() -> None:
    places = next_views(PLAN, [FIRST], most=3)
    assert places
    assert places[0][0] > 0.2, "on the other side of the shelf"
    gains = [coverage(PLAN, [FIRST, *places[:n]]) for n in range(len(places) + 1)]
    assert gains[1] > gains[0] + 0.1
    assert all(b >= a for a, b in pairwise(gains))
    assert gains[-1] > 0.9


def test_places_are_known_better_from_near_by_and_squarely() -> None:
    caster = RayCaster(np.array([(9, 9, 9), (9, 9, 8), (9, 8, 9)], np.float32), np.array([(0, 1, 2)], np.int32))
    up = np.array([[0.0, 1.0, 0.0]])
    near, far, below = (
        float(clarity(caster, np.zeros((1, 3)), up, np.array([0.0, height, 0.0]))[0]) for height in (1.0, 2.0, -1.0)
    )
    aslant = float(clarity(caster, np.zeros((1, 3)), up, np.array([np.sqrt(3), 1.0, 0.0]))[0])
    assert near == pytest.approx(4 * far)
    assert aslant == pytest.approx(far / 2)
    assert below == 0


def test_views_end_where_they_gain_too_little() -> None:
    assert next_views(PLAN, [FIRST], least_gain=1.0) == []
    assert len(next_views(PLAN, [FIRST], least_gain=0.005)) >= len(next_views(PLAN, [FIRST], least_gain=0.05))


def test_holes_take_the_plan_bent_to_their_rim() -> None:
    guide = np.full((24, 48), 2.0, np.float32)
    known = np.ones((24, 48), bool)
    known[8:14, 20:30] = False
    truth = (guide * 1.1).astype(np.float32)
    filled = filled_distance(np.where(known, truth, 0).astype(np.float32), known, guide)
    assert np.array_equal(filled[known], truth[known])
    assert np.abs(filled[~known] / 2.2 - 1).max() < 0.01
    nothing = filled_distance(np.zeros((24, 48), np.float32), np.zeros((24, 48), bool), guide)
    assert np.allclose(nothing, guide)


def test_completion_shows_what_was_hidden() -> None:
    view = ProxyRenderer(PLAN).panorama(np.array(FIRST), 96)
    color = np.full((96, 192, 3), 200, np.uint8)
    pictures = RoomPictures(PLAN, (RoomPicture(FIRST, color, view.near),))
    holes: list[float] = []

    def paint(given: np.ndarray, known: np.ndarray, *where: object) -> np.ndarray:
        holes.append(float((~known).mean()))
        return np.where(known[..., None], given, np.uint8(50)).astype(np.uint8)

    made = completed(pictures, lambda given: fuse_panoramas(given, voxel=0.08), paint, most=2)
    assert len(made.pictures) == 1 + len(holes) > 1
    assert holes[0] > 0.2, "the far side of the shelf was unknown"
    after = fuse_panoramas(made.pictures, voxel=0.08)
    place = made.pictures[1].position
    _, known = looked_at(after, place, 96)
    assert (~known).mean() < 0.5 * holes[0]
    wall = ProxyRenderer(PLAN).panorama(np.array(place), 96)
    assert np.median(np.abs(made.pictures[1].distance / wall.near - 1)) < 0.06  # a voxel is 5 % of what is near


def test_a_surface_is_looked_at_as_it_is() -> None:
    view = ProxyRenderer(PLAN).panorama(np.array(FIRST), 64)
    picture = RoomPicture(FIRST, np.full((64, 128, 3), (10, 120, 240), np.uint8), view.near)
    again, known = looked_at(fuse_panoramas([picture], voxel=0.06), FIRST, 64)
    assert known.mean() > 0.9
    assert np.median(np.abs(again.distance[known] / view.near[known] - 1)) < 0.01
    assert again.color[known].mean(axis=0) == pytest.approx([10, 120, 240], abs=2)
