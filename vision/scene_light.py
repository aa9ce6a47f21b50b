"""A painted scene becomes a photograph: sun and shade, sky, haze, focus, exposure and noise."""

import numpy as np
from jaxtyping import Float64, UInt8

from vision.scene_surfaces import noise


def lit(
    rng: np.random.Generator,
    image: Float64[np.ndarray, "h w 3"],
    inverse: Float64[np.ndarray, "h w"],
    normal: Float64[np.ndarray, "h w 3"],
    kind: str,
) -> Float64[np.ndarray, "h w 3"]:
    """The colours in the light of a sun and of what is around; indoors it falls off with depth."""
    sun = np.array([rng.uniform(-1, 1), rng.uniform(0.3, 1.5), rng.uniform(-1, 0.5)])
    sun /= np.linalg.norm(sun)
    facing = np.clip((normal * sun).sum(axis=-1), 0, 1)
    around = rng.uniform(0.3, 0.7) * (0.7 + 0.3 * normal[..., 1])
    fall = 1.0 if kind in ("street", "landscape") else 1 / (1 + rng.uniform(0, 0.3) / np.maximum(inverse, 0.05))
    tint = 1 + 0.12 * rng.normal(size=3)
    return np.asarray(image * ((around + rng.uniform(0.3, 1.0) * facing) * fall)[..., None] * tint)


def sky_behind(rng: np.random.Generator, height: int, width: int) -> Float64[np.ndarray, "h w 3"]:
    """From deep blue above to pale below, sometimes with clouds."""
    top, low = rng.random(3) * 0.4 + (0.2, 0.35, 0.5), rng.random(3) * 0.3 + 0.65
    share = np.linspace(0, 1, height)[:, None, None]
    plain = np.broadcast_to(top * (1 - share) + low * share, (height, width, 3))
    if rng.random() < 0.4:
        return np.asarray(plain)
    n = max(height, width)
    clouds = np.clip(noise(rng, n, 3)[:height, :width], 0, 3)[..., None]
    return np.asarray(plain + 0.2 * clouds)


def aired(
    rng: np.random.Generator,
    image: Float64[np.ndarray, "h w 3"],
    inverse: Float64[np.ndarray, "h w"],
    sky: Float64[np.ndarray, "h w 3"],
    kind: str,
) -> Float64[np.ndarray, "h w 3"]:
    """Haze in the open."""
    if kind not in ("street", "landscape"):
        return image
    clear = np.exp(-np.exp(rng.uniform(-8, -3.2)) / np.maximum(inverse, 1e-3))[..., None]
    return np.asarray(image * clear + (1 - clear) * sky[-1:, :1])


def photographed(
    rng: np.random.Generator, image: Float64[np.ndarray, "h w 3"], inverse: Float64[np.ndarray, "h w"], kind: str
) -> UInt8[np.ndarray, "h w 3"]:
    """Out of focus behind what is near, exposed, with a camera's curve and noise."""
    from scipy.ndimage import gaussian_filter

    if kind in ("portrait", "table", "object") and rng.random() < 0.6:
        width = rng.uniform(1, 4)
        soft = gaussian_filter(image, (width, width, 0))
        near = np.percentile(inverse, 95)
        share = np.clip((near - inverse) / max(near, 1e-6) * rng.uniform(1, 2) - 0.3, 0, 1)
        share = gaussian_filter(share, 1)[..., None]
        image = image * (1 - share) + soft * share
    image = np.clip(image * rng.uniform(0.7, 1.2) / max(np.percentile(image, 97), 1e-3), 0, 1)
    image = image ** (1 / rng.uniform(1.4, 2.3)) + rng.normal(size=image.shape) * rng.uniform(0, 0.03)
    return (np.clip(image, 0, 1) * 255).astype(np.uint8)
