"""A latent becomes views with depth and masks, as a capture would have them."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import Field

from nerf.posed_images import PosedImages
from nerf.style.latent import Latent
from pipeline.stage import Context, InputPath, StageConfig

STEP = 0.0001
"""Units of the generator's frame for each step of the depth files."""


class RenderViewsConfig(StageConfig):
    candidate: int = Field(0, ge=0)
    """Which of the candidates; the best is number 0."""
    views: int = Field(24, ge=1, le=1000)
    """How many, evenly around the object, at changing heights."""
    size: int = Field(64, ge=16, le=1024, multiple_of=4)
    """Pixels along each side."""
    generator: InputPath | None = None
    """A folder with a generator of your own; the one that ships when left out."""


def render_views(config: RenderViewsConfig, context: Context, *, latent: Latent) -> PosedImages:
    """Render an object from all around, with depth and masks, for a reconstruction or for a look at it."""
    from PIL import Image

    from nerf.frame import SceneFrame
    from nerf.objects import viewpoints
    from nerf.posed_images import DepthEncoding, Photo, Source
    from nerf.style.shape import StyledShape
    from pipeline.stages.object_weights import check_made_by, generator_of

    generator, identity = generator_of(config.generator)
    check_made_by(latent.generator, identity)
    if config.candidate >= len(latent.w):
        raise ValueError(f"candidate: there are {len(latent.w)}, counted from 0 (got {config.candidate})")
    shape = StyledShape(generator.generator, latent.w[config.candidate])
    camera, poses = viewpoints.camera(config.size), poses_around(config.views)
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


def poses_around(views: int) -> np.ndarray:
    """Cameras on a spiral: evenly around, from a little below to high above and back."""
    from nerf.objects import viewpoints

    golden = math.pi * (3 - math.sqrt(5))
    heights = [0.35 + 0.45 * math.sin(2.4 * number) for number in range(views)]
    return np.stack([viewpoints.pose(golden * number, height) for number, height in enumerate(heights)])


def view_sources(config: RenderViewsConfig) -> Sequence[Path]:
    """The generator's files."""
    from pipeline.stages.object_weights import GENERATOR, files_of

    return files_of(GENERATOR, config.generator)
