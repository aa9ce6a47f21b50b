"""Surface and texture brought nearer to the photos in turns, each by what the other has become.

A texture that all photos painted on a surface that lies wrong is blurred, and a surface that goes by a blurred texture
hardly moves: so neither is brought to its end alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from meshing.joined import join
from meshing.mesh import Mesh
from meshing.quality import Reference
from meshing.refine import refine_texture
from meshing.refine_shape import move

_TURN = 4  # rounds of moving vertices before the texture follows
_TEXTURE_ROUNDS = 3
_ENOUGH = 16  # photos from which on each round looks at every second one


@dataclass(frozen=True, eq=False)
class Reshaped:
    """The mesh with its vertices moved, the mean difference to the photos before and after in levels, and how far
    vertices moved on average."""

    mesh: Mesh
    before: float
    after: float
    moved: float


def refine_mesh(
    mesh: Mesh, photos: Sequence[Reference], *, rounds: int = 8, progress: Callable[[float], None] = lambda share: None
) -> Reshaped:
    """`mesh` with the vertices, after `rounds` of moving them, and the texture that are nearest to the photos.

    Photos are gone through many times: give them decoded. The differences to the photos are those before and after all
    turns. Raises ValueError for a mesh without a texture, or where there are no photos.
    """
    if len(photos) == 0 or rounds < 1:
        raise ValueError(f"photos, rounds: at least one of each is needed (got {len(photos)}, {rounds})")
    halves = [photos] if len(photos) < _ENOUGH else [photos[::2], photos[1::2]]
    textured = refine_texture(mesh, photos, rounds=_TEXTURE_ROUNDS)
    before, found, joined = textured.before, textured.mesh, join(mesh)
    for first in range(0, rounds, _TURN):
        for number in range(first, min(first + _TURN, rounds)):
            found, _ = move(found, joined, halves[number % len(halves)])
            progress((number + 1) / rounds)
        textured = refine_texture(found, photos, rounds=_TEXTURE_ROUNDS)
        found = textured.mesh
    moved = np.linalg.norm(found.vertices - mesh.vertices, axis=1).mean()
    return Reshaped(found, before, textured.after, float(moved))
