import numpy as np
import pytest
from skimage.metrics import structural_similarity

from nerf.ngp.quality import psnr, ssim


def test_psnr_of_a_known_error() -> None:
    photo = np.full((8, 8, 3), 0.5)
    assert psnr(photo + 0.1, photo) == pytest.approx(20)
    mask = np.zeros((8, 8), bool)
    mask[0, 0] = True
    assert psnr(np.where(mask[..., None], photo + 0.01, 0.9), photo, mask) == pytest.approx(40)


def test_ssim_agrees_with_scikit_image() -> None:
    rng = np.random.default_rng(0)
    photo = rng.random((40, 50, 3))
    picture = np.clip(photo + rng.normal(size=photo.shape) * 0.1, 0, 1)
    expected = structural_similarity(
        picture, photo, channel_axis=2, data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert ssim(picture, photo) == pytest.approx(expected, abs=1e-6)
    assert ssim(photo, photo) == pytest.approx(1)
