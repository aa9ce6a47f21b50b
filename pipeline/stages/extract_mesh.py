"""A radiance field becomes a surface."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from meshing.mesh import Mesh
from nerf.ngp.radiance_field import RadianceField
from nerf.posed_images import PosedImages
from pipeline.stage import Context, StageConfig

if TYPE_CHECKING:
    from nerf.rendered_views import RenderedViews

MOST_VIEWS = 60
"""Cameras that depth is rendered from; of more, evenly chosen ones."""
PIXEL = 0.75
"""The size of a rendered pixel in voxels, at the middle of the scene."""
ENDED = 0.3
"""Where this share of the light has ended there is a surface: half of it ends inside of fur, and outlines shrink."""
SPREAD = 0.08
"""Depth is used where the mean along a ray lies this close to the median, as a share."""


class ExtractMeshConfig(StageConfig):
    method: Literal["auto", "density", "depth"] = "auto"
    """"density" draws the surface where density crosses a level; "depth" fuses the depth that the views' cameras see,
    which leaves out what no camera saw; "auto" takes depth where views are given."""
    resolution: int = Field(256, ge=16, le=2048)
    """Samples along the longest side of the field's box."""
    level: float | None = Field(None, gt=0)
    """For "density": where the surface lies, per unit of length; found from the field when left out."""
    surface: Literal["surface_nets", "marching_cubes"] = "surface_nets"
    """How triangles are drawn from the samples."""
    min_component: float = Field(0.01, ge=0, le=1)
    """Loose pieces with less than this share of the largest piece's area are removed."""
    inner_shells: Literal["keep", "remove"] = "keep"
    """Remove pieces that are seen neither from outside nor from the views' cameras."""


def extract_mesh(
    config: ExtractMeshConfig, context: Context, *, field: RadianceField, views: PosedImages | None = None
) -> Mesh:
    """Draw the surface of a radiance field: what its cameras see of it, or where its density crosses a level.

    An unbounded scene wants its views: around what was photographed its density goes on where nobody looked.
    """
    from meshing.clean import remove_small_components

    if config.method == "depth" and views is None:
        raise ValueError("extract_mesh.method: depth needs the input views, whose cameras look (got none)")
    if views is not None:
        from nerf.ngp.refinement import refined_views

        views = refined_views(views, field)
    by_depth = views is not None and config.method != "density"
    vertices, faces = _seen(config, context, field, views) if by_depth and views else _level_set(config, context, field)
    about = field.scene
    mesh = Mesh(
        vertices,
        faces,
        name="surface",
        capture_from_mesh=about.capture_from_scene,
        unit=about.unit,
        gravity=about.gravity,
    )
    if by_depth and views:
        from meshing.carve import remove_unseen
        from pipeline.stages.handover import view_of

        mesh = remove_unseen(mesh, [view_of(views, view) for view in _chosen(views)])
    mesh = remove_small_components(mesh, min_share=config.min_component)
    if config.inner_shells == "remove":
        from meshing.hidden import remove_hidden

        mesh = remove_hidden(mesh, views.world_from_camera[:, :3, 3] if views else None)
    context.metric("triangles", len(mesh.faces))
    return mesh


def _level_set(config: ExtractMeshConfig, context: Context, field: RadianceField) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and faces where the density crosses the level."""
    from meshing.field import choose_level, sample_field
    from meshing.isosurface import extract_surface

    low, high = field.bounds
    level = config.level or choose_level(field.density, low, high)
    context.metric("level", level)
    density = _counted(field.density, config.resolution**3, context)
    grid = sample_field(density, low, high, config.resolution, level=level, inside="above", closed=False)
    vertices, faces = extract_surface(grid, level, inside="above", method=config.surface)
    if len(faces) == 0:
        raise ValueError(f"field: its density crosses {level:.3g} nowhere; give another level")
    return vertices, faces


def _seen(
    config: ExtractMeshConfig, context: Context, field: RadianceField, views: PosedImages
) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and faces of what the views' cameras see of the field."""
    from meshing.tsdf import FusionSettings, fuse
    from pipeline.stages.handover import DepthViews

    low, high = field.bounds
    voxel = float((high - low).max()) / config.resolution
    rendered = _depth_pictures(context, field, views, voxel)
    reach = float(np.linalg.norm(rendered.world_from_camera[:, :3, 3] - (low + high) / 2, axis=1).max())
    settings = FusionSettings(voxel, max_depth=reach + float((high - low).max()))
    has_depth = any(rendered.depth(view).any() for view in range(len(rendered)))
    fused = fuse(DepthViews(rendered, context), settings, method=config.surface) if has_depth else None
    if fused is None or len(fused.faces) == 0:
        raise ValueError("field: its cameras see fog and no surface in it; train it longer (`stop` of reconstruct)")
    context.metric("voxel", voxel)
    return fused.vertices, fused.faces


def _depth_pictures(context: Context, field: RadianceField, views: PosedImages, voxel: float) -> "RenderedViews":
    """Depth from the views' cameras, as fine as the voxels ask for."""
    from nerf.ngp.shots import Shots, shoot

    chosen, (low, high) = _chosen(views), field.bounds
    poses = views.world_from_camera[chosen]
    distance = float(np.median(np.linalg.norm(poses[:, :3, 3] - (low + high) / 2, axis=1)))
    cameras = []
    for view in chosen:
        camera = views.camera(view)
        camera = camera.undistorted() if camera.model != "equirect" else camera
        factor = min(1.0, distance / (PIXEL * voxel) / camera.fx)
        cameras.append(camera.resized(max(8, round(camera.width * factor)), max(8, round(camera.height * factor))))

    def tell(done: int) -> None:
        context.progress(0.8 * done / len(chosen), f"depth from {done} of {len(chosen)} cameras")

    shots = Shots(colours=False, share=ENDED, most_spread=SPREAD)
    return shoot(field, cameras, poses, context.folder / "depth", shots, progress=tell)


def _chosen(views: PosedImages) -> list[int]:
    stride = max(1, -(-len(views) // MOST_VIEWS))
    return list(range(0, len(views), stride))


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
