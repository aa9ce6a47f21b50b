"""A built room as a glTF scene: a node per thing and wall, boxes to bump into, a floor to walk on, a place to begin."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from meshing.color import linear_from_srgb, srgb_from_linear
from meshing.gltf.model import Encoding, Json, Material, Node, Primitive, Scene, Texture
from meshing.gltf.writer import glb_bytes
from meshing.room.model import LitObject, RoomModel, RoomPart
from meshing.room.plan import Box

EYE = 1.6
_NO_COLLIDER = ("rug", "picture", "mirror", "clock", "ceiling_lamp", "curtain")
_QUALITIES = (92, 88, 84, 80, 75, 70, 64, 58, 50)


def room_scene(
    room: RoomModel,
    *,
    lit: bool = True,
    encoding: Encoding = "jpeg",
    quality: int = 88,
    provenance: Mapping[str, Json] | None = None,
) -> Scene:
    """`lit` has the room's light in its unlit textures; otherwise bare colours wait for a renderer's own lights.

    Things stand in their boxes' own axes, so that `extras.collider` (shape, center, size) fits them closely. The
    scene's
    extras name `spawn`, `safe_volume` and the `teleport_floor`.
    """
    pages = room.lit if lit else room.albedo
    kind = "lit" if lit else "albedo"
    materials = [
        Material(f"{kind}_{k}", Texture(page, encoding, quality, f"{kind}_{k}"), unlit=lit)
        for k, page in enumerate(pages)
    ]
    boxes = {thing.name: thing for thing in room.plan.boxes}
    shell = [_shell_node(room, part, materials[part.page]) for part in room.parts if part.is_shell]
    things = [_thing_node(boxes.get(part.name), part, materials[part.page]) for part in room.parts if not part.is_shell]
    placed = [_object_node(boxes[thing.placed.box], thing, lit=lit) for thing in room.objects]
    root = Node(room.plan.name, children=(*shell, *things, *placed))
    licences = sorted({licence for thing in room.objects for licence in thing.placed.mesh.licences})
    asset: dict[str, Json] = {
        "unit": "metre",
        "gravity": "known",
        "licences": list(licences),
        "provenance": dict(provenance or {}),
    }
    scene = Scene((root,), name=room.plan.name, copyright="; ".join(licences), extras=_visitor(room))
    return replace(scene, asset_extras=asset)


def fitted_glb(
    room: RoomModel,
    most_bytes: int,
    *,
    lit: bool = True,
    encoding: Encoding = "jpeg",
    provenance: Mapping[str, Json] | None = None,
) -> tuple[bytes, int]:
    """The file of the best texture quality that stays within `most_bytes`, and that quality.

    Raises ValueError where even the lowest does not.
    """
    smallest = 0
    for quality in _QUALITIES:
        data = glb_bytes(room_scene(room, lit=lit, encoding=encoding, quality=quality, provenance=provenance))
        if len(data) <= most_bytes:
            return data, quality
        smallest = len(data)
    raise ValueError(
        f"most_bytes: the room takes {smallest} bytes at the lowest quality (allowed {most_bytes}); "
        "build it with a smaller texture"
    )


def _shell_node(room: RoomModel, part: RoomPart, material: Material) -> Node:
    extras: dict[str, Json] = {"label": part.label, "part": "shell"}
    if part.label == "floor":
        extras |= {"teleport": True, "collider": {"shape": "mesh"}}
    elif part.label == "wall":
        wall = room.plan.wall(int(part.name.removeprefix("wall_")))
        middle = wall.point(wall.length / 2, wall.height / 2, -0.05)
        # size: along the wall, up, and through it
        extras["collider"] = {
            "shape": "box",
            "center": [round(float(v), 4) for v in middle],
            "size": [round(wall.length, 4), round(wall.height, 4), 0.1],
            "yaw": round(float(np.arctan2(wall.inward()[0], wall.inward()[2])), 6),
        }
    return Node(part.name, (Primitive(part.vertices, part.faces, uv=part.uv, material=material),), extras=extras)


def _thing_node(thing: Box | None, part: RoomPart, material: Material) -> Node:
    if thing is None:  # the builder's own lamp
        primitive = Primitive(part.vertices, part.faces, uv=part.uv, material=material)
        return Node(part.name, (primitive,), extras={"label": part.label, "part": "thing"})
    local = ((part.vertices - np.array(thing.center)) @ thing.axes().T).astype(np.float32)
    primitive = Primitive(local, part.faces, uv=part.uv, material=material)
    return Node(thing.name, (primitive,), matrix=thing.room_from_box(), extras=_about(thing))


def _object_node(thing: Box, placed: LitObject, *, lit: bool) -> Node:
    mesh = placed.placed.mesh
    colors = placed.light if lit else None
    if mesh.base_color is None and mesh.vertex_colors is not None:
        colors = mesh.vertex_colors
        if lit:
            colors = srgb_from_linear(linear_from_srgb(mesh.vertex_colors) * linear_from_srgb(placed.light))
    texture = (
        None
        if mesh.base_color is None
        else Texture(mesh.base_color, "png" if mesh.base_color.shape[2] == 4 else "jpeg", 90, thing.name)
    )
    material = Material(thing.name, texture, unlit=lit)
    local = ((mesh.vertices - np.array(thing.center)) @ thing.axes().T).astype(np.float32)
    uv = None if texture is None else mesh.uv
    primitive = Primitive(local, mesh.faces, uv=uv, colors=colors, material=material)
    return Node(thing.name, (primitive,), matrix=thing.room_from_box(), extras=_about(thing))


def _about(thing: Box) -> dict[str, Json]:
    size: list[Json] = [round(side, 4) for side in thing.size]
    extras: dict[str, Json] = {"label": thing.label, "part": "thing", "box": size}
    if thing.label not in _NO_COLLIDER:
        extras["collider"] = {"shape": "box", "center": [0.0, 0.0, 0.0], "size": size}
    return extras


def _visitor(room: RoomModel) -> dict[str, Json]:
    """Where somebody begins, how far a head may move there, and what one may walk on."""
    x, z = room.spawn
    facing: list[Json] = [round(float(np.sin(room.spawn_yaw)), 4), 0.0, round(float(np.cos(room.spawn_yaw)), 4)]
    reach, high = 0.2, min(2.0, room.plan.height - 0.1)
    outline: list[Json] = [[float(a), float(b)] for a, b in room.plan.floor]
    return {
        "spawn": {"position": [x, EYE, z], "facing": facing},
        "safe_volume": {"min": [x - reach, 1.0, z - reach], "max": [x + reach, high, z + reach]},
        "teleport_floor": {"node": "floor", "outline": outline},
    }
