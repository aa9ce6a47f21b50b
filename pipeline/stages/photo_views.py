"""Pictures and a film of a 3D photo, for screens without a headset."""

from pydantic import Field

from meshing.mesh import Mesh
from meshing.photo.layers import Layers
from meshing.photo.pictures import PhotoViews
from pipeline.stage import Context, StageConfig


class PhotoViewsConfig(StageConfig):
    side: int = Field(960, ge=32, le=4096)
    """The longer side of each picture in pixels; the film has half of it."""
    frames: int = Field(24, ge=2, le=240)
    """How many pictures the film has."""
    frames_per_second: float = Field(12.0, gt=0, le=60)
    """The speed of the film."""


def photo_views(config: PhotoViewsConfig, context: Context, *, mesh: Mesh, layers: Layers) -> PhotoViews:
    """Show a 3D photo from beside its viewpoint: both eyes side by side, the extreme views, and a film that sways."""
    from meshing.photo.parallax import photo_views

    for licence in mesh.licences:
        context.licence(licence)
    return photo_views(mesh, layers.view, side=config.side, frames=config.frames, per_second=config.frames_per_second)
