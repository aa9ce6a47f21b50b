import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.camera import Camera, equirect
from nerf.frame import identity_frame
from nerf.posed_images import Photo, PosedImages, Source
from nerf.undistort import pinhole_view

LENS = Camera(96, 64, 80.0, 82.0, 47.0, 33.0, "opencv", (-0.2, 0.05, 0.002, -0.001))


def view_of(camera: Camera, folder: Path) -> PosedImages:
    """One photo whose red and green say where a ray points, with a depth of 1 m on the left and 3 m on the right."""
    x, y = camera.directions(camera.pixel_centres())[:, :2].T.reshape(2, camera.height, camera.width)
    colors = np.stack([128 + 120 * x, 128 + 120 * y, np.full_like(x, 7)], axis=-1)
    Image.fromarray(np.clip(np.rint(colors), 0, 255).astype(np.uint8)).save(folder / "photo.png")
    Image.fromarray(np.where(x < 0, 1000, 3000).astype(np.uint16)).save(folder / "depth.png")
    photo = Photo("photo", folder / "photo.png", 0, depth=folder / "depth.png")
    return PosedImages((camera,), (photo,), np.eye(4)[None], identity_frame("metre"), Source("made"))


def test_a_ray_shows_the_same_colour_and_depth_without_the_lens(tmp_path: Path) -> None:
    image, depth, camera = pinhole_view(view_of(LENS, tmp_path), 0)
    x, y = camera.directions(camera.pixel_centres())[:, :2].T.reshape(2, camera.height, camera.width)
    shown = image[..., 2] == 7
    assert camera.model == "pinhole"
    assert shown.mean() > 0.8
    np.testing.assert_allclose(image[shown][:, 0], 128 + 120 * x[shown], atol=1.5)
    np.testing.assert_allclose(image[shown][:, 1], 128 + 120 * y[shown], atol=1.5)
    assert depth is not None
    clear = shown & (np.abs(x) > 0.02)
    np.testing.assert_allclose(depth[clear], np.where(x[clear] < 0, 1.0, 3.0), rtol=1e-6)


def test_depth_is_never_mixed_across_an_edge(tmp_path: Path) -> None:
    _, depth, _ = pinhole_view(view_of(LENS, tmp_path), 0)
    assert depth is not None
    assert set(np.unique(depth.round(5))) <= {np.float32(0), np.float32(1), np.float32(3)}


def test_a_pinhole_view_stays_as_it_is(tmp_path: Path) -> None:
    views = view_of(dataclasses.replace(LENS, model="pinhole", distortion=()), tmp_path)
    image, _, camera = pinhole_view(views, 0)
    np.testing.assert_array_equal(image, views.image(0))
    assert camera == views.camera(0)


def test_a_panorama_is_refused(tmp_path: Path) -> None:
    views = view_of(equirect(64, 32), tmp_path)
    with pytest.raises(ValueError, match="panorama has no pinhole"):
        pinhole_view(views, 0)
