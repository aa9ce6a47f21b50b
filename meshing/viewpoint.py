"""Where a person may stand to look at a mesh: inside a room with space around, or before an object."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from meshing.mesh import Mesh, ViewingVolume
from meshing.placement import floor_height
from meshing.raycast_embree import RayCaster

Point = tuple[float, float, float]

_EYE, _HEAD = 1.6, 2.0  # metres above the floor
_SPACING = 0.1  # metres between the places that are tried; at most 64 a side
_DIRECTIONS = 32
_KNEE = 0.4  # what is lower is stepped over
_NEAREST = 0.15  # metres that a head keeps from walls
_WIDEST = 3.0


@dataclass(frozen=True)
class Viewpoint:
    """Eyes at `position` look along `facing`; between `low` and `high` a head meets nothing."""

    position: Point
    facing: Point
    low: Point
    high: Point


def inside(mesh: Mesh) -> Viewpoint:
    """The place in a room (metres, y up) that is furthest from everything, facing its longest view.

    Raises ValueError where no place has a floor under it and half a metre of air around.
    """
    caster, floor = RayCaster(mesh.vertices, mesh.faces), floor_height(mesh)
    places = _places(mesh)
    stands = places[_has_floor(caster, places, floor)]
    angles = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
    around = np.stack([np.sin(angles), np.zeros(_DIRECTIONS), np.cos(angles)], axis=1)
    room, view = np.full(len(stands), np.inf), np.zeros((len(stands), _DIRECTIONS))
    for height in (_KNEE, 1.0, _EYE):
        start = np.repeat(stands + np.array([0, floor + height, 0]), _DIRECTIONS, axis=0)
        free = caster.cast(start, np.tile(around, (len(stands), 1))).distance.reshape(-1, _DIRECTIONS)
        room = np.minimum(room, free.min(axis=1))
        view = np.where(np.isfinite(free), free, 0)
    best = int(np.argmax(np.minimum(room, _WIDEST))) if len(stands) else -1
    if best < 0 or room[best] < 0.5:
        raise ValueError("mesh: no place in it has a floor and half a metre of air around; choose another viewpoint")
    eye = stands[best] + np.array([0, floor + _EYE, 0])
    reach = (min(float(room[best]), _WIDEST) - _NEAREST) / np.sqrt(2)
    low, high = eye - np.array([reach, _EYE - 1.0, reach]), eye + np.array([reach, _HEAD - _EYE, reach])
    return Viewpoint(_point(eye), _point(around[int(np.argmax(view[best]))]), _point(low), _point(high))


def before(mesh: Mesh) -> Viewpoint:
    """In front of an object (its front is +z) at a distance from which all of it is seen, facing it."""
    low, high = mesh.vertices.min(axis=0).astype(np.float64), mesh.vertices.max(axis=0).astype(np.float64)
    size = float(np.linalg.norm(high - low))
    eye = np.array([(low[0] + high[0]) / 2, max(_EYE + low[1], (low[1] + high[1]) / 2), high[2] + max(size, 0.5)])
    reach = max(size, 0.5) - _NEAREST
    floor = np.array([eye[0] - reach, min(low[1] + 0.5, eye[1]), high[2] + _NEAREST])
    return Viewpoint(
        _point(eye), (0.0, 0.0, -1.0), _point(floor), _point(np.array([eye[0] + reach, eye[1] + 0.4, eye[2] + reach]))
    )


def within(volume: ViewingVolume) -> Viewpoint:
    """The middle of a photo's viewing volume, looking into the photo; the box is the largest cube in the ball."""
    middle, reach = np.array(volume.center), volume.radius / np.sqrt(3)
    return Viewpoint(volume.center, (0.0, 0.0, -1.0), _point(middle - reach), _point(middle + reach))


def _places(mesh: Mesh) -> Float64[np.ndarray, "places 3"]:
    low, high = mesh.vertices.min(axis=0).astype(np.float64), mesh.vertices.max(axis=0).astype(np.float64)
    counts = np.clip(np.ceil((high - low) / _SPACING), 1, 64).astype(int)
    x, z = (low[k] + (np.arange(counts[k]) + 0.5) / counts[k] * (high[k] - low[k]) for k in (0, 2))
    grid = np.stack(np.meshgrid(x, [0.0], z, indexing="ij"), axis=-1)
    return grid.reshape(-1, 3)


def _has_floor(caster: RayCaster, places: Float64[np.ndarray, "places 3"], floor: float) -> Bool[np.ndarray, "places"]:
    """Whether a ray down from the eyes first meets what is low enough to be the floor."""
    start = places + np.array([0, floor + _EYE, 0])
    fall = caster.cast(start, np.tile([0.0, -1.0, 0.0], (len(places), 1))).distance
    found: np.ndarray = np.abs(fall - _EYE) < _KNEE / 2
    return found


def _point(values: Float64[np.ndarray, "3"]) -> Point:
    x, y, z = (round(float(value), 4) for value in values)
    return (x, y, z)
