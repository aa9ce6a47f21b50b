"""What a rendered picture holds."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32


class View(NamedTuple):
    """A rendered picture, with the mean distance along each ray, 0 where nothing is.

    `median` is the distance that half of the light does not pass, 0 where more than half passes everything: it stays on
    surfaces where the mean, mixed from fog or both sides of an edge, lies between them.
    """

    colour: Float32[np.ndarray, "h w 3"]
    opacity: Float32[np.ndarray, "h w"]
    distance: Float32[np.ndarray, "h w"]
    median: Float32[np.ndarray, "h w"]
