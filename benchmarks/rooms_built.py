"""Rooms built from their plans: do things keep to their boxes, do walls stand where they should, how long, how large.

    python benchmarks/rooms_built.py --data FOLDER [--layouts 40] [--full] [--save FOLDER]

Takes both headset captures of FOLDER/quest_rooms and the first layouts of FOLDER/layoutgpt that hold at least two
boxes.
Without `--full` textures and rays are a quarter of the usual: shapes do not depend on them, seconds and bytes do.
Each room is told as soon as it stands. With `--save` its file and its figures are kept, and a benchmark that is begun
again goes on after the last room that it finished.
"""

import argparse
import json
import resource
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from meshing.raycast_embree import RayCaster
from meshing.room.build import BuildSettings, build_room
from meshing.room.classes import CLASSES
from meshing.room.model import RoomModel, RoomPart
from meshing.room.plan import Box, RoomPlan
from meshing.room.read import read_plan
from meshing.room.scene import fitted_glb

STYLES = (
    "scandinavian",
    "rustic",
    "industrial",
    "japanese",
    "victorian",
    "mid-century modern",
    "coastal",
    "minimalist",
)
MOST_BYTES = 4_000_000
PIXELS = 96


def plans(data: Path, layouts: int) -> Iterator[RoomPlan]:
    """The real rooms, then written ones."""
    for path in sorted((data / "quest_rooms").glob("*.json")):
        yield read_plan(path)
    (path,) = (data / "layoutgpt").glob("*.json")
    found = index = 0
    while found < layouts:
        plan = read_plan(path, layout=index)
        index += 1
        if len(plan.boxes) >= 2:
            found += 1
            yield plan


def silhouette_iou(thing: Box, part: RoomPart) -> float:
    """Overlap of the shadows of a thing and of its box, seen from the front, the side and above, as from far away."""
    local = ((part.vertices - np.array(thing.center)) @ thing.axes().T / np.array(thing.size)).astype(np.float32)
    caster = RayCaster(local, part.faces)
    grid = (np.arange(PIXELS) + 0.5) / PIXELS - 0.5
    a, b = (axis.ravel() for axis in np.meshgrid(grid, grid))
    ious = []
    for axis in range(3):
        origins = np.zeros((len(a), 3), np.float32)
        origins[:, (axis + 1) % 3], origins[:, (axis + 2) % 3], origins[:, axis] = a, b, 2.0
        direction = np.zeros_like(origins)
        direction[:, axis] = -1
        hit = caster.cast(origins, direction).face >= 0
        origins[:, axis] *= -1
        hit |= caster.cast(origins, -direction).face >= 0  # what shows its front to the other side alone
        ious.append(float(hit.mean()))
    return float(np.mean(ious))


def outside(thing: Box, part: RoomPart) -> float:
    """How far the thing reaches out of its box, in metres."""
    local = np.abs((part.vertices - np.array(thing.center)) @ thing.axes().T) - np.array(thing.size) / 2
    return float(max(local.max(), 0))


def wall_error(room: RoomModel) -> float:
    """How far the wall faces lie from the plan's walls, in metres: the worst vertex of each wall's own surface."""
    worst = 0.0
    for index, wall in enumerate(room.plan.walls()):
        part = next(part for part in room.parts if part.is_shell and part.name == f"wall_{index}")
        into = (part.vertices - wall.point(0, 0)) @ wall.inward()
        corners = into[part.faces]
        flat = np.ptp(corners, axis=1) < 1e-4  # skirting stands out by design
        area = np.linalg.norm(
            np.cross(*(part.vertices[part.faces[:, k]] - part.vertices[part.faces[:, 0]] for k in (1, 2))), axis=1
        )
        largest = flat & (area > 0.01)
        worst = max(worst, float(np.abs(np.median(corners[largest]))))
    return worst


@dataclass(frozen=True)
class Measured:
    """One room: lengths in metres, `seconds` of the processor, `ious` by class, each thing's by itself."""

    name: str
    boxes: int
    parts: int
    repairs: tuple[str, ...]
    seconds: float
    size: int
    quality: int
    wall: float
    reach: float
    ious: dict[str, list[float]] = field(default_factory=dict)


def measured(plan: RoomPlan, number: int, settings: BuildSettings) -> tuple[Measured, bytes]:
    """Build a room and measure it; its file, too."""
    begin = time.process_time()
    room = build_room(plan, settings, seed=number)
    data, quality = fitted_glb(room, MOST_BYTES)
    seconds = time.process_time() - begin
    boxes = {thing.name: thing for thing in plan.boxes}
    things = [(boxes[part.name], part) for part in room.parts if not part.is_shell and part.name in boxes]
    ious: dict[str, list[float]] = defaultdict(list)
    for thing, part in things:
        ious[part.label].append(silhouette_iou(thing, part))
    reach = max((outside(thing, part) for thing, part in things), default=0.0)
    figures = Measured(
        plan.name,
        len(plan.boxes),
        len(room.parts),
        plan.repairs,
        seconds,
        len(data),
        quality,
        wall_error(room),
        reach,
        dict(ious),
    )
    return figures, data


def all_measured(data: Path, layouts: int, settings: BuildSettings, save: Path | None) -> Iterator[Measured]:
    """Every room's figures; those that `save` holds already are read."""
    for number, plan in enumerate(plans(data, layouts)):
        kept = save / f"{number:02d}_{plan.name}.json" if save else None
        if kept and kept.is_file():
            found = Measured(**json.loads(kept.read_text()))
        else:
            plan = plan if plan.style else replace(plan, style=STYLES[number % len(STYLES)])
            found, glb = measured(plan, number, settings)
            if kept:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.with_suffix(".glb").write_bytes(glb)
                kept.write_text(json.dumps(asdict(found), sort_keys=True) + "\n")
        print(
            f"{number:3d} {found.name:28.28s} {found.boxes:3d} boxes {len(found.repairs):2d} repairs "
            f"{found.seconds:6.1f} CPU-s {found.size / 1e6:5.2f} MB (quality {found.quality}) {found.parts} parts, "
            f"walls {100 * found.wall:.2f} cm, out of boxes {100 * found.reach:.2f} cm",
            flush=True,
        )
        yield found


def main() -> None:
    """Build every room and print what was measured."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--layouts", type=int, default=40)
    parser.add_argument("--full", action="store_true", help="the usual textures and rays")
    parser.add_argument("--save", type=Path, help="write GLBs and figures here, and go on after those that are there")
    given = parser.parse_args()
    settings = BuildSettings() if given.full else BuildSettings(512, 0.2, (4, 8))
    rooms = list(all_measured(given.data, given.layouts, settings, given.save))
    fills = {kind.name for kind in CLASSES if kind.fills}
    ious: dict[str, list[float]] = defaultdict(list)
    for room in rooms:
        for label, values in room.ious.items():
            ious[label] += values
    for label in sorted(ious):
        mark = "fills its box" if label in fills else ""
        print(f"  {label:16s} {len(ious[label]):3d} x  silhouette IoU {np.mean(ious[label]):.3f}  {mark}")
    filling = [value for label, values in ious.items() if label in fills for value in values]
    print(
        f"silhouette IoU of {len(filling)} things that fill their boxes: "
        f"mean {np.mean(filling):.3f}, least {min(filling):.3f}"
    )
    reach, walls = max(room.reach for room in rooms), max(room.wall for room in rooms)
    repairs = sum(len(room.repairs) for room in rooms)
    print(f"worst reach out of a box {100 * reach:.2f} cm, worst wall {100 * walls:.2f} cm, {repairs} repairs told")
    seconds, sizes = [room.seconds for room in rooms], [room.size / 1e6 for room in rooms]
    print(f"CPU seconds: median {np.median(seconds):.1f}, most {max(seconds):.1f}")
    print(f"MB: median {np.median(sizes):.2f}, most {max(sizes):.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
