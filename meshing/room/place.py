"""Something made elsewhere comes to stand in a box of a plan: turned, scaled and set down so that it fits."""

from dataclasses import replace
from typing import Literal

import numpy as np
from jaxtyping import Float64

from meshing.mesh import Mesh, check_mesh
from meshing.placement import moved
from meshing.room.classes import CLASSES
from meshing.room.model import PlacedObject
from meshing.room.plan import Box, RoomPlan

Fit = Literal["inside", "height", "keep", "stretch"]
_TURNS = (0.0, 90.0, 180.0, 270.0)


def place_in_box(
    plan: RoomPlan, mesh: Mesh, box_name: str, *, turn: float | None = 0.0, fit: Fit = "inside"
) -> PlacedObject:
    """`mesh` in room coordinates, standing where the box says.

    `turn` in degrees turns the mesh about y before (its front is +z); None takes the quarter turn that fills the box
    best. `fit` scales it until it just fits `inside`, to the box's `height`, in each direction by itself (`stretch`),
    or not at all (`keep`). A photo with depth that is stretched becomes a relief: seen straight on, it is the photo.
    What stands on the floor or on furniture touches the box's bottom, what hangs from the ceiling its top, what hangs
    on a wall its back. Raises ValueError for an unknown box, or for a mesh without extent.
    """
    check_mesh(mesh, where="mesh")
    thing = next((box for box in plan.boxes if box.name == box_name), None)
    if thing is None:
        known = ", ".join(box.name for box in plan.boxes) or "none"
        raise ValueError(f"box: the plan has no box {box_name!r}; it has {known}")
    if float(np.ptp(mesh.vertices, axis=0).max()) < 1e-9:
        raise ValueError("mesh: has no extent, so it cannot be scaled to a box")
    is_picture = fit == "stretch" and mesh.viewing is not None
    if is_picture:
        mesh = relief(mesh)
    size = np.array(thing.size)
    degrees = _best_turn(mesh, size) if turn is None else turn
    turned = moved(mesh, _rotation(np.radians(degrees)))
    low, high = turned.vertices.min(axis=0).astype(np.float64), turned.vertices.max(axis=0).astype(np.float64)
    factor = _factor(high - low, size, fit)
    matrix = np.diag([*factor, 1.0])
    matrix[:3, 3] = -(low + high) / 2 * factor
    matrix[:3, 3] += _shift((high - low) * factor, size, _stands(thing))
    result = (
        moved(turned, thing.room_from_box() @ matrix)
        if fit != "stretch"
        else _stretched(turned, thing.room_from_box() @ matrix)
    )
    result = replace(result, name=thing.name, unit="metre", gravity="known")
    return PlacedObject(thing.name, result, is_picture)


def relief(mesh: Mesh) -> Mesh:
    """A mesh made to be seen from one place, with the perspective taken out: x and y as on the picture, z its nearness.

    Raises ValueError for a mesh that says of no place that it is made for it, or reaches behind that place.
    """
    if mesh.viewing is None:
        raise ValueError("mesh: a relief needs the place that it is to be seen from (viewing)")
    seen = mesh.vertices.astype(np.float64) - np.array(mesh.viewing.center)
    depth = -seen[:, 2]
    if depth.min() <= 0:
        raise ValueError("mesh: reaches behind the place that it is to be seen from, so it cannot become a relief")
    flat = np.stack([seen[:, 0] / depth, seen[:, 1] / depth, 1 / depth], axis=1)
    return replace(mesh, vertices=flat.astype(np.float32), normals=None, viewing=None)


def _stands(thing: Box) -> str:
    return next((kind.stands for kind in CLASSES if kind.name == thing.label), "floor")


def _factor(extent: Float64[np.ndarray, "3"], size: Float64[np.ndarray, "3"], fit: Fit) -> Float64[np.ndarray, "3"]:
    ratio = size / np.maximum(extent, 1e-9)
    if fit == "keep":
        return np.ones(3)
    if fit == "height":
        return np.full(3, ratio[1])
    if fit == "stretch":
        return np.where(extent > 1e-9, ratio, 1.0)
    return np.full(3, ratio[extent > 1e-6 * extent.max()].min())


def _shift(extent: Float64[np.ndarray, "3"], size: Float64[np.ndarray, "3"], stands: str) -> Float64[np.ndarray, "3"]:
    """From the box's middle to where the thing touches what carries it."""
    up = {"ceiling": 1.0, "wall": 0.0}.get(stands, -1.0)
    back = -1.0 if stands == "wall" else 0.0
    return np.asarray(np.array([0.0, up, back]) * (size - extent) / 2)


def _best_turn(mesh: Mesh, size: Float64[np.ndarray, "3"]) -> float:
    """The quarter turn after which the mesh can be largest; the first of equals."""
    extent = np.ptp(mesh.vertices.astype(np.float64), axis=0)
    fits = [_factor(extent if turn % 180 == 0 else extent[[2, 1, 0]], size, "inside")[0] for turn in _TURNS]
    return _TURNS[int(np.argmax(np.array(fits) > max(fits) * (1 - 1e-6)))]


def _rotation(radians: float) -> Float64[np.ndarray, "4 4"]:
    c, s = np.cos(radians), np.sin(radians)
    return np.array([[c, 0, s, 0], [0, 1, 0, 0], [-s, 0, c, 0], [0, 0, 0, 1.0]])


def _stretched(mesh: Mesh, matrix: Float64[np.ndarray, "4 4"]) -> Mesh:
    """Moved by an uneven scale: normals are left out, they would have to be made anew."""
    vertices = (mesh.vertices @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32)
    return replace(mesh, vertices=vertices, normals=None)
