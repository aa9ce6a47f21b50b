"""A radiance field becomes a surface."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from pydantic import Field

from meshing.mesh import Mesh
from nerf.ngp.radiance_field import RadianceField
from pipeline.stage import Context, StageConfig


class ExtractMeshConfig(StageConfig):
    resolution: int = Field(256, ge=16, le=2048)
    """Samples along the longest side of the field's box."""
    level: float | None = Field(None, gt=0)
    """The density at which the surface lies, per unit of length; found from the field when left out."""
    surface: Literal["surface_nets", "marching_cubes"] = "surface_nets"
    """How triangles are drawn from the samples."""
    min_component: float = Field(0.01, ge=0, le=1)
    """Loose pieces with less than this share of the largest piece's area are removed."""


def extract_mesh(config: ExtractMeshConfig, context: Context, *, field: RadianceField) -> Mesh:
    """Draw the surface of a radiance field where its density crosses a level."""
    from meshing.clean import remove_small_components
    from meshing.field import choose_level, sample_field
    from meshing.isosurface import extract_surface

    low, high = field.bounds
    level = config.level or choose_level(field.density, low, high)
    density = _counted(field.density, config.resolution**3, context)
    grid = sample_field(density, low, high, config.resolution, level=level, inside="above", closed=False)
    vertices, faces = extract_surface(grid, level, inside="above", method=config.surface)
    if len(faces) == 0:
        raise ValueError(f"field: its density crosses {level:.3g} nowhere; give another level")
    about = field.scene
    mesh = remove_small_components(
        Mesh(
            vertices,
            faces,
            name="surface",
            capture_from_mesh=about.capture_from_scene,
            unit=about.unit,
            gravity=about.gravity,
        ),
        min_share=config.min_component,
    )
    context.metric("level", level)
    context.metric("triangles", len(mesh.faces))
    return mesh


def _counted(
    density: Callable[[np.ndarray], np.ndarray], total: int, context: Context
) -> Callable[[np.ndarray], np.ndarray]:
    """The same function, which tells how much of `total` has been asked."""
    asked = 0

    def counted(points: np.ndarray) -> np.ndarray:
        nonlocal asked
        asked += len(points)
        context.progress(min(0.95, 0.95 * asked / total), "samples the field")
        return density(points)

    return counted
