"""Maps of a room's plan: what class, which thing, and from where to where it reaches, for every pixel of a view.

ControlRoom3D (Schult et al. 2023, section 3.1) calls them the semantic proxy: they guide the picture generator, and the
near and far distances bound the depth of what it draws.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64, UInt8, UInt16
from PIL import Image

from meshing.pinhole import Pinhole
from meshing.room.classes import id_of, name_of, painted, palette
from meshing.room.panorama import directions
from meshing.room.plan import Box, RoomPlan
from meshing.room.polygon import contains, to_boundary
from meshing.room.triangulate import triangles_of

_BEFORE_WALL = 0.003  # metres that doors and windows stand before their wall, so that rays meet them first
EYE = 1.5  # metres above the floor
_RECESS, _BEFORE = 0.16, 0.14  # metres that openings reach behind their wall, and cloth and casings before it
_BESIDE = 0.34  # metres that curtains hang beside a window


@dataclass(frozen=True, eq=False)
class ProxyView:
    """What one view of the plan shows.

    `semantic` holds numbers of `classes.py`, `instance` 0 for the shell, then 1, 2, ... for the boxes in the plan's
    order and after them its openings. `near` is where a ray enters the first thing, `far` where it leaves its box; on
    walls both are the wall, and an opening reaches into the wall. Distances along the ray for panoramas, depths along z
    for perspective views; infinite where a ray leaves the room.
    """

    semantic: UInt8[np.ndarray, "h w"]
    instance: UInt16[np.ndarray, "h w"]
    near: Float32[np.ndarray, "h w"]
    far: Float32[np.ndarray, "h w"]

    @property
    def is_shell(self) -> np.ndarray:
        """Pixels that show walls, floor, ceiling, doors or windows."""
        return np.asarray((self.semantic > 0) & (self.semantic <= id_of("window")))

    @property
    def is_plain(self) -> np.ndarray:
        """Pixels that show walls, floor or ceiling: there the plan knows the distance, at openings only roughly."""
        return np.asarray((self.semantic > 0) & (self.semantic < id_of("door")))


@dataclass(frozen=True, eq=False)
class ProxyMaps:
    """Panoramas of a plan from one or several places, with the plan itself."""

    plan: RoomPlan
    positions: tuple[tuple[float, float, float], ...]
    panoramas: tuple[ProxyView, ...]

    def save(self, folder: Path) -> None:
        """Write `plan.json`, `positions.json`, and for each place its arrays and a picture in ADE20K's colours.

        `classes.json` lists name and colour of each number in the semantic maps.
        """
        self.plan.save(folder)
        named = [{"name": name_of(number), "color": color.tolist()} for number, color in enumerate(palette())]
        (folder / "classes.json").write_text(json.dumps(named) + "\n")
        (folder / "positions.json").write_text(json.dumps(self.positions) + "\n")
        for number, view in enumerate(self.panoramas):
            arrays = {name: getattr(view, name) for name in ("semantic", "instance", "near", "far")}
            np.savez(folder / f"proxy-{number}.npz", **arrays)
            Image.fromarray(painted(view.semantic.astype(np.int64))).save(folder / f"proxy-{number}.png")

    @classmethod
    def load(cls, folder: Path) -> "ProxyMaps":
        """The maps that `save` wrote into `folder`."""
        positions = tuple(
            (float(x), float(y), float(z)) for x, y, z in json.loads((folder / "positions.json").read_text())
        )
        views = []
        for number in range(len(positions)):
            with np.load(folder / f"proxy-{number}.npz", allow_pickle=False) as arrays:
                views.append(ProxyView(**{name: arrays[name] for name in arrays.files}))
        return cls(RoomPlan.load(folder), positions, tuple(views))


@dataclass(frozen=True, eq=False)
class ProxyMesh:
    """The plan as triangles, each with its class and its instance."""

    vertices: Float32[np.ndarray, "vertices 3"]
    faces: Int32[np.ndarray, "faces 3"]
    semantic: UInt8[np.ndarray, "faces"]
    instance: UInt16[np.ndarray, "faces"]


_QUADS = np.array([(0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7), (4, 5, 6, 7), (3, 2, 1, 0)])


def proxy_mesh(plan: RoomPlan) -> ProxyMesh:
    """Shell and boxes as triangles; the shell's look inwards, the boxes' outwards."""
    parts: list[tuple[np.ndarray, np.ndarray, str, int]] = []
    flat = triangles_of(plan.polygon())
    for height, name, order in ((0.0, "floor", [0, 1, 2]), (plan.height, "ceiling", [0, 2, 1])):
        points = np.insert(plan.polygon(), 1, height, axis=1)
        parts.append((points, flat[:, order], name, 0))
    for wall in plan.walls():
        corners = [wall.point(0.0, 0.0), wall.point(0.0, wall.height)]
        corners += [wall.point(wall.length, wall.height), wall.point(wall.length, 0.0)]
        parts.append((np.array(corners), _split(np.array([[0, 1, 2, 3]])), "wall", 0))
    for number, box in enumerate(plan.boxes):
        parts.append((box.corners(), _split(_QUADS), box.label, number + 1))
    for number, o in enumerate(plan.openings):
        wall = plan.wall(o.wall)
        rim = [(o.offset, o.sill), (o.offset, o.sill + o.height), (o.offset + o.width, o.sill + o.height)]
        corners = [wall.point(along, up, _BEFORE_WALL) for along, up in [*rim, (o.offset + o.width, o.sill)]]
        parts.append((np.array(corners), _split(np.array([[0, 1, 2, 3]])), o.kind, len(plan.boxes) + 1 + number))
    starts = np.cumsum([0, *(len(points) for points, _, _, _ in parts)])
    counts = [len(faces) for _, faces, _, _ in parts]
    return ProxyMesh(
        np.concatenate([points for points, _, _, _ in parts]).astype(np.float32),
        np.concatenate([f + s for (_, f, _, _), s in zip(parts, starts[:-1], strict=True)]).astype(np.int32),
        np.repeat([id_of(name) for _, _, name, _ in parts], counts).astype(np.uint8),
        np.repeat([number for _, _, _, number in parts], counts).astype(np.uint16),
    )


def _split(quads: Int64[np.ndarray, "quads 4"]) -> Int64[np.ndarray, "faces 3"]:
    return quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)


@dataclass(frozen=True, eq=False)
class Intervals:
    """Where along each ray something may be: inside boxes, from `enter` to `leave`, or on the `shell`.

    Doors and windows count as boxes, too: they are set into the wall, and cloth hangs before it. Infinite where a ray
    misses a box.
    """

    enter: Float32[np.ndarray, "boxes h w"]
    leave: Float32[np.ndarray, "boxes h w"]
    shell: Float32[np.ndarray, "h w"]

    def nearest(self, distance: Float32[np.ndarray, "h w"], slack: float = 0.0) -> Float32[np.ndarray, "h w"]:
        """The allowed distance nearest to each given one; what is off by less than `slack` metres is allowed."""
        best = np.where(np.isfinite(self.shell), self.shell, distance)
        off = np.abs(distance - best)
        best = np.where(off <= slack, distance, best)
        for enter, leave in zip(self.enter, self.leave, strict=True):
            hit = np.isfinite(enter)
            inside = np.clip(distance, np.where(hit, enter - slack, 0), np.where(hit, leave + slack, 0))
            way = np.abs(distance - inside)
            nearer = hit & (way < off)
            best, off = np.where(nearer, inside, best), np.where(nearer, way, off)
        return np.asarray(best.astype(np.float32))

    def violated(self, distance: Float32[np.ndarray, "h w"], slack: float = 0.03) -> np.ndarray:
        """Which distances are neither in a box nor on the shell, but for `slack` metres."""
        return np.asarray(np.abs(self.nearest(distance, slack) - distance) > 1e-5)


class ProxyRenderer:
    """A plan, ready to be looked at from anywhere."""

    def __init__(self, plan: RoomPlan) -> None:
        from meshing.raycast_embree import RayCaster

        self.plan = plan
        self.mesh = proxy_mesh(plan)
        self._caster = RayCaster(self.mesh.vertices, self.mesh.faces)
        self._shell = RayCaster(self.mesh.vertices, self.mesh.faces[self.mesh.instance == 0])

    def panorama(self, position: Float64[np.ndarray, "3"], height: int = 256) -> ProxyView:
        """The maps all around a place, twice as wide as high, with distances along the rays."""
        return self.view(position, directions(height, 2 * height))

    def perspective(self, camera: Pinhole, world_from_camera: Float64[np.ndarray, "4 4"]) -> ProxyView:
        """The maps that a camera sees, with depths along z."""
        return self.view(world_from_camera[:3, 3], camera.rays() @ world_from_camera[:3, :3].T)

    def view(self, position: Float64[np.ndarray, "3"], ways: Float64[np.ndarray, "h w 3"]) -> ProxyView:
        """The maps of rays from one place; distances count in lengths of the rays' directions."""
        shape = ways.shape[:2]
        rays = ways.reshape(-1, 3)
        hits = self._caster.cast(np.broadcast_to(position, rays.shape), rays)
        found = hits.face >= 0
        semantic = np.where(found, self.mesh.semantic[hits.face], 0).astype(np.uint8)
        instance = np.where(found, self.mesh.instance[hits.face], 0).astype(np.uint16)
        far = hits.distance.copy()
        for number, box in enumerate(self.plan.boxes):
            mine = instance == number + 1
            if mine.any():
                far[mine] = np.maximum(far[mine], exits(box, position, rays[mine]))
        for number, hole in enumerate(holes_of(self.plan)):
            mine = instance == len(self.plan.boxes) + number + 1
            if mine.any():
                far[mine] = np.maximum(far[mine], exits(hole, position, rays[mine]))
        return ProxyView(*(array.reshape(shape) for array in (semantic, instance, hits.distance, far)))

    def intervals(self, position: Float64[np.ndarray, "3"], ways: Float64[np.ndarray, "h w 3"]) -> Intervals:
        """Everything that a ray from `position` may meet, not only what it meets first."""
        rays = ways.reshape(-1, 3)
        shell = self._shell.cast(np.broadcast_to(position, rays.shape), rays).distance
        boxes = (*self.plan.boxes, *holes_of(self.plan), *dressings_of(self.plan))
        spans = [span(box, position, rays) for box in boxes]
        arrays = np.array(spans, np.float32).reshape(len(spans), 2, *ways.shape[:2])
        return Intervals(arrays[:, 0], arrays[:, 1], shell.reshape(ways.shape[:2]))


def holes_of(plan: RoomPlan) -> tuple[Box, ...]:
    """What doors and windows take of the wall and before it, leaf, pane and board included, in the plan's order."""
    return tuple(_at_wall(plan, number, 0.0, (0.0, 0.0), (-_RECESS, 0.06)) for number in range(len(plan.openings)))


def dressings_of(plan: RoomPlan) -> tuple[Box, ...]:
    """Where casings stand out and curtains hang: before the wall, around each opening."""
    found = []
    for number, opening in enumerate(plan.openings):
        if opening.kind == "window":
            found.append(_at_wall(plan, number, _BESIDE, (opening.sill, 0.16), (0.0, _BEFORE)))
        else:
            found.append(_at_wall(plan, number, 0.08, (0.0, 0.08), (0.0, 0.08)))
    return tuple(found)


def _at_wall(plan: RoomPlan, number: int, beside: float, over: tuple[float, float], across: tuple[float, float]) -> Box:
    """A box about an opening, wider by `beside` on each side, by `over` below and above; `across` counts inwards."""
    opening = plan.openings[number]
    wall = plan.wall(opening.wall)
    low, high = opening.sill - over[0], min(opening.sill + opening.height + over[1], wall.height)
    middle = wall.point(opening.offset + opening.width / 2, (low + high) / 2, sum(across) / 2)
    inward = wall.inward()
    yaw = float(np.arctan2(inward[0], inward[2]))
    size = (opening.width + 2 * beside, high - low, across[1] - across[0])
    return Box(
        f"{opening.kind}_{number}", opening.kind, (float(middle[0]), float(middle[1]), float(middle[2])), size, yaw
    )


def span(
    box: Box, position: Float64[np.ndarray, "3"], rays: Float64[np.ndarray, "rays 3"]
) -> Float32[np.ndarray, "2 rays"]:
    """Where rays enter and leave a box, in lengths of their directions; infinite where they miss it."""
    local = (position - np.array(box.center)) @ box.axes().T
    ways = rays @ box.axes().T
    ways = np.where(np.abs(ways) < 1e-12, 1e-12, ways)
    half = np.array(box.size) / 2
    one, two = (half - local) / ways, (-half - local) / ways
    enter, leave = np.minimum(one, two).max(axis=1), np.maximum(one, two).min(axis=1)
    missed = (leave <= np.maximum(enter, 0)) | (leave <= 0)
    return np.where(missed, np.inf, np.stack([np.maximum(enter, 0), leave])).astype(np.float32)


def exits(
    box: Box, position: Float64[np.ndarray, "3"], rays: Float64[np.ndarray, "rays 3"]
) -> Float32[np.ndarray, "rays"]:
    """Where rays leave a box, in lengths of their directions; meaningless for rays that miss it."""
    local = (position - np.array(box.center)) @ box.axes().T
    ways = rays @ box.axes().T
    ways = np.where(np.abs(ways) < 1e-12, 1e-12, ways)
    half = np.array(box.size) / 2
    leave = np.maximum((half - local) / ways, (-half - local) / ways)
    return np.asarray(leave.min(axis=1).astype(np.float32))


def standpoints(
    plan: RoomPlan, *, step: float = 0.5, heights: tuple[float, ...] = (0.5, EYE, 2.2), standing: bool = False
) -> Float64[np.ndarray, "n 3"]:
    """Places in the room with some air around them, not in any box, those with most air first.

    `standing` leaves out places above or below things: a person stands on the floor.
    """
    corners = plan.polygon()
    low, high = corners.min(axis=0), corners.max(axis=0)
    grid = np.stack(np.meshgrid(*(np.arange(a + 0.3, b - 0.2, step) for a, b in zip(low, high, strict=True))), axis=-1)
    spots = grid.reshape(-1, 2)
    spots = spots[contains(corners, spots)] if len(spots) else spots
    found = []
    for height in heights:
        if height > plan.height - 0.35:
            continue
        room = np.linalg.norm(to_boundary(corners, spots), axis=1) if len(spots) else np.zeros(0)
        for box in plan.boxes:
            beside = standing and box.label != "rug"
            if beside or box.bottom - 0.15 < height < box.top + 0.15:
                way = np.linalg.norm(to_boundary(box.footprint(), spots), axis=1)
                room = np.minimum(room, np.where(contains(box.footprint(), spots), -1.0, way))
        found += [
            (float(air), float(x), height, float(z)) for air, (x, z) in zip(room, spots, strict=True) if air > 0.2
        ]
    if not found:
        x, z = corners.mean(axis=0)
        return np.array([[x, min(EYE, plan.height - 0.2), z]])
    order = sorted(found, key=lambda spot: (-round(spot[0], 6), abs(spot[2] - EYE), spot[1:]))
    return np.array([spot[1:] for spot in order])


def best_standpoint(plan: RoomPlan) -> Float64[np.ndarray, "3"]:
    """The place at eye height with most room around it to stand; above furniture where the floor is full."""
    heights = (min(EYE, plan.height - 0.4),)
    standing = standpoints(plan, step=0.25, heights=heights, standing=True)
    found = standing if len(standing) > 1 else standpoints(plan, step=0.25, heights=heights)
    return np.asarray(found[0], np.float64)
