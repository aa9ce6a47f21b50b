"""Closed triangle meshes that objects are put together from: every solid is watertight and its faces look outwards."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

Array = np.ndarray
Number = int | float
Vector = Sequence[Number] | np.ndarray
Points = Sequence[Vector] | np.ndarray


@dataclass(frozen=True, eq=False)
class Solid:
    """A closed surface: vertices, and triangles counter-clockwise from outside."""

    vertices: Float[Array, "vertices 3"]
    faces: Int[Array, "faces 3"]

    def moved(self, by: Vector) -> "Solid":
        """The same solid somewhere else."""
        return Solid(self.vertices + np.asarray(by, np.float64), self.faces)

    def scaled(self, by: Number | Vector) -> "Solid":
        """Stretched along the axes around the origin, by positive factors."""
        return Solid(self.vertices * np.asarray(by, np.float64), self.faces)

    def turned(self, axis: str, angle: Number) -> "Solid":
        """Turned counter-clockwise around the x, y or z axis by an angle in radians."""
        i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
        cos, sin = math.cos(angle), math.sin(angle)
        vertices = self.vertices.copy()
        vertices[:, i] = cos * self.vertices[:, i] - sin * self.vertices[:, j]
        vertices[:, j] = sin * self.vertices[:, i] + cos * self.vertices[:, j]
        return Solid(vertices, self.faces)

    def mirrored(self) -> "Solid":
        """The other hand's: x becomes -x."""
        return Solid(self.vertices * (-1.0, 1.0, 1.0), self.faces[:, ::-1])

    def volume(self) -> float:
        """Enclosed volume (divergence theorem)."""
        a, b, c = (self.vertices[self.faces[:, corner]] for corner in range(3))
        return float(np.einsum("fi,fi->", a, np.cross(b, c)) / 6)


def loft(rings: Float[Array, "rings points 3"]) -> Solid:
    """A skin over a row of outlines with as many points each, closed by fans at both ends.

    The end outlines must be star-shaped around their mean point.
    """
    rings = np.asarray(rings, np.float64)
    n_rings, n = rings.shape[:2]
    here, right = np.arange(n), (np.arange(n) + 1) % n
    sides = []
    for ring in range(n_rings - 1):
        low, high = ring * n, (ring + 1) * n
        sides.append(np.stack([low + here, low + right, high + right], 1))
        sides.append(np.stack([low + here, high + right, high + here], 1))
    first, last = n_rings * n, n_rings * n + 1
    sides.append(np.stack([np.full(n, first), right, here], 1))
    sides.append(np.stack([np.full(n, last), (n_rings - 1) * n + here, (n_rings - 1) * n + right], 1))
    vertices = np.concatenate([rings.reshape(-1, 3), rings[0].mean(0)[None], rings[-1].mean(0)[None]])
    return _outward(Solid(vertices, np.concatenate(sides)))


def box(size: Vector, centre: Vector = (0, 0, 0), bevel: Number = 0.0) -> Solid:
    """A box; its edges are cut off by `bevel`, at most 45 % of the shortest side."""
    half = np.asarray(size, np.float64) / 2
    cut = min(bevel, 0.9 * float(half.min()))
    if cut <= 0:
        outline = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64) * half[[0, 2]]
        return loft(_level_rings([outline, outline], [-half[1], half[1]])).moved(centre)
    wide, narrow = _octagon(half[0], half[2], cut), _octagon(half[0] - cut, half[2] - cut, cut * 0.42)
    heights = [-half[1], cut - half[1], half[1] - cut, half[1]]
    return loft(_level_rings([narrow, wide, wide, narrow], heights)).moved(centre)


def frustum(bottom: Vector, top: Vector, height: Number, lean: Vector = (0, 0)) -> Solid:
    """A box whose top has another size than its bottom (x and z), standing on y = 0; `lean` moves the top."""
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    return loft(_level_rings([corners * bottom, corners * top + np.asarray(lean, np.float64)], [0, height]))


def lathe(profile: Points, n: int = 32) -> Solid:
    """A profile of (radius, height) turned around the y axis; hollow vessels come back down inside."""
    points = np.asarray(profile, np.float64)
    angle = np.linspace(0, 2 * math.pi, n, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    radii = np.maximum(points[:, 0], 1e-4)
    return loft(_level_rings([circle * radius for radius in radii], list(points[:, 1])))


def cylinder(radius: Number, height: Number, *, top: Number | None = None, n: int = 24, bevel: Number = 0.0) -> Solid:
    """A cylinder or cone standing on y = 0."""
    above = radius if top is None else top
    if bevel <= 0:
        return lathe([(radius, 0), (above, height)], n)
    return lathe([(radius - bevel, 0), (radius, bevel), (above, height - bevel), (max(above - bevel, 0), height)], n)


def ellipsoid(radii: Vector, centre: Vector = (0, 0, 0), n: int = 24, *, roundness: Number = 1.0) -> Solid:
    """An ellipsoid; a `roundness` under 1 makes it a pillow, towards a box."""
    latitude = np.linspace(-math.pi / 2, math.pi / 2, n // 2 + 1)
    longitude = np.linspace(0, 2 * math.pi, n, endpoint=False)
    flat = np.stack([_power(np.cos(longitude), roundness), _power(np.sin(longitude), roundness)], 1)
    around = np.maximum(_power(np.cos(latitude), roundness), 1e-4)
    solid = loft(_level_rings([flat * radius for radius in around], list(_power(np.sin(latitude), roundness))))
    return solid.scaled(radii).moved(centre)


def prism(outline: Points, depth: Number) -> Solid:
    """An outline in x and y, star-shaped around its mean point, as a slab from -depth/2 to depth/2 along z."""
    points = np.asarray(outline, np.float64)
    rings = [np.column_stack([points, np.full(len(points), z)]) for z in (-depth / 2, depth / 2)]
    return loft(np.stack(rings))


def tube(path: Points, radius: Number | Vector, n: int = 12) -> Solid:
    """A round bar along points; one radius, or one for each point."""
    points = np.asarray(path, np.float64)
    radii = np.broadcast_to(np.asarray(radius, np.float64), len(points))
    rings = []
    side = np.zeros(3)
    for point, ahead, thickness in zip(points, _directions(points), radii, strict=True):
        side = _perpendicular(side, ahead)
        angle = np.linspace(0, 2 * math.pi, n, endpoint=False)[:, None]
        rings.append(point + max(thickness, 1e-4) * (np.cos(angle) * side + np.sin(angle) * np.cross(ahead, side)))
    return loft(np.stack(rings))


def ring(radius: Number, thickness: Number, n: int = 28) -> Solid:
    """A torus lying flat around the origin."""
    angle = np.linspace(0, 2 * math.pi, n, endpoint=False)
    turn = np.linspace(0, 2 * math.pi, 10, endpoint=False)
    across = radius + thickness * np.cos(turn)
    x, z = np.outer(np.cos(angle), across), np.outer(np.sin(angle), across)
    vertices = np.stack([x, np.broadcast_to(thickness * np.sin(turn), x.shape), z], -1).reshape(-1, 3)
    i, j = (grid.ravel() for grid in np.mgrid[0:n, 0:10])
    a, b = i * 10 + j, (i + 1) % n * 10 + j
    a_next, b_next = i * 10 + (j + 1) % 10, (i + 1) % n * 10 + (j + 1) % 10
    return _outward(Solid(vertices, np.concatenate([np.stack([a, b, b_next], 1), np.stack([a, b_next, a_next], 1)])))


def arc(radius: Number, start: Number, end: Number, n: int = 12, *, plane: str = "xy") -> Float[Array, "points 3"]:
    """Points on a circle around the origin, from one angle to another, for `tube`."""
    angle = np.linspace(start, end, n)
    points = np.zeros((n, 3))
    points[:, "xyz".index(plane[0])] = radius * np.cos(angle)
    points[:, "xyz".index(plane[1])] = radius * np.sin(angle)
    return points


def smooth(controls: Points, n: int = 16) -> Float[Array, "points axes"]:
    """A curve through points (Catmull-Rom), for profiles and tubes."""
    p = np.asarray(controls, np.float64)
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, len(p) - 3, n)
    i = np.minimum(t.astype(np.int64), len(p) - 4)
    u = (t - i)[:, None]
    a, b, c, d = p[i], p[i + 1], p[i + 2], p[i + 3]
    curve: Array = 0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u**2 + (3 * b - a - 3 * c + d) * u**3)
    return curve


def _level_rings(outlines: Sequence[Array], heights: Vector) -> Array:
    return np.stack([np.insert(outline, 1, y, axis=1) for outline, y in zip(outlines, heights, strict=True)])


def _octagon(x: float, z: float, cut: float) -> Array:
    corners = [(-x + cut, -z), (x - cut, -z), (x, -z + cut), (x, z - cut)]
    corners += [(x - cut, z), (-x + cut, z), (-x, z - cut), (-x, -z + cut)]
    return np.array(corners)


def _power(values: Array, exponent: float) -> Array:
    result: Array = np.sign(values) * np.abs(values) ** exponent
    return result


def _directions(points: Array) -> Array:
    ahead = np.gradient(points, axis=0)
    result: Array = ahead / np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-12)
    return result


def _perpendicular(side: Array, ahead: Array) -> Array:
    """The last side direction, carried on without twist."""
    side = side - ahead * (side @ ahead)
    if np.linalg.norm(side) < 1e-6:
        axis = np.eye(3)[int(np.argmin(np.abs(ahead)))]
        side = axis - ahead * (axis @ ahead)
    result: Array = side / np.linalg.norm(side)
    return result


def _outward(solid: Solid) -> Solid:
    return solid if solid.volume() >= 0 else Solid(solid.vertices, solid.faces[:, ::-1])
