"""A photo with depth is taken apart into layers."""

from typing import Literal

from pydantic import Field

from meshing.photo.layers import Layers
from pipeline.stage import Context, StageConfig
from vision.depth import InverseDepth
from vision.photo import Photo

SURE = 0.9
"""From this confidence on, all of the parallax is shown."""
AHEAD, AROUND = 0.05, 0.02
"""The parallax of a photo, and of a panorama, of whose longer side a head sees a quarter."""


class BuildLayersConfig(StageConfig):
    parallax: float | None = Field(None, gt=0, le=0.3)
    """The greatest shift between near and far that may be shown, as a share of the longer side; 0.05 (of a panorama
    0.02), and less the less the depth is to be trusted, when left out."""
    relief: float | None = Field(None, gt=0, le=1)
    """How deep a scene without a unit is laid: 1 from 1 to 10, less is flatter; by the depth's confidence when left
    out."""
    threshold: float = Field(1.5, gt=0, le=50)
    """A step of depth that shifts by more pixels than this is cut."""
    layers: int = Field(2, ge=0, le=8)
    """At most so many hidden surfaces behind each other."""
    sharpen: bool = True
    """Move depth edges onto the photo's edges."""
    backend: Literal["auto", "numba", "numpy"] = "auto"
    """Compiled kernels, or the plain definition."""


def build_layers(config: BuildLayersConfig, context: Context, *, photo: Photo, depth: InverseDepth) -> Layers:
    """Cut a photo at its depth edges and grow the surfaces that are hidden behind them (Kopf et al. 2020)."""
    from meshing.photo.build import LayerSettings, build_layers, strides_for

    all_around = photo.projection == "equirectangular"
    height, width = photo.rgb.shape[:2]
    depth = depth.resized(height, width)
    trust = min(1.0, float(depth.confidence.mean()) / SURE)
    settings = LayerSettings(
        parallax=config.parallax or (AROUND if all_around else AHEAD) * (0.4 + 0.6 * trust),
        threshold=config.threshold,
        max_layers=config.layers,
        relief=config.relief or (0.5 + 0.5 * trust),
        sharpen=config.sharpen,
        strides=strides_for(max(height, width), depth.detail or max(height, width)),
    )
    layers = build_layers(
        photo.rgb,
        depth.values,
        metric=depth.metric,
        focal=photo.focal,
        projection=photo.projection,
        settings=settings,
        backend="numpy" if config.backend == "numpy" else "numba",
        name=photo.name,
        licences=(photo.licence,) if photo.licence else (),
    )
    context.metric("parallax", round(settings.parallax, 4))
    context.metric("relief", round(settings.relief, 3))
    context.metric("reach", layers.view.reach)
    context.metric("hidden_pixels", len(layers.x) - layers.n_photo)
    return layers
