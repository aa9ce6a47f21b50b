"""Volume rendering on the CPU: compiled twins of `composite.py`, ray after ray."""

from typing import NamedTuple, no_type_check

import numpy as np
from numba import prange, uint64

from nerf.ngp.jit_numba import parallel_kernel

ZERO, ONE = np.float32(0), np.float32(1)
CHUNK = 64
U0, U1, U2 = np.uint64(0), np.uint64(1), np.uint64(2)


class Rendered(NamedTuple):
    """What rays see, as `composite.Rendered`."""

    colour: np.ndarray
    opacity: np.ndarray
    distance: np.ndarray
    weights: np.ndarray


def composite(
    density: np.ndarray,
    colour: np.ndarray,
    distances: np.ndarray,
    steps: np.ndarray,
    starts: np.ndarray,
    background: np.ndarray,
) -> Rendered:
    """Colour, opacity and distance of rays in front of their backgrounds."""
    n = len(starts) - 1
    out = Rendered(
        np.empty((n, 3), np.float32),
        np.empty(n, np.float32),
        np.empty(n, np.float32),
        np.empty(len(density), np.float32),
    )
    composite_kernel(density, colour, distances, steps, starts, background, *out)
    return out


def composite_backward(
    inputs: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    rendered: Rendered,
    d_colour: np.ndarray,
    d_distance: np.ndarray,
    out: tuple[np.ndarray, np.ndarray] | None = None,
    d_weights: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of density and colour from those of the rays' colour and distance; `inputs` as for `composite`.

    `d_weights` is what other losses ask of the samples' weights.
    """
    density, colour, distances, steps, starts, _ = inputs
    if out is None:
        out = np.empty_like(density), np.empty_like(colour)
    if d_weights is None:
        d_weights = np.zeros_like(density)
    backward_kernel(
        density, colour, distances, steps, starts, rendered.colour, rendered.distance, rendered.weights,
        d_colour, d_distance, d_weights, *out,
    )  # fmt: skip
    return out


@parallel_kernel
@no_type_check
def composite_kernel(density, colour, distances, steps, starts, background, out, opacity, distance, weights):
    n = starts.shape[0] - 1
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for r in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            light = ONE
            red = green = blue = total = far = ZERO
            for i in range(uint64(starts[r]), uint64(starts[r + 1])):
                alpha = ONE - np.exp(-density[i] * steps[i])
                w = light * alpha
                weights[i] = w
                red += w * colour[i, U0]
                green += w * colour[i, U1]
                blue += w * colour[i, U2]
                total += w
                far += w * distances[i]
                light *= ONE - alpha
            out[r, 0] = red + light * background[r, 0]
            out[r, 1] = green + light * background[r, 1]
            out[r, 2] = blue + light * background[r, 2]
            opacity[r] = total
            distance[r] = far


@parallel_kernel
@no_type_check
def backward_kernel(
    density, colour, distances, steps, starts, out, distance, weights, d_out, d_distance, d_weights, d_density, d_colour
):
    """dL/d density_i = step_i (light after i x value_i - value still to come), value = what i adds to the loss."""
    n = starts.shape[0] - 1
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        for r in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            red, green, blue, far = d_out[r, 0], d_out[r, 1], d_out[r, 2], d_distance[r]
            rest = out[r, 0] * red + out[r, 1] * green + out[r, 2] * blue + distance[r] * far
            for i in range(uint64(starts[r]), uint64(starts[r + 1])):
                rest += weights[i] * d_weights[i]
            light = ONE
            for i in range(uint64(starts[r]), uint64(starts[r + 1])):
                w = weights[i]
                value = colour[i, U0] * red + colour[i, U1] * green + colour[i, U2] * blue + distances[i] * far
                value += d_weights[i]
                rest -= w * value
                light *= np.exp(-density[i] * steps[i])
                d_density[i] = steps[i] * (light * value - rest)
                d_colour[i, U0] = w * red
                d_colour[i, U1] = w * green
                d_colour[i, U2] = w * blue
