"""The few shapes that everything in a room is made of: rounded box, cushion, lathe, tube, panel, sheet.

Lengths in metres, y up, front +z. Each gives patches whose normals look outward.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from meshing.room.patch import Number, Patch, grid_normals

Vector = Sequence[Number] | np.ndarray

_SIDES = {
    # side: (axis, sign, axis and sign of the columns, axis and sign of the rows)
    "front": (2, 1, (0, 1), (1, -1)),
    "back": (2, -1, (0, -1), (1, -1)),
    "right": (0, 1, (2, -1), (1, -1)),
    "left": (0, -1, (2, 1), (1, -1)),
    "top": (1, 1, (0, 1), (2, 1)),
    "bottom": (1, -1, (0, 1), (2, -1)),
}


def box(
    low: Vector,
    high: Vector,
    material: str,
    *,
    radius: Number = 0.004,
    steps: int = 1,
    puff: Vector = (0.0, 0.0, 0.0),
    cells: int = 1,
    open_sides: Sequence[str] = (),
) -> list[Patch]:
    """A box from corner to corner with rounded edges (`steps` segments per half edge).

    `puff` says per axis by which share the box is thinner at its rim than in its middle, which makes a cushion of it;
    that needs some `cells`. The grain (u) follows the longer side of each face.
    """
    low, high = np.minimum(low, high).astype(np.float64), np.maximum(low, high).astype(np.float64)
    half, middle = (high - low) / 2, (high + low) / 2
    radius = min(radius, 0.98 * float(half.min()))
    lines = [_line(side, radius, steps, cells) for side in half]
    patches = []
    for name, (axis, sign, (across, right), (along, down)) in _SIDES.items():
        if name in open_sides:
            continue
        u, v = lines[across] * right, lines[along] * down  # the lines are symmetric: this reverses them
        cube = np.empty((len(v), len(u), 3))
        cube[..., axis], cube[..., across], cube[..., along] = sign * half[axis], u[None, :], v[:, None]
        inner = np.clip(cube, radius - half, half - radius)
        out = cube - inner
        points = inner + radius * out / np.linalg.norm(out, axis=2, keepdims=True)
        points = _puffed(points, half, np.asarray(puff, np.float64)) + middle
        flat = np.stack(np.meshgrid(np.abs(u - u[0]), np.abs(v - v[0])), axis=-1)
        if half[along] > half[across]:
            flat = flat[..., ::-1]
        patches.append(Patch(points, flat, material))
    return patches


def cushion(low: Vector, high: Vector, material: str, *, soft: Number = 0.5, cells: int = 5) -> list[Patch]:
    """A box of upholstery: wide roundings and sides that bulge; `soft` from 0 to 1."""
    size = np.abs(np.subtract(high, low))
    thin = int(size.argmin())
    puff = np.full(3, 0.03 * soft)
    puff[thin] = 0.3 * soft
    radius = float(size[thin]) * (0.22 + 0.2 * soft)
    return box(low, high, material, radius=radius, steps=3, puff=puff, cells=cells)


def pillow(width: Number, height: Number, thickness: Number, material: str, *, cells: int = 10) -> list[Patch]:
    """A stuffed pillow that faces +z around the origin: thick in the middle, a seam around, corners pulled out."""
    line = np.sin(np.linspace(-1, 1, cells + 1) * np.pi / 2)
    s, t = np.meshgrid(line, -line)
    x = width / 2 * s * (1 - 0.07 * (1 - t**2) * s**2)
    y = height / 2 * t * (1 - 0.07 * (1 - s**2) * t**2)
    bulge = thickness / 2 * np.clip((1 - s**2) * (1 - t**2), 0, 1) ** 0.42
    uv = np.stack([x + width / 2, height / 2 - y], axis=-1)
    front = Patch(np.stack([x, y, bulge], axis=-1), uv, material)
    back = Patch(np.stack([x, y, -bulge], axis=-1)[:, ::-1], uv[:, ::-1], material)
    return [front, back]


def lathe(
    profile: Sequence[tuple[Number, Number]], material: str, *, n: int = 16, at: Vector = (0, 0, 0)
) -> list[Patch]:
    """The surface of a profile of (radius, height), read from the top down, that is turned about y.

    Read from the bottom up it shows the inside.
    """
    radius, height = np.array(profile, np.float64).T
    angle = np.linspace(0, 2 * np.pi, n + 1)
    x, z = radius[:, None] * np.sin(angle), radius[:, None] * np.cos(angle)
    points = np.stack([x, np.broadcast_to(height[:, None], x.shape), z], axis=-1) + np.asarray(at, np.float64)
    down = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(radius), np.diff(height)))])
    uv = np.stack(np.meshgrid(angle * radius.max(), down), axis=-1)
    return [Patch(points, uv, material)]


def cylinder(
    radius: Number,
    low: Number,
    high: Number,
    material: str,
    *,
    n: int = 16,
    at: Vector = (0, 0, 0),
    top: Number | None = None,
) -> list[Patch]:
    """A standing cylinder or cone with caps and slightly broken edges."""
    upper = radius if top is None else top
    edge = 0.15 * min(radius, upper, high - low)
    profile = [
        (0, high),
        (upper - edge, high),
        (upper, high - edge),
        (radius, low + edge),
        (radius - edge, low),
        (0, low),
    ]
    return lathe(profile, material, n=n, at=at)


def tube(path: Sequence[Vector] | np.ndarray, radius: Number | Vector, material: str, *, n: int = 6) -> list[Patch]:
    """A round bar along a path, closed at both ends."""
    points = np.asarray(path, np.float64)
    radii = np.broadcast_to(np.asarray(radius, np.float64), (len(points),))
    points = np.concatenate([points[:1], points, points[-1:]])
    radii = np.concatenate([[0.0], radii, [0.0]])
    ahead = np.gradient(points[1:-1], axis=0) if len(points) > 3 else np.zeros((1, 3))
    ahead = np.concatenate([ahead[:1], ahead, ahead[-1:]])
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    side = _carried_sides(ahead)
    other = np.cross(ahead, side)
    angle = np.linspace(0, -2 * np.pi, n + 1)
    ring = side[:, None] * np.cos(angle)[:, None] + other[:, None] * np.sin(angle)[:, None]
    grid = points[:, None] + radii[:, None, None] * ring
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    along += np.linspace(0, 2e-3, len(along))  # the caps have a length, too
    u, v = np.meshgrid(-angle * radii.max(), along)
    return [Patch(grid, np.stack([v, u], axis=-1), material)]


def panel(
    width: Number, height: Number, material: str, *, at: Vector = (0, 0, 0), cells: tuple[int, int] = (1, 1)
) -> list[Patch]:
    """A rectangle that faces +z, centred at `at`; uv counts from its top-left corner."""
    u, v = np.meshgrid(np.linspace(0, width, cells[0] + 1), np.linspace(0, height, cells[1] + 1))
    points = np.stack([u - width / 2, height / 2 - v, np.zeros_like(u)], axis=-1) + np.asarray(at, np.float64)
    return [Patch(points, np.stack([u, v], axis=-1), material)]


def sheet(points: Float64[np.ndarray, "rows columns 3"], material: str, *, thickness: Number = 0.003) -> list[Patch]:
    """Cloth, paper or a leaf: the grid seen from both sides, `thickness` apart."""
    normal = grid_normals(points)
    steps_u = np.linalg.norm(np.diff(points, axis=1, prepend=points[:, :1]), axis=2)
    steps_v = np.linalg.norm(np.diff(points, axis=0, prepend=points[:1]), axis=2)
    uv = np.stack([np.cumsum(steps_u, axis=1), np.cumsum(steps_v, axis=0)], axis=-1)
    shift = normal * thickness / 2
    return [Patch(points + shift, uv, material), Patch((points - shift)[:, ::-1], uv[:, ::-1], material)]


def folds(
    width: Number, height: Number, material: str, *, depth: Number, n_folds: int, random: np.random.Generator
) -> list[Patch]:
    """Cloth that hangs from y = `height` to 0 in folds around z = 0, centred on x; it spreads towards the hem."""
    columns, rows = n_folds * 6 + 1, 5
    share = np.linspace(0, 1, columns)
    phase = 2 * np.pi * n_folds * share + 0.5 * np.interp(
        share, np.linspace(0, 1, n_folds), random.normal(size=n_folds)
    )
    strength = np.interp(share, np.linspace(0, 1, n_folds), random.uniform(0.65, 1.0, n_folds))
    fall = np.linspace(0, 1, rows)[:, None]
    z = depth / 2 * strength * np.sin(phase) * (0.7 + 0.3 * fall)
    x = np.broadcast_to((share - 0.5) * width, z.shape) + 0.12 * width / n_folds * np.cos(phase) * fall
    x = np.clip(x, -width / 2, width / 2)
    return sheet(np.stack([x, np.broadcast_to(height * (1 - fall), z.shape), z], axis=-1), material)


def _line(half: Number, radius: Number, steps: int, cells: int) -> np.ndarray:
    """Coordinates across a face: the rounding of each end in `steps`, the flat part in `cells`."""
    bend = radius * np.tan(np.pi / 4 * np.arange(1, steps + 1) / steps)
    flat = np.linspace(radius - half, half - radius, cells + 1)
    return np.concatenate([radius - half - bend[::-1], flat, half - radius + bend])


def _puffed(points: np.ndarray, half: np.ndarray, puff: np.ndarray) -> np.ndarray:
    if not puff.any():
        return points
    share = 1 - np.clip((points / half) ** 2, 0, 1)
    result = points.copy()
    for axis in range(3):
        middle = share[..., (axis + 1) % 3] * share[..., (axis + 2) % 3]
        result[..., axis] *= 1 - puff[axis] * (1 - middle)
    return result


def _carried_sides(ahead: np.ndarray) -> np.ndarray:
    """A direction across the path at each of its points that does not twist on the way."""
    side = np.cross(ahead[0], np.eye(3)[np.abs(ahead[0]).argmin()])
    sides = []
    for direction in ahead:
        side = side - direction * (side @ direction)
        side /= np.linalg.norm(side)
        sides.append(side)
    return np.array(sides)
