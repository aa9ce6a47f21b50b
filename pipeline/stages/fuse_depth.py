"""Posed depth pictures become one surface."""

from typing import Literal

from pydantic import Field

from meshing.mesh import Mesh
from nerf.posed_images import PosedImages
from pipeline.stage import Context, StageConfig
from pipeline.stages.handover import DepthViews, view_of


class FuseDepthConfig(StageConfig):
    voxel: float = Field(0.02, gt=0)
    """The edge of a voxel, in metres (or in the capture's unit where that is unknown)."""
    truncation: float | None = Field(None, gt=0)
    """Half the thickness of the layer that one view writes around a surface; four voxels when left out."""
    max_depth: float = Field(10.0, gt=0)
    """Depth beyond this is left out."""
    carve: bool = True
    """Remove what no camera could have seen, such as the backs of walls."""
    min_component: float = Field(0.002, ge=0, le=1)
    """Loose pieces with less than this share of the largest piece's area are removed."""
    surface: Literal["surface_nets", "marching_cubes"] = "surface_nets"
    """How triangles are drawn from the voxels."""
    backend: Literal["auto", "numba", "numpy"] = "auto"
    """Which kernels fuse: compiled loops, or their definition."""


def fuse_depth(config: FuseDepthConfig, context: Context, *, views: PosedImages) -> Mesh:
    """Fuse the depth of all views into a mesh by truncated signed distances, coloured from the photos."""
    from meshing.carve import remove_unseen
    from meshing.clean import remove_small_components
    from meshing.tsdf import FusionSettings, fuse

    if not views.has_depth:
        raise ValueError("views: have no depth to fuse (a capture with depth files is needed)")
    settings = FusionSettings(config.voxel, config.truncation, config.max_depth)
    backend: Literal["numba", "numpy"] = "numpy" if config.backend == "numpy" else "numba"
    fused = fuse(DepthViews(views, context), settings, method=config.surface, backend=backend)
    mesh = Mesh(
        fused.vertices,
        fused.faces,
        vertex_colors=fused.vertex_colors,
        name="surface",
        capture_from_mesh=views.scene.capture_from_scene,
        unit=views.scene.unit,
        gravity=views.scene.gravity,
        licences=tuple(filter(None, [views.source.licence])),
    )
    if config.carve:
        mesh = remove_unseen(mesh, [view_of(views, view) for view in range(len(views))])
    mesh = remove_small_components(mesh, min_share=config.min_component)
    context.metric("triangles", len(mesh.faces))
    context.metric("vertices", len(mesh.vertices))
    context.metric("views", fused.n_views)
    context.metric("voxel_bytes", fused.voxel_bytes)
    return mesh
