"""A fused surface becomes a room with textures and names: painted from its panoramas, cut up by its plan."""

import numpy as np
from jaxtyping import Float64, Int64

from meshing.bake import BakeReport, bake_photos
from meshing.mesh import Mesh
from meshing.room.model import RoomModel, RoomPart
from meshing.room.panorama import around, perspective
from meshing.room.pictures import RoomPicture, RoomPictures
from meshing.room.plan import RoomPlan
from meshing.room.polygon import to_boundary
from meshing.room.spawn import standing_place
from meshing.simplify import reduced
from meshing.unwrap import unwrap
from meshing.views import Photo, View

_ANGLE = np.radians(96)  # six views overlap by a few degrees, so that no face lies across all their rims
_NEAR, _ALONG = 0.04, 0.8  # metres and cosine within which a face belongs to the shell
_SLACK = 0.06


def textured_room(
    mesh: Mesh, pictures: RoomPictures, *, triangles: int = 30_000, size: int = 2048, level: bool = True
) -> tuple[RoomModel, BakeReport]:
    """The surface with fewer triangles, each painted from the panorama that shows it best, as parts of the plan.

    Parts are walls, floor, ceiling and the plan's boxes by name; what lies nowhere near is part of the nearest.
    """
    unwrapped = unwrap(reduced(mesh, triangles), size)
    photos = [photo for picture in pictures.pictures for photo in photos_of(picture)]
    baked = bake_photos(unwrapped.mesh, unwrapped.width, unwrapped.height, photos, level=level)
    page = baked.mesh.base_color
    assert page is not None
    spot, yaw = standing_place(pictures.plan)
    parts = parts_of(baked.mesh, pictures.plan)
    notes = (f"texture: painted from {len(pictures.pictures)} panoramas",)
    return RoomModel(pictures.plan, parts, (page,), (page,), (), spot, yaw, notes), baked.report


def photos_of(picture: RoomPicture) -> list[Photo]:
    """A panorama as six square photos."""
    photos = []
    for camera, rotation in around(4, max(16, round(0.7 * picture.color.shape[0])), float(_ANGLE)):
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = rotation, picture.position
        image = perspective(picture.color, camera, rotation)
        photos.append(Photo(image, View(camera.width, camera.height, camera.project, pose)))
    return photos


def parts_of(mesh: Mesh, plan: RoomPlan) -> tuple[RoomPart, ...]:
    """A textured mesh cut into the plan's walls, floor, ceiling and boxes; those of which nothing shows are left out.

    Vertices on a cut are doubled.
    """
    assert mesh.uv is not None
    labels = [("floor", "floor", True), ("ceiling", "ceiling", True)]
    labels += [(f"wall_{number}", "wall", True) for number in range(len(plan.floor))]
    labels += [(box.name, box.label, False) for box in plan.boxes]
    owner = owners(mesh, plan)
    parts = []
    for number, (name, label, is_shell) in enumerate(labels):
        mine = mesh.faces[owner == number]
        if len(mine):
            used, faces = np.unique(mine, return_inverse=True)
            corners = faces.reshape(-1, 3).astype(np.int32)
            parts.append(RoomPart(name, label, 0, is_shell, mesh.vertices[used], corners, mesh.uv[used]))
    return tuple(parts)


def owners(mesh: Mesh, plan: RoomPlan) -> Int64[np.ndarray, "faces"]:
    """For each face: 0 the floor, 1 the ceiling, then the walls, then the boxes in the plan's order.

    A face that lies on the shell and along it belongs to the shell, even within a box: a table stands on the floor. Of
    boxes within boxes the smallest counts.
    """
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    center = corners.mean(axis=1)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    off, along = _from_shell(center, normal, plan)
    shell = off.argmin(axis=0)
    owner = shell.copy()
    each = np.arange(len(center))
    on_shell = (off[shell, each] < _NEAR) & (along[shell, each] > _ALONG)
    order = sorted(range(len(plan.boxes)), key=lambda number: -float(np.prod(plan.boxes[number].size)))
    for number in order:
        box = plan.boxes[number]
        local = np.abs((center - np.array(box.center)) @ box.axes().T)
        inside = (local <= np.array(box.size) / 2 + _SLACK).all(axis=1)
        flat = min(box.size) < 2 * _NEAR  # a rug or a picture lies on the shell itself
        within = (local <= np.array(box.size) / 2 + 0.01).all(axis=1) & (off[shell, each] > 0.3 * min(box.size))
        owner[inside & (~on_shell | (within & flat))] = 2 + len(plan.floor) + number
    return np.asarray(owner, np.int64)


def _from_shell(
    center: Float64[np.ndarray, "n 3"], normal: Float64[np.ndarray, "n 3"], plan: RoomPlan
) -> tuple[Float64[np.ndarray, "pieces n"], Float64[np.ndarray, "pieces n"]]:
    """How far points lie from the floor, the ceiling and each wall, and how much their normals agree with it."""
    flat = center[:, ::2]
    off = [np.abs(center[:, 1]), np.abs(center[:, 1] - plan.height)]
    along = [normal[:, 1], -normal[:, 1]]
    corners = plan.polygon()
    for number, wall in enumerate(plan.walls()):
        ends = np.stack([corners[number], corners[(number + 1) % len(corners)]])
        off.append(np.linalg.norm(to_boundary(ends, flat), axis=1))
        along.append(normal @ wall.inward())
    return np.array(off), np.array(along)
