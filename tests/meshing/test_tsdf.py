from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshing.grid import pack, unpack
from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.raycast_embree import RayCaster
from meshing.tsdf import (
    DepthView,
    FusionSettings,
    empty_volume,
    fuse,
    integrate,
    prepare,
    surface_of,
    touched_blocks,
)

RADIUS = 0.5
CAMERA = Pinhole(80, 60, 70.0, 70.0, 40.0, 30.0)


def looking_at(position: np.ndarray, target: np.ndarray) -> np.ndarray:
    forward = (target - position) / np.linalg.norm(target - position)
    side = np.cross(forward, [0.1, 1.0, 0.2])
    side /= np.linalg.norm(side)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([side, np.cross(forward, side), forward], axis=1)
    pose[:3, 3] = position
    return pose


def painted(points: np.ndarray) -> np.ndarray:
    """A smooth colour for each point of the sphere."""
    return np.rint(127.5 + 100 * points / RADIUS).astype(np.uint8)


def sphere_view(position: np.ndarray) -> DepthView:
    """A sphere at the origin, measured without error."""
    pose = looking_at(position, np.zeros(3))
    rays = CAMERA.rays() @ pose[:3, :3].T
    a, b, c = (rays**2).sum(-1), rays @ position, position @ position - RADIUS**2
    root = b * b - a * c
    hit = root > 0
    depth = np.where(hit, (-b - np.sqrt(np.maximum(root, 0))) / a, 0)
    color = painted(position + rays * depth[..., None]) * hit[..., None].astype(np.uint8)
    return DepthView(depth.astype(np.float32), color, CAMERA.fx, CAMERA.fy, CAMERA.cx, CAMERA.cy, pose)


def orbit(n: int = 14) -> list[DepthView]:
    rng = np.random.default_rng(0)
    directions = rng.standard_normal((n, 3))
    return [sphere_view(1.6 * d / np.linalg.norm(d)) for d in directions]


SETTINGS = FusionSettings(0.04)


def wall_view(depth: float = 1.0) -> DepthView:
    """A wall across the view of a camera at the origin that looks along z."""
    shape = (CAMERA.height, CAMERA.width)
    color = np.full((*shape, 3), (200, 100, 50), np.uint8)
    return DepthView(np.full(shape, depth, np.float32), color, CAMERA.fx, CAMERA.fy, CAMERA.cx, CAMERA.cy, np.eye(4))


def test_a_measured_sphere_comes_back_with_its_colors() -> None:
    surface = fuse(orbit(), SETTINGS, backend="numpy")
    error = np.linalg.norm(surface.vertices, axis=1) - RADIUS
    assert np.median(np.abs(error)) < 0.15 * SETTINGS.voxel
    assert np.abs(error).max() < SETTINGS.voxel
    difference = surface.vertex_colors.astype(int) - painted(surface.vertices)
    assert np.median(np.abs(difference)) <= 3
    assert np.percentile(np.abs(difference), 99) < 20


def test_faces_look_towards_the_cameras() -> None:
    surface = fuse(orbit(), SETTINGS, backend="numpy")
    a, b, c = (surface.vertices[surface.faces[:, k]] for k in range(3))
    assert ((np.cross(b - a, c - a) * (a + b + c)).sum(axis=1) > 0).mean() > 0.99


def test_the_order_of_the_views_does_not_matter() -> None:
    views = orbit(6)
    forward, backward = (fuse(v, SETTINGS, backend="numpy") for v in (views, views[::-1]))
    np.testing.assert_array_equal(forward.faces, backward.faces)
    np.testing.assert_allclose(forward.vertices, backward.vertices, atol=1e-4)


def test_voxels_behind_the_camera_stay_unknown() -> None:
    """They project into the picture too, mirrored, if the sign of z is forgotten."""
    blocks = unpack(np.sort(pack(np.stack(np.meshgrid(*[np.arange(-6, 6)] * 3), axis=-1).reshape(-1, 3))))
    volume = empty_volume(blocks)
    integrate(volume, prepare(wall_view(), SETTINGS), SETTINGS)
    centers = (blocks[:, 2] * 8 + 3.5) * SETTINGS.voxel
    assert (volume.weight[centers < -0.2] == 0).all()
    assert (volume.weight[(centers > 0.4) & (centers < 0.8)] > 0).any()


def test_a_wall_is_found_where_it_was_measured() -> None:
    surface = fuse([wall_view(1.013)], SETTINGS, backend="numpy")
    np.testing.assert_allclose(surface.vertices[:, 2], 1.013, atol=1e-3)
    assert (surface.vertex_colors == (200, 100, 50)).all()


def test_later_views_carve_away_what_one_view_saw_wrongly() -> None:
    """Nine views see the wall; one saw something half-way to it."""
    wrong = fuse([wall_view(0.6)] + [wall_view(1.0)] * 9, SETTINGS, backend="numpy")
    assert (wrong.vertices[:, 2] > 0.9).all()


def test_pixels_between_foreground_and_background_are_dropped() -> None:
    view = wall_view(2.0)
    view.depth[20:40, 20:40] = 1.0
    view.depth[30, 40] = 1.5  # a flying pixel
    prepared = prepare(view, SETTINGS)
    assert prepared.depth[30, 40] == 0
    assert prepared.depth[30, 30] == np.float32(1.0)
    assert prepared.depth[30, 50] == np.float32(2.0)
    assert (prepared.depth > 0).mean() > 0.9


def test_a_slanted_plane_is_not_taken_for_an_edge_and_its_slant_is_known() -> None:
    view = wall_view()
    normal = np.array([np.sin(1.0), 0, -np.cos(1.0)])  # 57 degrees from the axis
    depth = -0.5 / (CAMERA.rays() @ normal)
    depth = np.where((depth > 0) & (depth < 3), depth, 0)
    prepared = prepare(replace(view, depth=depth.astype(np.float32)), SETTINGS)
    assert (prepared.depth[depth > 0] > 0).mean() > 0.95
    expected = -(CAMERA.rays() @ normal) / np.linalg.norm(CAMERA.rays(), axis=-1)
    inner = np.s_[10:-10, 10:40]
    np.testing.assert_allclose(prepared.cosine[inner], expected[inner], atol=0.05)


def test_missing_measurements_are_left_out() -> None:
    view = wall_view()
    view.depth[:30] = np.nan
    view.depth[30:32] = np.inf
    view.depth[32:34] = -1
    prepared = prepare(view, replace(SETTINGS, max_depth=1.5))
    assert (prepared.depth[:34] == 0).all()
    assert (prepared.depth[34:] == 1).all()
    assert np.isfinite(prepared.weight).all()
    assert (prepare(view, replace(SETTINGS, max_depth=0.5)).depth == 0).all()


def test_a_photo_of_its_own_camera_colors_the_surface() -> None:
    """The photo's camera stands a meter to the right with twice the focal length; its left half is green."""
    color = np.zeros((100, 200, 3), np.uint8)
    color[:, :100, 1] = 255
    color[:, 100:, 0] = 255
    moved = np.eye(4)
    moved[0, 3] = 0.2
    view = replace(wall_view(), color=color, color_intrinsics=(140.0, 140.0, 100.0, 50.0), world_from_color=moved)
    surface = fuse([view], SETTINGS, backend="numpy")
    x, y = surface.vertices[:, 0], surface.vertices[:, 1]
    seen = (np.abs(y) < 0.25) & (np.abs(x - 0.2) > 0.06) & (np.abs(x) < 0.5)
    assert (surface.vertex_colors[seen & (x < 0.2)] == (0, 255, 0)).all()
    assert (surface.vertex_colors[seen & (x > 0.2)] == (255, 0, 0)).all()


def test_touched_blocks_hold_everything_that_was_measured() -> None:
    view = prepare(sphere_view(np.array([0, 0, -1.6])), SETTINGS)
    keys = touched_blocks(view, SETTINGS)
    v, u = np.nonzero(view.depth)
    points = CAMERA.rays()[v, u] * view.depth[v, u][:, None] @ view.world_from_camera[:3, :3].T
    points += view.world_from_camera[:3, 3]
    assert np.isin(pack(np.floor(points / (8 * SETTINGS.voxel))), keys).all()
    assert (np.diff(keys) > 0).all()


def test_an_unseen_volume_has_no_surface() -> None:
    surface = surface_of(empty_volume(np.zeros((1, 3), np.int32)), SETTINGS, method="marching_cubes")
    assert len(surface.faces) == 0


def changed(**values: object) -> list[DepthView]:
    view = wall_view()
    for key, value in values.items():
        object.__setattr__(view, key, value)
    return [view]


def generated() -> Iterator[DepthView]:
    yield wall_view()


@pytest.mark.parametrize(
    ("views", "settings", "message"),
    [
        ([], SETTINGS, r"views: at least one is needed \(got none\)"),
        (generated(), SETTINGS, r"views: must be readable twice, such as a list \(got a generator\)"),
        (
            [wall_view()],
            FusionSettings(0.02, max_depth=0.5),
            r"views: none of 1 has a depth above 0",
        ),
        ([wall_view()], FusionSettings(0.0), r"voxel: must be above 0 \(got 0.0\)"),
        ([wall_view()], FusionSettings(0.02, truncation=0.001), r"truncation: must be at least one voxel, 0.02"),
        ([wall_view()], FusionSettings(0.005, memory_limit=1e6), r"voxel: 0.005 needs over .* GB .* or more"),
        ([wall_view()], FusionSettings(1e-7), r"voxel: 1e-07 is too small for points 2 away"),
        (changed(world_from_camera=np.full((4, 4), np.nan)), SETTINGS, r"views\[0\].world_from_camera: must be 4 by 4"),
        (changed(fx=0.0), SETTINGS, r"views\[0\]: focal lengths must be above 0 \(got 0.0, 70.0\)"),
        (changed(color=np.zeros((60, 80), np.uint8)), SETTINGS, r"views\[0\]: depth must be of shape \(h, w\), color"),
    ],
)
def test_what_cannot_be_fused_is_said(views: list[DepthView], settings: FusionSettings, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fuse(views, settings, backend="numpy")


def kinect_view(folder: Path, number: int) -> DepthView:
    depth = np.asarray(Image.open(folder / f"frame-{number:06d}.depth.png")).astype(np.float32)
    depth[depth == 65535] = 0
    color = np.asarray(Image.open(folder / f"frame-{number:06d}.color.jpg"))
    pose = np.loadtxt(folder / f"frame-{number:06d}.pose.txt")
    return DepthView(depth / np.float32(1000), color, 585.0, 585.0, 320.0, 240.0, pose)


def test_a_real_room_lies_where_it_was_measured(shared_data: Path) -> None:
    """Every other of 20 Kinect frames is fused; the mesh is measured against the other ten."""
    folder = shared_data / "rgbd_7scenes"
    numbers = range(0, 200, 10)
    fused = fuse([kinect_view(folder, n) for n in numbers[::2]], FusionSettings(0.02))
    mesh = Mesh(fused.vertices, fused.faces, fused.vertex_colors)
    caster = RayCaster(mesh.vertices, mesh.faces)
    errors = []
    for number in numbers[1::2]:
        view = kinect_view(folder, number)
        rays = Pinhole(640, 480, view.fx, view.fy, view.cx, view.cy).rays()[::4, ::4].reshape(-1, 3)
        directions = rays @ view.world_from_camera[:3, :3].T
        hits = caster.cast(np.broadcast_to(view.world_from_camera[:3, 3], directions.shape), directions)
        measured = view.depth[::4, ::4].ravel()
        both = (measured > 0) & (hits.face >= 0)
        assert both.sum() > 0.8 * (measured > 0).sum()
        errors.append(np.abs(hits.distance - measured)[both])
    assert np.median(np.concatenate(errors)) < 0.02
