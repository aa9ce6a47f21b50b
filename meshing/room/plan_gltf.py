"""Rooms modelled elsewhere: a glTF scene whose nodes are named after what they are, such as `bed_1` or `window`."""

import math
import re
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from meshing.room import polygon as outline
from meshing.room.classes import SHELL, match
from meshing.room.facing import faced
from meshing.room.plan import Box, RoomPlan
from meshing.room.repair import opening_near

_PARTS = re.compile(r"^(.*?)[ _.-]*\d*$")
_HEIGHT = 2.6


def read_gltf(path: Path) -> RoomPlan:
    """The room in a glTF file, not yet repaired: each mesh node's name and box, and the floor below its lowest point.

    The floor is the outline of the nodes named floor, else of those named room, else of those named wall, else a
    rectangle around everything. A node's own axes are kept, so a turned box stays as tight as it was drawn. Nodes of
    which the name says nothing become plain boxes.
    """
    import trimesh

    try:
        scene = trimesh.load_scene(path, process=False)
        parts = [
            (
                str(node),
                np.asarray(scene.graph[node][0], np.float64),
                np.asarray(scene.geometry[name].vertices, np.float64),
            )
            for node in scene.graph.nodes_geometry
            for name in [scene.graph[node][1]]
        ]
    except FileNotFoundError:
        raise
    except Exception as error:  # trimesh raises whatever its parsers meet
        raise ValueError(f"{path}: cannot be read as glTF ({type(error).__name__}: {error})") from error
    parts = [part for part in parts if len(part[2]) and np.isfinite(part[1]).all() and np.isfinite(part[2]).all()]
    if not parts:
        raise ValueError(f"{path}: has no mesh to make a box of")
    return _plan(sorted(parts, key=lambda part: part[0]), path.stem)


def _plan(parts: list[tuple[str, np.ndarray, np.ndarray]], name: str) -> RoomPlan:
    world = {node: points @ matrix[:3, :3].T + matrix[:3, 3] for node, matrix, points in parts}
    kinds = {node: _kind(node) for node in world}
    low = min(float(points[:, 1].min()) for points in world.values())
    shell = [points for kind in ("floor", "room", "wall") for node, points in world.items() if kinds[node] == kind]
    floors = [points for node, points in world.items() if kinds[node] == "floor"]
    ground = np.concatenate(floors or shell or list(world.values()))[:, ::2]
    corners = outline.hull(ground)
    if floors:
        low = max(float(points[:, 1].max()) for points in floors)
    tall = [points for node, points in world.items() if kinds[node] in ("room", "wall", "ceiling")]
    height = max((float(points[:, 1].max()) for points in tall), default=low + _HEIGHT) - low
    plan = RoomPlan(name, tuple((float(x), float(z)) for x, z in corners), height)
    boxes = []
    openings = []
    for node, matrix, points in parts:
        kind = kinds[node]
        box = _box(node, matrix, points, low)
        if kind in ("door", "window"):
            openings.append(opening_near(plan, box.center, max(box.size[0], box.size[2]), box.size[1], kind))
        elif kind not in ("room", *SHELL):
            boxes.append(faced(box, plan))
    return RoomPlan(name, plan.floor, height, tuple(openings), tuple(boxes))


def _kind(node: str) -> str:
    """What a node's name says: a part of the shell, "room", or the name without its number."""
    label = _label(node)
    if label.lower() in ("room", "shell"):
        return "room"
    named = match(label)[0]
    return named if named in SHELL else label


def _label(node: str) -> str:
    found = _PARTS.match(node)
    return (found[1] if found else node) or "box"


def _box(node: str, matrix: Float64[np.ndarray, "4 4"], points: Float64[np.ndarray, "points 3"], floor: float) -> Box:
    """The upright box around a node's points, along its own axes as far as they are level."""
    axes = matrix[:3, :3] / np.maximum(np.linalg.norm(matrix[:3, :3], axis=0), 1e-12)
    front = axes[:, 2] if abs(axes[1, 2]) < 0.9 else axes[:, 1]
    yaw = math.atan2(float(front[0]), float(front[2])) if np.hypot(front[0], front[2]) > 1e-3 else 0.0
    upright = Box(node, _label(node), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), yaw)
    local = (points @ matrix[:3, :3].T + matrix[:3, 3]) @ upright.axes().T
    low, high = local.min(axis=0), local.max(axis=0)
    x, y, z = (low + high) / 2 @ upright.axes()
    size = (float(high[0] - low[0]), float(high[1] - low[1]), float(high[2] - low[2]))
    return Box(node, _label(node), (float(x), float(y) - floor, float(z)), size, yaw)
