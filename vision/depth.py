"""What every source of depth gives: inverse depth with a confidence, and whether it is metric.

Owns the artifact `InverseDepth` and the interface `DepthModel`. Does not own any source.
"""

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Shaped, UInt8
from PIL import Image


@dataclass(frozen=True, eq=False)
class InverseDepth:
    """`values` grow towards the camera: 1/metre where `metric`, else up to an unknown positive scale and a shift.

    `confidence` is 0 (nothing known) to 1 (measured). `source` names what made it. `detail` is the longer side in
    pixels at which it was made, where that is less than its size: its edges are as coarse as that.
    """

    values: Float32[np.ndarray, "h w"]
    confidence: Float32[np.ndarray, "h w"]
    metric: bool = False
    source: str = ""
    detail: int | None = None

    def save(self, folder: Path) -> None:
        """Write `inverse_depth.npz` and `inverse_depth.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "inverse_depth.npz", values=self.values, confidence=self.confidence)
        about = {"metric": self.metric, "source": self.source, "detail": self.detail}
        (folder / "inverse_depth.json").write_text(json.dumps(about, sort_keys=True, indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> "InverseDepth":
        """What `save` wrote into `folder`."""
        about = json.loads((folder / "inverse_depth.json").read_text())
        with np.load(folder / "inverse_depth.npz", allow_pickle=False) as arrays:
            return cls(arrays["values"], arrays["confidence"], **about)

    def resized(self, height: int, width: int) -> "InverseDepth":
        """The same for a picture of another size, bilinear."""
        if self.values.shape == (height, width):
            return self
        values, confidence = (_resize(array, height, width) for array in (self.values, self.confidence))
        detail = min(self.detail or max(self.values.shape), max(height, width))
        return InverseDepth(values, confidence, self.metric, self.source, detail)


class DepthModel(ABC):
    """Anything that makes inverse depth of one picture."""

    @abstractmethod
    def predict(self, rgb: UInt8[np.ndarray, "h w 3"]) -> InverseDepth:
        """Inverse depth of the picture's own size."""


def inverse_depth(
    values: Shaped[np.ndarray, "h w"],
    confidence: Shaped[np.ndarray, "h w"] | float = 1.0,
    *,
    metric: bool = False,
    source: str = "",
    where: str = "depth",
) -> InverseDepth:
    """Checked numbers as `InverseDepth`: pixels that are not finite get the farthest value and confidence 0.

    Raises ValueError where nothing is known at all or everything is the same, which no scene is.
    """
    levels = np.asarray(values, np.float64)
    known = np.isfinite(levels)
    if metric:
        known &= levels >= 0
    if not known.any():
        raise ValueError(f"{where}: has no finite value among {levels.size}; at least some depth must be known")
    low, high = float(levels[known].min()), float(levels[known].max())
    if not high > low:
        raise ValueError(f"{where}: is {low:g} everywhere; a scene has nearer and farther parts")
    sure = np.broadcast_to(np.asarray(confidence, np.float64), levels.shape)
    sure = np.where(known & np.isfinite(sure), np.clip(sure, 0, 1), 0)
    filled = np.where(known, levels, low)
    return InverseDepth(filled.astype(np.float32), sure.astype(np.float32), metric, source)


def inverse_of_depth(depth: Shaped[np.ndarray, "h w"], *, source: str = "rgbd", where: str = "depth") -> InverseDepth:
    """Inverse depth of a depth map in metres, in which 0, negative and non-finite numbers mean unknown."""
    metres = np.asarray(depth, np.float64)
    known = np.isfinite(metres) & (metres > 1e-6)
    if not known.any():
        raise ValueError(f"{where}: has no positive finite depth among {metres.size} pixels; some must be known")
    inverse: Float64[np.ndarray, "h w"] = np.full(metres.shape, np.nan)
    inverse[known] = 1 / metres[known]
    return inverse_depth(filled_from_farther_side(inverse), known.astype(np.float64), metric=True, source=source)


def filled_from_farther_side(values: Float64[np.ndarray, "h w"]) -> Float64[np.ndarray, "h w"]:
    """NaN replaced by the farther (smaller) of the next known values to the left and right, then up and down.

    What a sensor or a pair of views cannot see lies beside a near object, on the surface behind it.
    """
    filled = values
    for axis in (1, 0):
        if not np.isnan(filled).any():
            break
        filled = np.where(np.isnan(filled), np.fmin(_carried(filled, axis, 1), _carried(filled, axis, -1)), filled)
    return filled


def _carried(values: np.ndarray, axis: int, step: int) -> np.ndarray:
    """The last number seen when walking along `axis`; NaN before the first."""
    lines = np.moveaxis(values, axis, 1)[:, ::step]
    index = np.where(np.isnan(lines), 0, np.arange(lines.shape[1]))
    index = np.maximum.accumulate(index, axis=1)
    carried = np.take_along_axis(lines, index, axis=1)
    return np.moveaxis(carried[:, ::step], 1, axis)


def _resize(array: np.ndarray, height: int, width: int) -> np.ndarray:
    return np.asarray(Image.fromarray(array).resize((width, height), Image.Resampling.BILINEAR), np.float32)
