"""A room as a person outlines it: floor, doors and windows, and boxes that say what stands where.

Owns the artifact `RoomPlan` and the geometry of its parts. Does not own reading other programs' plans (`plan_*.py`),
nor finding out what is wrong with a plan (`repair.py`).
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Float64

OpeningKind = Literal["door", "window"]
Point2 = tuple[float, float]
Point3 = tuple[float, float, float]


@dataclass(frozen=True)
class Opening:
    """A door or a window in a wall, in metres.

    `wall` counts the edges of the floor: wall i leads from corner i to corner i + 1. `offset` is how far along the
    wall, from its first corner, the opening begins; `sill` is its lower edge's height above the floor (a door's is 0).
    """

    kind: OpeningKind
    wall: int
    offset: float
    width: float
    height: float
    sill: float = 0.0


@dataclass(frozen=True)
class Box:
    """Something in the room: a class of `classes.py` and the box it has to fit.

    `center` is the middle of the box, y up. `size` is width, height and depth along the box's own axes. At `yaw` 0 the
    front looks along +z and the width runs along +x; a positive yaw turns the front from +z towards +x. `style` holds
    words about this thing alone, such as "red velvet".
    """

    name: str
    label: str
    center: Point3
    size: Point3
    yaw: float = 0.0
    style: str = ""

    def axes(self) -> Float64[np.ndarray, "3 3"]:
        """The directions of width, height and front, one a row."""
        s, c = float(np.sin(self.yaw)), float(np.cos(self.yaw))
        return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])

    def room_from_box(self) -> Float64[np.ndarray, "4 4"]:
        """Leads from the box's own coordinates, in metres with the origin in its middle, to the room's."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.axes().T
        matrix[:3, 3] = self.center
        return matrix

    def corners(self) -> Float64[np.ndarray, "8 3"]:
        """The eight corners; the first four are the lower ones, counter-clockwise seen from above."""
        signs = [(-1, -1, 1), (1, -1, 1), (1, -1, -1), (-1, -1, -1), (-1, 1, 1), (1, 1, 1), (1, 1, -1), (-1, 1, -1)]
        return np.asarray(np.array(self.center) + (np.array(signs) * self.size / 2) @ self.axes())

    def footprint(self) -> Float64[np.ndarray, "4 2"]:
        """The box seen from above as x and z of its corners, counter-clockwise."""
        return self.corners()[:4, ::2]

    @property
    def bottom(self) -> float:
        return self.center[1] - self.size[1] / 2

    @property
    def top(self) -> float:
        return self.center[1] + self.size[1] / 2


@dataclass(frozen=True)
class RoomPlan:
    """A room in metres: y up, the floor at height 0, the ceiling at `height`.

    `floor` lists the corners as x and z, counter-clockwise seen from above (x to the right, z towards the reader), so
    that the room lies to the left of each wall. Seen from inside, a wall begins at its right end. `style` is what the
    person said about the looks. `repairs` tells what was changed on the way from what was given.
    """

    name: str
    floor: tuple[Point2, ...]
    height: float
    openings: tuple[Opening, ...] = ()
    boxes: tuple[Box, ...] = ()
    style: str = ""
    repairs: tuple[str, ...] = ()

    def save(self, folder: Path) -> None:
        """Write `plan.json`; the same plan gives the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), sort_keys=True, indent=1, ensure_ascii=False)
        (folder / "plan.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "RoomPlan":
        """The plan that `save` wrote into `folder`."""
        return _plan_of(json.loads((folder / "plan.json").read_text(encoding="utf-8")))

    def polygon(self) -> Float64[np.ndarray, "points 2"]:
        """The floor's corners."""
        return np.array(self.floor, np.float64)

    def wall(self, index: int) -> "Wall":
        """The wall from corner `index` to the next one."""
        start, end = self.floor[index], self.floor[(index + 1) % len(self.floor)]
        return Wall(start, end, self.height)

    def walls(self) -> "list[Wall]":
        """All walls, in the order of the floor's corners."""
        return [self.wall(index) for index in range(len(self.floor))]


@dataclass(frozen=True)
class Wall:
    """The upright rectangle over one edge of the floor."""

    start: Point2
    end: Point2
    height: float

    @property
    def length(self) -> float:
        return float(np.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))

    def direction(self) -> Float64[np.ndarray, "3"]:
        """The unit vector from the first corner to the second."""
        along = np.array([self.end[0] - self.start[0], 0.0, self.end[1] - self.start[1]])
        return np.asarray(along / max(self.length, 1e-12))

    def inward(self) -> Float64[np.ndarray, "3"]:
        """The unit normal that points into the room."""
        x, _, z = self.direction()
        return np.array([z, 0.0, -x])

    def point(self, along: float, up: float, into: float = 0.0) -> Float64[np.ndarray, "3"]:
        """The point `along` metres from the first corner, `up` metres high and `into` metres inside the room."""
        origin = np.array([self.start[0], up, self.start[1]])
        return np.asarray(origin + along * self.direction() + into * self.inward())


def _plan_of(values: dict[str, Any]) -> RoomPlan:
    openings = tuple(Opening(**opening) for opening in values.pop("openings"))
    boxes = tuple(
        Box(**box | {"center": tuple(box["center"]), "size": tuple(box["size"])}) for box in values.pop("boxes")
    )
    floor = tuple((float(x), float(z)) for x, z in values.pop("floor"))
    repairs = tuple(values.pop("repairs"))
    return RoomPlan(floor=floor, openings=openings, boxes=boxes, repairs=repairs, **values)
