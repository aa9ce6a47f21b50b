"""The doctor: what ruins a reconstruction is an error or a warning with advice, and healthy captures get none."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nerf.camera import Camera
from nerf.captures.doctor import examine
from nerf.captures.finding import named
from nerf.captures.read import read_capture
from nerf.posed_images import PosedImages

Write = Callable[..., Path]


def _told(views: PosedImages, severity: str) -> str:
    return "\n".join(
        f"{finding.message}; {finding.advice}" for finding in examine(views) if finding.severity == severity
    )


def _posed(views: PosedImages, poses: np.ndarray) -> PosedImages:
    return replace(views, world_from_camera=poses)


def test_a_healthy_capture_gets_a_clean_bill(small_room: Path) -> None:
    assert examine(read_capture(small_room)) == []


def test_real_captures_are_not_slandered(shared_data: Path) -> None:
    fox = examine(read_capture(shared_data / "fox"))
    assert [finding.severity for finding in fox] == ["warning", "note"]
    assert "17 of 67 frames" in fox[0].message
    scenes = examine(read_capture(shared_data / "rgbd_7scenes").subset(range(0, 100, 4)))
    assert [finding.severity for finding in scenes] == ["warning"]  # two photos are shaken indeed
    assert scenes[0].message.endswith("less sharp than those around them: frame-000400, frame-000440")


def test_errors_come_first_and_everything_has_a_place_and_a_message(transforms_folder: Write) -> None:
    findings = examine(read_capture(transforms_folder(2)))
    order = [finding.severity for finding in findings]
    assert order == sorted(order, key=["error", "warning", "note"].index)
    assert order[0] == "error"
    assert all(finding.place and finding.message for finding in findings)


@pytest.mark.parametrize(("count", "severity"), [(2, "error"), (3, "warning"), (11, "warning")])
def test_too_few_photos_are_told(transforms_folder: Write, count: int, severity: str) -> None:
    assert f"only {count} photos" in _told(read_capture(transforms_folder(count)), severity)


def test_equal_poses_and_turning_on_the_spot_are_errors(transforms_folder: Write) -> None:
    views = read_capture(transforms_folder(12))
    equal = np.repeat(views.world_from_camera[:1], 12, axis=0)
    assert "all poses are equal" in _told(_posed(views, equal), "error")
    turning = views.world_from_camera.copy()
    turning[:, :3, 3] = (5.0, 1.0, 0.0)
    assert "only turn" in _told(_posed(views, turning), "error")


@pytest.mark.parametrize("factor", [1e9, 1e-6])
def test_absurd_sizes_are_told(transforms_folder: Write, factor: float) -> None:
    views = read_capture(transforms_folder(12))
    poses = views.world_from_camera.copy()
    poses[:, :3, 3] *= factor
    assert "absurd size" in _told(_posed(views, poses), "warning")


def test_scenes_far_from_the_origin_are_told(transforms_folder: Write) -> None:
    views = read_capture(transforms_folder(12))
    poses = views.world_from_camera.copy()
    poses[:, :3, 3] += (4.5e5, 0.0, 5.4e6)  # metres of a map's grid
    assert "precision is lost" in _told(_posed(views, poses), "warning")


@pytest.mark.parametrize(
    ("camera", "severity", "word"),
    [
        (Camera(1080, 1920, 1.27, 1.27, 540.0, 960.0), "error", "share of the width"),
        (Camera(4000, 3000, 4.2, 4.2, 2000.0, 1500.0), "error", "in millimetres"),
        (Camera(640, 480, 100_000.0, 100_000.0, 320.0, 240.0), "warning", "only 0.37 degrees"),
        (Camera(640, 480, 500.0, 500.0, 0.5, 0.5), "error", "share of the size"),
        (Camera(640, 480, 500.0, 500.0, 900.0, 240.0), "warning", "outside photos of 640x480"),
    ],
)
def test_intrinsics_in_another_unit_are_recognised(
    transforms_folder: Write, camera: Camera, severity: str, word: str
) -> None:
    views = replace(read_capture(transforms_folder(12)), cameras=(camera,))
    assert word in _told(views, severity)


def test_wide_lenses_and_panoramas_are_no_mistake(transforms_folder: Write) -> None:
    views = read_capture(transforms_folder(12))
    for camera in (
        Camera(1200, 800, 350.0, 350.0, 600.0, 400.0, "fisheye", ()),
        Camera(1200, 800, 400.0, 400.0, 600.0, 400.0),
    ):
        told = [finding for finding in examine(replace(views, cameras=(camera,))) if finding.place == "cameras[0]"]
        assert told == []


def test_unknown_unit_and_gravity_are_notes_with_what_to_set(transforms_folder: Write) -> None:
    views = read_capture(transforms_folder(12))
    views = replace(views, scene=replace(views.scene, gravity="unknown"))
    told = _told(views, "note")
    assert "metres_per_unit" in told
    assert "`up`" in told


def test_many_missing_frames_are_a_warning_and_few_a_note(transforms_folder: Write) -> None:
    folder = transforms_folder(20)
    (folder / "images/0003.png").unlink()
    assert "1 of 20 frames" in _told(read_capture(folder), "note")
    for number in range(4, 9):
        (folder / f"images/{number:04d}.png").unlink()
    assert "6 of 20 frames" in _told(read_capture(folder), "warning")


def test_lists_of_names_are_cut() -> None:
    assert named(["a", "b"]) == "a, b"
    assert named([str(number) for number in range(9)]) == "0, 1, 2, 3, 4 and 4 more"
