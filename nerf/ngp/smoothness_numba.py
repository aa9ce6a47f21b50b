"""The gradient of `smoothness.smoothness` on the CPU: the definition over some points, compiled kernels below it."""

from dataclasses import dataclass

import numpy as np
import torch

from nerf.ngp.encoding_numba import encode, encode_backward
from nerf.ngp.levels import Levels
from nerf.ngp.mlp import LOG_DENSITY_MAX
from nerf.ngp.mlp_numba import NO_CODES, Codes, Workspace, density, field_backward
from nerf.ngp.smoothness import smoothness
from nerf.ngp.weights import n_codes

LEAST = np.float32(np.exp(-LOG_DENSITY_MAX))  # the kernels' slope is that of no lower density


@dataclass(frozen=True)
class Smoothness:
    """The loss at a set of places, eight for each point, and what it asks of table and weights."""

    levels: Levels
    workspace: Workspace

    def add(
        self,
        places: np.ndarray,
        table: np.ndarray,
        weights: np.ndarray,
        weight: float,
        gradients: tuple[np.ndarray, np.ndarray],
    ) -> float:
        """Add `weight` times the gradient to those of table and weights; returns the loss, not weighed."""
        if not len(places):
            return 0.0
        n, size = len(places), n_codes(len(weights), self.levels.width)
        features, none = encode(places, table, self.levels), np.zeros(n, np.float32)
        found = np.maximum(density(features, weights, none, self.workspace, np.empty(n, np.float32)), LEAST)
        log_density = torch.from_numpy(np.log(found).reshape(-1, 2, 4)).requires_grad_()
        loss = smoothness(log_density)
        loss.backward()  # type: ignore[no-untyped-call]
        assert log_density.grad is not None
        asked = np.float32(weight) * log_density.grad.numpy().reshape(-1) / found
        d_features, d_weights = np.empty_like(features), np.empty_like(weights)
        codes, d_codes = NO_CODES, NO_CODES.table
        if size:  # networks with codes: no colour is asked for, so any code will do
            codes = Codes(np.zeros((1, size), np.float32), np.zeros(n, np.int64))
            d_codes = np.empty((n, size), np.float32)
        field_backward(
            features, np.zeros((n, 3), np.float32), weights, none, (asked, np.zeros((n, 3), np.float32)),
            self.workspace, out=(d_features, d_weights), codes=codes, d_codes=d_codes,
        )  # fmt: skip
        gradients[1][...] += d_weights
        encode_backward(places, d_features, self.levels, gradients[0])
        return float(loss.detach())
