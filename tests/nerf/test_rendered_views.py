"""Rendered views are views: what was written can be read, and they survive the disk."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nerf.camera import from_field_of_view
from nerf.frame import identity_frame
from nerf.posed_images import DepthEncoding, Photo, Source
from nerf.rendered_views import RenderedViews, write_depth, write_normals, write_picture

STEP = 0.001


@pytest.fixture
def views(tmp_path: Path) -> RenderedViews:
    """Two pictures of 4x3 pixels with depth, normals and a film."""
    photos, normals = [], []
    for k in range(2):
        image, depth, normal = (tmp_path / f"{kind}{k}.png" for kind in ("image", "depth", "normal"))
        write_picture(np.full((3, 4, 3), 0.5 + 0.25 * k, np.float32), image)
        write_depth(np.array([[0, 0.5, 65.534, 70]] * 3, np.float32), depth, STEP)
        write_normals(np.array([[[0, 0, 1], [0, -1, 0], [1, 0, 0], [0, 0, 0]]] * 3, np.float32), normal)
        photos.append(Photo(str(k), image, 0, depth=depth))
        normals.append(normal)
    film = tmp_path / "film.webp"
    Image.new("RGB", (4, 3)).save(film)
    camera, poses = from_field_of_view(4, 3, 1.0), np.tile(np.eye(4), (2, 1, 1))
    return RenderedViews(
        (camera,), tuple(photos), poses, identity_frame(), Source("rendered"), DepthEncoding(STEP),
        normals=tuple(normals), film=film,
    )  # fmt: skip


def test_depth_that_fits_comes_back_and_the_rest_is_none(views: RenderedViews) -> None:
    np.testing.assert_allclose(views.depth(0), [[0, 0.5, 65.534, 0]] * 3, atol=1e-4)
    assert (views.image(1) == 191).all()


def test_normals_are_colours_and_nothing_is_black(views: RenderedViews) -> None:
    pixels = np.asarray(Image.open(views.normals[0])).astype(int)
    assert pixels[0].tolist() == [[128, 128, 255], [128, 0, 128], [255, 128, 128], [0, 0, 0]]


def test_saved_views_are_the_same_views(views: RenderedViews, tmp_path: Path) -> None:
    views.save(tmp_path / "a")
    loaded = RenderedViews.load(tmp_path / "a")
    loaded.save(tmp_path / "b")
    names = sorted(path.relative_to(tmp_path / "a").as_posix() for path in (tmp_path / "a").rglob("*.*"))
    assert names == ["depths/00000.png", "depths/00001.png", "film.webp", "images/00000.png", "images/00001.png",
                     "normals/00000.png", "normals/00001.png", "rendered.json", "views.json"]  # fmt: skip
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    assert loaded.film == tmp_path / "a" / "film.webp"


def test_a_subset_keeps_its_normals_and_leaves_the_film(views: RenderedViews) -> None:
    one = views.subset([1])
    assert (len(one), one.normals, one.film) == (1, views.normals[1:], None)
    assert (one.image(0) == 191).all()
