"""From a mesh to a scene that a file can hold, with its licence and origin."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from meshing.clean import face_areas
from meshing.gltf.model import Encoding, Json, Material, Node, Primitive, Scene, Texture
from meshing.lods import Lods
from meshing.mesh import Mesh, check_mesh
from meshing.simplify import simplify
from meshing.viewpoint import Viewpoint, within

Collider = Literal["box", "mesh", "simple"]
_COLLIDER_FACES = 2000


def scene_of(
    mesh: Mesh | Lods,
    *,
    unlit: bool = True,
    double_sided: bool = False,
    encoding: Encoding = "jpeg",
    quality: int = 92,
    provenance: Mapping[str, Json] | None = None,
) -> Scene:
    """One node with the mesh's triangles, its texture or else its vertex colours.

    Levels of detail become levels of that node: NAME_lod0, NAME_lod1 and so on. `asset.extras` gets the unit, how far
    up is known, the licences, the way back to the capture (`capture_from_asset`, row by row) and `provenance` as given.
    Unlit files hold no normals: nothing would read them. Where eyes may not be anywhere, the scene's extras name a
    `spawn` and a `safe_volume`.
    """
    lods = mesh if isinstance(mesh, Lods) else Lods((mesh,), (0.0,))
    finest = lods.meshes[0]
    texture = None
    if finest.base_color is not None:
        has_alpha = finest.base_color.shape[2] == 4
        texture = Texture(finest.base_color, "png" if has_alpha and encoding == "jpeg" else encoding, quality)
    material = Material(base_color=texture, unlit=unlit, double_sided=double_sided)
    primitives = [_primitive(level, material) for level in lods.meshes]
    if len(primitives) == 1:
        node = Node(finest.name, (primitives[0],))
    else:
        first, *others = (Node(f"{finest.name}_lod{k}", (primitive,)) for k, primitive in enumerate(primitives))
        node = replace(first, levels=tuple(others), coverages=lods.coverages)
    extras: dict[str, Json] = {
        "unit": finest.unit,
        "gravity": finest.gravity,
        "licences": list(finest.licences),
        "capture_from_asset": finest.capture_from_mesh.tolist(),
        "provenance": dict(provenance or {}),
    }
    scene = Scene((node,), name=finest.name, copyright="; ".join(finest.licences))
    if finest.viewing is not None:
        scene = with_viewpoint(scene, within(finest.viewing))
    return replace(scene, asset_extras=extras)


def _primitive(mesh: Mesh, material: Material) -> Primitive:
    check_mesh(mesh)
    if not (face_areas(mesh) > 0).any():
        raise ValueError("mesh: has no face with an area, so there is nothing to show")
    textured = material.base_color is not None
    return Primitive(
        mesh.vertices,
        mesh.faces,
        normals=None if material.unlit else mesh.normals,
        uv=mesh.uv if textured else None,
        colors=None if textured else mesh.vertex_colors,
        material=material,
    )


def with_collider(scene: Scene, mesh: Mesh, shape: Collider) -> Scene:
    """`scene` with something for walls to be bumped into, in the names and extras that engines look for.

    "box" adds `extras.collider` with the bounding box to the node; "mesh" says that the node's own triangles collide
    (suffix `-col`, as Godot reads it); "simple" adds an invisible node of few triangles (suffix `-colonly`).
    """
    node = scene.nodes[0]
    if shape == "box":
        low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
        box: Json = {"shape": "box", "center": ((low + high) / 2).tolist(), "size": (high - low).tolist()}
        return replace(scene, nodes=(replace(node, extras={**node.extras, "collider": box}), *scene.nodes[1:]))
    if shape == "mesh":
        named = replace(node, name=f"{node.name}-col", extras={**node.extras, "collider": {"shape": "mesh"}})
        return replace(scene, nodes=(named, *scene.nodes[1:]))
    bare = replace(mesh, uv=None, base_color=None, vertex_colors=None, normals=None)
    few = simplify(bare, _COLLIDER_FACES).mesh
    unseen = Material("collider", base_color_factor=(0.0, 0.0, 0.0, 0.0), alpha_mode="BLEND")
    extras: dict[str, Json] = {"collider": {"shape": "mesh"}}
    added = Node(f"{mesh.name}-colonly", (Primitive(few.vertices, few.faces, material=unseen),), extras=extras)
    return replace(scene, nodes=(*scene.nodes, added))


def with_viewpoint(scene: Scene, viewpoint: Viewpoint) -> Scene:
    """`scene` with `spawn` and `safe_volume` in the extras of its scene, where our own page and others may look."""
    spawn: Json = {"position": list(viewpoint.position), "facing": list(viewpoint.facing)}
    volume: Json = {"min": list(viewpoint.low), "max": list(viewpoint.high)}
    return replace(scene, extras={**scene.extras, "spawn": spawn, "safe_volume": volume})
