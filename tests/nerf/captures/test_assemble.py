"""From a capture's words to the convention: which way is up, and what the user may overrule."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nerf.camera import Camera
from nerf.captures.assemble import assemble, together
from nerf.captures.raw import RawCapture, RawFrame, WorldUp

Ring = Callable[[int], list[np.ndarray]]


@pytest.fixture
def raw(tmp_path: Path, write_photo: Callable[..., Path]) -> Callable[..., RawCapture]:
    """A function that makes a raw capture of these poses."""

    def make(poses: list[np.ndarray], up: WorldUp, *, known: bool = False) -> RawCapture:
        camera = Camera(12, 8, 10.0, 10.0, 6.0, 4.0)
        frames = tuple(
            RawFrame(f"{number}", f"file: {number}", write_photo(tmp_path / f"{number}.png"), camera, pose)
            for number, pose in enumerate(poses)
        )
        return RawCapture(tmp_path, "made", frames, "opencv", up, known)

    return make


def _turned(poses: list[np.ndarray], degrees: float) -> list[np.ndarray]:
    angle = np.radians(degrees)
    turn = np.eye(4)
    turn[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return [turn @ pose for pose in poses]


def test_a_tilted_world_is_levelled_by_the_smallest_turn(
    raw: Callable[..., RawCapture], ring: Ring, tmp_path: Path
) -> None:
    views = assemble(raw(_turned(ring(8), 180 + 14), "-y"), tmp_path)
    assert views.scene.gravity == "estimated"
    assert np.allclose(views.world_from_camera, np.stack(ring(8)), atol=1e-6)


def test_a_format_s_own_up_is_kept_where_the_cameras_confirm_it_roughly(
    raw: Callable[..., RawCapture], ring: Ring, tmp_path: Path
) -> None:
    poses = _turned(ring(8), 90 + 10)  # z up, the cameras lean by ten degrees
    views = assemble(raw(poses, "z"), tmp_path)
    assert np.allclose(views.scene.capture_from_scene[:3, :3] @ [0, 1, 0], [0, 0, 1])
    assert views.scene.gravity == "estimated"


def test_a_world_with_another_axis_up_than_the_format_s_is_found(
    raw: Callable[..., RawCapture], ring: Ring, tmp_path: Path
) -> None:
    views = assemble(raw(ring(8), "-y"), tmp_path)
    assert np.array_equal(views.scene.capture_from_scene, np.eye(4))


def test_what_the_user_says_is_up_counts(raw: Callable[..., RawCapture], ring: Ring, tmp_path: Path) -> None:
    views = assemble(raw(ring(8), "-y"), tmp_path, up="x")
    assert np.allclose(views.scene.capture_points(np.array([[0.0, 1.0, 0.0]])), [[1, 0, 0]])
    assert views.scene.gravity == "known"


def test_cameras_that_disagree_leave_the_world_as_the_format_has_it_and_that_is_said(
    raw: Callable[..., RawCapture], tmp_path: Path
) -> None:
    rng = np.random.default_rng(4)
    poses = []
    for _ in range(40):
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        pose = np.eye(4)
        pose[:3, :3] = turn * np.sign(np.linalg.det(turn))
        poses.append(pose)
    views = assemble(raw(poses, "y"), tmp_path)
    assert views.scene.gravity == "unknown"
    assert np.array_equal(views.scene.capture_from_scene, np.eye(4))
    assert "do not agree which way is up" in views.source.notes[0]


def test_a_size_in_metres_scales_positions_and_keeps_rotations(
    raw: Callable[..., RawCapture], ring: Ring, tmp_path: Path
) -> None:
    plain = assemble(raw(ring(6), "y"), tmp_path)
    scaled = assemble(raw(ring(6), "y"), tmp_path, metres_per_unit=0.25)
    assert np.allclose(scaled.world_from_camera[:, :3, 3], 0.25 * plain.world_from_camera[:, :3, 3])
    assert np.allclose(scaled.world_from_camera[:, :3, :3], plain.world_from_camera[:, :3, :3])
    assert scaled.scene.unit == "metre"
    assert scaled.scene.scale == pytest.approx(4.0)
    with pytest.raises(ValueError, match="metres_per_unit: must be a positive number"):
        assemble(raw(ring(6), "y"), tmp_path, metres_per_unit=-1.0)


def test_long_lists_of_problems_are_cut() -> None:
    lines = together([str(number) for number in range(30)]).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "and 10 more"
