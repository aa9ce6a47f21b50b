"""A picture file becomes a photo."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from pipeline.stage import Context, Finding, InputPath, StageConfig
from vision.photo import Photo


class LoadPhotoConfig(StageConfig):
    path: InputPath
    """A picture: JPEG, PNG, WebP, TIFF, BMP, GIF, MPO, or HEIC with the extra heic."""
    max_side: int = Field(1536, ge=16, le=8192)
    """The longer side is brought down to this many pixels."""
    field_of_view: float | None = Field(None, gt=1, lt=170)
    """Across the longer side, in degrees; from the file, or 60, when left out."""
    projection: Literal["auto", "perspective", "equirectangular"] = "auto"
    """An equirectangular panorama shows all directions; "auto" asks the file's XMP (GPano)."""
    licence: str = ""
    """The photo's licence; it travels into every file made from it."""


def load_photo(config: LoadPhotoConfig, context: Context) -> Photo:
    """Read a photo upright in sRGB, with the depth or the second picture that its file holds.

    Of an animation the first picture counts; transparency shows white.
    """
    import math
    from dataclasses import replace

    import numpy as np
    from PIL import Image

    from vision.depth_in_photo import depth_in_photo, stereo_pair_in_photo
    from vision.photo import read_photo, stored_size

    photo = read_photo(config.path, max_side=config.max_side)
    height, width = photo.rgb.shape[:2]
    if config.field_of_view:
        half = math.tan(math.radians(config.field_of_view) / 2)
        photo = replace(photo, focal=0.5 * max(width, height) / half)
    if config.projection != "auto":
        photo = replace(photo, projection=config.projection)
    if photo.projection == "equirectangular" and width != 2 * height:
        raise ValueError(f"{config.path}: a whole panorama is twice as wide as high (got {width}x{height})")
    pair = stereo_pair_in_photo(config.path)
    right = None
    if pair is not None:
        right = np.array(Image.fromarray(pair[1]).resize((width, height), Image.Resampling.LANCZOS))
    photo = replace(photo, licence=config.licence, depth=depth_in_photo(config.path), right=right)
    stored = stored_size(config.path)
    if max(stored) > max(width, height):
        context.log(f"{config.path.name}: {stored[0]}x{stored[1]} pixels, brought down to {max(width, height)} a side")
    context.metric("size", [width, height])
    context.metric("size_in_file", list(stored))
    context.metric("focal_pixels", photo.focal)
    context.metric("projection", photo.projection)
    context.metric("holds", _holds(photo))
    context.licence(photo.licence)
    return photo


def packages_for_photo(config: LoadPhotoConfig) -> Sequence[str]:
    """What HEIC needs."""
    from vision.photo import is_heic

    return ["pillow_heif"] if config.path.is_file() and is_heic(config.path) else []


def examine_photo(config: LoadPhotoConfig) -> Sequence[Finding]:
    """Whether the picture can be read, and what its file says of depth."""
    try:
        photo = load_photo(config.model_copy(update={"max_side": 64}), Context(0, config.path.parent))
    except (ValueError, OSError, ImportError) as error:
        return [Finding("error", str(config.path), str(error))]
    held = _holds(photo)
    text = f"holds {held}" if held else "holds no depth: it will be estimated from the picture alone"
    return [Finding("note", str(config.path), text)]


def noted_photo(config: LoadPhotoConfig) -> str:
    """What `examine_photo` says of the file."""
    return "; ".join(finding.message for finding in examine_photo(config))


def _holds(photo: Photo) -> str:
    if photo.depth is not None:
        return f"depth ({photo.depth.source})"
    return "a second picture (stereo)" if photo.right is not None else ""
