"""What differs from photo to photo while the scene stays: light, exposure, white balance, as one short code each.

The codes of the photos that train are learned with the field (Bojanowski et al. 2018; Martin-Brualla et al. 2021) and
reach its colours alone. They are kept centred, so that the mean code is zero: a field without codes shows the scene as
the photos do on the whole. Any one code can be built into a field's weights, which then are like any other field's.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int

from nerf.ngp.weights import GEOMETRY, HIDDEN, layer_shapes, n_codes

CONSTANT = 0.28209479177387814  # the spherical harmonic that is the same in all directions


class Layer(NamedTuple):
    """Where the layer that takes the codes lies in the flat weights, and its inputs."""

    start: int
    stop: int
    inputs: int


def with_code(
    weights: Float32[np.ndarray, " weights"], width: int, code: Float32[np.ndarray, " codes"] | None = None
) -> Float32[np.ndarray, " fewer"]:
    """Weights of networks without codes that show what these show with one code, by default the mean one."""
    third = _third(weights, width)
    layer = weights[third.start : third.stop].reshape(HIDDEN, third.inputs)
    plain = layer[:, :32].copy()
    if code is not None:
        plain[:, GEOMETRY] += layer[:, 32:] @ code / np.float32(CONSTANT)
    return np.concatenate([weights[: third.start], plain.reshape(-1), weights[third.stop :]])


def _third(weights: np.ndarray, width: int) -> Layer:
    shapes = layer_shapes(width, n_codes(len(weights), width))
    start = sum(rows * columns for rows, columns in shapes[:2])
    rows, inputs = shapes[2]
    return Layer(start, start + rows * inputs, inputs)


def by_photo(
    d_samples: Float32[np.ndarray, "samples codes"],
    starts: Int[np.ndarray, " rays_1"],
    photo: Int[np.ndarray, " rays"],
    n_photos: int,
) -> Float32[np.ndarray, "photos codes"]:
    """Gradients of the photos' codes from those of the samples of their rays."""
    ray_of_sample = np.repeat(photo, np.diff(starts))
    columns = [np.bincount(ray_of_sample, column, n_photos) for column in d_samples.T]
    return np.stack(columns, -1).astype(np.float32)
