"""Captures are recognised by what lies in their folder, and what is none is told."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.captures.read import detect_format, read_capture


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["transforms.json", "images/a.jpg"], "transforms"),
        (["transforms_train.json", "train/a.png"], "nerf_synthetic"),
        (["sparse/0/cameras.bin", "sparse/0/images.bin", "images/a.jpg"], "colmap"),
        (["poses_bounds.npy", "images/a.jpg"], "llff"),
        (["poses_bounds.npy", "sparse/0/cameras.txt", "sparse/0/images.txt"], "colmap"),
        (["frame-0.color.jpg", "frame-0.pose.txt"], "rgbd"),
        (["color/0.jpg", "depth/0.png", "pose/0.txt"], "rgbd"),
        (["a.jpg", "b.HEIC"], "photos"),
        (["images/a.jpg"], "photos"),
    ],
)
def test_each_format_is_recognised(tmp_path: Path, files: list[str], found: str) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert detect_format(tmp_path) == found


@pytest.mark.parametrize(
    ("name", "found"), [("my.json", "transforms"), ("poses_bounds.npy", "llff"), ("Clip.MOV", "video")]
)
def test_a_file_is_recognised_by_its_name(tmp_path: Path, name: str, found: str) -> None:
    (tmp_path / name).write_text("x")
    assert detect_format(tmp_path / name) == found


def test_what_is_no_capture_is_told_with_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such capture"):
        read_capture(tmp_path / "gone")
    with pytest.raises(ValueError, match="it holds nothing"):
        read_capture(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(ValueError, match=r"it holds notes\.txt"):
        read_capture(tmp_path)
    with pytest.raises(ValueError, match="allowed: a folder"):
        read_capture(tmp_path / "notes.txt")


def test_the_user_may_say_that_cameras_have_other_axes(
    transforms_folder: Callable[..., Path], ring: Callable[[int], list[np.ndarray]]
) -> None:
    flipped = read_capture(transforms_folder(6), camera_axes="opencv", up="z")
    assert np.allclose(flipped.world_from_camera @ np.diag([1.0, -1, -1, 1]), np.stack(ring(6)))


def test_many_frames_are_read_in_little_memory_because_no_photo_is_decoded(
    tmp_path: Path, transforms_folder: Callable[..., Path], ring: Callable[[int], list[np.ndarray]]
) -> None:
    import json
    import tracemalloc

    folder = transforms_folder(1)
    frame = json.loads((folder / "transforms.json").read_text())["frames"][0]
    content = json.loads((folder / "transforms.json").read_text())
    content["frames"] = []
    Image.new("RGB", (1200, 800)).save(folder / "images/large.png")  # 2.9 MB decoded, 350 MB for all
    for number in range(120):
        (folder / f"images/{number:05d}.png").symlink_to(folder / "images/large.png")
        content["frames"].append(frame | {"file_path": f"images/{number:05d}.png"})
    (folder / "transforms.json").write_text(json.dumps(content))
    tracemalloc.start()
    views = read_capture(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(views) == 120
    assert peak < 6_000_000
