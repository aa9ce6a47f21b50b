"""Samples along rays inside the occupied cells, the definition in numpy.

Rays live in *flat* coordinates: the scene's box is the cube [0, 1]^3. An unbounded scene keeps its box in the middle
half, [0.25, 0.75]^3, and everything outside is drawn into the rest of the cube (`contract`), where the field and the
occupancy grid live.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int64


@dataclass(frozen=True)
class Marching:
    """How a ray is cut into steps: lengths in flat units."""

    step: float = 3**0.5 / 512
    cone: float = 0.0
    step_max: float = 0.5
    near: float = 0.0
    far: float = 16.0
    contracted: bool = False
    max_samples: int = 1024

    def __post_init__(self) -> None:
        if not 0 < self.step <= self.step_max:
            raise ValueError(f"marching.step: must be in (0, step_max] (got {self.step} and {self.step_max})")
        if not 0 <= self.near < self.far:
            raise ValueError(f"marching: need 0 <= near < far (got {self.near} and {self.far})")
        if self.cone < 0 or self.max_samples < 1:
            raise ValueError(f"marching: need cone >= 0, max_samples >= 1 (got {self.cone}, {self.max_samples})")


@dataclass(frozen=True)
class Samples:
    """Packed samples: those of ray r are starts[r] .. starts[r + 1]."""

    points: Float32[np.ndarray, "samples 3"]  # in the unit cube, contracted where the scene is
    distances: Float32[np.ndarray, " samples"]
    steps: Float32[np.ndarray, " samples"]
    starts: Int64[np.ndarray, " rays_1"]


def contract(flat: Float[np.ndarray, "points 3"]) -> Float[np.ndarray, "points 3"]:
    """All of space into the unit cube, the middle half as it is (Barron et al. 2022, eq. 10, in the maximum norm)."""
    v = (flat - 0.5) * 4
    m = np.maximum(np.abs(v).max(1, keepdims=True), 1)
    return np.asarray(0.5 + 0.25 * (2 - 1 / m) * v / m, flat.dtype)


def expand(unit: Float[np.ndarray, "points 3"]) -> Float[np.ndarray, "points 3"]:
    """Inverse of `contract`."""
    c = (unit - 0.5) * 4
    m = np.clip(np.abs(c).max(1, keepdims=True), 1, 2 - 1e-6)
    return np.asarray(0.5 + 0.25 * c / (m * (2 - m)), unit.dtype)


def slab(
    origins: Float32[np.ndarray, "rays 3"], directions: Float32[np.ndarray, "rays 3"]
) -> tuple[Float32[np.ndarray, " rays"], Float32[np.ndarray, " rays"]]:
    """Distances at which rays enter and leave the unit cube."""
    safe = np.where(np.abs(directions) > 1e-8, directions, np.float32(1e-8))
    a, b = -origins / safe, (1 - origins) / safe
    return np.minimum(a, b).max(1), np.maximum(a, b).min(1)


def march(
    origins: Float32[np.ndarray, "rays 3"],
    directions: Float32[np.ndarray, "rays 3"],
    jitter: Float32[np.ndarray, " rays"],
    occupied: Bool[np.ndarray, "g g g"],
    settings: Marching,
) -> Samples:
    """Every step of every ray whose point is in an occupied cell (indexed z, y, x); the first is shifted by jitter."""
    n, size, step = len(origins), occupied.shape[0], np.float32(settings.step)
    enter, leave = slab(origins, directions)
    if settings.contracted:
        enter, leave = np.zeros_like(enter), np.full_like(leave, settings.far)
    leave = np.minimum(leave, np.float32(settings.far))
    t = np.maximum(enter, np.float32(settings.near))
    t = t + jitter * np.clip(t * np.float32(settings.cone), step, np.float32(settings.step_max))
    first, k, counts = t, 0, np.zeros(n, np.int64)
    found: list[tuple[np.ndarray, ...]] = []
    while (alive := (t < leave) & (counts < settings.max_samples)).any():
        points = origins + t[:, None] * directions
        points = contract(points) if settings.contracted else points
        cell = np.clip((points * size).astype(np.int32), 0, size - 1)
        kept = np.flatnonzero(alive & occupied[cell[:, 2], cell[:, 1], cell[:, 0]])
        length = np.clip(t * np.float32(settings.cone), step, np.float32(settings.step_max))
        found.append((kept, points[kept], t[kept], length[kept]))
        counts[kept] += 1
        k += 1
        t = t + length if settings.cone else first + np.float32(k) * step
    rays = np.concatenate([part[0] for part in found]) if found else np.zeros(0, np.int64)
    order = np.argsort(rays, kind="stable")
    points, distances, lengths = (
        np.concatenate([part[j] for part in found])[order].astype(np.float32) if found else np.zeros(empty, np.float32)
        for j, empty in ((1, (0, 3)), (2, 0), (3, 0))
    )
    return Samples(points, distances, lengths, np.concatenate([[0], np.cumsum(counts)]))
