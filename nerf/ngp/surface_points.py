"""Points on what is there already, for a field to start from: triangles, or another field."""

import numpy as np
from jaxtyping import Float64, Int

from nerf.ngp.radiance_field import RadianceField

OPAQUE_CELL = 0.25  # share of light that a cell of the grid must absorb to count as solid
LOOKS = 8  # random points per cell


def points_on_triangles(
    vertices: Float64[np.ndarray, "vertices 3"], faces: Int[np.ndarray, "faces 3"], n_points: int, seed: int
) -> Float64[np.ndarray, "points 3"]:
    """Random points, evenly by area."""
    if len(faces) == 0:
        raise ValueError("mesh: has no faces to take points from")
    rng = np.random.default_rng(seed)
    corners = vertices[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    if not np.isfinite(area).all() or area.sum() <= 0:
        raise ValueError("mesh: its triangles have no area, or vertices that are not finite")
    chosen = corners[rng.choice(len(faces), n_points, p=area / area.sum())]
    u, v = rng.random((2, n_points, 1))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    return np.asarray(chosen[:, 0] + u * (chosen[:, 1] - chosen[:, 0]) + v * (chosen[:, 2] - chosen[:, 0]))


def points_in_field(field: RadianceField, n_points: int, seed: int) -> Float64[np.ndarray, "points 3"]:
    """Random points in the outermost solid cells of another field; ValueError where it holds nothing solid.

    A cell is solid where it absorbs a quarter of the light; those with solid cells on all six sides are inside.
    """
    rng = np.random.default_rng(seed)
    size = round((8 * len(field.occupied)) ** (1 / 3))
    cells = np.flatnonzero(np.unpackbits(field.occupied, bitorder="little"))
    index = np.stack([cells % size, cells // size % size, cells // size**2], -1)
    near, far = (field.volume.world((index + np.array([side, 0.5, 0.5])) / size) for side in (0.0, 1.0))
    edge = np.linalg.norm(far - near, axis=1)
    densest, places = np.zeros(len(cells), np.float32), np.zeros((len(cells), 3))
    for _ in range(LOOKS):
        points = field.volume.world((index + rng.random((len(cells), 3))) / size)
        density = field.density(points)
        higher = density > densest
        densest, places[higher] = np.maximum(densest, density), points[higher]
    solid = np.zeros((size + 2,) * 3, bool)
    at = tuple(index.T + 1)
    solid[at] = densest * edge > -np.log(1 - OPAQUE_CELL)
    moves = np.concatenate([np.eye(3, dtype=np.int64), -np.eye(3, dtype=np.int64)])
    around = [solid[tuple((index + 1 + move).T)] for move in moves]
    surface = np.flatnonzero(solid[at] & ~np.all(around, axis=0))
    if len(surface) == 0:
        raise ValueError("field: holds nothing solid to take points from; train it longer")
    return np.asarray(places[rng.permutation(surface)[:n_points]])
