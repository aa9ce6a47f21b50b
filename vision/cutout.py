"""An object out of its picture: told from the background and framed on white, as encoders of single objects take it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

from vision.grabcut import grab_cut
from vision.matting import Matting

Array = np.ndarray

UNLIKE = 40.0
"""Distance in sRGB, 0 to 441, from which a pixel differs from the background beside it."""
EVEN = 18.0
"""The most that an even background varies along the picture's border (median absolute deviation)."""
LARGEST = 0.98
"""More of a picture is no object before a background."""
FILL = 0.78
"""How much of the framed picture the object's longer side takes: what objects of the library take on average."""


@dataclass(frozen=True, eq=False)
class Cutout:
    """The object on white in a square, which pixels of the given picture it has, and what a person should know."""

    framed: UInt8[Array, "size size 3"]
    mask: Bool[Array, "h w"]
    notes: tuple[str, ...] = ()

    @property
    def covered(self) -> Float32[Array, "size size"]:
        """Which share of the square's pixels the object has."""
        black = np.repeat(np.where(self.mask, 0, 255).astype(np.uint8)[..., None], 3, 2)
        return 1 - _framed(black, self.mask, len(self.framed))[..., 0].astype(np.float32) / 255


def cut_out(
    rgb: UInt8[Array, "h w 3"],
    alpha: Float32[Array, "h w"] | None = None,
    size: int = 128,
    matting: Matting | None = None,
) -> Cutout:
    """By its alpha where the picture has one that says something, else by a matting model where there is one, else by
    an even background's colour, else by GrabCut."""
    notes: tuple[str, ...] = ()
    if alpha is None or not alpha.min() < 0.5 < alpha.max():
        alpha = None if matting is None else matting.alpha(rgb)
    if alpha is not None and 0.002 < (alpha > 0.5).mean() < LARGEST:
        mask = alpha > 0.5
        opaque = alpha[..., None]
        rgb = np.round(rgb * opaque + 255 * (1 - opaque)).astype(np.uint8)
    else:
        mask, notes = told_apart(rgb)
    white = np.where(mask[..., None], rgb, 255).astype(np.uint8)
    return Cutout(_framed(white, mask, size), mask, notes)


def told_apart(rgb: UInt8[Array, "h w 3"]) -> tuple[Bool[Array, "h w"], tuple[str, ...]]:
    """The object's pixels by colour alone, and what a person should know of that."""
    mask, is_even = unlike_border(rgb)
    if is_even and 0.005 < mask.mean() < LARGEST:
        return mask, ()
    if not is_even:
        mask = grab_cut(rgb)
        if 0.005 < mask.mean() < LARGEST:
            return mask, (
                "picture: the background is uneven, the object was cut out by its colours; look at the result",
            )
    everything = np.ones(rgb.shape[:2], bool)
    return everything, ("picture: the object cannot be told from its background; give alpha or a plain background",)


def unlike_border(rgb: UInt8[Array, "h w 3"]) -> tuple[Bool[Array, "h w"], bool]:
    """Pixels that are not connected background, and whether that is even enough for this to mean something."""
    from scipy import ndimage

    border = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]]).astype(np.float64)
    colour = np.median(border, axis=0)
    is_even = bool(np.median(np.abs(border - colour).max(1)) < EVEN)
    like = np.linalg.norm(rgb.astype(np.float64) - colour, axis=2) < UNLIKE
    pieces, _ = ndimage.label(like)
    edges = np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]))
    mask = ndimage.binary_opening(~np.isin(pieces, edges[edges > 0]))
    return np.asarray(mask, bool), is_even


def _framed(white: UInt8[Array, "h w 3"], mask: Bool[Array, "h w"], size: int) -> UInt8[Array, "size size 3"]:
    """The object's box in the middle of a white square."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = white[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = box.shape[:2]
    scale = FILL * size / max(height, width)
    inner = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = Image.fromarray(box).resize(inner, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)
    square = Image.new("RGB", (size, size), "white")
    square.paste(small, ((size - inner[0]) // 2, (size - inner[1]) // 2))
    return np.asarray(square)
