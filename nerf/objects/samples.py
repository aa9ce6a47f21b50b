"""Points of an object for the first phase of training: what the surface looks like, and where there is matter."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from nerf.objects.model import RADIUS
from nerf.objects.render import Renderer

Array = np.ndarray

NEAR = 0.03
"""Spread of the points close to the surface, in unit frames."""
DIRECTIONS = np.array([(0.8271, 0.4213, 0.3725), (-0.3391, 0.8517, 0.3993), (0.2113, -0.3307, -0.9198)])
"""Odd ones, so that no edge of a box lies along them."""


@dataclass(frozen=True, eq=False)
class SurfacePoints:
    """Points on what can be seen or touched from outside, their outward normals, and their colours as rendered."""

    points: Float32[Array, "points 3"]
    normals: Float32[Array, "points 3"]
    colours: Float32[Array, "points 3"]


@dataclass(frozen=True, eq=False)
class OccupancyPoints:
    """Points in the ball around the object, and whether they lie within its matter."""

    points: Float32[Array, "points 3"]
    inside: Bool[Array, "points"]


def surface(renderer: Renderer, n: int, rng: np.random.Generator) -> SurfacePoints:
    """`n` points, evenly by area, none of them buried where solids overlap."""
    model = renderer.model
    corners = model.vertices[model.faces].astype(np.float64)
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    picked: list[tuple[Array, Array, Array]] = []
    missing = n
    while missing > 0:
        face = rng.choice(len(area), 2 * missing + 16, p=area / area.sum())
        weights = _barycentric(rng, len(face))[..., None]
        points = (weights * corners[face]).sum(1)
        normals = (weights * model.corner_normals[face]).sum(1)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        flat = np.cross(corners[face, 1] - corners[face, 0], corners[face, 2] - corners[face, 0])
        flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-20)
        open_air = np.flatnonzero(~contains(renderer, points + 1e-3 * flat))[:missing]
        picked.append((points[open_air], normals[open_air], face[open_air]))
        missing -= len(open_air)
    points, normals, face = (np.concatenate(parts) for parts in zip(*picked, strict=True))
    colours = renderer.lit_paint(face, points, normals)
    return SurfacePoints(points.astype(np.float32), normals.astype(np.float32), colours.astype(np.float32))


def occupancy(renderer: Renderer, near: SurfacePoints, n: int, rng: np.random.Generator) -> OccupancyPoints:
    """`n` points: half close to the surface, half anywhere in a ball a tenth larger than the object's."""
    some = rng.integers(len(near.points), size=n // 2)
    close = near.points[some] + rng.normal(0, NEAR, (n // 2, 3))
    free = rng.normal(size=(n - n // 2, 3))
    free *= (1.1 * RADIUS * rng.random((len(free), 1)) ** (1 / 3)) / np.linalg.norm(free, axis=1, keepdims=True)
    points = np.concatenate([close, free]).astype(np.float32)
    return OccupancyPoints(points, contains(renderer, points))


def contains(renderer: Renderer, points: Float[Array, "points 3"]) -> Bool[Array, "points"]:
    """Whether points lie in any of the object's solids, by the majority of three rays."""
    votes = sum((renderer.caster.depth_inside(points, d / np.linalg.norm(d)) > 0).astype(np.int64) for d in DIRECTIONS)
    return np.asarray(votes >= 2)


def _barycentric(rng: np.random.Generator, n: int) -> Array:
    u, v = rng.random(n), rng.random(n)
    flip = u + v > 1
    u, v = np.where(flip, 1 - u, u), np.where(flip, 1 - v, v)
    return np.stack([1 - u - v, u, v], 1)
