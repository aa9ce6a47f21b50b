"""What is written as transforms.json is read again as the same capture."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from nerf.camera import Camera
from nerf.captures.read import read_capture
from nerf.captures.write import write_transforms
from nerf.posed_images import SparsePoints


def test_an_rgbd_capture_survives_the_way_out_and_back(tmp_path: Path, small_room: Path) -> None:
    views = read_capture(small_room).subset([0, 3, 7])
    xyz = np.round(np.random.default_rng(0).uniform(-1, 1, (20, 3)), 3)
    views = replace(views, points=SparsePoints(xyz, np.arange(60).reshape(20, 3).astype(np.uint8)))
    write_transforms(views, tmp_path)
    back = read_capture(tmp_path)
    assert np.allclose(back.world_from_camera, views.world_from_camera, atol=1e-12)
    assert back.cameras == views.cameras
    assert (back.scene.unit, back.scene.gravity) == ("metre", "estimated")
    assert back.source.licence == views.source.licence
    assert back.points is not None
    assert np.allclose(back.points.xyz, xyz, atol=1e-6)
    for view in range(3):
        assert np.array_equal(back.image(view), views.image(view))
        assert np.allclose(back.depth(view), views.depth(view), atol=1e-6)


def test_applied_transform_leads_from_the_capture_to_the_file(
    tmp_path: Path, transforms_folder: Callable[..., Path]
) -> None:
    views = read_capture(transforms_folder(4), metres_per_unit=2.0)
    content = json.loads(write_transforms(views, tmp_path / "out").read_text())
    applied = np.array(content["applied_transform"])
    written = np.array([frame["transform_matrix"] for frame in content["frames"]])[:, :3, 3]
    captured = views.scene.capture_points(views.world_from_camera[:, :3, 3])
    assert np.allclose(captured @ applied[:, :3].T + applied[:, 3], written)


def test_every_lens_mask_time_and_split_survives(tmp_path: Path, transforms_folder: Callable[..., Path]) -> None:
    own = {0: {"mask_path": "mask.png", "time": 0.5}}
    folder = transforms_folder(4, frames=own, test_filenames=["images/0001.png"])
    Image.fromarray(np.eye(8, 12, dtype=np.uint8) * 255).save(folder / "mask.png")
    views = read_capture(folder)
    cameras = (
        Camera(12, 8, 10.0, 11.0, 6.0, 4.0, "opencv", (0.1, 0.02, 0.003, 0.004, 0.5)),
        Camera(12, 8, 10.0, 11.0, 6.0, 4.0, "fisheye", (0.1, 0.02, 0.003, 0.004)),
        Camera(12, 8, 10.0, 11.0, 6.5, 4.0),
    )
    photos = tuple(replace(photo, camera=number % 3) for number, photo in enumerate(views.photos))
    views = replace(views, cameras=cameras, photos=photos)
    write_transforms(views, tmp_path / "out")
    back = read_capture(tmp_path / "out")
    assert [back.camera(view) for view in range(4)] == [views.camera(view) for view in range(4)]
    assert (back.photos[0].time, back.photos[1].split) == (0.5, "test")
    mask, original = back.mask(0), views.mask(0)
    assert mask is not None
    assert original is not None
    assert np.array_equal(mask, original)


def test_a_turned_photo_is_written_upright(tmp_path: Path, transforms_folder: Callable[..., Path]) -> None:
    folder = transforms_folder(1, w=8, h=12, cx=4.0, cy=6.0)
    exif = Image.Exif()
    exif[0x0112] = 8
    pixels = np.random.default_rng(0).integers(0, 255, (8, 12, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "images/0000.png", exif=exif.tobytes())
    views = read_capture(folder)
    write_transforms(views, tmp_path / "out")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "out/images/00000.png")), np.rot90(pixels))
    assert np.array_equal(read_capture(tmp_path / "out").image(0), views.image(0))
