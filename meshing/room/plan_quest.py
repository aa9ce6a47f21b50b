"""Rooms that a headset captured: WebXR scene entities with labels, poses, planes and boxes in metres, y up."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from meshing.room import polygon as outline
from meshing.room.classes import SHELL, match
from meshing.room.facing import faced
from meshing.room.plan import Box, Opening, RoomPlan
from meshing.room.repair import opening_near

_FAR = 0.6  # metres between the ends of two walls that still meet in a corner
_THICKNESS = 0.03  # of what a headset knows as a plane alone


def is_quest(values: Any) -> bool:
    """Whether JSON holds a headset's scene."""
    return isinstance(values, dict) and isinstance(values.get("spatialEntities"), list)


def read_quest(path: Path) -> RoomPlan:
    """The captured room with its floor moved to height 0, not yet repaired."""
    values = json.loads(path.read_text(encoding="utf-8"))
    if not is_quest(values):
        raise ValueError(f"{path}: must be a captured scene with spatialEntities")
    return plan_of_scene(values, name=path.stem, where=str(path))


def plan_of_scene(values: dict[str, Any], *, name: str = "room", where: str = "scene") -> RoomPlan:
    """The captured room, its floor at height 0, not yet repaired.

    A thing that was captured as a plane and as a box is taken once, as a box.
    """
    entities = []
    for number, entity in enumerate(values["spatialEntities"]):
        try:
            found = _entity(entity)
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise ValueError(f"{where}: entity {number} must have a label, a pose and bounds ({error!r})") from error
        if found is not None:
            entities.append(found)
    if not entities:
        raise ValueError(f"{where}: none of {len(values['spatialEntities'])} entities has bounds")
    planes = {kind: [corners for label, corners, flat in entities if flat and label == kind] for kind in SHELL}
    floor, repairs = _outline(planes, where)
    heights = [float(corners[:, 1].mean()) for corners in planes["floor"]]
    level = heights[0] if heights else min(float(corners[:, 1].min()) for _, corners, _ in entities)
    height = _height(planes, level)
    shift = np.array([0, -level, 0])
    plan = RoomPlan(name, tuple((float(x), float(z)) for x, z in floor), height, repairs=tuple(repairs))
    things = [(label, corners + shift, flat) for label, corners, flat in entities if label not in SHELL]
    solid = [(label, corners) for label, corners, flat in things if not flat]
    boxes = [_box_of(label, corners, plan) for label, corners in solid]
    for label, corners, flat in things:
        if flat and not any(label == other and _near(corners, at) for other, at in solid):
            boxes.append(_flat_box(label, corners, plan))
    openings = [_opening(plan, kind, corners + shift) for kind in ("door", "window") for corners in planes[kind]]
    return RoomPlan(name, plan.floor, height, tuple(openings), tuple(boxes), repairs=tuple(repairs))


def _entity(entity: dict[str, Any]) -> tuple[str, Float64[np.ndarray, "corners 3"], bool] | None:
    """Label, corners in the room (4 of a plane or 8 of a box), whether it is a plane; None where it has no bounds."""
    label = str(entity.get("semanticLabel_META") or entity.get("semanticLabel") or "OTHER")
    pose = entity["locatable_META"]
    x, y, z, w = (float(pose["orientation"][key]) for key in "xyzw")
    position = np.array([float(pose["position"][key]) for key in "xyz"])
    if "bounded3D_META" in entity:
        bounds, flat = entity["bounded3D_META"], False
    elif "bounded2D_META" in entity:
        bounds, flat = entity["bounded2D_META"], True
    else:
        return None
    axes = [("x", "width"), ("y", "height"), ("z", "depth")][: 2 if flat else 3]
    low = [float(bounds["offset"][axis]) for axis, _ in axes]
    high = [start + float(bounds["extent"][size]) for start, (_, size) in zip(low, axes, strict=True)]
    grid = np.stack(np.meshgrid(*zip(low, high, strict=True), indexing="ij"), axis=-1).reshape(-1, len(axes))
    points = np.zeros((len(grid), 3))
    points[:, (0, 2) if flat else (0, 1, 2)] = grid  # a plane's normal is its local y
    return _kind(label), points @ _rotation(x, y, z, w).T + position, flat


def _kind(label: str) -> str:
    """The part of the shell that a label names, or the label as it is."""
    named = match(label)[0]
    return named if named in SHELL else label.lower().replace("_", " ")


def _rotation(x: float, y: float, z: float, w: float) -> Float64[np.ndarray, "3 3"]:
    norm = math.sqrt(x * x + y * y + z * z + w * w)
    if not 1e-6 < norm < 1e6:
        raise ValueError(f"a turn must be a quaternion (got length {norm})")
    x, y, z, w = x / norm, y / norm, z / norm, w / norm
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _outline(planes: dict[str, list[np.ndarray]], where: str) -> tuple[np.ndarray, list[str]]:
    """The floor's corners: where walls that follow each other meet; else the floor's own rectangle."""
    segments = [_segment(corners) for corners in planes["wall"] if np.isfinite(corners).all()]
    chained = _chain(segments)
    if chained is not None:
        return chained, []
    if planes["floor"]:
        return outline.hull(planes["floor"][0][:, ::2]), [
            "floor: the captured walls do not close, its rectangle was taken"
        ]
    raise ValueError(f"{where}: has neither walls that close nor a floor")


def _segment(corners: np.ndarray) -> Float64[np.ndarray, "2 2"]:
    """A wall seen from above: its two farthest points."""
    points = corners[:, ::2]
    way = ((points[:, None] - points[None]) ** 2).sum(-1)
    first, second = np.unravel_index(int(np.argmax(way)), way.shape)
    return np.stack([points[first], points[second]])


def _chain(segments: list[np.ndarray]) -> np.ndarray | None:
    """Corners of a closed outline: each wall is followed by that whose end is nearest; None where they do not close."""
    if len(segments) < 3:
        return None
    left = list(range(1, len(segments)))
    walls = [segments[0]]
    while left:
        end = walls[-1][1]
        gaps = [(float(np.linalg.norm(segments[i][side] - end)), i, side) for i in left for side in (0, 1)]
        gap, index, side = min(gaps)
        if gap > _FAR:
            return None
        walls.append(segments[index] if side == 0 else segments[index][::-1])
        left.remove(index)
    if np.linalg.norm(walls[-1][1] - walls[0][0]) > _FAR:
        return None
    corners = np.array([_corner(one, two) for one, two in zip([walls[-1], *walls[:-1]], walls, strict=True)])
    return np.asarray(corners if outline.area(corners) > 0 else corners[::-1])


def _corner(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Where the lines of two walls meet; between their ends where they are nearly parallel."""
    a, b = one[1] - one[0], two[1] - two[0]
    cross = a[0] * b[1] - a[1] * b[0]
    if abs(cross) < 0.2 * np.linalg.norm(a) * np.linalg.norm(b):
        return np.asarray((one[1] + two[0]) / 2)
    way = two[0] - one[0]
    return np.asarray(one[0] + a * (way[0] * b[1] - way[1] * b[0]) / cross)


def _height(planes: dict[str, list[np.ndarray]], level: float) -> float:
    if planes["ceiling"]:
        return float(planes["ceiling"][0][:, 1].mean()) - level
    tops = [float(corners[:, 1].max()) for corners in planes["wall"] if np.isfinite(corners).all()]
    return max(tops) - level if tops else 2.6


def _near(one: np.ndarray, two: np.ndarray) -> bool:
    """Whether a plane lies on a box: within its rim and no more than a hand beside it."""
    return bool((one.mean(axis=0) > two.min(axis=0) - 0.1).all() and (one.mean(axis=0) < two.max(axis=0) + 0.1).all())


def _box_of(label: str, corners: Float64[np.ndarray, "8 3"], plan: RoomPlan) -> Box:
    """The upright box around eight captured corners; its front is where such a thing must have it."""
    edges = np.stack([corners[4] - corners[0], corners[2] - corners[0], corners[1] - corners[0]])
    lengths = np.linalg.norm(edges, axis=1)
    directions = edges / np.maximum(lengths, 1e-9)[:, None]
    upright = int(np.argmax(np.abs(directions[:, 1])))
    across, along = (axis for axis in range(3) if axis != upright)
    front = directions[along]
    center = corners.mean(axis=0)
    size = (float(lengths[across]), float(np.ptp(corners[:, 1])), float(lengths[along]))
    box = Box(
        label, label, (float(center[0]), float(center[1]), float(center[2])), size, math.atan2(front[0], front[2])
    )
    return faced(box, plan)


def _flat_box(label: str, corners: Float64[np.ndarray, "4 3"], plan: RoomPlan) -> Box:
    """A captured plane as a thin box: upright ones as they hang, lying ones as what stands below them."""
    center, span = corners.mean(axis=0), np.ptp(corners, axis=0)
    middle = (float(center[0]), float(center[1]), float(center[2]))
    if span[1] > 0.5 * max(span[0], span[2]) or span[1] > 0.3:
        ends = _segment(corners)
        way = ends[1] - ends[0]
        size = (float(np.linalg.norm(way)), float(span[1]), _THICKNESS)
        return faced(Box(label, label, middle, size, math.atan2(way[1], -way[0])), plan)
    size = (float(span[0]), max(middle[1], _THICKNESS), float(span[2]))
    return faced(Box(label, label, (middle[0], size[1] / 2, middle[2]), size), plan)


def _opening(plan: RoomPlan, kind: str, corners: Float64[np.ndarray, "corners 3"]) -> Opening:
    center, ends = corners.mean(axis=0), _segment(corners)
    width, height = float(np.linalg.norm(ends[1] - ends[0])), float(np.ptp(corners[:, 1]))
    return opening_near(plan, (float(center[0]), float(center[1]), float(center[2])), width, height, kind)
