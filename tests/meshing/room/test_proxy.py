"""Maps of a room's plan."""

from pathlib import Path

import numpy as np
import pytest

from meshing.pinhole import Pinhole
from meshing.raycast_embree import RayCaster
from meshing.room.classes import id_of
from meshing.room.panorama import directions, facing
from meshing.room.patch import triangles_of
from meshing.room.plan import Box, Opening, RoomPlan
from meshing.room.proxy import ProxyMaps, ProxyRenderer, best_standpoint, proxy_mesh, standpoints
from meshing.room.shell import shell_parts

FLOOR = ((-2.0, 2.0), (2.0, 2.0), (2.0, -2.0), (-2.0, -2.0))
BOX = Box("crate", "box", (0.0, 0.5, -1.0), (1.0, 1.0, 0.5), 0.0)
PLAN = RoomPlan("room", FLOOR, 2.5, (Opening("window", 1, 1.0, 2.0, 1.0, 1.0),), (BOX,))
EYE = np.array([0.0, 0.75, 1.0])


def test_distances_are_those_of_the_ray_equation() -> None:
    camera = Pinhole(5, 5, 5.0, 5.0, 2.5, 2.5)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = facing(0.0), EYE
    view = ProxyRenderer(PLAN).perspective(camera, pose)
    assert view.near[2, 2] == pytest.approx(1.75), "the front of the crate is at z = -0.75"
    assert view.far[2, 2] == pytest.approx(2.25)
    assert (view.semantic[2, 2], view.instance[2, 2]) == (id_of("box"), 1)
    assert view.near[0, 2] == view.far[0, 2] == pytest.approx(3.0), "depth along z of the wall at z = -2"
    assert view.semantic[0, 2] == id_of("wall")
    assert view.semantic[4, 0] == id_of("floor")


def test_convention_the_window_in_the_wall_at_x_is_to_the_right() -> None:
    view = ProxyRenderer(PLAN).panorama(EYE, 64)
    columns = np.flatnonzero((view.semantic == id_of("window")).any(axis=0))
    ways = directions(64, 128)[32, columns]
    assert len(columns) > 5
    assert (ways[:, 0] > 0.5).all()
    assert set(view.instance[view.semantic == id_of("window")]) == {2}


def test_near_is_never_behind_far_and_both_agree_on_the_shell() -> None:
    turned = RoomPlan("room", FLOOR, 2.5, (), (Box("b", "bed", (0.3, 0.4, -0.6), (1.4, 0.8, 2.0), 0.7),))
    view = ProxyRenderer(turned).panorama(EYE, 64)
    assert np.isfinite(view.near).all()
    assert (view.near <= view.far).all()
    assert (view.near[view.is_shell] == view.far[view.is_shell]).all()
    bed = view.semantic == id_of("bed")
    points = EYE + directions(64, 128)[bed] * view.far[bed][:, None]
    local = (points - turned.boxes[0].center) @ turned.boxes[0].axes().T
    assert np.abs(local / (np.array(turned.boxes[0].size) / 2)).max(axis=1) == pytest.approx(1, abs=1e-5)


def test_an_opening_reaches_into_its_wall() -> None:
    view = ProxyRenderer(PLAN).panorama(EYE, 64)
    window = view.semantic == id_of("window")
    ways = directions(64, 128)[window]
    assert (view.is_shell & ~view.is_plain).sum() == window.sum()
    depth = (EYE + ways * view.far[window][:, None])[:, 0]
    assert (view.far[window] > view.near[window]).all()
    assert depth.max() == pytest.approx(2.16, abs=1e-4)
    assert (view.near[view.is_plain] == view.far[view.is_plain]).all()


def test_what_is_built_of_a_plan_is_where_the_intervals_allow() -> None:
    """Panes, leaves, casings and curtains as the embedded generator makes them, and not what is nowhere near."""
    openings = (Opening("window", 1, 1.0, 1.6, 1.2, 0.9), Opening("door", 3, 1.0, 0.9, 2.05))
    plan = RoomPlan("room", FLOOR, 2.5, openings)
    patches = [patch for each in shell_parts(plan, np.random.default_rng(0)).values() for patch in each]
    corners = np.concatenate([points[faces] for points, _, faces in map(triangles_of, patches)])
    ways = directions(96, 192)
    caster = RayCaster(
        corners.reshape(-1, 3).astype(np.float32), np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3)
    )
    hits = caster.cast(np.broadcast_to(EYE, (ways.size // 3, 3)), ways.reshape(-1, 3))
    true = hits.distance.reshape(96, 192).astype(np.float32)
    renderer = ProxyRenderer(plan)
    intervals, near = renderer.intervals(EYE, ways), renderer.panorama(EYE, 96).near
    assert (np.abs(true - near) > 0.03).mean() > 0.03, "they do not lie on the walls"
    assert intervals.violated(true).mean() < 0.003
    assert intervals.violated(0.9 * true).mean() > 0.8


def test_the_shell_is_closed_and_looks_inwards() -> None:
    notch = ((0.0, 4.0), (2.0, 4.0), (2.0, 2.0), (4.0, 2.0), (4.0, 0.0), (0.0, 0.0))
    mesh = proxy_mesh(RoomPlan("l", notch, 2.5))
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(np.float64) for k in range(3))
    volume = float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)
    assert volume == pytest.approx(-12 * 2.5, rel=1e-6)
    boxes = proxy_mesh(PLAN)
    mine = boxes.faces[boxes.instance == 1]
    a, b, c = (boxes.vertices[mine[:, k]].astype(np.float64) for k in range(3))
    assert float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6) == pytest.approx(0.5, rel=1e-5)


def test_standpoints_are_in_the_room_and_in_no_box() -> None:
    spots = standpoints(PLAN)
    assert len(spots) > 20
    assert (np.abs(spots[:, [0, 2]]) < 1.8).all()
    local = np.abs(spots - BOX.center) < np.array(BOX.size) / 2 + 0.1
    assert not local.all(axis=1).any()
    assert best_standpoint(PLAN)[1] == pytest.approx(1.5)
    full = RoomPlan("f", FLOOR, 2.5, (), (Box("b", "bed", (0.4, 0.3, 0.0), (2.8, 0.6, 3.6)),))
    assert best_standpoint(full)[0] < -1.0, "beside the bed, not above it"
    tiny = RoomPlan("t", ((0.0, 0.8), (0.8, 0.8), (0.8, 0.0), (0.0, 0.0)), 2.0)
    assert len(standpoints(tiny)) >= 1


def test_maps_survive_the_disk(tmp_path: Path) -> None:
    maps = ProxyMaps(PLAN, ((0.0, 0.75, 1.0),), (ProxyRenderer(PLAN).panorama(EYE, 32),))
    maps.save(tmp_path / "one")
    again = ProxyMaps.load(tmp_path / "one")
    again.save(tmp_path / "two")
    assert again.plan == PLAN
    assert np.array_equal(again.panoramas[0].near, maps.panoramas[0].near)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()
