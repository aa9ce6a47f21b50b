"""transforms.json: what it may say, and every way to get it wrong told in a sentence."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nerf.captures.read import read_capture
from nerf.captures.transforms import read_nerf_synthetic, read_transforms
from nerf.frame import transform

Write = Callable[..., Path]
Ring = Callable[[int], list[np.ndarray]]


def test_convention_opengl_cameras_in_a_z_up_world_become_opencv_cameras_in_a_y_up_world(
    transforms_folder: Write, ring: Ring
) -> None:
    views = read_capture(transforms_folder(5))
    assert np.allclose(views.world_from_camera, np.stack(ring(5)), atol=1e-12)
    assert views.scene.gravity == "estimated"
    assert np.allclose(views.scene.capture_points(np.array([[0.0, 1.0, 0.0]])), [[0, 0, 1]])


def test_poses_come_back_to_the_file_s_own_numbers(transforms_folder: Write) -> None:
    folder = transforms_folder(5)
    views = read_capture(folder, metres_per_unit=0.5)
    content = json.loads((folder / "transforms.json").read_text())
    given = np.array([frame["transform_matrix"] for frame in content["frames"]])[:, :3, 3]
    assert np.allclose(views.scene.capture_points(views.world_from_camera[:, :3, 3]), given, atol=1e-12)
    assert views.scene.unit == "metre"
    assert np.allclose(np.linalg.norm(views.world_from_camera[1, :3, 3]), 0.5 * np.linalg.norm(given[1]))


def test_a_field_of_view_alone_is_enough(transforms_folder: Write) -> None:
    fields = {"fl_x": None, "fl_y": None, "cx": None, "cy": None, "w": None, "h": None}
    camera = read_capture(transforms_folder(camera_angle_x=0.7, **fields)).cameras[0]
    assert camera.fx == camera.fy == pytest.approx(6 / math.tan(0.35))
    assert (camera.cx, camera.cy, camera.width, camera.height) == (6.0, 4.0, 12, 8)


def test_distortion_and_intrinsics_of_single_frames_are_read(transforms_folder: Write) -> None:
    own = {1: {"fl_x": 20.0, "k1": 0.1, "k2": 0.0, "p1": 0.01}, 2: {"camera_model": "OPENCV_FISHEYE", "k4": 0.02}}
    views = read_capture(transforms_folder(frames=own))
    assert views.camera(0).model == "pinhole"
    assert (views.camera(1).model, views.camera(1).distortion) == ("opencv", (0.1, 0.0, 0.01, 0.0))
    assert (views.camera(1).fx, views.camera(1).fy) == (20.0, 10.0)
    assert (views.camera(2).model, views.camera(2).distortion) == ("fisheye", (0.0, 0.0, 0.0, 0.02))
    assert views.camera_index.tolist() == [0, 1, 2, 0]


def test_a_panorama_needs_no_focal_length(transforms_folder: Write) -> None:
    folder = transforms_folder(fl_x=None, fl_y=None, camera_model="EQUIRECTANGULAR")
    assert read_capture(folder).cameras[0].model == "equirect"


def test_intrinsics_for_another_size_are_scaled_and_that_is_said(transforms_folder: Write) -> None:
    views = read_capture(transforms_folder(w=24, h=16, cx=12.0, cy=8.0, fl_x=20.0, fl_y=20.0))
    assert (views.cameras[0].width, views.cameras[0].fx, views.cameras[0].cx) == (12, 10.0, 6.0)
    assert views.source.notes == ("intrinsics for 24x16 were scaled to photos of 12x8",)


def test_turned_photos_follow_the_size_that_the_intrinsics_have(tmp_path: Path, transforms_folder: Write) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    folder = transforms_folder(1)
    Image.new("RGB", (12, 8)).save(folder / "images/0000.png", exif=exif.tobytes())
    assert read_capture(folder).photos[0].orientation == 1  # w and h are those of the stored pixels
    folder = transforms_folder(1, w=8, h=12, cx=4.0, cy=6.0)
    Image.new("RGB", (12, 8)).save(folder / "images/0000.png", exif=exif.tobytes())
    views = read_capture(folder)
    assert views.photos[0].orientation == 6
    assert views.image(0).shape == (12, 8, 3)


def test_frames_without_a_file_are_left_out_and_named(transforms_folder: Write) -> None:
    folder = transforms_folder(4)
    (folder / "images/0002.png").unlink()
    views = read_capture(folder)
    assert len(views) == 3
    assert views.skipped[0].name == "images/0002.png"
    assert "missing" in views.skipped[0].reason


def test_depth_masks_points_times_and_splits_come_along(transforms_folder: Write) -> None:
    own: dict[int, dict[str, Any]] = {
        0: {"depth_file_path": "depth.png", "mask_path": "mask.png", "time": 1.5},
        1: {"depth_file_path": "gone.png"},
    }
    folder = transforms_folder(frames=own, ply_file_path="points.ply", test_filenames=["images/0003.png"])
    Image.fromarray(np.full((8, 12), 1500, np.uint16)).save(folder / "depth.png")
    Image.fromarray(np.eye(8, 12, dtype=np.uint8) * 255).save(folder / "mask.png")
    (folder / "points.ply").write_text(
        "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
        "end_header\n1 2 3\n"
    )
    views = read_capture(folder)
    assert np.allclose(views.depth(0), 1.5)
    assert views.scene.unit == "metre"
    mask = views.mask(0)
    assert mask is not None
    assert mask.sum() == 8
    assert (views.photos[0].time, views.photos[3].split) == (1.5, "test")
    assert views.points is not None
    assert np.allclose(views.points.xyz, [[1, 3, -2]])  # z up became y up
    assert "1 of 2 depth files are missing" in views.source.notes


def test_depth_follows_the_scene_when_it_is_given_a_size(transforms_folder: Write) -> None:
    folder = transforms_folder(frames={0: {"depth_path": "depth.png"}}, integer_depth_scale=0.01)
    Image.fromarray(np.full((8, 12), 300, np.uint16)).save(folder / "depth.png")
    assert np.allclose(read_capture(folder).depth(0), 3.0)
    assert read_capture(folder).scene.unit == "unknown"
    assert np.allclose(read_capture(folder, metres_per_unit=0.5).depth(0), 1.5)


def test_nerf_synthetic_scenes_are_read_with_their_splits(tmp_path: Path, ring: Ring) -> None:
    for split, count in (("train", 3), ("val", 1), ("test", 2)):
        frames = []
        for number, pose in enumerate(ring(count)):
            (tmp_path / split).mkdir(exist_ok=True)
            Image.new("RGBA", (10, 10), (255, 0, 0, 51)).save(tmp_path / split / f"r_{number}.png")
            turned = (
                np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]) @ pose @ np.diag([1, -1, -1, 1])
            )
            frames.append({"file_path": f"./{split}/r_{number}", "rotation": 0.01, "transform_matrix": turned.tolist()})
        content = {"camera_angle_x": 0.6911112, "frames": frames}
        (tmp_path / f"transforms_{split}.json").write_text(json.dumps(content))
    views = read_capture(tmp_path)
    assert [photo.split for photo in views.photos] == ["train"] * 3 + ["val"] + ["test"] * 2
    assert views.scene.gravity == "known"
    alpha = views.alpha(0)
    assert alpha is not None
    assert np.allclose(alpha, 0.2)
    assert np.allclose(views.world_from_camera[:3], np.stack(ring(3)))


def test_fox_loads_with_50_of_67_frames_and_names_the_17_that_are_missing(shared_data: Path) -> None:
    views = read_capture(shared_data / "fox")
    assert len(views) == 50
    assert len(views.skipped) == 17
    present = {path.name for path in (shared_data / "fox/images").iterdir()}
    assert {Path(name).name for name in views.names} == present
    assert not {Path(skipped.name).name for skipped in views.skipped} & present
    camera = views.cameras[0]
    assert (len(views.cameras), camera.model, camera.width, camera.height) == (1, "opencv", 1080, 1920)
    assert views.image(0).shape == (1920, 1080, 3)


def test_fox_s_cameras_look_inwards_and_up_is_up(shared_data: Path) -> None:
    views = read_capture(shared_data / "fox")
    positions, forward = views.world_from_camera[:, :3, 3], views.world_from_camera[:, :3, 2]
    across = np.eye(3) - forward[:, :, None] * forward[:, None, :]
    centre = np.linalg.solve(across.sum(axis=0), np.einsum("vij,vj->i", across, positions))
    for view in range(len(views)):
        pixel = views.camera(view).project(
            transform(np.linalg.inv(views.world_from_camera[view]), centre[None])
        )  # in front, and in the middle half of the photo
        assert np.all(np.abs(pixel / (1080, 1920) - 0.5) < 0.25)
    assert (-views.world_from_camera[:, 1, 1]).min() > 0.7  # every camera's up is near the scene's


HUGE = 10**400


@pytest.mark.parametrize(
    ("fields", "frame", "message"),
    [
        ({"frames": 7}, None, "frames: must be a list"),
        ({"frames": ["a"]}, None, r"frames\[0\]: must be an object"),
        ({"frames": []}, None, "no usable frame"),
        ({"fl_x": "wide"}, None, r"fl_x: must be a finite number \(got 'wide'\)"),
        ({"fl_x": -5.0}, None, "fl_x: must be above zero"),
        ({"fl_x": math.nan}, None, "fl_x: must be a finite number"),
        ({"fl_x": True}, None, "fl_x: must be a finite number"),
        ({"fl_x": HUGE}, None, "fl_x: must be a finite number"),
        ({"w": 1e300}, None, "no scaled 12x8"),
        ({"fl_x": None, "fl_y": None}, None, "camera_angle_x; one of them is needed"),
        ({"fl_x": None, "fl_y": None, "camera_angle_x": 4.0}, None, "must be less than pi"),
        ({"camera_model": "PINHOLEE"}, None, "camera_model: must be one of"),
        ({"k1": [1]}, None, "k1: must be a finite number"),
        ({"k4": 0.1}, None, "k4: the term"),
        ({"w": 12, "h": 11}, None, "no scaled 12x8"),
        ({"applied_transform": [[1]]}, None, "applied_transform: must be 3x4"),
        ({"ply_file_path": "gone.ply"}, None, "no such file of points"),
        ({"ply_file_path": "../gone.ply"}, None, "ply_file_path: must stay inside"),
        ({}, {"file_path": 3}, r"frames\[1\]\.file_path: must be a text"),
        ({}, {"file_path": ""}, r"frames\[1\]\.file_path: must be a text"),
        ({}, {"file_path": "../../../etc/passwd"}, r"frames\[1\]\.file_path: must stay inside"),
        ({}, {"file_path": "/etc/passwd"}, r"frames\[1\]\.file_path: must be a path relative"),
        ({}, {"file_path": "images/0000.png"}, "again"),
        ({}, {"transform_matrix": None}, r"frames\[1\]\.transform_matrix: must be"),
        ({}, {"transform_matrix": [[1, 2], [3]]}, r"frames\[1\]\.transform_matrix: must be"),
        ({}, {"transform_matrix": "identity"}, r"frames\[1\]\.transform_matrix: must be"),
        ({}, {"transform_matrix": np.full((4, 4), math.nan).tolist()}, r"frames\[1\]: .* finite"),
        ({}, {"transform_matrix": np.diag([1, 1, -1, 1]).tolist()}, r"frames\[1\]: .* mirrors"),
        ({}, {"transform_matrix": np.diag([3, 3, 3, 1]).tolist()}, r"frames\[1\]: .* scale or shear"),
        ({}, {"mask_path": "/tmp/mask.png"}, r"frames\[1\]\.mask_path: must be a path relative"),
    ],
)
def test_every_mistake_is_one_sentence_that_names_its_field(
    transforms_folder: Write, fields: dict[str, Any], frame: dict[str, Any] | None, message: str
) -> None:
    folder = transforms_folder(frames={1: frame} if frame else None, **fields) if "frames" not in fields else None
    if folder is None:
        folder = transforms_folder()
        content = json.loads((folder / "transforms.json").read_text()) | fields
        (folder / "transforms.json").write_text(json.dumps(content))
    with pytest.raises((ValueError, FileNotFoundError), match=message) as caught:
        read_capture(folder)
    for line in str(caught.value).splitlines():
        assert str(folder) in line
        assert len(line) < 500


def test_many_mistakes_are_told_together(transforms_folder: Write) -> None:
    own = {0: {"file_path": 1}, 1: {"k1": "x"}, 3: {"transform_matrix": 0}}
    with pytest.raises(ValueError, match="file_path") as caught:
        read_transforms(transforms_folder(frames=own))
    assert [line.split("frames")[1][:3] for line in str(caught.value).splitlines()] == ["[0]", "[1]", "[3]"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"{", "is not JSON"),
        (b"[1, 2]", "must hold a JSON object"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"frames": null}', "frames: must be a list"),
    ],
)
def test_what_is_no_json_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "transforms.json").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_capture(tmp_path)


def test_damaged_photos_are_all_named_at_once(transforms_folder: Write) -> None:
    folder = transforms_folder(5)
    content = (folder / "images/0001.png").read_bytes()
    (folder / "images/0001.png").write_bytes(content[:60])
    (folder / "images/0003.png").write_bytes(b"")
    with pytest.raises(ValueError, match=r"0001\.png: is cut short") as caught:
        read_capture(folder)
    assert "0003.png: the file is empty" in str(caught.value)


def test_a_folder_without_the_synthetic_files_has_no_frames(tmp_path: Path) -> None:
    assert read_nerf_synthetic(tmp_path).frames == ()
