"""Where neighbouring pixels of a photo lie on one surface, and where the picture is cut."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int32
from scipy import ndimage

_EIGHT = np.ones((3, 3), bool)
_ROUNDS = 3  # what takes over a surface may leave its other neighbours alone


@dataclass(frozen=True, eq=False)
class Cuts:
    """Disparity without specks, and which pixels are linked to the next one to the right and below."""

    disparity: Float32[np.ndarray, "h w"]
    right: Bool[np.ndarray, "h w"]
    down: Bool[np.ndarray, "h w"]


def cut(disparity: Float32[np.ndarray, "h w"], threshold: float, *, min_region: int = 24, min_curve: int = 20) -> Cuts:
    """Cut the photo where disparity jumps by more than `threshold`.

    Regions of fewer than `min_region` pixels, and parts only one pixel wide, from which no surface can be made, take
    over the surface around them. Cuts that make up a curve of fewer than `min_curve` links are closed again: a slit
    in the middle of a surface hides nothing (Kopf et al. 2020).
    """
    for _ in range(_ROUNDS):
        right, down = linked(disparity, threshold)
        labels = regions(right, down)
        small = (np.bincount(labels.ravel()) < min_region)[labels] | thin(right, down)
        if not small.any() or small.all():
            break
        disparity = _taken_over(disparity, small)
    right, down = linked(disparity, threshold)
    right, down = _without_short_curves(right, down, min_curve)
    return Cuts(disparity, right, down)


def linked(
    disparity: Float32[np.ndarray, "h w"], threshold: float
) -> tuple[Bool[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    """Whether the step to the next pixel to the right, and below, stays within `threshold`."""
    right, down = np.zeros((2, *disparity.shape), bool)
    right[:, :-1] = np.abs(np.diff(disparity, axis=1)) <= threshold
    down[:-1] = np.abs(np.diff(disparity, axis=0)) <= threshold
    return right, down


def regions(right: Bool[np.ndarray, "h w"], down: Bool[np.ndarray, "h w"]) -> Int32[np.ndarray, "h w"]:
    """A number for each set of pixels that links connect, from 1."""
    height, width = right.shape
    lattice = np.zeros((2 * height - 1, 2 * width - 1), bool)  # pixels, with their links between them
    lattice[::2, ::2] = True
    lattice[::2, 1::2] = right[:, :-1]
    lattice[1::2, ::2] = down[:-1]
    labels, _ = ndimage.label(lattice)
    return np.ascontiguousarray(labels[::2, ::2], np.int32)


def thin(right: Bool[np.ndarray, "h w"], down: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """Pixels that no square of four linked pixels holds."""
    held = np.zeros(right.shape, bool)
    square = right[:-1, :-1] & right[1:, :-1] & down[:-1, :-1] & down[:-1, 1:]
    for rows in (slice(None, -1), slice(1, None)):
        for columns in (slice(None, -1), slice(1, None)):
            held[rows, columns] |= square
    return ~held


def _taken_over(disparity: Float32[np.ndarray, "h w"], small: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Ring by ring, each small pixel takes the value of the settled neighbour that is most like its own."""
    out, open_ = np.pad(disparity, 1, mode="edge"), np.pad(small, 1, constant_values=True)
    y, x = np.nonzero(small)
    y, x = y + 1, x + 1
    while len(y):
        ways = [(y, x + 1), (y + 1, x), (y, x - 1), (y - 1, x)]
        misfit = np.stack([np.where(open_[way], np.inf, np.abs(out[way] - out[y, x])) for way in ways])
        best = np.argmin(misfit, axis=0)
        settled = np.isfinite(misfit.min(axis=0))
        values = np.stack([out[way] for way in ways])[best, np.arange(len(y))]
        out[y[settled], x[settled]] = values[settled]
        open_[y[settled], x[settled]] = False
        y, x = y[~settled], x[~settled]
    return np.ascontiguousarray(out[1:-1, 1:-1])


def _without_short_curves(
    right: Bool[np.ndarray, "h w"], down: Bool[np.ndarray, "h w"], min_curve: int
) -> tuple[Bool[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    open_right, open_down = ~right, ~down
    open_right[:, -1] = open_down[-1] = False
    beside = open_right | open_down
    beside[:, 1:] |= open_right[:, :-1]
    beside[1:] |= open_down[:-1]
    curves, n = ndimage.label(beside, structure=_EIGHT)
    lengths = np.bincount(curves[open_right], minlength=n + 1) + np.bincount(curves[open_down], minlength=n + 1)
    short = (lengths < min_curve)[curves]
    return right | (open_right & short), down | (open_down & short)
