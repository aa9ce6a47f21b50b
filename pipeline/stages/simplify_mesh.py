"""A mesh becomes one with fewer triangles."""

from pydantic import Field

from meshing.mesh import Mesh
from pipeline.stage import Context, StageConfig


class SimplifyMeshConfig(StageConfig):
    triangles: int = Field(50_000, ge=4)
    """How many triangles to keep at most."""


def simplify_mesh(config: SimplifyMeshConfig, context: Context, *, mesh: Mesh) -> Mesh:
    """Collapse edges until few triangles are left, and measure how far the surface moved."""
    from meshing.simplify import simplify

    result = simplify(mesh, config.triangles)
    context.metric("triangles_before", len(mesh.faces))
    context.metric("triangles", len(result.mesh.faces))
    context.metric("mean_error", result.deviation.mean)
    context.metric("max_error", result.deviation.maximum)
    return result.mesh
