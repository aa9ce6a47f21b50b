"""A latent becomes a mesh."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from meshing.mesh import Mesh
from nerf.style.latent import Latent
from pipeline.stage import Context, InputPath, StageConfig

if TYPE_CHECKING:
    from nerf.style.shape import VisibleShape


class LatentGeometryConfig(StageConfig):
    candidate: int = Field(0, ge=0)
    """Which of the candidates; the best is number 0."""
    resolution: int = Field(144, ge=16, le=512)
    """Samples along each side of the box."""
    triangles: int = Field(20_000, ge=4)
    """How many triangles to keep at most."""
    texture: int = Field(1024, ge=0, le=8192)
    """The longest side of the texture in texels; 0 gives vertex colours instead."""
    min_component: float = Field(0.02, ge=0, le=1)
    """Loose pieces with less than this share of the largest piece's area are removed."""
    generator: InputPath | None = None
    """A folder with a generator of your own, or a published StyleNeRF (.pkl); the one that ships when left out."""


def latent_geometry(config: LatentGeometryConfig, context: Context, *, latent: Latent) -> Mesh:
    """Draw the surface straight from the field's density and paint it with the field's colours.

    The mesh is upright, stands on the floor around the origin, and has the size that the latent declares in metres.
    """
    from dataclasses import replace

    from meshing.placement import moved
    from meshing.simplify import simplify
    from pipeline.stages.object_weights import shape_of

    shape = shape_of(config.generator, latent, config.candidate)
    surface = _surface(shape, config, context)
    context.progress(0.6, "simplifies")
    fewer = simplify(surface, config.triangles).mesh
    context.progress(0.7, "paints")
    painted = _textured(shape, fewer, config.texture) if config.texture else _coloured(shape, fewer)
    context.metric("triangles", len(painted.faces))
    return replace(moved(painted, standing(painted, latent.extent_m)), unit="metre", gravity="known", name=latent.name)


def standing(mesh: Mesh, extent_m: float) -> np.ndarray:
    """What takes a mesh to its size, its lowest point to height 0 and its middle above the origin."""
    low, high = mesh.vertices.min(0).astype(np.float64), mesh.vertices.max(0).astype(np.float64)
    matrix = np.eye(4)
    matrix[:3, :3] *= extent_m / (high - low).max()
    matrix[:3, 3] = -matrix[0, 0] * np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    return matrix


def geometry_sources(config: LatentGeometryConfig) -> Sequence[Path]:
    """The generator's files."""
    from pipeline.stages.object_weights import GENERATOR, files_of

    return files_of(GENERATOR, config.generator)


def _surface(shape: "VisibleShape", config: LatentGeometryConfig, context: Context) -> Mesh:
    from meshing.clean import remove_small_components
    from meshing.field import sample_field
    from meshing.isosurface import extract_surface

    low, high = shape.bounds
    level = shape.surface_level()
    context.metric("level", level)
    asked = 0

    def density(points: np.ndarray) -> np.ndarray:
        nonlocal asked
        asked += len(points)
        context.progress(0.05 + 0.5 * asked / config.resolution**3, "samples the field")
        return shape.density(points)

    grid = sample_field(density, low, high, config.resolution, level=level, inside="above")
    vertices, faces = extract_surface(grid, level, inside="above", method="surface_nets")
    if len(faces) == 0:
        raise ValueError("latent: its field is empty; try another seed or candidate")
    return remove_small_components(Mesh(vertices, faces), min_share=config.min_component)


def _textured(shape: "VisibleShape", mesh: Mesh, size: int) -> Mesh:
    from meshing.bake import bake_function
    from meshing.unwrap import unwrap

    flat = unwrap(mesh, size)
    return bake_function(flat.mesh, flat.width, flat.height, lambda p, n: 255 * shape.colour(p, n)).mesh


def _coloured(shape: "VisibleShape", mesh: Mesh) -> Mesh:
    from dataclasses import replace

    corners = mesh.vertices[mesh.faces].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros((len(mesh.vertices), 3))
    for corner in range(3):
        np.add.at(normals, mesh.faces[:, corner], across)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    colours = np.round(255 * shape.colour(mesh.vertices, normals)).astype(np.uint8)
    return replace(mesh, vertex_colors=colours)
