"""The things of a room while it is built: patches with the materials they wear, and their colours at any place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int

from meshing.room.materials import Samples, Surface
from meshing.room.patch import Patch

_CHUNK = 1 << 19


@dataclass(frozen=True, eq=False)
class Piece:
    """One node to be: a thing in its box, or a part of the shell."""

    name: str
    label: str
    patches: tuple[Patch, ...]
    surfaces: Mapping[str, Surface]
    seed: float
    is_shell: bool


class Pieces:
    """All patches of all pieces in one row, and what paints each."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = tuple(pieces)
        self.patches = [patch for piece in pieces for patch in piece.patches]
        self.piece_of = np.repeat(np.arange(len(pieces)), [len(piece.patches) for piece in pieces])
        self._extent = np.array([patch.uv.reshape(-1, 2).max(axis=0) for patch in self.patches])
        numbers = np.array([patch.number for patch in self.patches], np.float64)
        seeds = np.array([piece.seed for piece in pieces])[self.piece_of]
        self._seed = (seeds + numbers * 0.6180339887) % 1
        names: dict[tuple[int, str], int] = {}
        self._group = np.empty(len(self.patches), np.int64)
        self._surfaces: list[Surface] = []
        for index, patch in enumerate(self.patches):
            surfaces = self.pieces[self.piece_of[index]].surfaces
            key = (id(surfaces), patch.material)
            if key not in names:
                names[key] = len(names)
                self._surfaces.append(surfaces[patch.material])
            self._group[index] = names[key]

    def surface(self, patch: int) -> Surface:
        """The material of a patch."""
        return self._surfaces[int(self._group[patch])]

    def colors(
        self, patch: Int[np.ndarray, "n"], position: Float[np.ndarray, "n 3"], uv: Float[np.ndarray, "n 2"]
    ) -> Float64[np.ndarray, "n 3"]:
        """Linear albedo at places on patches."""
        result = np.empty((len(patch), 3))
        group = self._group[patch]
        order = np.argsort(group, kind="stable")
        starts = np.searchsorted(group[order], np.arange(len(self._surfaces) + 1))
        for number, surface in enumerate(self._surfaces):
            for begin in range(int(starts[number]), int(starts[number + 1]), _CHUNK):
                rows = order[begin : min(begin + _CHUNK, int(starts[number + 1]))]
                owner = patch[rows]
                at = Samples(
                    uv[rows].astype(np.float64),
                    position[rows].astype(np.float64),
                    self._extent[owner],
                    self._seed[owner],
                )
                result[rows] = np.clip(surface.paint(at), 0.0, 1.0)
        return result
