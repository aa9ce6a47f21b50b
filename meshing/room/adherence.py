"""How well a room keeps to its plan, in numbers that need no network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, UInt8, UInt16

from meshing.distance import samples
from meshing.mesh import Mesh
from meshing.room.classes import class_of
from meshing.room.plan import RoomPlan
from meshing.room.polygon import contains, to_boundary
from meshing.room.proxy import ProxyRenderer

Owners = Callable[[Float64[np.ndarray, "3"], int], UInt16[np.ndarray, "h w"]]
"""Which box of the plan, from 1, each pixel of a panorama shows; 0 for the shell."""

_LEAST_PIXELS = 30


@dataclass(frozen=True)
class Adherence:
    """`iou` by box name: the silhouettes' intersection over union, all places together."""

    iou: dict[str, float]
    mean_iou: float
    mean_iou_of_filling: float


def silhouettes(
    plan: RoomPlan, owners: Owners, places: Sequence[Float64[np.ndarray, "3"]], height: int = 256
) -> Adherence:
    """How far the outlines of things agree with those of their boxes, seen from several places.

    `mean_iou_of_filling` is that of the kinds that fill their boxes; a chair cannot. Boxes that show too little are
    left out.
    """
    renderer = ProxyRenderer(plan)
    both = np.zeros(len(plan.boxes))
    either = np.zeros(len(plan.boxes))
    for place in places:
        wanted = renderer.panorama(place, height).instance
        wanted = np.where(wanted > len(plan.boxes), 0, wanted)
        made = owners(place, height)
        for number in range(len(plan.boxes)):
            a, b = wanted == number + 1, made == number + 1
            both[number] += (a & b).sum()
            either[number] += (a | b).sum()
    shown = [n for n in range(len(plan.boxes)) if either[n] >= _LEAST_PIXELS]
    iou = {plan.boxes[n].name: float(both[n] / either[n]) for n in shown}
    filling = [iou[plan.boxes[n].name] for n in shown if class_of(plan.boxes[n].label).fills]
    return Adherence(iou, _mean(list(iou.values())), _mean(filling))


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


@dataclass(frozen=True)
class SurfaceFit:
    """Of a mesh's area: the share that lies in boxes or on the shell, and the mean distance of its walls in metres."""

    in_place: float
    wall_error: float


def surface_fit(mesh: Mesh, plan: RoomPlan, *, slack: float = 0.05, count: int = 40_000) -> SurfaceFit:
    """Where a room's surface lies against its plan.

    What is within twice `slack` of a wall, the floor or the ceiling and in no box counts as shell; its mean distance
    from there is the wall error.
    """
    points, _ = samples(mesh.vertices, mesh.faces, count, np.random.default_rng(0))
    boxed = in_boxes(points, plan, slack)
    off = shell_distance(points, plan)
    shell = (off < 2 * slack) & ~in_boxes(points, plan, 0.0)
    return SurfaceFit(float((boxed | (off < slack)).mean()), float(off[shell].mean()) if shell.any() else float("nan"))


def in_boxes(points: Float64[np.ndarray, "n 3"], plan: RoomPlan, slack: float) -> Bool[np.ndarray, "n"]:
    """Which points lie in some box, made larger by `slack` on every side."""
    found = np.zeros(len(points), bool)
    for box in plan.boxes:
        local = np.abs((points - np.array(box.center)) @ box.axes().T)
        found |= (local <= np.array(box.size) / 2 + slack).all(axis=1)
    return found


def shell_distance(points: Float64[np.ndarray, "n 3"], plan: RoomPlan) -> Float64[np.ndarray, "n"]:
    """Distance of each point from the nearest wall, floor or ceiling."""
    corners, flat = plan.polygon(), points[:, ::2]
    aside = np.linalg.norm(to_boundary(corners, flat), axis=1)
    outside = np.where(contains(corners, flat), 0.0, aside)
    over = np.maximum(np.maximum(-points[:, 1], points[:, 1] - plan.height), 0.0)
    walls = np.hypot(aside, over)
    levels = np.hypot(np.minimum(np.abs(points[:, 1]), np.abs(points[:, 1] - plan.height)), outside)
    return np.asarray(np.minimum(walls, levels))


def seam_error(panorama: UInt8[np.ndarray, "h w 3"]) -> float:
    """How much larger the step across a panorama's left and right rims is than between other columns; 1 is seamless."""
    image = panorama.astype(np.float64)
    steps = np.abs(np.diff(image, axis=1)).mean(axis=(0, 2))
    seam = np.abs(image[:, 0] - image[:, -1]).mean()
    return float(seam / max(float(np.median(steps)), 1e-3))
