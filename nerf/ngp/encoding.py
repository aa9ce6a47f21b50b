"""Multiresolution hash encoding, the definition in torch (Müller et al. 2022, section 3)."""

import torch
from jaxtyping import Float, Int

from nerf.ngp.levels import PRIME_Y, PRIME_Z, Levels


def hash_index(corner: Int[torch.Tensor, "*batch 3"], size: int) -> Int[torch.Tensor, "*batch"]:
    """Entry of an integer grid corner: x XOR y * 2654435761 XOR z * 805459861, modulo a power of two (eq. 4)."""
    x, y, z = corner.unbind(-1)
    return (x ^ (y * PRIME_Y) ^ (z * PRIME_Z)) & (size - 1)


def dense_index(corner: Int[torch.Tensor, "*batch 3"], resolution: int, size: int) -> Int[torch.Tensor, "*batch"]:
    """Entry of a corner on a level without collisions; corners past the last cell wrap, as in tiny-cuda-nn."""
    x, y, z = corner.unbind(-1)
    return (x + y * resolution + z * resolution**2) % size


def corners(
    points: Float[torch.Tensor, "points 3"], levels: Levels, level: int
) -> tuple[Int[torch.Tensor, "points 8"], Float[torch.Tensor, "points 8"]]:
    """Entries (within the whole table) and trilinear weights of the eight corners around each point."""
    position = points * float(levels.scales[level]) + 0.5
    cell = position.detach().floor()
    fraction = position - cell  # (points, 3)
    steps = torch.tensor([[c & 1, c >> 1 & 1, c >> 2] for c in range(8)], device=points.device)  # (8, 3)
    corner = cell.long()[:, None] + steps  # (points, 8, 3)
    size = int(levels.sizes[level])
    entry = (
        dense_index(corner, int(levels.resolutions[level]), size) if levels.dense[level] else hash_index(corner, size)
    )
    weight = torch.where(steps.bool(), fraction[:, None], 1 - fraction[:, None]).prod(-1)
    return entry + int(levels.offsets[level]), weight


def encode(
    points: Float[torch.Tensor, "points 3"], table: Float[torch.Tensor, "entries features"], levels: Levels
) -> Float[torch.Tensor, "points width"]:
    """Features of points in the unit cube: each level's trilinear interpolation, coarsest level first."""
    parts = []
    for level in range(levels.n_levels):
        entry, weight = corners(points, levels, level)
        gathered = table.index_select(0, entry.reshape(-1)).view(*entry.shape, levels.features)
        parts.append((gathered * weight[..., None]).sum(1))
    return torch.cat(parts, -1)
