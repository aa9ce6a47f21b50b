"""Where a field lives: from world coordinates to the unit cube, with space outside contracted or not."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Float64

from nerf.ngp.march import contract, expand


@dataclass(frozen=True, eq=False)
class Volume:
    """`centre` and `half_size` (world units) of the scene's box: it fills the cube, or its middle half if unbounded."""

    centre: Float64[np.ndarray, "3"]
    half_size: float
    contracted: bool = False

    def __post_init__(self) -> None:
        if not (np.isfinite(self.centre).all() and np.isfinite(self.half_size) and self.half_size > 0):
            raise ValueError(
                f"volume: needs a finite centre and a positive size (got {self.centre.tolist()}, {self.half_size})"
            )

    @property
    def scale(self) -> float:
        """Flat units per world unit."""
        return (0.25 if self.contracted else 0.5) / self.half_size

    def flat(self, world: Float[np.ndarray, "*batch 3"]) -> Float64[np.ndarray, "*batch 3"]:
        """World points in the coordinates rays are marched in."""
        return np.asarray((world - self.centre) * self.scale + 0.5, np.float64)

    def unit(self, world: Float[np.ndarray, "points 3"]) -> Float64[np.ndarray, "points 3"]:
        """World points in the cube that the field knows; outside [0, 1] where a bounded field knows nothing."""
        return contract(self.flat(world)) if self.contracted else self.flat(world)

    def world(self, unit: Float[np.ndarray, "points 3"]) -> Float64[np.ndarray, "points 3"]:
        """Inverse of `unit`."""
        flat = expand(unit) if self.contracted else unit
        return np.asarray((flat - 0.5) / self.scale + self.centre, np.float64)

    @property
    def bounds(self) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"]]:
        """Corners of the scene's box in the world."""
        return self.centre - self.half_size, self.centre + self.half_size

    def to_json(self) -> dict[str, Any]:
        return {"centre": self.centre.tolist(), "half_size": self.half_size, "contracted": self.contracted}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Volume":
        """The volume that `to_json` described."""
        return cls(np.array(content["centre"], np.float64), float(content["half_size"]), bool(content["contracted"]))
