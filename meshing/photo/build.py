"""From a photo and its inverse depth to layers that wait for their hidden colours."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float32, UInt8

from meshing.photo.cut import cut
from meshing.photo.grow import Growth
from meshing.photo.layers import Layers, PhotoView, Projection
from meshing.photo.prune import prune, relaxed

Backend = Literal["numba", "numpy"]

FIELD_OF_VIEW = np.radians(60.0)  # of the longer side, where a photo does not tell its focal length
NEAR, FAR = 1.0, 10.0  # between which depth without a unit is laid
LEAST_SIDE = 16


@dataclass(frozen=True)
class LayerSettings:
    """How a photo is taken apart.

    `parallax` is the greatest shift between nearest and farthest point that the viewing volume allows, as a share of
    the photo's longer side; it sets how wide hidden surfaces are. `threshold` is the step in pixels of that shift at
    which the picture is cut. `relief`, 0 to 1, flattens depth without a unit: for sources that are not to be trusted.
    """

    parallax: float = 0.05
    threshold: float = 1.5
    merge: float = 0.15
    max_layers: int = 2
    relief: float = 1.0
    sharpen: bool = True
    strides: tuple[int, ...] = (1,)


def build_layers(
    rgb: UInt8[np.ndarray, "h w 3"],
    inverse: Float32[np.ndarray, "rows columns"],
    *,
    metric: bool = False,
    focal: float | None = None,
    projection: Projection = "perspective",
    settings: LayerSettings | None = None,
    backend: Backend = "numba",
    name: str = "photo",
    licences: tuple[str, ...] = (),
) -> Layers:
    """A layered depth image with cuts, grown hidden surfaces and empty hidden colours.

    `inverse` is 1/metre where `metric`, else any numbers that grow towards the camera; of an equirectangular photo it
    is inverse distance along the rays. Raises ValueError where it has another size, holds numbers that are not finite,
    or is the same everywhere.
    """
    settings = settings or LayerSettings()
    _check(rgb, inverse)
    height, width = inverse.shape
    focal = width / (2 * np.pi) if projection == "equirectangular" else focal
    view, disparity = placed(inverse, metric=metric, focal=focal, settings=settings)
    view = replace(view, projection=projection)
    if backend == "numba":
        from meshing.photo.grow_numba import grow
        from meshing.photo.scanline_numba import seen_from
        from meshing.photo.sharpen_numba import sharpen
    else:
        from meshing.photo.grow import grow
        from meshing.photo.scanline import seen_from
        from meshing.photo.sharpen import sharpen
    if settings.sharpen:
        disparity = sharpen(disparity, rgb, settings.threshold, settings.strides)
    if view.all_around:
        disparity = closed(disparity, settings.threshold)
    shown = settings.parallax * max(width, height)
    growth = Growth(
        settings.threshold, max(settings.merge * shown, settings.threshold), most=shown, max_layers=settings.max_layers
    )
    cuts = cut(disparity, settings.threshold)
    grown = prune(grow(cuts, growth), width, height, seen_from)
    n_photo = width * height
    color = np.zeros((len(grown.x), 3), np.uint8)
    color[:n_photo] = rgb.reshape(-1, 3)
    smooth = relaxed(grown, n_photo)
    filled = len(grown.x) == n_photo
    return Layers(view, grown.x, grown.y, smooth, grown.neighbours, color, filled, name, licences)


def strides_for(photo_side: int, depth_side: int) -> tuple[int, ...]:
    """The sharpening that depth of a lower resolution than the photo needs: wide passes first."""
    ratio = photo_side / max(depth_side, 1)
    return (1,) if ratio < 1.5 else (2, 1) if ratio < 3 else (4, 2, 1)


def placed(
    inverse: Float32[np.ndarray, "h w"], *, metric: bool, focal: float | None, settings: LayerSettings
) -> tuple[PhotoView, Float32[np.ndarray, "h w"]]:
    """The view with a reach that shows the parallax asked for, and disparity in its pixels.

    Metric inverse depth keeps its scale. Any other is laid between inverse depths 1 and 1/10 of a unit (`relief`
    brings the far end closer): where it starts and how fast it falls is not known.
    """
    height, width = inverse.shape
    focal = focal or 0.5 * max(width, height) / float(np.tan(FIELD_OF_VIEW / 2))
    low, high = (float(value) for value in np.quantile(inverse, (0.002, 0.998)))
    if not high > low:
        low, high = float(inverse.min()), float(inverse.max())
    if metric:
        values = np.clip(inverse, max(low, 1e-3 * high), None).astype(np.float64)
        low = max(low, 1e-3 * high)
    else:
        far = 1 / NEAR - settings.relief * (1 / NEAR - 1 / FAR)
        share = np.clip((inverse.astype(np.float64) - low) / (high - low), 0, 1.2)
        values = far + share * (1 / NEAR - far)
        low, high = far, 1 / NEAR
    shown = settings.parallax * max(width, height)
    reach = shown / (focal * max(high - low, 1e-9))
    disparity = (focal * reach * values).astype(np.float32)
    return PhotoView(width, height, float(focal), float(reach), metric), disparity


def closed(disparity: Float32[np.ndarray, "h w"], threshold: float) -> Float32[np.ndarray, "h w"]:
    """Disparity of a panorama whose first and last column meet behind the viewer, and whose end rows are one point."""
    whole = disparity.copy()
    first, last = disparity[:, 0], disparity[:, -1]
    middle = (first + last) / 2
    same = np.abs(first - last) <= 2 * threshold
    whole[:, 0], whole[:, -1] = np.where(same, middle, first), np.where(same, middle, last)
    for row in (0, -1):
        whole[row] = whole[row].mean()
    return whole


def _check(rgb: np.ndarray, inverse: np.ndarray) -> None:
    if inverse.shape != rgb.shape[:2]:
        raise ValueError(f"inverse depth: must have the photo's size {rgb.shape[:2]} (got {inverse.shape})")
    if min(inverse.shape) < LEAST_SIDE:
        raise ValueError(f"photo: must have at least {LEAST_SIDE} pixels a side (got {inverse.shape})")
    bad = int(np.count_nonzero(~np.isfinite(inverse)))
    if bad:
        raise ValueError(f"inverse depth: must be finite (got {bad} of {inverse.size} pixels that are not)")
    if not inverse.max() > inverse.min():
        raise ValueError(f"inverse depth: is {inverse.flat[0]:g} everywhere; a scene has nearer and farther parts")
