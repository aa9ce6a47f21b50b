"""Marching on CUDA: the CPU's `march_ray`, one thread per ray, in the same two passes."""

from typing import no_type_check

import numpy as np
import torch
from jaxtyping import Bool, Float
from numba import cuda

from nerf.ngp.jit_cuda import device_twin, kernel, launch
from nerf.ngp.march import Marching
from nerf.ngp.march_numba import ONE, ZERO, bit_fields, contracted_point, march_ray, numbers

march_one, contracted_one = device_twin(march_ray), device_twin(contracted_point)


@kernel
@no_type_check
def count_kernel(origins, directions, jitter, settings, bits, coarse, size, distances, counts):
    r = cuda.grid(1)
    if r < origins.shape[0]:
        counts[r] = march_one(
            origins[r, 0], origins[r, 1], origins[r, 2], directions[r, 0], directions[r, 1], directions[r, 2],
            jitter[r], ZERO, settings, bits, coarse, size, distances[r],
        )  # fmt: skip


@kernel
@no_type_check
def write_kernel(origins, directions, settings, distances, starts, points, t_out, steps, rays):
    r = cuda.grid(1)
    if r >= origins.shape[0]:
        return
    step, cone, step_max, _, _, contracted = settings
    for i in range(starts[r + 1] - starts[r]):
        t, k = distances[r, i], starts[r] + i
        x = origins[r, 0] + t * directions[r, 0]
        y = origins[r, 1] + t * directions[r, 1]
        z = origins[r, 2] + t * directions[r, 2]
        if contracted:
            x, y, z = contracted_one(x, y, z)
        points[k, 0] = min(max(x, ZERO), ONE)
        points[k, 1] = min(max(y, ZERO), ONE)
        points[k, 2] = min(max(z, ZERO), ONE)
        t_out[k] = t
        steps[k] = min(max(t * cone, step), step_max)
        rays[k] = r


def march(
    origins: Float[torch.Tensor, "rays 3"],
    directions: Float[torch.Tensor, "rays 3"],
    jitter: Float[torch.Tensor, " rays"],
    occupied: Bool[np.ndarray, "g g g"],
    settings: Marching,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Points, distances, steps and ray of each sample, and where each ray's samples start; as `march.march`."""
    n, device = len(origins), origins.device
    bits, coarse = (torch.from_numpy(field).to(device) for field in bit_fields(occupied))
    distances = origins.new_empty(n, settings.max_samples)
    counts = torch.zeros(n, dtype=torch.int64, device=device)
    values = numbers(settings)
    launch(count_kernel, n, origins, directions, jitter, values, bits, coarse, occupied.shape[0], distances, counts)
    starts = torch.cat([counts.new_zeros(1), torch.cumsum(counts, 0)])
    total = int(starts[-1])
    points, t, steps = origins.new_empty(total, 3), origins.new_empty(total), origins.new_empty(total)
    rays = counts.new_empty(total)
    launch(write_kernel, n, origins, directions, values, distances, starts, points, t, steps, rays)
    return points, t, steps, rays, starts
