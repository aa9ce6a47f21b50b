"""A mesh gets a texture from the photos it was made from."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from meshing.mesh import Mesh
from nerf.posed_images import PosedImages
from pipeline.stage import Context, StageConfig
from pipeline.stages.handover import Photos, PinholePhotos

if TYPE_CHECKING:
    from meshing.quality import Reference


class TextureMeshConfig(StageConfig):
    size: int = Field(2048, ge=64, le=16384)
    """The longest side of the texture in texels."""
    padding: int = Field(4, ge=0, le=64)
    """Texels left free between charts."""
    align: bool = True
    """Move the photos until they agree on the surface's colours: the photo and depth cameras of most devices are not
    calibrated to each other."""
    level: bool = True
    """Bring photos to the same brightness where they meet."""
    refine: int = Field(0, ge=0, le=50)
    """How many rounds the texture is rendered from the photos' cameras and corrected by what differs. It averages all
    photos of a place instead of painting the best one: nearer to photos on average, and softer."""
    refine_size: int = Field(1280, ge=64, le=16384)
    """Photos are reduced to this many pixels on their long side for refinement, which holds 14 bytes of each pixel."""
    refine_exposure: Literal["local", "one"] = "local"
    """Photos have exposures of their own, which refinement finds. "local" shows each place as bright as its photos do
    on the whole; "one" gives the whole surface the mean: true to the scene, and in the shade darker than any photo."""
    refine_shape: int = Field(0, ge=0, le=100)
    """How many rounds vertices are moved along their normals to where photos of half of `refine_size` see the texture,
    which follows every fourth round. It mends what lies a little too near or too far, and outlines before another
    surface that are off by a few pixels."""
    backend: Literal["auto", "numba", "numpy"] = "auto"
    """Which kernels rasterise the charts."""


def texture_mesh(config: TextureMeshConfig, context: Context, *, mesh: Mesh, views: PosedImages) -> Mesh:
    """Unwrap a mesh and paint its texture from the photos that see each part best."""
    from meshing.alignment import align_photos
    from meshing.bake import bake_photos
    from meshing.unwrap import unwrap

    context.progress(0.0, "unwraps")
    unwrapped = unwrap(mesh, config.size, padding=config.padding)
    context.metric("charts", unwrapped.n_charts)
    context.metric("utilization", unwrapped.utilization)
    backend: Literal["numba", "numpy"] = "numpy" if config.backend == "numpy" else "numba"
    photos = Photos(views, context)
    alignment = None
    if config.align:
        context.progress(0.1, "aligns photos")
        alignment = align_photos(unwrapped.mesh, photos, seed=context.seed)
        context.metric("difference_before_alignment", alignment.before)
        context.metric("difference_after_alignment", alignment.after)
        photos = photos.aligned(alignment)
    baked = bake_photos(unwrapped.mesh, unwrapped.width, unwrapped.height, photos, level=config.level, backend=backend)
    for name, value in asdict(baked.report).items():
        context.metric(name, value)
    return refined(config, context, baked.mesh, PinholePhotos(views, alignment, config.refine_size))


def refined(config: TextureMeshConfig, context: Context, mesh: Mesh, photos: "Sequence[Reference]") -> Mesh:
    """The mesh with the vertices and then the texture that, rendered again, are nearest to the photos."""
    if not (config.refine or config.refine_shape):
        return mesh
    taken = [photos[number] for number in range(len(photos))]  # straightening one takes as long as a round with it
    if config.refine_shape:
        from meshing.refine_mesh import refine_mesh

        reduced = [photo.reduced(max(64, config.refine_size // 2)) for photo in taken]
        reshaped = refine_mesh(
            mesh,
            reduced,
            rounds=config.refine_shape,
            progress=lambda share: context.progress(0.95 + 0.02 * share, "refines the shape"),
        )
        context.metric("vertices_moved", reshaped.moved)
        mesh = reshaped.mesh
    if config.refine:
        from meshing.refine import refine_texture

        context.progress(0.97, "refines the texture")
        refined = refine_texture(mesh, taken, rounds=config.refine, local=config.refine_exposure == "local")
        context.metric("difference_before_refinement", refined.before)
        context.metric("difference_after_refinement", refined.after)
        mesh = refined.mesh
    return mesh
