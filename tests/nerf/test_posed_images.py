"""Posed images survive the disk, decode on demand and keep their files as they came."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.camera import Camera
from nerf.frame import identity_frame
from nerf.posed_images import DepthEncoding, Photo, PosedImages, Skipped, Source, SparsePoints

LEVELS = np.array([[0, 500, 1000], [1500, 65535, 2000]], np.uint16)


def _views(folder: Path) -> PosedImages:
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name, suffix in (("a", "jpg"), ("b", "png")):
        Image.fromarray(rng.integers(0, 255, (4, 6, 3), np.uint8)).save(folder / f"{name}.{suffix}", quality=80)
    Image.fromarray(LEVELS).save(folder / "a.depth.png")
    Image.fromarray(np.array([[0, 255], [255, 0]], np.uint8)).resize((6, 4), Image.Resampling.NEAREST).save(
        folder / "mask.png"
    )
    poses = np.stack([np.eye(4), np.eye(4)])
    poses[1, :3, 3] = (1 / 3, 2.0, -3.0)
    return PosedImages(
        cameras=(Camera(6, 4, 5.0, 5.0, 3.0, 2.0), Camera(4, 6, 5.0, 5.0, 2.0, 3.0, "opencv", (0.1, 0.0, 0.0, 0.0))),
        photos=(
            Photo("a.jpg", folder / "a.jpg", 0, depth=folder / "a.depth.png", mask=folder / "mask.png", split="train"),
            Photo("b.png", folder / "b.png", 1, orientation=6, time=0.25),
        ),
        world_from_camera=poses,
        scene=identity_frame("metre", "known"),
        source=Source("made", "CC0", ("a note",)),
        depth_encoding=DepthEncoding(0.001),
        points=SparsePoints(np.array([[0.1, 0.2, 0.3]]), np.array([[1, 2, 3]], np.uint8), np.array([0.5], np.float32)),
        skipped=(Skipped("c.jpg", "it is missing"),),
    )


def _digest(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_what_is_saved_is_loaded_again_and_saved_to_the_same_bytes(tmp_path: Path) -> None:
    views = _views(tmp_path / "capture")
    views.save(tmp_path / "one")
    loaded = PosedImages.load(tmp_path / "one")
    loaded.save(tmp_path / "two")
    assert _digest(tmp_path / "one") == _digest(tmp_path / "two")
    assert loaded.names == ("a.jpg", "b.png")
    assert np.array_equal(loaded.world_from_camera, views.world_from_camera)
    assert (loaded.cameras, loaded.skipped, loaded.source) == (views.cameras, views.skipped, views.source)
    assert (loaded.photos[0].split, loaded.photos[1].time, loaded.photos[1].orientation) == ("train", 0.25, 6)
    assert loaded.points is not None
    assert loaded.points.rgb is not None
    assert loaded.points.rgb.tolist() == [[1, 2, 3]]
    for view in range(2):
        assert np.array_equal(loaded.image(view), views.image(view))


def test_photos_are_copied_byte_for_byte(tmp_path: Path) -> None:
    views = _views(tmp_path / "capture")
    views.save(tmp_path / "saved")
    assert (tmp_path / "saved/images/00000.jpg").read_bytes() == (tmp_path / "capture/a.jpg").read_bytes()


def test_the_saved_artifact_needs_nothing_of_the_capture(tmp_path: Path) -> None:
    views = _views(tmp_path / "capture")
    views.save(tmp_path / "saved")
    (tmp_path / "capture").rename(tmp_path / "elsewhere")
    loaded = PosedImages.load(tmp_path / "saved")
    assert loaded.image(0).shape == (4, 6, 3)
    assert loaded.depth(0).max() == 2.0


def test_depth_is_in_scene_units_at_the_photo_s_size_and_0_is_none(tmp_path: Path) -> None:
    depth = _views(tmp_path / "capture").depth(0)
    assert depth.dtype == np.float32
    assert depth.shape == (4, 6)  # the file is 3 x 2: each measurement covers 2 x 2 pixels
    assert np.allclose(depth[::2, ::2], np.array([[0, 0.5, 1.0], [1.5, 0, 2.0]], np.float32))
    assert np.array_equal(depth[1::2, 1::2], depth[::2, ::2])


def test_views_without_depth_mask_or_alpha_say_so(tmp_path: Path) -> None:
    views = _views(tmp_path / "capture")
    assert views.depth(1).shape == (6, 4)
    assert not views.depth(1).any()
    assert views.mask(1) is None
    assert views.alpha(0) is None
    mask = views.mask(0)
    assert mask is not None
    assert mask[:, :3].tolist() == [[False] * 3] * 2 + [[True] * 3] * 2


def test_the_exif_orientation_is_applied_when_the_camera_says_so(tmp_path: Path) -> None:
    views = _views(tmp_path / "capture")
    stored = np.asarray(Image.open(tmp_path / "capture/b.png"))
    assert np.array_equal(views.image(1), np.rot90(stored, -1))


def test_a_subset_keeps_each_photo_with_its_pose(tmp_path: Path) -> None:
    subset = _views(tmp_path / "capture").subset([1])
    assert subset.names == ("b.png",)
    assert subset.world_from_camera[0, 0, 3] == 1 / 3
    assert subset.camera(0).model == "opencv"


def test_moving_the_scene_moves_cameras_and_points_alike(tmp_path: Path) -> None:
    views = _views(tmp_path / "capture")
    old_from_new = np.eye(4)
    old_from_new[:3, 3] = (0.0, 1.0, 0.0)
    moved = views.moved(old_from_new)
    assert views.points is not None
    assert moved.points is not None
    in_camera = np.linalg.inv(views.world_from_camera[1]) @ [*views.points.xyz[0], 1]
    assert np.allclose(np.linalg.inv(moved.world_from_camera[1]) @ [*moved.points.xyz[0], 1], in_camera)
    assert np.allclose(moved.scene.capture_points(moved.points.xyz), views.points.xyz)


def test_a_photo_of_another_size_than_its_camera_is_named(tmp_path: Path) -> None:
    views = _views(tmp_path / "capture")
    Image.new("RGB", (5, 4)).save(tmp_path / "capture/a.jpg")
    with pytest.raises(ValueError, match=r"a\.jpg: is 5x4, its camera 6x4"):
        views.image(0)


def test_two_thousand_photos_are_held_by_name_only(tmp_path: Path, write_many: Callable[[int], PosedImages]) -> None:
    import tracemalloc

    tracemalloc.start()
    views = write_many(2000)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(views) == 2000
    assert held < 5_000_000  # the photos would be 55 million bytes decoded


@pytest.fixture
def write_many(tmp_path: Path) -> Callable[[int], PosedImages]:
    def write(count: int) -> PosedImages:
        path = tmp_path / "one.jpg"
        Image.new("RGB", (120, 77)).save(path)
        photos = tuple(Photo(f"{number}.jpg", path, 0) for number in range(count))
        poses = np.broadcast_to(np.eye(4), (count, 4, 4)).copy()
        camera = Camera(120, 77, 100.0, 100.0, 60.0, 38.5)
        return PosedImages((camera,), photos, poses, identity_frame(), Source("made"))

    return write
