"""How close a rendered picture is to a photo: PSNR and SSIM."""

import math

import numpy as np
from jaxtyping import Float


def psnr(
    picture: Float[np.ndarray, "h w 3"], photo: Float[np.ndarray, "h w 3"], mask: np.ndarray | None = None
) -> float:
    """Peak signal-to-noise ratio in dB for values in [0, 1], over the pixels of a mask when there is one."""
    squared = (np.clip(picture, 0, 1) - photo) ** 2
    error = float((squared if mask is None else squared[mask]).mean())
    return -10 * math.log10(max(error, 1e-12))


def ssim(picture: Float[np.ndarray, "h w 3"], photo: Float[np.ndarray, "h w 3"]) -> float:
    """Structural similarity with a Gaussian window of 1.5 pixels (Wang et al. 2004), mean of the three colours."""
    from scipy.ndimage import gaussian_filter

    def blur(x: np.ndarray) -> np.ndarray:
        return np.asarray(gaussian_filter(x, (1.5, 1.5, 0), truncate=3.5))

    a, b = np.clip(picture, 0, 1).astype(np.float64), photo.astype(np.float64)
    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b, cov = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2, blur(a * b) - mean_a * mean_b
    c1, c2 = 0.01**2, 0.03**2
    similarity = (2 * mean_a * mean_b + c1) * (2 * cov + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
    pad = 5
    inner = similarity[pad:-pad, pad:-pad] if min(similarity.shape[:2]) > 4 * pad else similarity
    return float(inner.mean())
