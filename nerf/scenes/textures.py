"""Colours as functions of position: noise, planks, rings, dots; no picture files."""

import numpy as np
from jaxtyping import Float64, UInt64

Array = np.ndarray
Colour = tuple[float, float, float]


def mix(
    first: Colour | Float64[Array, "points 3"],
    second: Colour | Float64[Array, "points 3"],
    amount: Float64[Array, "points"],
) -> Float64[Array, "points 3"]:
    """From the first colour (amount 0) to the second (amount 1)."""
    share = np.clip(amount, 0, 1)[:, None]
    return np.asarray(np.asarray(first) * (1 - share) + np.asarray(second) * share)


def edge(value: Float64[Array, "points"], at: float, width: float) -> Float64[Array, "points"]:
    """0 below, 1 above, with a soft step of this width."""
    share = np.clip((value - at) / width + 0.5, 0, 1)
    return share * share * (3 - 2 * share)


def noise(points: Float64[Array, "points 3"], cells_per_metre: float | Colour) -> Float64[Array, "points"]:
    """Smooth noise from 0 to 1 with a value at each corner of a grid."""
    scaled = points * cells_per_metre
    corner = np.floor(scaled)
    share = scaled - corner
    share = share * share * (3 - 2 * share)
    total = np.zeros(len(points))
    for offset in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(np.array(offset), share, 1 - share), axis=1)
        total += weight * random_of((corner + offset).astype(np.int64))
    return total


def layered_noise(
    points: Float64[Array, "points 3"], cells_per_metre: float, layers: int = 4
) -> Float64[Array, "points"]:
    """Noise at several scales, each twice as fine and half as strong, from 0 to 1."""
    total = sum(noise(points, cells_per_metre * 2.0**layer) / 2**layer for layer in range(layers))
    return np.asarray(total / (2 - 2.0 ** (1 - layers)))


def random_of(cells: Array) -> Float64[Array, "points"]:
    """A number from 0 to 1 for each row of whole numbers, the same on every machine."""
    state = np.zeros(len(cells), np.uint64)
    for column in np.ascontiguousarray(cells.astype(np.int64)).view(np.uint64).T:
        state = _scrambled(state ^ column)
    return (state >> np.uint64(11)).astype(np.float64) / 2.0**53


def wood(points: Float64[Array, "points 3"], dark: Colour, light: Colour, along: int = 0) -> Float64[Array, "points 3"]:
    """Grain drawn out along one axis."""
    stretch = np.full(3, 28.0)
    stretch[along] = 1.6
    wobble = noise(points, 3.0)
    rings = noise(points * stretch / 28.0 + 0.04 * wobble[:, None], 28.0)
    fine = noise(points * stretch / 28.0, 110.0)
    return mix(dark, light, 0.15 + 0.6 * rings + 0.3 * fine)


def planks(points: Float64[Array, "points 3"]) -> Float64[Array, "points 3"]:
    """A floor of boards along x, each of its own tint, with joints."""
    width, length = 0.14, 1.1
    row = np.floor(points[:, 2] / width)
    shifted = points[:, 0] + 0.37 * length * row
    column = np.floor(shifted / length)
    tint = random_of(np.stack([row, column], axis=1).astype(np.int64))
    own = points + np.stack([tint * 7, tint * 3, tint * 5], axis=1)
    colour = wood(own, (0.44, 0.29, 0.17), (0.72, 0.53, 0.34)) * (0.8 + 0.35 * tint[:, None])
    across = np.abs(points[:, 2] / width - row - 0.5) * width
    lengthwise = np.abs(shifted / length - column - 0.5) * length
    joint = np.maximum(edge(across, width / 2 - 0.003, 0.004), edge(lengthwise, length / 2 - 0.003, 0.004))
    return mix(colour, (0.16, 0.1, 0.06), 0.8 * joint)


def _scrambled(state: UInt64[Array, "points"]) -> UInt64[Array, "points"]:
    """splitmix64 (Steele et al. 2014), one step."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(state ^ (state >> np.uint64(31)))
