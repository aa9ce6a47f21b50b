from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.camera import Camera, equirect
from nerf.frame import identity_frame
from nerf.ngp.visibility import cells_carved, cells_freed, cells_seen, pyramid
from nerf.ngp.volume import Volume
from nerf.posed_images import Photo, PosedImages, Source


def _radius(size: int, half: float) -> np.ndarray:
    axis = (np.arange(size) + 0.5) / size * 2 * half - half
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    return np.sqrt(x**2 + y**2 + z**2).reshape(-1)


def test_the_sides_of_a_view_are_those_of_its_lens() -> None:
    np.testing.assert_allclose(pyramid(Camera(80, 40, 100.0, 100.0, 40.0, 10.0)), [-0.4, 0.4, -0.1, 0.3])
    assert not pyramid(equirect(64, 32)).any()


def test_one_camera_sees_only_what_is_before_it(ball: PosedImages) -> None:
    one = ball.subset([0])
    volume = Volume(one.world_from_camera[0, :3, 3], 2.0)  # the camera stands in the middle
    seen = cells_seen(one, volume, 16, 0.0).mean()
    assert 0.02 < seen < 0.2
    assert cells_seen(ball, Volume(np.zeros(3), 0.8), 16, 0.0).all()


def test_silhouettes_leave_the_ball_and_little_more(ball: PosedImages) -> None:
    volume, radius = Volume(np.zeros(3), 1.2), _radius(32, 1.2)
    kept = cells_carved(ball, volume, np.ones(32**3, bool))
    assert kept[radius < 0.8].all()
    assert kept[(radius > 1.1) & (radius < 1.2)].mean() < 0.02
    assert np.array_equal(cells_carved(ball, Volume(np.zeros(3), 1.2, True), kept), kept)


def test_silhouettes_that_leave_nothing_are_told(ball: PosedImages, tmp_path: Path) -> None:
    Image.new("RGBA", (40, 40)).save(tmp_path / "nothing.png")
    photos = (*ball.photos[:3], replace(ball.photos[3], image=tmp_path / "nothing.png"), *ball.photos[4:])
    with pytest.raises(ValueError, match="silhouettes of all photos"):
        cells_carved(replace(ball, photos=photos), Volume(np.zeros(3), 0.6), np.ones(32**3, bool))


def before_a_wall(folder: Path, n: int, unknown: bool = False) -> PosedImages:
    """Cameras side by side at z = -0.9, each of which measures a wall at z = 0.5, or nothing in its middle."""
    depth = np.full((64, 96), 1400, np.uint16)
    if unknown:
        depth[8:-8, 8:-8] = 0
    Image.fromarray(depth).save(folder / "wall.png")
    Image.new("RGB", (96, 64)).save(folder / "photo.png")
    poses = np.tile(np.eye(4), (n, 1, 1))
    poses[:, 2, 3] = -0.9
    poses[:, 0, 3] = 0.05 * np.arange(n)
    photos = tuple(Photo(str(k), folder / "photo.png", 0, depth=folder / "wall.png") for k in range(n))
    camera = Camera(96, 64, 40.0, 40.0, 48.0, 32.0)
    return PosedImages((camera,), photos, poses, identity_frame(), Source("made up"))


def test_depth_shows_what_lies_before_a_wall_to_be_empty(tmp_path: Path) -> None:
    freed = cells_freed(before_a_wall(tmp_path, 3), Volume(np.zeros(3), 1.0), 32).reshape(32, 32, 32)
    z = (np.arange(32) + 0.5) / 16 - 1
    before = (z > -0.5) & (z < 0.3)
    assert freed[before][:, 14:19, 14:19].all()  # near the cameras' axes
    assert not freed[z > 0.45].any()  # the wall, and what nobody saw behind it
    assert not freed[z < -0.9].any()


def test_one_picture_or_pixels_without_depth_free_nothing(tmp_path: Path) -> None:
    assert not cells_freed(before_a_wall(tmp_path, 1), Volume(np.zeros(3), 1.0), 16).any()
    freed = cells_freed(before_a_wall(tmp_path, 3, unknown=True), Volume(np.zeros(3), 1.0), 32).reshape(32, 32, 32)
    assert not freed[:, 14:19, 14:19].any()
