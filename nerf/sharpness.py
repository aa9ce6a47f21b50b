"""How sharp a picture is."""

import numpy as np
from jaxtyping import UInt8

Array = np.ndarray

WORKING_SIZE = 640  # pixels of the longer side: blur that matters is seen there, sensor noise is not


def sharpness(grey: UInt8[Array, "h w"]) -> float:
    """Variance of the Laplacian, after averaging down to about 640 pixels (Pech-Pacheco et al. 2000)."""
    step = max(1, round(max(grey.shape) / WORKING_SIZE))
    height, width = grey.shape[0] // step * step, grey.shape[1] // step * step
    blocks = grey[:height, :width].reshape(height // step, step, width // step, step)
    small = blocks.mean(axis=(1, 3), dtype=np.float32)
    if min(small.shape) < 3:
        return 0.0
    inner = small[1:-1, 1:-1]
    laplacian = small[:-2, 1:-1] + small[2:, 1:-1] + small[1:-1, :-2] + small[1:-1, 2:] - 4 * inner
    return float(laplacian.var())
