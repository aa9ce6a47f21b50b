"""Which cells of the unit cube hold anything: a grid of decayed densities (Müller et al. 2022, appendix E.2)."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float32, Int64

from nerf.ngp.march_numba import bit_fields
from nerf.ngp.occupancy_numba import cell_points, raise_cells
from nerf.ngp.random_numba import CELLS, POINTS, fill_uniform

OPAQUE = 0.01 * 1024 / 3**0.5  # density that absorbs 1 % over instant-ngp's shortest step: 5.912
DECAY = 0.95


class OccupancyGrid:
    """Densities of `size`^3 cells, x fastest; `allowed` cells may hold something, the rest never does."""

    def __init__(self, size: int = 128) -> None:
        if size % 4 or size < 8:
            raise ValueError(f"occupancy.size: must be a multiple of 4, at least 8 (got {size})")
        self.size = size
        self.density = np.zeros(size**3, np.float32)
        self._stamps = np.zeros(size**3, np.int64)  # the update that decayed a cell last
        self.allowed = np.ones(size**3, bool)
        self.occupied = np.ones(size**3, bool)
        self.set_occupied(self.occupied)

    def set_occupied(self, occupied: np.ndarray) -> None:
        """Say which cells are marched through until the next update; cells that are not allowed stay empty."""
        self.occupied = occupied.reshape(-1) & self.allowed
        self.bits, self.coarse = bit_fields(self.occupied.reshape((self.size,) * 3))

    def restrict(self, allowed: Bool[np.ndarray, " cells"]) -> None:
        """Switch all other cells off for good."""
        self.allowed = allowed
        self.density[~allowed] = 0
        self.set_occupied(self.occupied)

    @property
    def share(self) -> float:
        """Share of the cube that is marched through."""
        return float(self.occupied.mean())

    def cells(self, seed: int, step: int, n_uniform: int, n_occupied: int) -> Int64[np.ndarray, " chosen"]:
        """Cells to look at: random allowed ones, then occupied ones (all, or an even random choice)."""
        draws = np.empty(n_uniform, np.float32)
        fill_uniform(seed, step, CELLS, draws)
        allowed = np.flatnonzero(self.allowed)
        occupied = np.flatnonzero(self.occupied)
        if len(occupied) > n_occupied:
            stride = len(occupied) / n_occupied
            start = draws[0] * stride
            occupied = occupied[
                np.minimum((start + stride * np.arange(n_occupied)).astype(np.int64), len(occupied) - 1)
            ]
        return np.concatenate([allowed[(draws * len(allowed)).astype(np.int64)], occupied])

    def points(self, cells: Int64[np.ndarray, " chosen"], seed: int, step: int) -> Float32[np.ndarray, "chosen 3"]:
        """A random point in each cell."""
        draws = np.empty(3 * len(cells), np.float32)
        fill_uniform(seed, step, POINTS, draws)
        return cell_points(cells, self.size, draws.reshape(-1, 3))

    def update(
        self,
        density: Callable[[Float32[np.ndarray, "points 3"]], Float32[np.ndarray, " points"]],
        seed: int,
        step: int,
        *,
        n_uniform: int = 1 << 16,
        n_occupied: int = 1 << 17,
    ) -> None:
        """Decay the cells that are looked at, raise them to the density found, and choose the occupied ones anew."""
        cells = self.cells(seed, step, n_uniform, n_occupied)
        if not len(cells):
            return
        found = density(self.points(cells, seed, step))
        raise_cells(self.density, self._stamps, cells, found, step + 1, np.float32(DECAY))
        self.threshold()

    def threshold(self) -> None:
        """Occupied: denser than `OPAQUE` or than the mean of the whole cube.

        The mean must count the cells that are not allowed, as 0: among silhouettes most cells hold something, and a
        threshold at their own mean switched half of a shape off for good (15 instead of 19 dB after 250 steps).
        """
        occupied = self.density > min(OPAQUE, float(self.density.mean()))
        self.set_occupied(occupied)
