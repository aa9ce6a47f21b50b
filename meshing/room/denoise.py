"""Noise out of a light map, chart by chart, so that nothing leaks from one surface to another."""

import numpy as np
from jaxtyping import Bool, Float32

from meshing.room.surfels import Surfels

_KERNEL = np.array([1, 4, 6, 4, 1], np.float32) / 16
_DEVIATIONS = 3.0  # differences within so many standard errors are taken for noise


def smooth(
    surfels: Surfels,
    values: Float32[np.ndarray, "surfels 3"],
    blind: Bool[np.ndarray, "surfels"],
    error: Float32[np.ndarray, "surfels"],
) -> Float32[np.ndarray, "surfels 3"]:
    """An edge-avoiding a-trous filter over each patch, led by the standard error (Dammertz et al. 2010, Schied et
    al. 2017).

    Blind samples take their neighbours' light.
    """
    result = np.zeros_like(values)
    for patch in range(len(surfels.first)):
        hidden = surfels.grid(blind, patch)
        if not hidden.all():
            filtered = _filtered(surfels.grid(values, patch), ~hidden, surfels.grid(error, patch))
            result[surfels.rows(patch)] = filtered.reshape(-1, 3)
    return result


def _filtered(grid: np.ndarray, known: np.ndarray, error: np.ndarray) -> np.ndarray:
    longest = max(grid.shape[:2])
    levels = 1 if longest < 5 else 2 if longest < 12 else 3 if longest < 40 else 4
    grid, error = _filled(grid, known), _filled(error[..., None], known)[..., 0]
    error = _blurred(_blurred(error))
    for level in range(levels):
        grid = _level(grid, error, 2**level)
        error = 0.45 * error  # what 5 x 5 taps leave of it
    return grid


def _blurred(values: np.ndarray) -> np.ndarray:
    """Mean of each texel with its neighbours: the error of a few samples is itself noisy."""
    for axis in (0, 1):
        n = values.shape[axis]
        before, after = np.maximum(np.arange(n) - 1, 0), np.minimum(np.arange(n) + 1, n - 1)
        values = (values + np.take(values, before, axis) + np.take(values, after, axis)) / 3
    return values


def _level(grid: np.ndarray, error: np.ndarray, step: int) -> np.ndarray:
    """One pass of the filter with `step` texels between its taps: 5 x 5 of them."""
    height, width = grid.shape[:2]
    brightness = grid.mean(axis=2)
    scale = 1 / (_DEVIATIONS * error + 1e-4 * float(brightness.mean()) + 1e-9) ** 2
    total, share = np.zeros_like(grid), np.zeros((height, width), np.float32)
    for i in range(-2, 3):
        rows = np.clip(np.arange(height) + i * step, 0, height - 1)
        for j in range(-2, 3):
            columns = np.clip(np.arange(width) + j * step, 0, width - 1)
            beside = grid[rows[:, None], columns]
            difference = brightness[rows[:, None], columns] - brightness
            amount = (_KERNEL[i + 2] * _KERNEL[j + 2] * np.exp(-(difference**2) * scale)).astype(np.float32)
            total += amount[..., None] * beside
            share += amount
    return total / share[..., None]


def _filled(grid: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The light map with unknown texels taken from the nearest known one."""
    if known.all() or not known.any():
        return grid
    from scipy.ndimage import distance_transform_edt

    nearest = distance_transform_edt(~known, return_distances=False, return_indices=True)
    filled: np.ndarray = grid[tuple(nearest)]
    return filled
