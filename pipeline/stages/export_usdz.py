"""A mesh becomes a USDZ that iPhones, iPads and Vision Pro open."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import Field

from meshing.lods import Lods
from meshing.mesh import Mesh
from meshing.usdz_file import UsdzFile
from pipeline.stage import Context, StageConfig

TARGETS = Path(__file__).resolve().parents[2] / "assets" / "targets"
_BAKED = 1024  # texels a side, for a mesh that has vertex colours alone


class ExportUsdzConfig(StageConfig):
    target: Literal["quicklook", "none"] = "quicklook"
    """The reader that the file must fit; the stage fails with the reason when its limits cannot hold. The limits and
    their sources: assets/targets."""
    material: Literal["unlit", "matte"] = "unlit"
    """Unlit shows photographed colours as they are; matte is lit by the scene."""
    floor: bool = True
    """Bring the floor to height 0 where gravity is known or estimated."""
    quality: int = Field(92, ge=1, le=100)
    """The quality of the JPEG texture, where no target decides."""
    double_sided: bool = False
    """Show the surface from behind, too."""


def export_usdz(config: ExportUsdzConfig, context: Context, *, mesh: Mesh | Lods) -> UsdzFile:
    """Write a mesh as USDZ: metres, y up, one texture; of levels of detail the finest."""
    from meshing.budget_usdz import fit_usdz
    from meshing.placement import floor_to_zero, moved
    from meshing.target import read_target
    from meshing.usdz import usdz_bytes

    finest = _textured(mesh.meshes[0] if isinstance(mesh, Lods) else mesh)
    if config.floor:
        finest = moved(finest, floor_to_zero(finest))
    for licence in finest.licences:
        context.licence(licence)
    unlit = config.material == "unlit"
    if config.target == "none":
        data = usdz_bytes(finest, unlit=unlit, double_sided=config.double_sided, quality=config.quality)
        context.metric("triangles", len(finest.faces))
    else:
        target = read_target(TARGETS / f"{config.target}.json")
        fitted = fit_usdz(finest, target, unlit=unlit, double_sided=config.double_sided)
        data = fitted.data
        context.metric("triangles", fitted.footprint.triangles)
        context.metric("asks", asdict(fitted.footprint))
        context.metric("limits", asdict(target.limits))
        context.metric("trade", list(fitted.trade))
        context.metric("texture_psnr", fitted.texture_psnr)
    context.metric("bytes", len(data))
    context.metric("unit", finest.unit)
    return UsdzFile(data)


def usdz_target_file(config: ExportUsdzConfig) -> Sequence[Path]:
    """The file that holds the target's limits."""
    return [TARGETS / f"{config.target}.json"] if config.target != "none" else []


def _textured(mesh: Mesh) -> Mesh:
    """Apple's readers show no vertex colours: they become a texture."""
    if mesh.base_color is not None or mesh.vertex_colors is None:
        return mesh
    from meshing.bake import bake_vertex_colors
    from meshing.unwrap import unwrap

    unwrapped = unwrap(mesh, _BAKED)
    return bake_vertex_colors(unwrapped.mesh, unwrapped.width, unwrapped.height).mesh
