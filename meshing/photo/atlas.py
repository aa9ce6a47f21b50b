"""The texture of a layered photo: the photo, and below it charts of hidden pixels with a rim of what they join."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, Int64, UInt8
from scipy import ndimage

from meshing.photo.layers import Layers

RIM = 2  # pixels of the surfaces that a chart joins, repeated inside it: its triangles need no other part of the atlas
PADDING = 4  # texels around a chart's own ones, rim included, so that smaller mip levels do not mix charts

Charts = Callable[..., Int32[np.ndarray, "pixels"]]


@dataclass(frozen=True, eq=False)
class Atlas:
    """`pixel` names the layers' pixel in each texel, -1 for none; `chart` its chart (-1: the photo).

    Pixel i of chart c lies at texel (x + dx, y + dy) with (dx, dy) = `offset[c]`; the photo's own lie at (x, y).
    """

    texture: UInt8[np.ndarray, "h w 3"]
    pixel: Int32[np.ndarray, "h w"]
    chart: Int32[np.ndarray, "pixels"]
    offset: Int64[np.ndarray, "charts 2"]

    def texel(self, layers: Layers, pixels: Int64[np.ndarray, "n"], chart: Int64[np.ndarray, "n"]) -> np.ndarray:
        """Where `pixels` lie in `chart`, as index into the flat atlas; -1 where they are not in it."""
        offset = np.vstack([self.offset, [[0, 0]]])[chart]
        column, row = layers.x[pixels] + offset[:, 0], layers.y[pixels] + offset[:, 1]
        height, width = self.pixel.shape
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        index = np.where(inside, row * width + column, 0)
        return np.where(inside & (self.pixel.flat[index] == pixels), index, -1)


def pack(layers: Layers, charts: Charts) -> Atlas:
    """An atlas with every pixel of `layers` in it."""
    n_photo, (height, width) = layers.n_photo, (layers.view.height, layers.view.width)
    chart = charts(layers.x, layers.y, layers.neighbours, n_photo)
    offset, (total_width, total_height) = _shelves(layers, chart, width, height)
    pixel = np.full((total_height, total_width), -1, np.int32)
    pixel[:height, :width] = np.arange(n_photo, dtype=np.int32).reshape(height, width)
    hidden = np.arange(n_photo, len(layers.x))
    place = np.vstack([layers.x[hidden], layers.y[hidden]]).T + offset[chart[hidden]]
    pixel[place[:, 1], place[:, 0]] = hidden
    _add_rims(layers, chart, offset, pixel)
    return Atlas(_texture(layers, pixel), pixel, chart, offset)


def _shelves(
    layers: Layers, chart: Int32[np.ndarray, "pixels"], width: int, height: int
) -> tuple[Int64[np.ndarray, "charts 2"], tuple[int, int]]:
    """Where charts go: rows of rectangles of falling height below the photo; and width and height of it all."""
    n_charts = int(chart.max()) + 1
    hidden = chart >= 0
    low = np.full((n_charts, 2), 1 << 30, np.int64)
    high = np.full((n_charts, 2), -1, np.int64)
    for axis, values in enumerate((layers.x, layers.y)):
        np.minimum.at(low[:, axis], chart[hidden], values[hidden])
        np.maximum.at(high[:, axis], chart[hidden], values[hidden])
    size = high - low + 1 + 2 * PADDING
    width = max(width, int(size[:, 0].max(initial=0)))
    offset = np.zeros((n_charts, 2), np.int64)
    left, top, tall = 0, height, 0
    for c in np.lexsort((np.arange(n_charts), -size[:, 0], -size[:, 1])):
        if left + size[c, 0] > width:
            left, top, tall = 0, top + tall, 0
        offset[c] = (left + PADDING, top + PADDING) - low[c]
        left, tall = left + int(size[c, 0]), max(tall, int(size[c, 1]))
    return offset, (width, top + tall)


def _add_rims(
    layers: Layers, chart: Int32[np.ndarray, "pixels"], offset: Int64[np.ndarray, "charts 2"], pixel: np.ndarray
) -> None:
    """Write what each chart is linked to beside it, where the place is free; the first to come counts."""
    owner = np.arange(layers.n_photo, len(layers.x))
    inside = chart[owner].astype(np.int64)
    for _ in range(RIM):
        around = layers.neighbours[owner]
        of, k = np.nonzero((around >= 0) & (chart[around] != inside[:, None]))
        pixels, charts_ = around[of, k].astype(np.int64), inside[of]
        column, row = layers.x[pixels] + offset[charts_, 0], layers.y[pixels] + offset[charts_, 1]
        texel = row * pixel.shape[1] + column
        free = pixel.flat[texel] < 0
        texel, first = np.unique(texel[free], return_index=True)
        owner, inside = pixels[free][first], charts_[free][first]
        pixel.flat[texel] = owner


def _texture(layers: Layers, pixel: Int32[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w 3"]:
    """Colours of all texels; empty ones take the nearest."""
    start = layers.view.height if pixel.shape[1] == layers.view.width else 0
    rest = pixel[start:]
    if rest.size:
        row, column = ndimage.distance_transform_edt(rest < 0, return_distances=False, return_indices=True)
        rest = rest[row, column]
    texture: UInt8[np.ndarray, "h w 3"] = layers.color[np.vstack([pixel[:start], rest])]
    return texture
