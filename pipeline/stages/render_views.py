"""A latent becomes views with depth and masks, as a capture would have them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import Field

from nerf.posed_images import PosedImages
from nerf.style.latent import Latent
from pipeline.stage import Context, InputPath, StageConfig

SIZE = 64
STEP = 0.0001
"""Units of the generator's frame for each step of the depth files."""


class RenderViewsConfig(StageConfig):
    candidate: int = Field(0, ge=0)
    """Which of the candidates; the best is number 0."""
    views: int = Field(24, ge=1, le=1000)
    """How many, evenly around the object, at changing heights."""
    size: int | None = Field(None, ge=16, le=1024, multiple_of=4)
    """Pixels along each side; 64 when left out. A StyleNeRF checkpoint makes pictures of one size alone."""
    generator: InputPath | None = None
    """A folder with a generator of your own, or a published StyleNeRF (.pkl); the one that ships when left out."""


def render_views(config: RenderViewsConfig, context: Context, *, latent: Latent) -> PosedImages:
    """Render an object from all around, with depth and masks, for a reconstruction or for a look at it.

    A published StyleNeRF is seen from between the outermost cameras that it was trained with.
    """
    from PIL import Image

    from nerf.frame import SceneFrame
    from nerf.posed_images import DepthEncoding, Photo, Source
    from pipeline.stages.object_weights import shape_of

    shape = shape_of(config.generator, latent, config.candidate)
    camera, poses = shape.camera(config.size or SIZE), shape.poses(config.views)
    if config.size and camera.width != config.size:
        raise ValueError(f"size: this generator makes pictures of {camera.width} pixels a side (got {config.size})")
    photos = []
    for number, pose in enumerate(poses):
        rgb, opacity, depth = shape.picture(camera, pose)
        levels = np.round(depth / STEP).astype(np.uint16)
        files = {"image": rgb, "depth": levels, "mask": np.where(opacity > 0.5, 255, 0).astype(np.uint8)}
        paths = {kind: context.folder / f"{kind}-{number:05d}.png" for kind in files}
        for kind, pixels in files.items():
            Image.fromarray(pixels).save(paths[kind])
        photos.append(Photo(f"view {number}", paths["image"], 0, depth=paths["depth"], mask=paths["mask"]))
        context.progress((number + 1) / len(poses), f"view {number + 1} of {len(poses)}")
    encoding = DepthEncoding(STEP, (0.0,))
    frame = SceneFrame(np.eye(4), "unknown", "known")
    return PosedImages((camera,), tuple(photos), poses, frame, Source("generator"), encoding)


def view_sources(config: RenderViewsConfig) -> Sequence[Path]:
    """The generator's files."""
    from pipeline.stages.object_weights import GENERATOR, files_of

    return files_of(GENERATOR, config.generator)
