"""Any file that describes a room becomes a plan that can be built."""

import json
from pathlib import Path
from typing import Any

from meshing.room.openings import with_openings
from meshing.room.plan import RoomPlan
from meshing.room.plan_gltf import read_gltf
from meshing.room.plan_json import is_plan, plan_of_json
from meshing.room.plan_layoutgpt import is_layoutgpt, read_layoutgpt
from meshing.room.plan_quest import is_quest, plan_of_scene
from meshing.room.repair import repair

MOST_BYTES = 200_000_000
_KINDS = "a plan (.json with floor or boxes), a headset's scene, LayoutGPT layouts, or glTF with named boxes"


def read_plan(path: Path, *, layout: int = 0, openings: bool = True) -> RoomPlan:
    """The plan in a file, whatever its kind, repaired.

    `layout` chooses among LayoutGPT's many. Where `openings` is true, a room without a door gets one, and one without
    windows a window. Raises ValueError where the file is of no known kind or holds nothing to build from.
    """
    plan = repair(_read(path, layout))
    return with_openings(plan) if openings else plan


def _read(path: Path, layout: int) -> RoomPlan:
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file; a room is read from {_KINDS}")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path}: is larger than {MOST_BYTES // 1_000_000} MB, too large for a plan")
    if path.suffix.lower() in (".glb", ".gltf"):
        return read_gltf(path)
    values = _json(path)
    if is_layoutgpt(values):
        return read_layoutgpt(path, layout)
    if is_quest(values):
        return plan_of_scene(values, name=path.stem, where=str(path))
    if is_plan(values):
        return plan_of_json(values, name=path.stem, where=str(path))
    raise ValueError(f"{path}: is no plan of a room; it must be {_KINDS}")


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{path}: is not readable as JSON ({type(error).__name__}: {error})") from error
