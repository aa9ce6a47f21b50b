"""A mesh becomes a GLB that a browser and a headset open."""

from typing import Literal

from pydantic import Field

from meshing.gltf.file import GlbFile
from meshing.mesh import Mesh
from pipeline.stage import Context, StageConfig


class ExportGltfConfig(StageConfig):
    material: Literal["unlit", "matte"] = "unlit"
    """Unlit shows photographed colours as they are; matte is lit by the scene (metallic 0, roughness 1)."""
    floor: bool = True
    """Bring the floor to height 0 where gravity is known or estimated."""
    texture: Literal["jpeg", "png", "webp"] = "jpeg"
    """How the texture is stored."""
    quality: int = Field(92, ge=1, le=100)
    """The quality of JPEG and WebP."""
    double_sided: bool = False
    """Show the surface from behind, too."""
    quantize: bool = False
    """Store positions in 16 bits (KHR_mesh_quantization)."""
    name: str = ""
    """The name of the node; the mesh's own when left out."""


def export_gltf(config: ExportGltfConfig, context: Context, *, mesh: Mesh) -> GlbFile:
    """Write a mesh as binary glTF: metres, y up, with licence and provenance inside."""
    from dataclasses import replace

    from meshing.gltf.scene import scene_of
    from meshing.gltf.writer import glb_bytes
    from meshing.placement import floor_to_zero, moved

    if config.floor:
        mesh = moved(mesh, floor_to_zero(mesh))
    mesh = replace(mesh, name=config.name or mesh.name)
    unlit = config.material == "unlit"
    scene = scene_of(
        mesh,
        unlit=unlit,
        double_sided=config.double_sided,
        encoding=config.texture,
        quality=config.quality,
        provenance={"made_by": "scenewright", "stage": "export_gltf", "settings": config.model_dump(mode="json")},
    )
    data = glb_bytes(scene, quantize=config.quantize)
    for licence in mesh.licences:
        context.licence(licence)
    context.metric("triangles", len(mesh.faces))
    context.metric("bytes", len(data))
    context.metric("unit", mesh.unit)
    context.metric("size", [round(float(edge), 4) for edge in mesh.vertices.max(0) - mesh.vertices.min(0)])
    return GlbFile(data)
