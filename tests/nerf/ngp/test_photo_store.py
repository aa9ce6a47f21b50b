from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.camera import Camera, equirect
from nerf.frame import identity_frame
from nerf.ngp.photo_store import IGNORED, SPACING, PhotoStore, decode, depth_spread, fitted, lenses
from nerf.ngp.rays_numba import cast_kernel, draw_rays
from nerf.ngp.volume import Volume
from nerf.posed_images import Photo, PosedImages, Source

CAMERAS = [
    Camera(100, 80, 90.0, 91.0, 49.0, 41.0),
    Camera(1080, 1920, 1375.5, 1374.5, 554.6, 965.3, "opencv", (0.0578, -0.0805, -0.00098, 0.00016)),
    Camera(200, 200, 70.0, 70.0, 100.0, 100.0, "fisheye", (0.01, 0.0, 0.0, 0.0)),
    equirect(256, 128),
]


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda c: c.model)
def test_interpolated_rays_are_within_a_twentieth_of_a_pixel_of_the_cameras_own(camera: Camera) -> None:
    lens = lenses([camera])
    pixels = np.random.default_rng(0).uniform(0.5, [camera.width - 0.5, camera.height - 0.5], (2000, 2))
    pose = np.eye(4)[:3].astype(np.float32)
    origins, directions = np.zeros((2000, 3), np.float32), np.zeros((2000, 3), np.float32)
    cast_kernel(lens.table, int(lens.columns[0]), pixels.astype(np.float32), pose, origins, directions)
    found = directions.any(1)
    assert found.mean() > 0.7
    back = camera.project(directions[found].astype(np.float64))
    error = np.abs(back - pixels[found])
    error[:, 0] = np.minimum(error[:, 0], camera.width - error[:, 0])
    assert np.nanmax(error) < (0.05 if camera.model in ("pinhole", "opencv") else 0.6)


def test_photos_are_reduced_with_their_alpha_and_mask(tmp_path: Path) -> None:
    picture = np.zeros((8, 8, 4), np.uint8)
    picture[:, :4] = (200, 100, 50, 255)
    Image.fromarray(picture).save(tmp_path / "a.png")
    mask = np.full((8, 8), 255, np.uint8)
    mask[7, 7] = 0
    Image.fromarray(mask).save(tmp_path / "m.png")
    camera = Camera(8, 8, 8.0, 8.0, 4.0, 4.0)
    photo = Photo("a", tmp_path / "a.png", 0, mask=tmp_path / "m.png")
    views = PosedImages((camera,), (photo,), np.eye(4)[None], identity_frame(), Source("made up"))
    small = decode(views, 0, fitted(camera, 4))
    assert small.shape == (4, 4, 4)
    assert small[0, 0].tolist() == [200, 100, 50, 255]
    assert small[0, 3, 3] == 0
    assert small[3, 3, 3] == IGNORED
    assert fitted(camera, 100) == camera


def test_training_rays_carry_the_colour_of_their_pixel(ball: PosedImages, tmp_path: Path) -> None:
    volume = Volume(np.zeros(3), 1.0)
    store = PhotoStore(ball, volume, tmp_path, long_side=100, seed=0, with_depth=False)
    rays = draw_rays(store, 3, 5, 2000, None, random_background=True)
    store.close()
    np.testing.assert_allclose(np.linalg.norm(rays.directions, axis=1), 1, atol=1e-5)
    opaque = rays.opacity == 1
    assert 0.1 < opaque.mean() < 0.6
    toward = ((0.5 - rays.origins) * rays.directions).sum(1)
    missed = np.linalg.norm(0.5 - rays.origins, axis=1) ** 2 - toward**2 - 0.4**2
    assert (missed[opaque] < 0).all()
    hit = rays.origins + (toward - np.sqrt(np.maximum(-missed, 0)))[:, None] * rays.directions
    np.testing.assert_allclose(rays.colour[opaque], (0.5 + 0.5 * (hit - 0.5) / 0.4)[opaque], atol=0.01)
    assert len(np.unique(rays.view)) == len(ball)


def test_a_long_capture_starts_with_few_photos(ball: PosedImages, tmp_path: Path) -> None:
    many = replace(ball, photos=ball.photos * 5, world_from_camera=np.tile(ball.world_from_camera, (5, 1, 1)))
    store = PhotoStore(many, Volume(np.zeros(3), 1.0), tmp_path, long_side=40, seed=0, with_depth=False)
    assert store.ready(0) == 64
    assert store.ready(10) == 84
    assert store.ready(1000) == 120
    store.close()
    assert SPACING > 1


def test_depth_is_uncertain_at_its_edges_and_where_it_is_noisy() -> None:
    depth = np.full((20, 30), 1000.0, np.float32)
    depth[:, 15:] = 1003.0
    depth[5:8, 3:6] = 0
    spread = depth_spread(depth)
    assert not spread[:, :13].any()
    np.testing.assert_allclose(spread[10, [14, 15]], 3 * np.sqrt(2) / 3, rtol=1e-3)
    noisy = 5 + np.random.default_rng(0).normal(size=(200, 200)).astype(np.float32) * 0.1
    assert abs(depth_spread(noisy).mean() - 0.09) < 0.01
