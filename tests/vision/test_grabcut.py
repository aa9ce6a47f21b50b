from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from vision.grabcut import grab_cut

Array = np.ndarray


def textured(mean: tuple[int, int, int], shape: tuple[int, int], seed: int) -> Array:
    """A surface of one colour with coarse and fine unevenness."""
    rng = np.random.default_rng(seed)
    coarse = ndimage.gaussian_filter(rng.normal(0, 400, shape), 12)
    return np.clip(np.array(mean) + coarse[..., None] + rng.normal(0, 6, (*shape, 3)), 0, 255)


def scene() -> tuple[Array, Array]:
    """A red and blue ball before greenery, and where it is."""
    shape = (120, 160)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    ball = (rows - 60) ** 2 + (columns - 75) ** 2 < 34**2
    paint = np.where((rows < 55)[..., None], textured((190, 60, 50), shape, 1), textured((60, 70, 190), shape, 2))
    ground = np.where((rows < 70)[..., None], textured((90, 140, 70), shape, 3), textured((150, 140, 110), shape, 4))
    return np.where(ball[..., None], paint, ground).astype(np.uint8), ball


def test_a_ball_of_two_colours_is_cut_out_of_an_uneven_background() -> None:
    picture, ball = scene()
    found = grab_cut(picture)
    assert (found & ball).sum() / (found | ball).sum() > 0.9
    assert np.array_equal(grab_cut(picture), found)


def test_size_changes_the_mask_little() -> None:
    picture, ball = scene()
    large = np.asarray(Image.fromarray(picture).resize((480, 360), Image.Resampling.BICUBIC))
    found = grab_cut(large)
    assert found.shape == (360, 480)
    truth = np.asarray(Image.fromarray(ball).resize((480, 360)))
    assert (found & truth).sum() / (found | truth).sum() > 0.88


@pytest.mark.parametrize("picture", [
    np.full((40, 50, 3), 90, np.uint8),
    np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8),
    np.zeros((1, 1, 3), np.uint8),
    np.zeros((3, 200, 3), np.uint8),
])  # fmt: skip
def test_where_nothing_stands_out_nothing_is_cut(picture: Array) -> None:
    assert not grab_cut(picture).any()


def test_the_fox_comes_out_of_its_wallpaper(shared_data: Path) -> None:
    photo = Image.open(shared_data / "fox" / "images" / "0001.jpg").convert("RGB")
    photo.thumbnail((240, 240))
    found = grab_cut(np.asarray(photo))
    height, width = found.shape
    assert found[height // 2, width // 2]
    rim = np.concatenate([found[0], found[-1], found[:, 0], found[:, -1]])
    assert not rim.any()
    assert 0.15 < found.mean() < 0.4
