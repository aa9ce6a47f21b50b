"""sRGB as photos store it, and linear light as glTF wants it in factors and vertex colours (IEC 61966-2-1)."""

import numpy as np
from jaxtyping import Float64, Shaped, UInt8


def linear_from_srgb(color: Shaped[np.ndarray, "*shape"]) -> Float64[np.ndarray, "*shape"]:
    """Light in 0 ... 1 from sRGB values, uint8 or 0 ... 1."""
    s = color / 255.0 if color.dtype == np.uint8 else color.astype(np.float64)
    light: np.ndarray = np.where(s <= 0.04045, s / 12.92, ((np.maximum(s, 0) + 0.055) / 1.055) ** 2.4)
    return light


def srgb_from_linear(light: Shaped[np.ndarray, "*shape"]) -> UInt8[np.ndarray, "*shape"]:
    """uint8 sRGB values from light in 0 ... 1; what lies outside is clipped."""
    x = np.clip(light.astype(np.float64), 0, 1)
    s = np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)
    levels: np.ndarray = np.rint(s * 255)
    return levels.astype(np.uint8)
