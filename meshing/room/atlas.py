"""Where the patches' charts lie in the texture pages: rectangles packed by shelves."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

PADDING = 2  # texels around each chart that repeat its border


@dataclass(frozen=True, eq=False)
class Layout:
    """Charts in one page: top-left texel and size of each (without padding), and the page's own size."""

    x: Int64[np.ndarray, "charts"]
    y: Int64[np.ndarray, "charts"]
    width: Int64[np.ndarray, "charts"]
    height: Int64[np.ndarray, "charts"]
    page: tuple[int, int]  # width, height


def layout(
    lengths: Float64[np.ndarray, "charts 2"],
    fineness: Float64[np.ndarray, "charts"],
    size: int,
    *,
    densest: float = 400.0,
) -> Layout:
    """Charts of these lengths (metres, u and v) in a page of at most `size` by `size`, as dense as fits.

    `fineness` is each chart's density in relation to the others; `densest` bounds the texels per metre at fineness 1.
    """
    low, high = 0.0, densest
    found = _packed(lengths, fineness, densest, size)
    if found is not None:
        return found
    best = _packed(lengths, fineness, 0.0, size)
    for _ in range(12):
        middle = (low + high) / 2
        found = _packed(lengths, fineness, middle, size)
        if found is None:
            high = middle
        else:
            low, best = middle, found
    if best is None:
        raise ValueError(f"atlas: {len(lengths)} charts do not fit a page of {size} by {size}; take a larger one")
    return best


def _packed(lengths: np.ndarray, fineness: np.ndarray, density: float, size: int) -> Layout | None:
    """Shelves from the tallest chart to the lowest; None where they pass the page's end. Tall charts are not turned."""
    texels = np.clip(np.ceil(lengths * fineness[:, None] * density), 2, size - 2 * PADDING).astype(np.int64)
    boxes = texels + 2 * PADDING
    if int(boxes.prod(axis=1).sum()) > size * size:
        return None
    order = np.lexsort((np.arange(len(boxes)), -boxes[:, 0], -boxes[:, 1]))
    x, y = np.zeros((2, len(boxes)), np.int64)
    shelves: list[list[int]] = []  # of each: where its free part begins, its top and its height
    end = 0
    for index in order.tolist():
        wide, tall = int(boxes[index, 0]), int(boxes[index, 1])
        shelf = next((s for s in reversed(shelves) if s[0] + wide <= size and tall <= s[2]), None)
        if shelf is None:
            if end + tall > size:
                return None
            shelf = [0, end, tall]
            shelves.append(shelf)
            end += tall
        x[index], y[index] = shelf[0], shelf[1]
        shelf[0] += wide
    height = size if end > size // 2 else max(64, 1 << (end - 1).bit_length())
    return Layout(x + PADDING, y + PADDING, texels[:, 0].copy(), texels[:, 1].copy(), (size, min(height, size)))


def place(picture: np.ndarray, chart: np.ndarray, layout_: Layout, index: int) -> None:
    """Write a chart's texels into the page, its border repeated into the padding."""
    x, y = int(layout_.x[index]), int(layout_.y[index])
    height, width = chart.shape[:2]
    padded = np.pad(chart, ((PADDING, PADDING), (PADDING, PADDING), (0, 0)), mode="edge")
    picture[y - PADDING : y + height + PADDING, x - PADDING : x + width + PADDING] = padded


def chart_uv(shares: Float64[np.ndarray, "n 2"], layout_: Layout, index: int) -> Float64[np.ndarray, "n 2"]:
    """Texture coordinates of places on a chart: its edges lie on the centres of its outermost texels."""
    size = np.array([layout_.width[index], layout_.height[index]], np.float64)
    corner = np.array([layout_.x[index], layout_.y[index]], np.float64)
    uv: np.ndarray = (corner + 0.5 + shares * (size - 1)) / layout_.page
    return uv


def chart_shares(width: int, height: int) -> Float64[np.ndarray, "texels 2"]:
    """The places of a chart's texels, row by row, as `chart_uv` maps them."""
    across, down = np.linspace(0, 1, width), np.linspace(0, 1, height)
    return np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
