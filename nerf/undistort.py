"""A view as a plain pinhole camera would have taken it, for whoever computes with straight rays."""

from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from nerf.camera import Camera
from nerf.posed_images import PosedImages

Array = np.ndarray


def pinhole_view(views: PosedImages, view: int) -> tuple[UInt8[Array, "h w 3"], Float32[Array, "h w"] | None, Camera]:
    """Photo, depth (None where there is none) and camera of one view without its lens distortion.

    Colours are interpolated; depth takes the nearest measurement, since what lies between a table and the floor is
    neither. Depth along z stays as it is: the camera's axes do not change. What the lens did not show is black, or 0.
    """
    camera = views.camera(view)
    image = views.image(view)
    depth = views.depth(view) if views.photos[view].depth is not None else None
    if camera.model == "pinhole":
        return image, depth, camera
    straight, pixels = straightened(camera)
    rows, columns = (pixels[..., axis] - 0.5 for axis in (1, 0))
    bent = np.stack([_sampled(image[..., channel], rows, columns, order=1) for channel in range(3)], axis=-1)
    nearest = None if depth is None else _sampled(depth, rows, columns, order=0).astype(np.float32)
    return np.rint(bent).astype(np.uint8), nearest, straight


@lru_cache(maxsize=1)  # photos of one camera follow each other, and this takes as long as reading a photo
def straightened(camera: Camera) -> tuple[Camera, Float64[Array, "h w 2"]]:
    """The pinhole camera in place of one with a lens, and where in the photo each of its pixels lies (NaN: nowhere)."""
    straight = camera.undistorted()
    pixels = camera.project(straight.directions(straight.pixel_centres()))
    pixels = pixels.reshape(straight.height, straight.width, 2)
    pixels.flags.writeable = False
    return straight, pixels


def _sampled(plane: Array, rows: Array, columns: Array, *, order: int) -> Array:
    from scipy.ndimage import map_coordinates

    places = np.nan_to_num(np.stack([rows, columns]), nan=-10.0)
    values: Any = map_coordinates(plane.astype(np.float32), places, order=order, mode="constant", cval=0.0)
    return np.asarray(values)
