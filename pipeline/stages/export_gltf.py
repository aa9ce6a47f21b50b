"""A mesh becomes a GLB that a browser and a headset open."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import Field

from meshing.gltf.file import GlbFile
from meshing.gltf.model import Json
from meshing.mesh import Mesh
from pipeline.stage import Context, StageConfig

TARGETS = Path(__file__).resolve().parents[2] / "assets" / "targets"

TargetName = Literal["catalogue", "desktop", "planner-item", "quest2-web", "quest3-web", "visionpro-web"]


class ExportGltfConfig(StageConfig):
    target: TargetName | None = None
    """A headset or page that the file must fit: texture size, format and compression are then chosen for it, and the
    stage fails with the reason when its limits cannot hold. The limits and their sources: assets/targets."""
    material: Literal["unlit", "matte"] = "unlit"
    """Unlit shows photographed colours as they are; matte is lit by the scene (metallic 0, roughness 1)."""
    floor: bool = True
    """Bring the floor to height 0 where gravity is known or estimated."""
    texture: Literal["jpeg", "png", "webp"] = "jpeg"
    """How the texture is stored, where no target decides."""
    quality: int = Field(92, ge=1, le=100)
    """The quality of JPEG and WebP, where no target decides."""
    double_sided: bool = False
    """Show the surface from behind, too."""
    quantize: bool = False
    """Store positions in 16 bits (KHR_mesh_quantization); a target that reads it turns it on."""
    meshopt: bool = False
    """Compress vertices and faces (EXT_meshopt_compression; extra meshopt)."""
    name: str = ""
    """The name of the node; the mesh's own when left out."""


def export_gltf(config: ExportGltfConfig, context: Context, *, mesh: Mesh) -> GlbFile:
    """Write a mesh as binary glTF: metres, y up, with licence and provenance inside."""
    from dataclasses import replace

    from meshing.placement import floor_to_zero, moved

    if config.floor:
        mesh = moved(mesh, floor_to_zero(mesh))
    mesh = replace(mesh, name=config.name or mesh.name)
    data = _fitted(config, context, mesh) if config.target else _plain(config, mesh)
    for licence in mesh.licences:
        context.licence(licence)
    context.metric("triangles", len(mesh.faces))
    context.metric("bytes", len(data))
    context.metric("unit", mesh.unit)
    context.metric("size", [round(float(edge), 4) for edge in mesh.vertices.max(0) - mesh.vertices.min(0)])
    return GlbFile(data)


def target_file(config: ExportGltfConfig) -> Sequence[Path]:
    """The file that holds the target's limits."""
    return [TARGETS / f"{config.target}.json"] if config.target else []


def _plain(config: ExportGltfConfig, mesh: Mesh) -> bytes:
    from meshing.gltf.scene import scene_of
    from meshing.gltf.writer import glb_bytes

    scene = scene_of(
        mesh,
        unlit=config.material == "unlit",
        double_sided=config.double_sided,
        encoding=config.texture,
        quality=config.quality,
        provenance=_provenance(config),
    )
    return glb_bytes(scene, quantize=config.quantize, meshopt=config.meshopt)


def _fitted(config: ExportGltfConfig, context: Context, mesh: Mesh) -> bytes:
    from meshing.budget import fit
    from meshing.target import read_target

    (path,) = target_file(config)
    target = read_target(path)
    fitted = fit(mesh, target, provenance=_provenance(config), meshopt=config.meshopt)
    context.log(f"fits {target.title}")
    for trade in fitted.trade:
        context.log(trade)
    context.metric("target", target.name)
    context.metric("asks", asdict(fitted.footprint))
    context.metric("limits", asdict(target.limits))
    context.metric("trade", list(fitted.trade))
    context.metric("texture_psnr", fitted.texture_psnr)
    return fitted.data


def _provenance(config: ExportGltfConfig) -> dict[str, Json]:
    return {"made_by": "scenewright", "stage": "export_gltf", "target": config.target, "material": config.material}
