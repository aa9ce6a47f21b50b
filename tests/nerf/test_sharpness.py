"""Sharpness falls when a picture is blurred, at any size."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from nerf.sharpness import sharpness


@pytest.mark.parametrize("size", [(300, 200), (2000, 1500)])
def test_the_more_blur_the_less_sharp(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (size[1] // 10, size[0] // 10), np.uint8)
    picture = Image.fromarray(noise).resize(size, Image.Resampling.NEAREST)
    blur = max(size) / 200
    values = [sharpness(np.asarray(picture.filter(ImageFilter.GaussianBlur(blur * much)))) for much in (0, 0.5, 1, 2)]
    assert values[0] > 2 * values[1] > 4 * values[2] > 8 * values[3]


def test_a_flat_picture_and_a_tiny_one_are_not_sharp() -> None:
    assert sharpness(np.full((50, 50), 77, np.uint8)) == 0.0
    assert sharpness(np.zeros((2, 2), np.uint8)) == 0.0


def test_a_single_bright_pixel_has_the_variance_of_the_five_point_laplacian() -> None:
    grey = np.zeros((7, 7), np.uint8)
    grey[3, 3] = 1
    values = np.array([-4] + 4 * [1] + 20 * [0])  # 5 x 5 inner pixels
    assert sharpness(grey) == pytest.approx(values.var())
