"""From a mesh to a scene that a file can hold, with its licence and origin."""

from collections.abc import Mapping
from dataclasses import replace

from meshing.gltf.model import Encoding, Json, Material, Node, Primitive, Scene, Texture
from meshing.mesh import Mesh, check_mesh


def scene_of(
    mesh: Mesh,
    *,
    unlit: bool = True,
    double_sided: bool = False,
    encoding: Encoding = "jpeg",
    quality: int = 92,
    provenance: Mapping[str, Json] | None = None,
) -> Scene:
    """One node with the mesh's triangles, its texture or else its vertex colours.

    `asset.extras` gets the unit, how far up is known, the licences, the way back to the capture
    (`capture_from_asset`, row by row) and `provenance` as given. Unlit files hold no normals: nothing would read
    them.
    """
    check_mesh(mesh)
    texture = None
    if mesh.base_color is not None:
        has_alpha = mesh.base_color.shape[2] == 4
        texture = Texture(mesh.base_color, "png" if has_alpha and encoding == "jpeg" else encoding, quality)
    material = Material(base_color=texture, unlit=unlit, double_sided=double_sided)
    primitive = Primitive(
        mesh.vertices,
        mesh.faces,
        normals=None if unlit else mesh.normals,
        uv=None if texture is None else mesh.uv,
        colors=mesh.vertex_colors if texture is None else None,
        material=material,
    )
    extras: dict[str, Json] = {
        "unit": mesh.unit,
        "gravity": mesh.gravity,
        "licences": list(mesh.licences),
        "capture_from_asset": mesh.capture_from_mesh.tolist(),
        "provenance": dict(provenance or {}),
    }
    node = Node(mesh.name, (primitive,))
    scene = Scene((node,), name=mesh.name, copyright="; ".join(mesh.licences))
    return replace(scene, asset_extras=extras)
