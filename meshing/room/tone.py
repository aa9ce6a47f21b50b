"""From relative radiance to what a screen shows: exposure, white balance and a curve that keeps highlights."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


_GREY = 0.45  # the albedo that rooms have on average


@dataclass(frozen=True)
class Tone:
    """How radiance is shown: factors per channel, then a curve that reaches white at `white`."""

    gain: tuple[float, float, float]
    white: float


def tone_for(
    radiance: Float[np.ndarray, "n 3"],
    irradiance: Float[np.ndarray, "n 3"],
    weight: Float[np.ndarray, "n"],
    *,
    key: float = 0.2,
) -> Tone:
    """The exposure at which the room looks as to adapted eyes, its light two thirds white.

    Half the exposure follows what surfaces send, half what falls on them, as meters do; else dark walls would bleach
    whatever is white.
    """
    sent, fallen = radiance @ _LUMINANCE, irradiance @ _LUMINANCE
    middle = float(np.sqrt(_quantile(sent, weight, 0.5) * _GREY * _quantile(fallen, weight, 0.5)))
    cast = (irradiance * weight[:, None]).sum(axis=0) / weight.sum()
    balance = (float(cast @ _LUMINANCE) / np.maximum(cast, 1e-9)) ** 0.66
    exposure = key / max(middle, 1e-6)
    gain = exposure * balance
    white = max(1.6, 0.9 * _quantile(sent, weight, 0.995) * exposure)
    return Tone((float(gain[0]), float(gain[1]), float(gain[2])), white)


def _quantile(values: np.ndarray, weight: np.ndarray, share: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, share * reached[-1])])


def shown(radiance: Float[np.ndarray, "*n 3"], tone: Tone) -> Float[np.ndarray, "*n 3"]:
    """Radiance as linear display light from 0 to 1: Reinhard et al. 2002, eq. 4.

    Half on luminance, which keeps colours, half on each channel, which lets them fade as film does.
    """
    x = radiance * np.asarray(tone.gain, radiance.dtype)
    luminance = (x @ _LUMINANCE)[..., None]
    kept = x * _curve(luminance, tone.white) / np.maximum(luminance, 1e-6)
    result: np.ndarray = np.clip(0.4 * kept + 0.6 * _curve(x, tone.white), 0, 1)
    return result


def _curve(x: np.ndarray, white: float) -> np.ndarray:
    result: np.ndarray = x * (1 + x / white**2) / (1 + x)
    return result


def srgb(linear: Float[np.ndarray, "*n 3"]) -> UInt8[np.ndarray, "*n 3"]:
    """Linear display light as sRGB bytes."""
    x = np.clip(linear, 0, 1)
    encoded = np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.power(np.maximum(x, 1e-9), 1 / 2.4) - 0.055)
    return np.asarray(np.rint(encoded * 255).astype(np.uint8))
