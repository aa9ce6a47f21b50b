"""Plans of rooms in the JSON that people write by hand.

    {"floor": {"width": 4, "depth": 5}, "height": 2.6, "style": "japanese, light wood",
     "openings": [{"kind": "door", "wall": 0, "offset": 0.4}],
     "boxes": [{"label": "bed", "center": [0, -1.2], "yaw_degrees": 90}]}

`floor` may also list corners as [x, z]; the rectangle has its middle at the origin. What is left out of an opening or a
box is taken from what such things usually are. The file that `RoomPlan.save` writes is of this kind, too.
"""

import math
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from meshing.room.classes import SHELL, class_of, match
from meshing.room.plan import Box, Opening, OpeningKind, Point2, RoomPlan
from meshing.room.polygon import rectangle

_KEYS = ("name", "floor", "height", "openings", "boxes", "style", "repairs")
_OPENING_KEYS = ("kind", "wall", "offset", "width", "height", "sill")
_BOX_KEYS = ("name", "label", "center", "size", "yaw", "yaw_degrees", "style")
_USUAL = {"door": (0.9, 2.05, 0.0), "window": (1.4, 1.3, 0.9)}  # width, height, sill
_USUAL_HEIGHT = 2.6


def is_plan(values: Any) -> bool:
    """Whether JSON looks like a plan of this kind."""
    return isinstance(values, dict) and bool({"floor", "boxes"} & {*values})


def plan_of_json(values: dict[str, Any], *, name: str = "room", where: str = "plan") -> RoomPlan:
    """The plan that JSON values describe, not yet repaired; a ValueError names the entry that is of a wrong kind."""
    _known(values, _KEYS, where)
    return RoomPlan(
        name=_text(values.get("name", name), f"{where}.name"),
        floor=_floor(values.get("floor", []), f"{where}.floor"),
        height=_number(values.get("height", _USUAL_HEIGHT), f"{where}.height"),
        openings=tuple(
            _opening(value, f"{where}.openings[{i}]")
            for i, value in enumerate(_list(values.get("openings", []), f"{where}.openings"))
        ),
        boxes=tuple(
            _box(value, f"{where}.boxes[{i}]")
            for i, value in enumerate(_list(values.get("boxes", []), f"{where}.boxes"))
        ),
        style=_text(values.get("style", ""), f"{where}.style"),
        repairs=tuple(_text(v, f"{where}.repairs") for v in _list(values.get("repairs", []), f"{where}.repairs")),
    )


def _floor(value: Any, where: str) -> tuple[Point2, ...]:
    if isinstance(value, dict):
        _known(value, ("width", "depth"), where)
        half = np.array([_number(value.get(key), f"{where}.{key}") / 2 for key in ("width", "depth")])
        return tuple((float(x), float(z)) for x, z in rectangle(-half, half))
    return tuple(
        (point[0], point[1])
        for point in (_numbers(corner, (2,), f"{where}[{i}]") for i, corner in enumerate(_list(value, where)))
    )


def _opening(value: Any, where: str) -> Opening:
    _known(value, _OPENING_KEYS, where)
    kind = value.get("kind")
    if kind not in _USUAL:
        raise ValueError(f"{where}.kind: must be door or window (got {kind!r})")
    wall = value.get("wall")
    if isinstance(wall, bool) or not isinstance(wall, int):
        raise ValueError(f"{where}.wall: must be the number of a wall, from 0 (got {wall!r})")
    width, height, sill = _USUAL[kind]
    named: OpeningKind = "door" if kind == "door" else "window"
    return Opening(
        kind=named,
        wall=wall,
        offset=_number(value.get("offset"), f"{where}.offset"),
        width=_number(value.get("width", width), f"{where}.width"),
        height=_number(value.get("height", height), f"{where}.height"),
        sill=_number(value.get("sill", sill), f"{where}.sill"),
    )


def _box(value: Any, where: str) -> Box:
    _known(value, _BOX_KEYS, where)
    label = _text(value.get("label"), f"{where}.label")
    named = match(label)[0]
    kind = class_of("box" if named in SHELL else named)
    size = _numbers(value["size"], (3,), f"{where}.size") if "size" in value else kind.typical
    center = _numbers(value.get("center"), (2, 3), f"{where}.center")
    if len(center) == 2:
        center = (center[0], _usual_height(kind.stands, size[1]), center[1])
    yaw = _number(value.get("yaw", 0.0), f"{where}.yaw")
    if "yaw_degrees" in value:
        yaw = math.radians(_number(value["yaw_degrees"], f"{where}.yaw_degrees"))
    return Box(
        name=_text(value.get("name", label), f"{where}.name"),
        label=label,
        center=(center[0], center[1], center[2]),
        size=(size[0], size[1], size[2]),
        yaw=yaw,
        style=_text(value.get("style", ""), f"{where}.style"),
    )


def _usual_height(stands: str, height: float) -> float:
    return {"wall": 1.5, "ceiling": _USUAL_HEIGHT}.get(stands, height / 2)


def _known(value: Any, keys: Sequence[str], where: str) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{where}: must be an object with {', '.join(keys)} (got {_shown(value)})")
    for key in value:
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"allowed are {', '.join(keys)}"
            raise ValueError(f"{where}: has no setting {_shown(key)}; {hint}")


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{where}: must be a list (got {_shown(value)})")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where}: must be text (got {_shown(value)})")
    return value


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{where}: must be a number in metres or radians (got {_shown(value)})")
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _numbers(value: Any, counts: tuple[int, ...], where: str) -> tuple[float, ...]:
    if not isinstance(value, list) or len(value) not in counts:
        wanted = " or ".join(str(count) for count in counts)
        raise ValueError(f"{where}: must be a list of {wanted} numbers (got {_shown(value)})")
    return tuple(_number(number, f"{where}[{i}]") for i, number in enumerate(value))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
