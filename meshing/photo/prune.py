"""Hidden pixels that no allowed viewpoint sees are left out, and what stays is made smooth."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float32, Int32

from meshing.photo.grow import Grown

SHIFTS = (1.0, 0.5)  # shares of the reach from which the layers are looked at, to each of four sides
RINGS = 2  # around what is seen, so that no rim shows

SeenFrom = Callable[..., Bool[np.ndarray, "pixels"]]


def prune(grown: Grown, width: int, height: int, seen_from: SeenFrom) -> Grown:
    """`grown` without the hidden pixels that stay out of sight from the ends and middles of the reach."""
    n_photo = width * height
    right, down = grown.neighbours[:, 0], grown.neighbours[:, 1]
    keep = np.zeros(len(grown.x), bool)
    for shift in (sign * share for share in SHIFTS for sign in (1, -1)):
        keep |= seen_from(grown.x, grown.y, grown.disparity, right, (width, height), shift)
        keep |= seen_from(grown.y, grown.x, grown.disparity, down, (height, width), shift)
    for _ in range(RINGS):
        around = grown.neighbours[n_photo:][keep[n_photo:]]
        keep[around[around >= 0]] = True
    keep[:n_photo] = True
    return _taken(grown, keep)


def _taken(grown: Grown, keep: Bool[np.ndarray, "pixels"]) -> Grown:
    number = np.full(len(keep) + 1, -1, np.int32)  # the last one answers for "no link"
    number[:-1][keep] = np.arange(np.count_nonzero(keep), dtype=np.int32)
    links: Int32[np.ndarray, "pixels 4"] = number[grown.neighbours[keep]]
    return Grown(grown.x[keep], grown.y[keep], grown.disparity[keep], links)


def relaxed(grown: Grown, n_photo: int, *, rounds: int = 30) -> Float32[np.ndarray, "pixels"]:
    """Disparity with the hidden pixels drawn smooth between the surfaces they continue, always behind the photo's.

    Each round moves every hidden pixel to the mean of its neighbours (Jacobi).
    """
    disparity = grown.disparity.astype(np.float32)
    hidden = grown.neighbours[n_photo:]
    linked = hidden >= 0
    parts = np.maximum(linked.sum(axis=1), 1).astype(np.float32)
    width = int(grown.x[:n_photo].max()) + 1
    before = grown.disparity[grown.y[n_photo:].astype(np.int64) * width + grown.x[n_photo:]]
    for _ in range(rounds):
        around = np.where(linked, disparity[hidden], np.float32(0)).sum(axis=1, dtype=np.float32)
        mean = np.where(linked.any(axis=1), around / parts, disparity[n_photo:])
        disparity[n_photo:] = np.where(mean < before, mean, disparity[n_photo:])
    return disparity
