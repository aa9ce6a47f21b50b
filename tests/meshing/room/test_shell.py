"""Walls, floor and openings stand where the plan says and look inward."""

import numpy as np
import pytest

from meshing.room.patch import Patch, bounds_of, grid_normals, triangles_of
from meshing.room.plan import Box, Opening, RoomPlan
from meshing.room.shell import REVEAL, accent_wall, shell_parts, triangulated

L_SHAPE = ((0.0, 0.0), (0.0, 4.0), (5.0, 4.0), (5.0, 2.0), (2.0, 2.0), (2.0, 0.0))
PLAN = RoomPlan(
    "room", L_SHAPE, 2.5, (Opening("window", 1, 1.0, 1.5, 1.2, 0.9), Opening("door", 0, 0.5, 0.9, 2.0),
    Opening("window", 2, 0.4, 0.8, 1.0, 1.0)),
    (Box("sofa", "sofa", (3.0, 0.4, 3.5), (2.0, 0.8, 0.9), np.pi),),
)  # fmt: skip


def parts(plan: RoomPlan = PLAN) -> dict[str, list[Patch]]:
    return shell_parts(plan, np.random.default_rng(0))


def area(patch: Patch) -> float:
    positions, _, faces = triangles_of(patch)
    a, b, c = (positions[faces[:, k]] for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def test_there_is_a_node_for_every_wall_and_opening() -> None:
    assert set(parts()) == {"floor", "ceiling", *(f"wall_{k}" for k in range(6)), "window_0", "window_1", "door_0"}


def test_floor_and_ceiling_cover_the_polygon_and_face_the_room() -> None:
    for name, height, up in (("floor", 0.0, 1.0), ("ceiling", 2.5, -1.0)):
        (patch,) = parts()[name]
        positions, _, faces = triangles_of(patch)
        a, b, c = (positions[faces[:, k]] for k in range(3))
        normal = np.cross(b - a, c - a)
        assert area(patch) == pytest.approx(20 - 6)
        assert np.allclose(positions[:, 1], height)
        assert (np.sign(normal[:, 1]) == up).all()
        assert grid_normals(patch.points)[0, 0, 1] == up


def test_walls_lack_their_openings_and_face_inward() -> None:
    for index, wall in enumerate(PLAN.walls()):
        surface = parts()[f"wall_{index}"][0]
        holes = sum(hole.width * hole.height for hole in PLAN.openings if hole.wall == index)
        assert area(surface) == pytest.approx(wall.length * 2.5 - holes)
        assert np.allclose(grid_normals(surface.points), wall.inward())
        assert np.allclose((surface.points - wall.point(0.0, 0.0)) @ wall.inward(), 0)


def test_the_hole_is_where_the_opening_is() -> None:
    wall, opening = PLAN.wall(1), PLAN.openings[0]
    positions, _, faces = triangles_of(parts()["wall_1"][0])
    middle = positions[faces].mean(axis=1)
    along, up = (middle - wall.point(0.0, 0.0)) @ wall.direction(), middle[:, 1]
    within = (
        (along > opening.offset)
        & (along < opening.offset + opening.width)
        & (up > opening.sill)
        & (up < opening.sill + opening.height)
    )
    assert not within.any()
    pane = next(patch for patch in parts()["window_0"] if patch.material == "pane")
    low, high = bounds_of([pane])
    assert (high - low)[0] == pytest.approx(1.5)
    assert low[1] == pytest.approx(0.9)
    assert np.allclose((pane.points - wall.point(0.0, 0.0)) @ wall.inward(), -REVEAL, atol=0.01)
    assert low[0] == pytest.approx(1.0)


def test_nothing_of_the_shell_stands_far_into_the_room_but_curtains() -> None:
    for name, patches in parts().items():
        if name.startswith(("wall", "door")):
            wall = PLAN.wall(int(name[5:]) if name.startswith("wall") else 0)
            into = np.concatenate(
                [(patch.points - wall.point(0.0, 0.0)) @ wall.inward() for patch in patches], axis=None
            )
            assert into.max() < 0.05
            assert into.min() > -REVEAL - 0.01


def test_skirting_stops_at_doors() -> None:
    trims = [patch for patch in parts()["wall_0"] if patch.material == "trim"]
    wall = PLAN.wall(0)
    along = np.concatenate([(patch.points - wall.point(0.0, 0.0)) @ wall.direction() for patch in trims], axis=None)
    assert not ((along > 0.5) & (along < 1.4)).any()
    assert along.max() == pytest.approx(4.0, abs=0.02)


def test_curtains_reach_the_floor_where_nothing_stands_and_end_at_the_sill_elsewhere() -> None:
    free, blocked = parts()["window_1"], parts()["window_0"]
    assert any(patch.material == "curtain" for patch in free)
    assert min(patch.points[..., 1].min() for patch in free if patch.material == "curtain") < 0.1
    assert min(patch.points[..., 1].min() for patch in blocked if patch.material == "curtain") > 0.7


def test_a_plan_with_its_own_curtain_gets_no_second_one() -> None:
    own = Box("drapes", "curtain", (1.75, 1.2, 3.9), (2.0, 2.3, 0.15), np.pi)
    plan = RoomPlan("room", L_SHAPE, 2.5, PLAN.openings, (own,))
    assert not any(patch.material == "curtain" for patch in parts(plan)["window_0"])


def test_the_accent_is_the_wall_behind_the_sofa() -> None:
    assert accent_wall(PLAN) == 1
    assert accent_wall(RoomPlan("empty", L_SHAPE, 2.5)) in (1,)
    assert accent_wall(RoomPlan("empty", L_SHAPE, 2.5, (Opening("window", 1, 1.0, 1.0, 1.0, 1.0),))) == 0


@pytest.mark.parametrize("turn", [0.0, 0.4, 2.0])
def test_polygons_are_cut_into_triangles_of_the_same_area(turn: float) -> None:
    c, s = np.cos(turn), np.sin(turn)
    corners = np.array([*L_SHAPE[:3], (4.4, 3.0), *L_SHAPE[3:]]) @ np.array([[c, s], [-s, c]])
    x, y = corners.T
    faces = triangulated(corners)
    a, b, d = (corners[faces[:, k]] for k in range(3))
    signed = ((b - a)[:, 0] * (d - a)[:, 1] - (b - a)[:, 1] * (d - a)[:, 0]) / 2
    assert len(faces) == len(corners) - 2
    assert (signed < 1e-12).all()
    assert -signed.sum() == pytest.approx(abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2)


def test_a_polygon_that_crosses_itself_ends_all_the_same() -> None:
    assert len(triangulated(np.array([[0.0, 0], [1, 1], [1, 0], [0, 1], [0.5, 2]]))) == 3
