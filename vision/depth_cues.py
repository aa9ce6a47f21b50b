"""Depth without any learning: lower is nearer, and what differs in colour from its surroundings steps out of them.

For comparisons, and for who wants no network. Its confidence is low.
"""

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from scipy import ndimage

from vision.depth import InverseDepth, inverse_depth

SIDE = 192
CONFIDENCE = 0.15
STANDOUT = 0.35  # how far what stands out steps forward, beside 1 for the whole height of the picture


def ramp_with_edges(rgb: UInt8[np.ndarray, "h w 3"]) -> InverseDepth:
    """A vertical ramp, raised where colours differ from those of the picture's rim."""
    height, width = rgb.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX), np.float64) / 255
    rows, columns = small.shape[:2]
    rim = np.concatenate([small[: rows // 10 + 1].reshape(-1, 3), small[:, 0], small[:, -1]])
    middle, spread = np.median(rim, axis=0), rim.std(axis=0) + 0.05
    unlike = np.sqrt((((small - middle) / spread) ** 2).mean(axis=2))
    unlike = ndimage.median_filter(np.clip(unlike / 3, 0, 1), 5)
    ramp = np.linspace(0, 1, rows)[:, None]
    centre = np.exp(-0.5 * (np.linspace(-2, 2, columns)[None] ** 2 + np.linspace(-2, 2, rows)[:, None] ** 2))
    values = ramp + STANDOUT * unlike * centre
    return inverse_depth(values, CONFIDENCE, source="ramp").resized(height, width)
