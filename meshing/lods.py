"""The same surface in several finenesses, of which a reader shows the coarsest that looks the same from where it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from meshing.mesh import Mesh, check_mesh
from meshing.simplify import simplify

_LINES = 1440.0  # a headset's picture from top to bottom
_PIXELS = 1.0  # how far a coarser surface may lie off in that picture, in the mean of its three-fold
_FEWEST = 50  # triangles; there is nothing to gain from fewer


@dataclass(frozen=True, eq=False)
class Lods:
    """Levels of detail, finest first; all share the first one's texture.

    `coverages` says for each level the share of the picture that the object takes at the least when it is shown;
    falling, the last is 0.
    """

    meshes: tuple[Mesh, ...]
    coverages: tuple[float, ...]

    def save(self, folder: Path) -> None:
        """Write each level into a folder of its own, the texture once, and the coverages."""
        for number, mesh in enumerate(self.meshes):
            mesh = mesh if number == 0 else replace(mesh, base_color=None)
            mesh.save(folder / f"level_{number}")
        np.savez(folder / "coverages.npz", coverages=np.array(self.coverages))

    @classmethod
    def load(cls, folder: Path) -> "Lods":
        """The levels that `save` wrote into `folder`."""
        with np.load(folder / "coverages.npz", allow_pickle=False) as arrays:
            coverages = tuple(float(value) for value in arrays["coverages"])
        first = Mesh.load(folder / "level_0")
        others = (Mesh.load(folder / f"level_{number}") for number in range(1, len(coverages)))
        return cls((first, *(replace(mesh, base_color=first.base_color) for mesh in others)), coverages)

    def map(self, change: Callable[[Mesh], Mesh]) -> "Lods":
        """The levels with each mesh sent through `change`."""
        return Lods(tuple(change(mesh) for mesh in self.meshes), self.coverages)


def make_lods(mesh: Mesh, shares: Sequence[float] = (0.5, 0.25, 0.1)) -> Lods:
    """`mesh` and a coarser form of it for each share of its triangles, texture coordinates kept.

    The chain ends early where the shape does not allow fewer triangles or where there are too few to save any.
    """
    check_mesh(mesh)
    for number, share in enumerate(shares):
        if not 0 < share < (shares[number - 1] if number else 1):
            raise ValueError(f"shares: must fall from under 1 to above 0 (got {list(shares)})")
    levels, reach = [mesh], []
    size = float(np.linalg.norm(np.ptp(mesh.vertices, axis=0)))
    for share in shares:
        wanted = round(share * len(mesh.faces))
        if wanted < _FEWEST:
            break
        try:
            small = simplify(mesh, wanted, n_samples=20_000)
        except ValueError:  # of its texture's seams no more can go
            break
        levels.append(small.mesh)
        reach.append(coverage(size, 3 * small.deviation.mean))
    falling = np.minimum.accumulate(reach) if reach else np.zeros(0)
    return Lods(tuple(levels), (*(float(value) for value in falling), 0.0))


def coverage(size: float, error: float) -> float:
    """The share of the picture's area at which `error` on an object of `size` comes to one line of a headset."""
    return min(1.0, (_PIXELS * size / (max(error, 1e-30) * _LINES)) ** 2)
