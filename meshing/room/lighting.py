"""Light in a room by ray tracing: windows with sky and sun, lamps, two bounces.

Radiance is relative: an overcast sky at the horizon has 1. Owns how much light arrives at each sample of the light map.
What is seen of it is decided by `tone.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from meshing.room.patch import Patch, grid_normals, sampled
from meshing.room.surfels import OFFSET, Surfels, Tracer

Smooth = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""Takes noise out of a light map: (values, blind, standard error) -> values."""
_GAP = 0.03  # what lies so near before a place covers it: things stand a centimetre or two off the wall
_POOL = 24  # candidate points per sample of an emitter; each receiver takes one of them


@dataclass(frozen=True)
class Day:
    """The light outside: colour temperature in kelvin, sun strength (0 is overcast), and whether it is night."""

    kelvin: int = 5600
    sun: float = 1.0
    night: bool = False


@dataclass(frozen=True, eq=False)
class Emitter:
    """A patch that gives light: points on it with normals and areas, and its radiance. A pane lets the sky in
    instead."""

    points: Float32[np.ndarray, "samples pool 3"]
    normals: Float32[np.ndarray, "samples pool 3"]
    areas: Float32[np.ndarray, "samples pool"]
    radiance: Float32[np.ndarray, "3"]
    pane: bool
    near: float = 0.2


@dataclass(frozen=True, eq=False)
class Light:
    """Irradiance over pi at each sample, so that times albedo it is what leaves: direct light without the sun, the
    sun, and
    what other surfaces send on. `blind` marks samples that nobody can see."""

    direct: Float32[np.ndarray, "surfels 3"]
    sun: Float32[np.ndarray, "surfels 3"]
    indirect: Float32[np.ndarray, "surfels 3"]
    blind: Bool[np.ndarray, "surfels"]


def emitter_of(
    patch: Patch, radiance: Sequence[float], samples: int, *, pane: bool, random: np.random.Generator
) -> Emitter:
    """Stratified points on a patch."""
    u, v = patch.size
    across = int(np.clip(round(np.sqrt(samples * u / max(v, 1e-6))), 1, samples))
    down = max(1, round(samples / across))
    cell = np.stack(np.meshgrid(np.arange(across), np.arange(down)), axis=-1).reshape(-1, 1, 2)
    shares = ((cell + random.random((len(cell), _POOL, 2))) / (across, down)).reshape(-1, 2)
    step = np.array([0.25 / across, 0.25 / down])
    low, high = np.clip(shares - step, 0, 1), np.clip(shares + step, 0, 1)
    along_u = _between(patch, low, high, shares, 0)
    along_v = _between(patch, low, high, shares, 1)
    density = np.linalg.norm(np.cross(along_u, along_v), axis=1)
    normals = sampled(patch, grid_normals(patch.points), shares)
    points = sampled(patch, patch.points, shares) + OFFSET * normals
    shape = (len(cell), _POOL)
    return Emitter(
        points.reshape(*shape, 3).astype(np.float32),
        normals.reshape(*shape, 3).astype(np.float32),
        (density / len(cell)).reshape(shape).astype(np.float32),
        np.asarray(radiance, np.float32),
        pane,
        0.01 if pane else max(0.2, 0.7 * max(u / across, v / down)),
    )


def _between(patch: Patch, low: np.ndarray, high: np.ndarray, shares: np.ndarray, axis: int) -> np.ndarray:
    """The derivative of the position along one axis of the chart."""
    a, b = shares.copy(), shares.copy()
    a[:, axis], b[:, axis] = low[:, axis], high[:, axis]
    way: np.ndarray = sampled(patch, patch.points, b) - sampled(patch, patch.points, a)
    return np.asarray(way / np.maximum(b[:, axis] - a[:, axis], 1e-9)[:, None])


def light_room(
    surfels: Surfels,
    tracer: Tracer,
    emitters: Sequence[Emitter],
    albedo: Float32[np.ndarray, "surfels 3"],
    *,
    day: Day,
    sun_direction: Float32[np.ndarray, "3"] | None,
    panes: Sequence[int],
    smooth: Smooth,
    rays: tuple[int, int] = (25, 64),
    random: np.random.Generator,
) -> Light:
    """Direct light and two bounces. `smooth` takes the noise out of what one bounce left before the next one reads
    it."""
    position, normal = surfels.position, surfels.normal
    direct, direct_error = direct_light(position, normal, tracer, emitters, day, random)
    sun = np.zeros_like(direct)
    bounced, bounced_error = np.zeros_like(direct), np.zeros(len(direct), np.float32)
    if sun_direction is not None:
        shine = sunlight(position, normal, pitch_of(surfels), tracer, sun_direction, panes, random)
        sun = shine * np.asarray(sun_color(day), np.float32)
        spots = sun_spots(surfels, albedo * sun, random)
        if spots:
            bounced, bounced_error = direct_light(position, normal, tracer, spots, day, random)
    blind, hidden = ~surfels.there, covered(surfels, tracer)
    first, share, error = gather(position, normal, tracer, albedo * direct, rays[0], random)
    blind = blind | (share > 0.5)
    direct = smooth(direct, blind | hidden, direct_error)
    bounced = smooth(bounced, blind | hidden, bounced_error)
    first = smooth(first, blind | hidden, error) + bounced
    second, share, error = gather(position, normal, tracer, albedo * (direct + first), rays[1], random)
    blind = blind | (share > 0.5)
    return Light(direct, sun, smooth(second, blind | hidden, error) + bounced, blind)


def covered(surfels: Surfels, tracer: Tracer) -> Bool[np.ndarray, "surfels"]:
    """Where something stands right before a part of a surface, such as a wardrobe before a wall.

    Nobody in the room sees the dark there, but who looks in through the walls would see black. No place of a surface
    that is covered as a whole counts.
    """
    struck = tracer.strike(surfels.position + OFFSET * surfels.normal, surfels.normal)
    near = (struck.distance < _GAP) & (struck.patch >= 0)
    whole = np.logical_and.reduceat(near | ~surfels.there, surfels.first)
    return np.asarray(near & ~whole[surfels.patch])


def sun_spots(
    surfels: Surfels, leaving: Float32[np.ndarray, "surfels 3"], random: np.random.Generator, samples: int = 24
) -> list[Emitter]:
    """The sunlit patches as one emitter: small and bright, they are better aimed at than found by chance."""
    brightness = leaving.mean(axis=1) * pitch_of(surfels) ** 2
    lit = np.flatnonzero(brightness > 0.02 * brightness.max()) if brightness.max() > 0 else np.zeros(0, np.int64)
    if len(lit) < 8:
        return []
    reached = np.cumsum(brightness[lit])
    stratum = np.arange(samples)[:, None] + random.random((samples, _POOL))
    pick = lit[np.minimum(np.searchsorted(reached, stratum / samples * reached[-1]), len(lit) - 1)]
    color = leaving[lit].sum(axis=0) / max(float(leaving[lit].mean(axis=1).sum()), 1e-9)
    power = np.full((samples, _POOL), reached[-1] / samples, np.float32)  # radiance times area, the same for all
    points = surfels.position[pick] + OFFSET * surfels.normal[pick]
    return [Emitter(points, surfels.normal[pick], power, color.astype(np.float32), False)]


def direct_light(
    position: Float32[np.ndarray, "n 3"],
    normal: Float32[np.ndarray, "n 3"],
    tracer: Tracer,
    emitters: Sequence[Emitter],
    day: Day,
    random: np.random.Generator,
) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, "n"]]:
    """Light straight from emitters, one shadow ray per stratum of each; and its standard error.

    1/r^2 has spikes near emitters: distances count as `near` at least, and as too far for one piece of the emitter to
    fill more than half of the view. A pane gives no more than a sky all around would.
    """
    total = np.zeros((len(position), 3), np.float32)
    variance = np.zeros(len(position), np.float32)
    for emitter in emitters:
        given = np.zeros_like(total)
        squares = np.zeros(len(position), np.float32)
        for stratum in range(len(emitter.points)):
            pick = random.integers(emitter.points.shape[1], size=len(position))
            target, facing = emitter.points[stratum, pick], emitter.normals[stratum, pick]
            way = target - position
            square = np.einsum("nk,nk->n", way, way)
            way /= np.sqrt(np.maximum(square, 1e-12))[:, None]
            here, there = np.einsum("nk,nk->n", way, normal), -np.einsum("nk,nk->n", way, facing)
            area = emitter.areas[stratum, pick]
            weight = here * there * area / np.maximum(square, np.maximum(emitter.near**2, 2 * area))
            lit = np.flatnonzero((here > 0) & (there > 0) & (weight > 1e-6))
            free = tracer.reaches(position[lit] + OFFSET * normal[lit], target[lit])
            lit = lit[free]
            radiance = sky(way[lit], day) if emitter.pane else emitter.radiance
            added = weight[lit, None] * radiance
            given[lit] += added
            squares[lit] += added.mean(axis=1) ** 2
        total += np.minimum(given / np.pi, 1.0 if emitter.pane else np.inf).astype(np.float32)
        n = len(emitter.points)
        spread = np.maximum(squares - given.mean(axis=1) ** 2 / n, 0) * n / max(n - 1, 1)
        variance += spread / np.float32(np.pi**2)
    return total, np.sqrt(variance)


def sky(direction: Float32[np.ndarray, "n 3"], day: Day) -> Float32[np.ndarray, "n 3"]:
    """Radiance from outside: brighter near the horizon, blue above where the sun is out, sunlit ground below."""
    if day.night:
        glow = np.where(direction[:, 1] < 0.2, 0.035, 0.012)[:, None] * np.array([0.75, 0.85, 1.25])
        return np.asarray(glow, np.float32)
    up = np.clip(direction[:, 1:2], 0, 1)
    clear = min(day.sun, 1.0)
    zenith = (1 - clear) * np.array([0.8, 0.82, 0.85]) + clear * np.array([0.5, 0.66, 0.95])
    above = np.array([1.0, 1.0, 1.0]) * (1 - up) + zenith * up
    ground = np.array([0.30, 0.30, 0.24]) * (0.7 + 0.5 * clear)
    return np.asarray(np.where(direction[:, 1:2] >= 0, above, ground), np.float32)


def sun_color(day: Day) -> tuple[float, float, float]:
    """Irradiance of the sun over pi, at right angles; low suns are warm."""
    strength = 1.1 * day.sun
    warm = (day.kelvin - 5600) / 5600
    return strength * 1.12 * (1 - 0.3 * warm), strength, strength * 0.78 * (1 + 0.8 * warm)


def sunlight(
    position: Float32[np.ndarray, "n 3"],
    normal: Float32[np.ndarray, "n 3"],
    pitch: Float32[np.ndarray, "n"],
    tracer: Tracer,
    direction: Float32[np.ndarray, "3"],
    panes: Sequence[int],
    random: np.random.Generator,
    n: int = 16,
) -> Float32[np.ndarray, "n 1"]:
    """The cosine towards the sun where it shines through a pane, averaged over squares of side `pitch`."""
    cosine = normal @ direction
    rows = np.flatnonzero(cosine > 0.02)
    position, normal, half = position[rows], normal[rows], pitch[rows, None] / 2
    side, other = tangents(normal)
    seen = np.zeros(len(rows), np.float32)
    across = int(np.sqrt(n))
    for cell in np.ndindex(across, across):
        jitter = random.random((2, len(rows), 1)).astype(np.float32)
        shift = (2 * (np.array(cell, np.float32)[:, None, None] + jitter) / across - 1) * half
        toward = direction + random.normal(scale=0.004, size=(len(rows), 3)).astype(np.float32)
        toward /= np.linalg.norm(toward, axis=1, keepdims=True)
        start = position + shift[0] * side + shift[1] * other + 2 * OFFSET * normal
        struck = tracer.strike(start.astype(np.float32), toward.astype(np.float32))
        seen += np.isin(struck.patch, panes) & ~struck.back
    result = np.zeros((len(cosine), 1), np.float32)
    result[rows, 0] = cosine[rows] * seen / across**2
    return result


def pitch_of(surfels: Surfels) -> Float32[np.ndarray, "surfels"]:
    """About how far apart the samples of a patch lie, per sample; at most 8 cm."""
    beside = np.minimum(surfels.first + 1, len(surfels) - 1)
    pitch = np.linalg.norm(surfels.position[beside] - surfels.position[surfels.first], axis=1)
    return np.asarray(np.minimum(pitch[surfels.patch], 0.08), np.float32)


def gather(
    position: Float32[np.ndarray, "n 3"],
    normal: Float32[np.ndarray, "n 3"],
    tracer: Tracer,
    leaving: Float32[np.ndarray, "surfels 3"],
    rays: int,
    random: np.random.Generator,
) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, "n"], Float32[np.ndarray, "n"]]:
    """What other surfaces send to each point, by rays over the cosine-weighted hemisphere, one per stratum; the
    share of
    rays that were blind; and the standard error."""
    side, other = tangents(normal)
    total = np.zeros((len(position), 3), np.float32)
    blind, squares = np.zeros((2, len(position)), np.float32)
    start = position + OFFSET * normal
    across = max(1, int(np.sqrt(rays)))
    down = rays // across
    turn = random.random(len(position))  # each point turns the pattern: the error becomes noise, not bands
    for i in range(across):
        for j in range(down):
            radius = np.sqrt((i + random.random(len(position))) / across)
            angle = 2 * np.pi * ((j + random.random(len(position))) / down + turn)
            x, y = (radius * np.cos(angle)).astype(np.float32), (radius * np.sin(angle)).astype(np.float32)
            z = np.sqrt(np.maximum(1 - radius**2, 0)).astype(np.float32)
            direction = x[:, None] * side + y[:, None] * other + z[:, None] * normal
            struck = tracer.strike(start, direction)
            lost = struck.blind
            seen = ~lost & (struck.patch >= 0)
            added = leaving[struck.surfel[seen]]
            total[seen] += added
            squares[seen] += added.mean(axis=1) ** 2
            blind += lost & (struck.patch > -2)
    n = across * down
    variance = np.maximum(squares / n - (total.mean(axis=1) / n) ** 2, 0) / max(n - 1, 1)
    return total / n, blind / n, np.sqrt(variance)


def tangents(normal: Float32[np.ndarray, "n 3"]) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, "n 3"]]:
    """Two unit vectors across each normal (Duff et al. 2017)."""
    x, y, z = normal.T
    sign = np.where(z >= 0, 1.0, -1.0).astype(np.float32)
    a = -1 / (sign + z)
    b = x * y * a
    first = np.stack([1 + sign * x * x * a, sign * b, -sign * x], axis=1)
    second = np.stack([b, sign + y * y * a, -y], axis=1)
    return first.astype(np.float32), second.astype(np.float32)
