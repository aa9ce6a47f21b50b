"""What every generator of panoramas promises: the picture all around a place, drawn as its maps say.

A panorama's middle column looks along -z, columns to the right turn towards +x, the upper rows look up (+y).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, UInt8


@dataclass(frozen=True, eq=False)
class PanoramaGuide:
    """What shall be seen around `position`: classes in ADE20K's colours, and distances along the rays in metres.

    Distances are infinite where nothing is said.
    """

    semantic: UInt8[np.ndarray, "h w 3"]
    distance: Float32[np.ndarray, "h w"]
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class KnownPixels:
    """The part of a panorama that is there already and stays as it is."""

    color: UInt8[np.ndarray, "h w 3"]
    known: Bool[np.ndarray, "h w"]


class PanoramaGenerator(ABC):
    """Anything that draws a panorama from a semantic map, distances and words."""

    @abstractmethod
    def generate(
        self, guide: PanoramaGuide, text: str, *, seed: int = 0, start: KnownPixels | None = None
    ) -> UInt8[np.ndarray, "h w 3"]:
        """sRGB colours of the guide's size; pixels that `start` knows come back as they were."""


def check_guide(guide: PanoramaGuide) -> None:
    """Raises ValueError where a guide is no panorama: not twice as wide as high, maps of two sizes, no distance."""
    h, w = guide.distance.shape
    if w != 2 * h or guide.semantic.shape != (h, w, 3):
        raise ValueError(
            f"guide: semantic and distance must be one panorama, twice as wide as high "
            f"(got {guide.semantic.shape[1]} by {guide.semantic.shape[0]} and {w} by {h})"
        )
    usable = np.isfinite(guide.distance) & (guide.distance > 0)
    if not usable.any():
        raise ValueError(f"guide.distance: must be positive and finite somewhere (got none among {h * w} pixels)")
