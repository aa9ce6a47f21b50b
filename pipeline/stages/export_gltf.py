"""A mesh becomes a GLB that a browser and a headset open."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import Field

from meshing.gltf.file import GlbFile
from meshing.gltf.model import Compression, Encoding, Json, Scene
from meshing.lods import Lods
from meshing.mesh import Mesh
from pipeline.stage import Context, Finding, StageConfig

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
    ktx2: bool = False
    """Textures stay compressed on the GPU, in a quarter of the memory (KHR_texture_basisu; extra ktx2); with a target,
    where it reads them and they keep most of the picture."""
    quality: int = Field(92, ge=1, le=100)
    """The quality of JPEG and WebP, where no target decides."""
    double_sided: bool = False
    """Show the surface from behind, too."""
    quantize: bool = False
    """Store positions in 16 bits (KHR_mesh_quantization); a target that reads it turns it on."""
    meshopt: bool = False
    """Compress vertices and faces (EXT_meshopt_compression; extra meshopt)."""
    draco: bool = False
    """Compress vertices and faces harder, slower to read (KHR_draco_mesh_compression; extra draco)."""
    plain_copy: bool = True
    """Write the same scene without compression beside a file that asks its reader for an extension."""
    collider: Literal["none", "box", "mesh", "simple"] = "none"
    """What engines bump into: the bounding box (extras), the triangles themselves (suffix -col), or an invisible copy
    with few triangles (suffix -colonly)."""
    viewpoint: Literal["none", "inside", "before"] = "none"
    """Where a visitor begins, with the volume that is safe for a head (extras of the scene): inside a room at the place
    with most space, or before an object. A photo brings its own."""
    name: str = ""
    """The name of the node; the mesh's own when left out."""


def export_gltf(config: ExportGltfConfig, context: Context, *, mesh: Mesh | Lods) -> GlbFile:
    """Write a mesh or its levels of detail as binary glTF: metres, y up, with licence and provenance inside."""
    from dataclasses import replace

    from meshing.placement import floor_to_zero, moved

    lods = mesh if isinstance(mesh, Lods) else Lods((mesh,), (0.0,))
    if config.floor:
        down = floor_to_zero(lods.meshes[0])
        lods = lods.map(lambda level: moved(level, down))
    lods = lods.map(lambda level: replace(level, name=config.name or level.name))
    finest = lods.meshes[0]
    counts = [len(level.faces) for level in lods.meshes]
    context.metric("triangles", counts if len(counts) > 1 else counts[0])
    file = _fitted(config, context, lods) if config.target else _as_asked(config, lods)
    for licence in finest.licences:
        context.licence(licence)
    context.metric("bytes", len(file.data))
    context.metric("unit", finest.unit)
    context.metric("size", [round(float(edge), 4) for edge in finest.vertices.max(0) - finest.vertices.min(0)])
    return file


def target_file(config: ExportGltfConfig) -> Sequence[Path]:
    """The file that holds the target's limits."""
    return [TARGETS / f"{config.target}.json"] if config.target else []


def compressors(config: ExportGltfConfig) -> Sequence[str]:
    """The modules that the chosen compression needs."""
    wanted = (("meshopt", config.meshopt), ("DracoPy", config.draco), ("zstandard", config.ktx2))
    return [name for name, yes in wanted if yes]


def contradictions(config: ExportGltfConfig) -> Sequence[Finding]:
    """What the settings ask for twice or in vain."""
    if config.meshopt and config.draco:
        return [Finding("error", "draco", "a file is compressed by meshopt or by draco, not by both")]
    if config.target and config.draco:
        return [Finding("error", "draco", f"the target {config.target} chooses the compression; leave it out")]
    return []


def _as_asked(config: ExportGltfConfig, lods: Lods) -> GlbFile:
    from meshing.gltf.writer import glb_bytes

    compression: Compression = "meshopt" if config.meshopt else "draco" if config.draco else "none"
    scene = _furnished(config, lods, "ktx2" if config.ktx2 else config.texture)
    data = glb_bytes(scene, quantize=config.quantize, compression=compression)
    asks = config.quantize or config.meshopt or config.draco or config.ktx2 or config.texture == "webp"
    if not config.plain_copy or not asks:
        return GlbFile(data)
    common = "jpeg" if config.texture == "webp" else config.texture
    return GlbFile(data, glb_bytes(_furnished(config, lods, common)))


def _furnished(config: ExportGltfConfig, lods: Lods, encoding: Encoding) -> Scene:
    from meshing.gltf.scene import scene_of

    scene = scene_of(
        lods,
        unlit=config.material == "unlit",
        double_sided=config.double_sided,
        encoding=encoding,
        quality=config.quality,
        provenance=_provenance(config),
    )
    return _equipped(config, lods.meshes[0], scene)


def _equipped(config: ExportGltfConfig, mesh: Mesh, scene: Scene) -> Scene:
    """The scene with its collider and its viewpoint."""
    from meshing.gltf.scene import with_collider, with_viewpoint
    from meshing.viewpoint import before, inside

    if config.collider != "none":
        scene = with_collider(scene, mesh, config.collider)
    if config.viewpoint != "none":
        scene = with_viewpoint(scene, inside(mesh) if config.viewpoint == "inside" else before(mesh))
    return scene


def _fitted(config: ExportGltfConfig, context: Context, lods: Lods) -> GlbFile:
    from meshing.budget import fit
    from meshing.target import read_target

    (path,) = target_file(config)
    target = read_target(path)
    equip = partial(_equipped, config, lods.meshes[0])
    fitted = fit(lods, target, provenance=_provenance(config), meshopt=config.meshopt, ktx2=config.ktx2, equip=equip)
    context.log(f"fits {target.title}")
    for trade in fitted.trade:
        context.log(trade)
    if len(lods.meshes) == 1:
        context.metric("triangles", fitted.footprint.triangles)
    context.metric("target", target.name)
    context.metric("asks", asdict(fitted.footprint))
    context.metric("limits", asdict(target.limits))
    context.metric("trade", list(fitted.trade))
    context.metric("texture_psnr", fitted.texture_psnr)
    return GlbFile(fitted.data, fitted.plain if config.plain_copy else None)


def _provenance(config: ExportGltfConfig) -> dict[str, Json]:
    return {"made_by": "scenewright", "stage": "export_gltf", "target": config.target, "material": config.material}
