"""How much of an object hangs together: fields that are unsure of thin parts leave feet and shades in the air."""

import numpy as np
from jaxtyping import Float, Float32
from scipy import ndimage

from nerf.style.shape import SOLID

Array = np.ndarray

WHOLENESS = 0.3
"""What it counts that an object is in one piece, where its likeness to the prompt is a cosine. Candidates of one prompt
differ by about 0.01 in this; a foot in the air is a tenth of a chair's silhouette."""


def wholeness(opacity: Float[Array, "objects views h w"]) -> Float32[Array, " objects"]:
    """The share of each silhouette that lies in its largest piece, mean over views; pieces touch at corners too."""
    return np.array([np.mean([_largest_share(view > SOLID) for view in one]) for one in opacity], np.float32)


def _largest_share(silhouette: Array) -> float:
    pieces, count = ndimage.label(silhouette, structure=np.ones((3, 3)))
    if count == 0:
        return 0.0
    sizes = np.bincount(pieces.ravel())[1:]
    return float(sizes.max() / sizes.sum())
