"""Twenty colours that have names, and eight ways a surface can look."""

from typing import Literal, get_args

import numpy as np
from jaxtyping import Float

Array = np.ndarray
Pattern = Literal["plain", "wooden", "metal", "marble", "striped", "checkered", "spotted", "fading"]

PATTERNS: tuple[Pattern, ...] = get_args(Pattern)
TWO_COLOURED: tuple[Pattern, ...] = ("striped", "checkered", "spotted", "fading")

COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.82, 0.09, 0.09),
    "maroon": (0.42, 0.05, 0.11),
    "orange": (0.96, 0.47, 0.05),
    "brown": (0.43, 0.25, 0.12),
    "beige": (0.86, 0.77, 0.60),
    "gold": (0.80, 0.60, 0.15),
    "yellow": (0.97, 0.86, 0.10),
    "olive": (0.45, 0.46, 0.11),
    "lime": (0.58, 0.86, 0.14),
    "green": (0.10, 0.55, 0.17),
    "teal": (0.02, 0.44, 0.45),
    "turquoise": (0.22, 0.80, 0.76),
    "sky blue": (0.48, 0.74, 0.96),
    "blue": (0.10, 0.24, 0.84),
    "navy": (0.06, 0.09, 0.34),
    "purple": (0.46, 0.14, 0.63),
    "pink": (0.97, 0.56, 0.72),
    "black": (0.07, 0.07, 0.08),
    "gray": (0.52, 0.52, 0.54),
    "white": (0.95, 0.95, 0.94),
}
"""sRGB, 0 to 1."""


def shade_of(name: str, rng: np.random.Generator) -> Float[Array, "3"]:
    """One surface's colour: the named one, a little lighter or darker and off in hue, so that no two are equal."""
    colour = np.array(COLOURS[name]) * rng.uniform(0.93, 1.07) + rng.uniform(-0.018, 0.018, 3)
    result: Array = np.clip(colour, 0.03, 0.98)
    return result


def contrast(a: str, b: str) -> float:
    """How different two named colours look: distance in sRGB."""
    return float(np.linalg.norm(np.subtract(COLOURS[a], COLOURS[b])))


def paint(
    pattern: Pattern,
    points: Float[Array, "points 3"],
    normals: Float[Array, "points 3"],
    first: Float[Array, "points 3"],
    second: Float[Array, "points 3"],
    extent: Float[Array, "2 3"],
) -> Float[Array, "points 3"]:
    """Colours of points on a surface in an object's unit frame (radius 0.6), before light.

    Bands and cells are 0.07 or wider: three pixels and more when the object fills 64. `extent` is the lowest and the
    highest corner of all that has the pattern: colours fade from its bottom to its top, or, where it is flat, across.
    """
    if pattern == "plain":
        return first
    if pattern == "fading":
        mixture = _across(points, extent)[:, None]
        return _clipped(first * (1 - mixture) + second * mixture)
    if pattern in TWO_COLOURED:
        is_second = _SECOND[pattern](points)[:, None]
        return _clipped(np.where(is_second, second, first))
    if pattern == "wooden":
        return _clipped(first * (1 + 0.30 * _grain(points))[:, None])
    if pattern == "marble":
        vein = _veins(points)[:, None]
        return _clipped(first * (1 - 0.55 * vein) + 0.55 * vein * _vein_colour(first))
    return _polished(first, normals)


def _striped(points: Array) -> Array:
    across: Array = np.floor((points[:, 1] + 0.25 * points[:, 0]) / 0.085) % 2 == 1
    return across


def _checkered(points: Array) -> Array:
    cells: Array = np.floor(points / 0.13 + 0.37).sum(1) % 2 == 1
    return cells


def _spotted(points: Array) -> Array:
    """Balls on two staggered lattices."""
    near = [np.linalg.norm((points / 0.24 + shift) % 1 - 0.5, axis=1) < 0.27 for shift in (0.0, 0.5)]
    spots: Array = near[0] | near[1]
    return spots


def _across(points: Array, extent: Array) -> Array:
    """From 0 to 1 along the height, or along x where there is hardly any height."""
    size = extent[1] - extent[0]
    axis = 1 if size[1] > 0.4 * size[0] else 0
    share: Array = (points[:, axis] - extent[0, axis]) / max(size[axis], 1e-6)
    return np.clip(1.3 * share - 0.15, 0, 1)


_SECOND = {"striped": _striped, "checkered": _checkered, "spotted": _spotted}


def _grain(points: Array) -> Array:
    """Broad dark and light bands of sawn wood, from -1 to 1."""
    x, y, z = points.T
    rings = np.hypot(x + 0.31 + 0.03 * np.sin(9 * y), z + 0.23 + 0.04 * np.sin(7 * y + 1))
    grain: Array = 0.75 * np.sin(48 * rings + 2.5 * np.sin(4 * y)) + 0.25 * np.sin(105 * rings)
    return grain


def _veins(points: Array) -> Array:
    """Soft veins of marble, from 0 to 1."""
    x, y, z = points.T
    bent = x + 0.6 * y + 0.8 * z + 0.12 * np.sin(8 * y + 5 * z) + 0.10 * np.sin(9 * x - 6 * z + 1)
    veins: Array = np.clip(1 - np.abs(np.sin(9 * bent)) / 0.42, 0, 1)
    return veins


def _vein_colour(colours: Array) -> Array:
    """Light veins in dark stone, dark ones in light stone."""
    dark = colours.mean(1, keepdims=True) < 0.45
    return np.ones_like(colours) * np.where(dark, 0.9, 0.12)


def _polished(colours: Array, normals: Array) -> Array:
    """A mirror's look that does not depend on the view: the colour of sky, horizon and floor by the normal alone."""
    up = normals[:, 1:2] + 0.18 * np.sin(5 * np.arctan2(normals[:, 2:], normals[:, :1]))
    gleam = np.exp(-(((up - 0.45) / 0.16) ** 2)) + 0.5 * np.exp(-(((up + 0.35) / 0.12) ** 2))
    dark = 1 - 0.38 * np.exp(-((up / 0.2) ** 2))
    return _clipped(colours * dark + 0.42 * gleam * (0.35 + colours))


def _clipped(colours: Array) -> Array:
    result: Array = np.clip(colours, 0, 1)
    return result
