"""Volume rendering on CUDA: `composite.py`, one thread per ray, forward and backward."""

import math
from typing import Any, no_type_check

import numpy as np
import torch
from jaxtyping import Float, Int
from numba import cuda

from nerf.ngp.composite import Rendered
from nerf.ngp.jit_cuda import kernel, launch

ZERO, ONE = np.float32(0), np.float32(1)


@kernel
@no_type_check
def composite_kernel(density, colour, distances, steps, starts, background, out, opacity, distance, weights):
    r = cuda.grid(1)
    if r >= opacity.shape[0]:
        return
    light = ONE
    red = green = blue = total = far = ZERO
    for i in range(starts[r], starts[r + 1]):
        alpha = ONE - math.exp(-density[i] * steps[i])
        w = light * alpha
        weights[i] = w
        red += w * colour[i, 0]
        green += w * colour[i, 1]
        blue += w * colour[i, 2]
        total += w
        far += w * distances[i]
        light *= ONE - alpha
    out[r, 0] = red + light * background[r, 0]
    out[r, 1] = green + light * background[r, 1]
    out[r, 2] = blue + light * background[r, 2]
    opacity[r] = total
    distance[r] = far


@kernel
@no_type_check
def backward_kernel(
    density, colour, distances, steps, starts, background, weights, d_out, d_opacity, d_distance, d_weights, d_density,
    d_colour,
):  # fmt: skip
    """dL/d density_i = step_i (light after i x worth_i - worth to come), worth = what a weight adds to the loss."""
    r = cuda.grid(1)
    if r >= d_distance.shape[0]:
        return
    red, green, blue, far = d_out[r, 0], d_out[r, 1], d_out[r, 2], d_distance[r]
    behind = background[r, 0] * red + background[r, 1] * green + background[r, 2] * blue
    rest, light = ZERO, ONE
    for i in range(starts[r], starts[r + 1]):
        value = colour[i, 0] * red + colour[i, 1] * green + colour[i, 2] * blue + distances[i] * far
        rest += weights[i] * (value + d_opacity[r] + d_weights[i] - behind)
    for i in range(starts[r], starts[r + 1]):
        w = weights[i]
        value = colour[i, 0] * red + colour[i, 1] * green + colour[i, 2] * blue + distances[i] * far
        worth = value + d_opacity[r] + d_weights[i] - behind
        rest -= w * worth
        light *= math.exp(-density[i] * steps[i])
        d_density[i] = steps[i] * (light * worth - rest)
        d_colour[i, 0] = w * red
        d_colour[i, 1] = w * green
        d_colour[i, 2] = w * blue


class Composite(torch.autograd.Function):
    """Colour, opacity, distance and weights, with the gradients of density and colour."""

    @staticmethod
    def forward(ctx: Any, density: torch.Tensor, colour: torch.Tensor, *rest: torch.Tensor) -> tuple[torch.Tensor, ...]:
        distances, steps, starts, background = rest
        n = len(starts) - 1
        out, opacity, distance = density.new_empty(n, 3), density.new_empty(n), density.new_empty(n)
        weights = torch.zeros_like(density)
        inputs = density, colour, distances, steps, starts, background
        launch(composite_kernel, n, *inputs, out, opacity, distance, weights)
        ctx.save_for_backward(*inputs, weights)
        return out, opacity, distance, weights

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:  # type: ignore[override]
        density, colour, distances, steps, starts, background, weights = ctx.saved_tensors
        d_density, d_colour = (
            torch.zeros_like(density),
            torch.zeros_like(colour),
        )  # past the last ray nothing is written
        given = [gradient.contiguous() for gradient in gradients]
        inputs = density, colour, distances, steps, starts, background, weights
        launch(backward_kernel, len(starts) - 1, *inputs, *given, d_density, d_colour)
        return d_density, d_colour, None, None, None, None


def composite(
    density: Float[torch.Tensor, " samples"],
    colour: Float[torch.Tensor, "samples 3"],
    distances: Float[torch.Tensor, " samples"],
    steps: Float[torch.Tensor, " samples"],
    starts: Int[torch.Tensor, " rays_1"],
    background: Float[torch.Tensor, "rays 3"],
) -> Rendered:
    """Colour, opacity and distance of rays in front of their backgrounds, as `composite.composite`."""
    arguments = (tensor.contiguous() for tensor in (density, colour, distances, steps, starts, background))
    return Rendered(*Composite.apply(*arguments))  # type: ignore[no-untyped-call]
