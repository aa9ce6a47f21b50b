"""Where photos see the outline of a surface that stands before another: beside it the colours of both are known.

Across an outline a photo goes from the colours of the front to those of what lies behind. How much of the front shows
in the pixels outside of the mesh's own outline, and how much of the back in those inside, is by how many pixels the
outline is off: the area between the two (edge sampling: Li et al. 2018, with the whole step instead of its slope, so
that it sees as far as `_REACH`). Fur that fades over pixels gets the edge that leaves as much of it out as it fills.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from meshing.refine_rays import STEP

_REACH = 4  # pixels to either side
_CONTRAST = 15.0  # levels; less between front and back tells nothing
_HUBER = 12.0  # levels
_CERTAIN = 0.3  # of what the step of colours would tell were it clean; with all of it holes grow
_SQUARELY = 0.3  # cosine between a row and the outline's normal
_SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))


@dataclass(frozen=True, eq=False)
class Outline:
    """Places where a row or a column of a picture leaves a surface for one behind it.

    `pixel` is the last one of the front. `normal` points outward in the picture, across the outline; photos see it
    `shift` pixels farther that way, with a certainty in squared levels.
    """

    pixel: Int64[np.ndarray, "places"]
    normal: Float64[np.ndarray, "places 2"]
    shift: Float64[np.ndarray, "places"]
    sure: Float64[np.ndarray, "places"]


def find_outline(
    depth: Float32[np.ndarray, "h w"] | Float64[np.ndarray, "h w"],
    drawn: Float32[np.ndarray, "h w 3"],
    photo: Float32[np.ndarray, "h w 3"],
    counts: Bool[np.ndarray, "h w"],
) -> Outline:
    """Where the outlines of what was `drawn` lie in the `photo`; depth is 0 where nothing is, and there is no outline
    before nothing. Pixels that do not count end a row."""
    found = [_across(depth, drawn, photo, counts, np.array(side)) for side in _SIDES]
    pixel, normal, shift, sure = (
        np.concatenate([getattr(one, name) for one in found]) for name in ("pixel", "normal", "shift", "sure")
    )
    return Outline(pixel, normal, shift, sure)


def _across(depth: np.ndarray, drawn: np.ndarray, photo: np.ndarray, counts: np.ndarray, side: np.ndarray) -> Outline:
    """The outlines that are left toward one `side` (rows, columns)."""
    h, w = depth.shape
    margin = _REACH + 1
    inner = depth[margin : h - margin, margin : w - margin]
    beyond = depth[margin + side[0] : h - margin + side[0], margin + side[1] : w - margin + side[1]]
    last = np.argwhere((inner > 0) & (beyond > (1 + STEP) * inner)) + margin
    inside = [tuple((last - k * side).T) for k in range(_REACH)]
    outside = [tuple((last + (k + 1) * side).T) for k in range(_REACH)]
    near = depth[inside[0]]
    of_front = [counts[at] & (np.abs(depth[at] - near) < STEP * near) for at in inside]
    of_back = [counts[at] & (depth[at] > (1 + STEP) * near) for at in outside]
    front, back = _colour(drawn, inside, of_front), _colour(drawn, outside, of_back)
    spilled, trust_outside = _share(photo, drawn, outside, of_back, front)
    lacking, trust_inside = _share(photo, drawn, inside, of_front, back)
    normal = _normal(depth, last, (near + depth[outside[0]]) / 2)
    along = normal @ side[::-1]  # the row runs so squarely across the outline
    contrast = ((front - back) ** 2).sum(axis=1)
    good = of_front[0] & of_back[0] & (along > _SQUARELY) & (contrast > 3 * _CONTRAST**2)
    sure = _CERTAIN * contrast * along**2 * np.minimum(trust_outside, trust_inside)
    pixel, shift = last @ (w, 1), (spilled - lacking) * along
    return Outline(pixel[good], normal[good], shift[good], sure[good])


def _colour(drawn: np.ndarray, at: list[tuple[np.ndarray, ...]], counts: list[np.ndarray]) -> np.ndarray:
    """The colour of a surface near its outline: the mean of the second and third pixel, where it has them."""
    weight = np.stack([np.full(len(counts[0]), 1e-3), 1.0 * counts[1], 1.0 * (counts[1] & counts[2])])
    values = np.stack([drawn[place] for place in at[:3]])
    mean: np.ndarray = (weight[..., None] * values).sum(axis=0) / weight.sum(axis=0)[:, None]
    return mean


def _share(
    photo: np.ndarray, drawn: np.ndarray, at: list[tuple[np.ndarray, ...]], counts: list[np.ndarray], other: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How many pixels from the outline on show the `other` colour instead of what is drawn there, and how far the first
    is to be trusted: what lies off the line between the two colours is neither."""
    total, share, trust = np.zeros(len(other)), np.ones(len(other)), np.ones(len(other))
    for k, (place, good) in enumerate(zip(at, counts, strict=True)):
        step, seen = other - drawn[place], photo[place] - drawn[place]
        here = (seen * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 3 * _CONTRAST**2)
        here = np.clip(here, 0, 1)
        if k == 0:
            trust = np.minimum(1, _HUBER / np.maximum(np.abs(seen - here[:, None] * step).mean(axis=1), 1e-6))
        share = np.minimum(share, np.where(good, here, 0))  # what shows again farther on is another thing
        total += share
    return total, trust


def _normal(depth: np.ndarray, at: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """The direction (x, y) from the nearer to the farther pixels of a window around each place."""
    total = np.zeros((len(at), 2))
    for y in range(-_REACH, _REACH + 1):
        for x in range(-_REACH, _REACH + 1):
            value = depth[at[:, 0] + y, at[:, 1] + x]
            sign = np.where((value > middle) | (value <= 0), 1.0, -1.0)
            if x * x + y * y <= _REACH**2:
                total += sign[:, None] * np.array([x, y])
    unit: np.ndarray = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)
    return unit
