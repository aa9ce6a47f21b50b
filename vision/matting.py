"""What every matting model promises: how much of each pixel belongs to the object in the picture."""

from abc import ABC, abstractmethod

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

Array = np.ndarray


class Matting(ABC):
    """A picture to the share of its object in every pixel."""

    @abstractmethod
    def alpha(self, rgb: UInt8[Array, "h w 3"]) -> Float32[Array, "h w"]:
        """0 for background, 1 for the object, between at soft edges."""


def as_alpha(values: np.ndarray, height: int, width: int, name: str) -> Float32[Array, "height width"]:
    """A network's map as shares of a picture's pixels."""
    squeezed = np.squeeze(np.asarray(values, np.float32))
    if squeezed.ndim != 2:
        raise ValueError(f"{name}: must give one map (got shape {np.shape(values)})")
    if not np.isfinite(squeezed).all():
        raise ValueError(f"{name}: gave numbers that are not finite")
    if squeezed.min() < -0.01 or squeezed.max() > 1.01:
        squeezed = (1 / (1 + np.exp(-np.clip(squeezed, -60, 60)))).astype(np.float32)
    large = Image.fromarray(squeezed.clip(0, 1)).resize((width, height), Image.Resampling.BILINEAR)
    alpha: Array = np.asarray(large, np.float32).clip(0, 1)
    return alpha
