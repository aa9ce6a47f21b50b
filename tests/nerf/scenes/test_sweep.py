"""The demo capture: the same bytes each time, honest depth noise, and the shipped files are what the code makes."""

from pathlib import Path

import numpy as np
from PIL import Image

from nerf.scenes.render import render, trace
from nerf.scenes.room import demo_room
from nerf.scenes.sweep import CAMERA, demo_poses, measured_depth, write_demo_capture

SHIPPED = Path(__file__).resolve().parents[3] / "assets/captures/demo"


def test_the_same_call_writes_the_same_bytes(tmp_path: Path) -> None:
    camera = CAMERA.resized(16, 12)
    for name in ("one", "two"):
        write_demo_capture(tmp_path / name, camera=camera, views=1, samples=1)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 5
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_sweep_has_forty_level_cameras_inside_the_room_close_to_their_neighbours() -> None:
    poses = demo_poses()
    assert poses.shape == (40, 4, 4)
    assert np.abs(poses[:, 1, 0]).max() < 1e-12  # right is horizontal
    assert np.allclose(poses[:, :3, :3] @ poses[:, :3, :3].transpose(0, 2, 1), np.eye(3))
    assert np.abs(poses[:, [0, 2], 3]).max() < 1.75
    within = [*range(15), *range(16, 27), *range(28, 39)]
    turned = np.array([np.degrees(np.arccos(poses[at, :3, 2] @ poses[at + 1, :3, 2])) for at in within])
    assert turned.max() < 28


def test_measured_depth_errs_as_a_kinect_does() -> None:
    depth = np.full((100, 100), 2.0)
    measured = measured_depth(depth, np.random.default_rng(0)).astype(float) / 1000
    steps = np.diff(np.unique(measured))
    assert np.all((steps > 0.010) & (steps < 0.015))  # 0.00307 * 2^2 = 12 mm
    assert abs(measured.mean() - 2.0) < 0.001
    assert 0.002 < measured.std() < 0.008
    assert (measured_depth(np.full((3, 3), 4.5), np.random.default_rng(0)) == 0).all()


def test_beside_something_near_the_far_side_is_in_shadow() -> None:
    depth = np.full((4, 10), 2.0)
    depth[:, :5] = 1.0
    measured = measured_depth(depth, np.random.default_rng(0))
    assert (measured[:, 5] == 0).all()
    assert (measured[:, [4, 6]] > 0).all()


def test_the_shipped_capture_is_what_the_code_renders() -> None:
    number = 3
    camera, pose = CAMERA.resized(80, 60), demo_poses()[number]
    assert np.allclose(np.loadtxt(SHIPPED / f"frame-{number:06d}.pose.txt"), pose, atol=1e-8)
    shipped = np.asarray(Image.open(SHIPPED / f"frame-{number:06d}.color.jpg").reduce(4), int)
    made = render(demo_room(), camera, pose, samples=1).colour.astype(int)
    assert np.median(np.abs(shipped - made)) <= 4
    assert np.mean(np.abs(shipped - made)) < 9
    pixels = CAMERA.pixel_centres()[::97]
    rays = CAMERA.directions(pixels)
    lengths = np.linalg.norm(rays, axis=1)
    exact = trace(demo_room(), pose[:3, 3], (rays / lengths[:, None]) @ pose[:3, :3].T) / lengths
    depth = np.asarray(Image.open(SHIPPED / f"frame-{number:06d}.depth.png"), float).ravel()[::97] / 1000
    assert np.median(np.abs(depth - exact)[depth > 0]) < 0.005
    assert np.quantile(np.abs(depth - exact)[depth > 0], 0.98) < 0.03


def test_the_shipped_capture_is_whole_and_small() -> None:
    files = list(SHIPPED.iterdir())
    assert len([path for path in files if path.name.endswith(".color.jpg")]) == 40
    assert sum(path.stat().st_size for path in files) < 2_500_000
    assert "Apache-2.0" in (SHIPPED / "README.md").read_text()
