"""Bedrooms and living rooms as LayoutGPT writes them (Feng et al. 2023): boxes in pixels, without doors or windows.

`left` and `top` are the middle of a box from the room's corner, `depth` is the height of its middle; at orientation 0
a thing's back is at `top` 0, at 90 degrees at `left` 0 (so it is with 9 of 10 beds of the published layouts).
"""

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from meshing.room.classes import class_of, match
from meshing.room.plan import Box, RoomPlan
from meshing.room.polygon import rectangle

_ROOM = re.compile(r"max length (\d+(?:\.\d+)?)px, max width (\d+(?:\.\d+)?)px")
_TYPE = re.compile(r"Room Type: *(\w+)")
_SIDE = 3.6  # metres that a room's shorter side has where nothing else tells
_USUAL_HEIGHT = 2.6


def is_layoutgpt(values: Any) -> bool:
    """Whether JSON holds layouts of this kind."""
    return (
        isinstance(values, list)
        and bool(values)
        and isinstance(values[0], dict)
        and {"object_list", "prompt"} <= {*values[0]}
    )


def read_layoutgpt(path: Path, index: int = 0) -> RoomPlan:
    """The room number `index` of a file of layouts, in metres, not yet repaired.

    Pixels become metres by what the things in the room usually measure.
    """
    layouts = json.loads(path.read_text(encoding="utf-8"))
    if not is_layoutgpt(layouts):
        raise ValueError(f"{path}: must be a list of layouts with object_list and prompt")
    if not 0 <= index < len(layouts):
        raise ValueError(f"{path}: layout must be 0 to {len(layouts) - 1} (got {index})")
    return plan_of_layout(layouts[index], where=f"{path}: layout {index}")


def plan_of_layout(layout: dict[str, Any], *, where: str = "layout") -> RoomPlan:
    """One layout as a plan in metres, not yet repaired."""
    found = _ROOM.search(str(layout.get("prompt", "")))
    if not found:
        raise ValueError(f"{where}: the prompt must name the room's size as 'max length ..px, max width ..px'")
    length, width = float(found[1]), float(found[2])
    boxes = [_box(where, number, entry) for number, entry in enumerate(layout["object_list"])]
    factor = _metres_per_pixel(boxes, min(length, width))
    kind = _TYPE.search(str(layout["prompt"]))
    scaled = tuple(_scaled(box, factor, length, width) for box in boxes)
    corners = rectangle(np.array([-length, -width]) * factor / 2, np.array([length, width]) * factor / 2)
    floor = tuple((float(x), float(z)) for x, z in corners)
    top = max((box.top for box in scaled), default=0.0)
    note = f"lengths in pixels: {1 / factor:.1f} pixels were taken as a metre, as its furniture usually measures"
    return RoomPlan(
        name=str(layout.get("query_id", "room")),
        floor=floor,
        height=max(_USUAL_HEIGHT, min(top, 3.4)),
        boxes=scaled,
        style=kind[1] if kind else "",
        repairs=(note,),
    )


def _box(where: str, number: int, entry: Any) -> Box:
    try:
        label, values = entry
        side = {key: float(values[key]) for key in ("length", "width", "height", "left", "top", "depth")}
        turn = math.radians(float(values.get("orientation", 0.0)))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise ValueError(
            f"{where}: object {number} must be a label and its length, width, height, left, top, depth ({error!r})"
        ) from error
    size = (side["length"], side["height"], side["width"])
    return Box(str(label).replace("_", " "), str(label), (side["left"], side["depth"], side["top"]), size, turn)


def _metres_per_pixel(boxes: list[Box], short_side: float) -> float:
    """By the footprints of known furniture: lamps and chairs vary too much, heights are guessed worst."""
    ratios = []
    for box in boxes:
        kind = class_of(match(box.label)[0]) if match(box.label)[0] not in ("door", "window", "wall") else None
        if kind is None or kind.name == "box" or kind.stands != "floor" or not kind.fills:
            continue
        if min(box.size) > 0:
            ratios.append(math.sqrt(kind.typical[0] * kind.typical[2] / (box.size[0] * box.size[2])))
    if not ratios:
        return _SIDE / short_side
    return float(min(max(np.median(ratios), 2.4 / short_side), 6.0 / short_side))


def _scaled(box: Box, factor: float, length: float, width: float) -> Box:
    x, y, z = box.center
    a, b, c = box.size
    center = ((x - length / 2) * factor, y * factor, (z - width / 2) * factor)
    return Box(box.name, box.label, center, (a * factor, b * factor, c * factor), box.yaw)
