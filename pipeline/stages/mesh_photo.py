"""Filled layers become a mesh."""

from typing import Literal

from pydantic import Field

from meshing.mesh import Mesh
from meshing.photo.layers import Layers
from pipeline.stage import Context, StageConfig


class MeshPhotoConfig(StageConfig):
    triangles: int = Field(150_000, ge=100)
    """At most so many triangles, as far as cuts in the picture allow."""
    tolerance: float = Field(0.5, ge=0, le=50)
    """How many pixels of parallax flat parts may be off; 0 keeps every pixel."""
    backend: Literal["auto", "numba", "numpy"] = "auto"
    """Compiled kernels, or the plain definition."""


def mesh_photo(config: MeshPhotoConfig, context: Context, *, layers: Layers) -> Mesh:
    """Draw few triangles over flat parts and fine ones along cuts, with the photo and its hidden parts as texture."""
    from meshing.photo.surface import mesh_photo

    backend: Literal["numba", "numpy"] = "numpy" if config.backend == "numpy" else "numba"
    mesh = mesh_photo(layers, tolerance=config.tolerance, budget=config.triangles, backend=backend)
    for licence in mesh.licences:
        context.licence(licence)
    context.metric("triangles", len(mesh.faces))
    if mesh.viewing is not None:
        context.metric("viewing_radius", mesh.viewing.radius)
    if len(mesh.faces) > config.triangles:
        context.log(f"warning: cuts need {len(mesh.faces)} triangles, more than the {config.triangles} asked for")
    return mesh
