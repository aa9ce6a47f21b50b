"""What a rendered picture holds."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32


class View(NamedTuple):
    """A rendered picture; `distance` is the mean distance along each ray in flat units, 0 where nothing is."""

    colour: Float32[np.ndarray, "h w 3"]
    opacity: Float32[np.ndarray, "h w"]
    distance: Float32[np.ndarray, "h w"]
