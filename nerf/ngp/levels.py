"""The level table of a multiresolution hash grid: resolutions, sizes and where each level starts."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float32, Int64

PRIME_Y, PRIME_Z = 2654435761, 805459861


@dataclass(frozen=True)
class Levels:
    """Geometry of the hash grid (Müller et al. 2022, section 3; sizes as in tiny-cuda-nn's grid.h)."""

    n_levels: int = 8
    features: int = 4
    log2_size: int = 17
    coarsest: int = 16
    finest: int = 1024

    def __post_init__(self) -> None:
        if self.n_levels < 1 or self.features not in (1, 2, 4, 8):
            raise ValueError(
                f"levels: n_levels must be >= 1 and features 1, 2, 4 or 8 (got {self.n_levels} x {self.features})"
            )
        if not 4 <= self.log2_size <= 24:
            raise ValueError(f"levels.log2_size: must be between 4 and 24 (got {self.log2_size})")
        if not 2 <= self.coarsest <= self.finest <= 1 << 19:
            raise ValueError(
                f"levels: need 2 <= coarsest <= finest <= 524288 (got coarsest {self.coarsest}, finest {self.finest})"
            )
        if self.width % 4:
            raise ValueError(f"levels: n_levels x features must be a multiple of 4 (got {self.width})")

    @property
    def width(self) -> int:
        """Numbers per point after encoding."""
        return self.n_levels * self.features

    @property
    def growth(self) -> float:
        """Ratio b of neighbouring resolutions (eq. 3)."""
        if self.n_levels == 1:
            return 1.0
        return math.exp((math.log(self.finest) - math.log(self.coarsest)) / (self.n_levels - 1))

    @cached_property
    def scales(self) -> Float32[np.ndarray, " levels"]:
        """Grid positions are x * scale + 0.5."""
        return np.array([self.coarsest * self.growth**level - 1.0 for level in range(self.n_levels)], np.float32)

    @cached_property
    def resolutions(self) -> Int64[np.ndarray, " levels"]:
        exact = [self.coarsest * self.growth**level - 1.0 for level in range(self.n_levels)]
        return np.array([math.ceil(round(scale, 6)) + 1 for scale in exact], np.int64)

    @cached_property
    def dense(self) -> np.ndarray:  # bool (levels,)
        """Whether each cell of a level has an entry of its own."""
        return np.asarray(self.resolutions**3 <= (1 << self.log2_size))

    @cached_property
    def sizes(self) -> Int64[np.ndarray, " levels"]:
        """Entries per level: dense levels are rounded up to a multiple of 8."""
        return np.asarray(np.minimum((self.resolutions**3 + 7) // 8 * 8, 1 << self.log2_size))

    @cached_property
    def offsets(self) -> Int64[np.ndarray, " levels"]:
        """First entry of each level."""
        return np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.int64)

    @property
    def n_entries(self) -> int:
        return int(self.sizes.sum())

    @property
    def n_parameters(self) -> int:
        return self.n_entries * self.features
