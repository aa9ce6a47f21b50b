"""Both networks on the CPU, fused over blocks of samples: compiled twins of `mlp.py`.

The backward computes the activations again rather than reading them back from memory. Its weight gradients add up in
`SLOTS` fixed parts of the batch, so that the sum does not depend on the number of threads.
"""

from typing import NamedTuple, no_type_check

import numba
import numpy as np
from numba import prange, uint64

from nerf.ngp.jit_numba import BLOCK, kernel, parallel_kernel
from nerf.ngp.matrix_numba import mask, multiply, outer
from nerf.ngp.mlp import LOG_DENSITY_MAX
from nerf.ngp.weights import layer_shapes, n_codes, n_weights

SLOTS = 16
# first rows of the workspace of a block
GEO, SH, CODE, H1, H2, H3, RGB = 0, 16, 32, 48, 112, 176, 240
D_RGB, D_A, D_B, D_GEO, D_CODE, D_IN = 244, 248, 312, 376, 392, 408
U = tuple(np.uint64(k) for k in range(3))
UB = np.uint64(BLOCK)
SH_ROWS = tuple(np.uint64((SH + k) * BLOCK) for k in range(16))
ONE, ZERO = np.float32(1), np.float32(0)
MAX = np.float32(LOG_DENSITY_MAX)


class Codes(NamedTuple):
    """Appearance codes of photos (photos, codes), and whose code each sample is seen with."""

    table: np.ndarray
    photo: np.ndarray


NO_CODES = Codes(np.zeros((1, 0), np.float32), np.zeros(0, np.int64))


class Workspace:
    """Scratch memory of the networks: per thread the activations of a block, per slot a weight gradient."""

    def __init__(self, width: int, codes: int = 0) -> None:
        self.width = width
        self.activations = np.zeros((numba.get_num_threads(), (D_IN + 2 * width) * BLOCK), np.float32)
        self.gradients = np.zeros((SLOTS, n_weights(width, codes)), np.float32)


def density(
    features: np.ndarray, weights: np.ndarray, bias: np.ndarray, workspace: Workspace, out: np.ndarray
) -> np.ndarray:
    """exp(log-density + bias) of the first len(out) samples of blocked features."""
    density_kernel(features, weights, bias, workspace.activations, out)
    return out


def field(
    features: np.ndarray,
    directions: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    workspace: Workspace,
    *,
    out: tuple[np.ndarray, np.ndarray],
    codes: Codes = NO_CODES,
) -> tuple[np.ndarray, np.ndarray]:
    """Densities and colours of the first len(directions) samples of blocked features."""
    field_kernel(features, directions, weights, bias, *codes, workspace.activations, *out)
    return out


def field_backward(
    features: np.ndarray,
    directions: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    gradients: tuple[np.ndarray, np.ndarray],
    workspace: Workspace,
    *,
    out: tuple[np.ndarray, np.ndarray],
    codes: Codes = NO_CODES,
    d_codes: np.ndarray = NO_CODES.table,
) -> None:
    """Gradients of the blocked features (into out[0]) and of the weights (out[1]) from those of density and colour.

    Those of each sample's code go to `d_codes` (n, codes).
    """
    d_features, d_weights = out
    workspace.gradients.fill(0)
    backward_kernel(
        features, directions, weights, transposed(weights, features.shape[1]), bias, *codes, *gradients,
        workspace.activations, workspace.gradients, d_features, d_codes,
    )  # fmt: skip
    np.sum(workspace.gradients, 0, out=d_weights)
    d_weights[-64:] = 0


def transposed(weights: np.ndarray, width: int) -> np.ndarray:
    """Each layer's matrix transposed in place within the flat vector."""
    result, start = np.empty_like(weights), 0
    for rows, columns in layer_shapes(width, n_codes(len(weights), width)):
        stop = start + rows * columns
        result[start:stop] = weights[start:stop].reshape(rows, columns).T.reshape(-1)
        start = stop
    return result


@kernel
@no_type_check
def harmonics(directions, first, count, w):
    """Rows SH.. of the workspace: spherical harmonics of the directions (`sh.py`)."""
    a = uint64(first)
    for b in range(uint64(count)):
        x, y, z = directions[a + b, U[0]], directions[a + b, U[1]], directions[a + b, U[2]]
        xx, yy, zz = x * x, y * y, z * z
        w[SH_ROWS[0] + b] = np.float32(0.28209479177387814)
        w[SH_ROWS[1] + b] = np.float32(-0.48860251190291987) * y
        w[SH_ROWS[2] + b] = np.float32(0.48860251190291987) * z
        w[SH_ROWS[3] + b] = np.float32(-0.48860251190291987) * x
        w[SH_ROWS[4] + b] = np.float32(1.0925484305920792) * x * y
        w[SH_ROWS[5] + b] = np.float32(-1.0925484305920792) * y * z
        w[SH_ROWS[6] + b] = np.float32(0.94617469575755997) * zz - np.float32(0.31539156525251999)
        w[SH_ROWS[7] + b] = np.float32(-1.0925484305920792) * x * z
        w[SH_ROWS[8] + b] = np.float32(0.54627421529603959) * (xx - yy)
        w[SH_ROWS[9] + b] = np.float32(0.59004358992664352) * y * (np.float32(-3) * xx + yy)
        w[SH_ROWS[10] + b] = np.float32(2.8906114426405538) * x * y * z
        w[SH_ROWS[11] + b] = np.float32(0.45704579946446572) * y * (ONE - np.float32(5) * zz)
        w[SH_ROWS[12] + b] = np.float32(0.3731763325901154) * z * (np.float32(5) * zz - np.float32(3))
        w[SH_ROWS[13] + b] = np.float32(0.45704579946446572) * x * (ONE - np.float32(5) * zz)
        w[SH_ROWS[14] + b] = np.float32(1.4453057213202769) * z * (xx - yy)
        w[SH_ROWS[15] + b] = np.float32(0.59004358992664352) * x * (-xx + np.float32(3) * yy)


@kernel
@no_type_check
def look_up_codes(codes, photo, first, count, w):
    """Rows CODE.. of the workspace: the code of each sample's photo."""
    a = uint64(first)
    for k in range(uint64(codes.shape[1])):
        row = (uint64(CODE) + k) * UB
        for b in range(uint64(count)):
            w[row + b] = codes[uint64(photo[a + b]), k]


@kernel
@no_type_check
def forward(x, weights, directions, codes, photo, first, count, width, w):
    """Activations of one block from its features x (width * BLOCK)."""
    n_seen = 32 + codes.shape[1]
    w2 = 64 * width
    multiply(weights, 0, x, 0, w, H1, width, 64, True)
    multiply(weights, w2, w, H1, w, GEO, 64, 16, False)
    harmonics(directions, first, count, w)
    look_up_codes(codes, photo, first, count, w)
    w4 = w2 + 1024 + 64 * n_seen
    multiply(weights, w2 + 1024, w, GEO, w, H2, n_seen, 64, True)
    multiply(weights, w4, w, H2, w, H3, 64, 64, True)
    multiply(weights, w4 + 4096, w, H3, w, RGB, 64, 4, False)


@parallel_kernel
@no_type_check
def density_kernel(features, weights, bias, workspaces, out):
    n, width = out.shape[0], features.shape[1]
    for k in prange((n + BLOCK - 1) // BLOCK):
        w = workspaces[numba.get_thread_id()]
        first = uint64(k * BLOCK)
        multiply(weights, 0, features[k].reshape(-1), 0, w, H1, width, 64, True)
        multiply(weights, 64 * width, w, H1, w, GEO, 64, 4, False)
        for b in range(uint64(min(BLOCK, n - k * BLOCK))):
            out[first + b] = np.exp(min(w[b] + bias[first + b], MAX))


@parallel_kernel
@no_type_check
def field_kernel(features, directions, weights, bias, codes, photo, workspaces, density, colour):
    n, width = directions.shape[0], features.shape[1]
    for k in prange((n + BLOCK - 1) // BLOCK):
        w = workspaces[numba.get_thread_id()]
        count, first = min(BLOCK, n - k * BLOCK), uint64(k * BLOCK)
        forward(features[k].reshape(-1), weights, directions, codes, photo, k * BLOCK, count, width, w)
        for b in range(uint64(count)):
            density[first + b] = np.exp(min(w[b] + bias[first + b], MAX))
        for c in range(uint64(3)):
            row = (uint64(RGB) + c) * UB
            for b in range(uint64(count)):
                colour[first + b, c] = ONE / (ONE + np.exp(-w[row + b]))


@kernel
@no_type_check
def output_gradients(w, bias, first, count, d_colour):
    """Row block D_RGB: gradients before the sigmoid; zero past the last sample."""
    for k in range(uint64(4 * BLOCK)):
        w[uint64(D_RGB * BLOCK) + k] = ZERO
    for c in range(uint64(3)):
        row, d_row = (uint64(RGB) + c) * UB, (uint64(D_RGB) + c) * UB
        for b in range(uint64(count)):
            s = ONE / (ONE + np.exp(-w[row + b]))
            w[d_row + b] = d_colour[first + b, c] * s * (ONE - s)


@kernel
@no_type_check
def backward(x, weights_t, bias, first, count, width, d_density, d_colour, w, g, d_codes):
    """Add a block's weight gradients to g; leave the features' at D_IN."""
    n_codes, w2 = d_codes.shape[1], 64 * width
    w3 = w2 + 1024
    w4 = w3 + 64 * (32 + n_codes)
    w5 = w4 + 4096
    output_gradients(w, bias, first, count, d_colour)
    outer(w, D_RGB, w, H3, g, w5, 64, 4)
    multiply(weights_t, w5, w, D_RGB, w, D_A, 4, 64, False)
    mask(w, D_A, w, H3, 64)
    outer(w, D_A, w, H2, g, w4, 64, 64)
    multiply(weights_t, w4, w, D_A, w, D_B, 64, 64, False)
    mask(w, D_B, w, H2, 64)
    outer(w, D_B, w, GEO, g, w3, 32 + n_codes, 64)
    multiply(weights_t, w3, w, D_B, w, D_GEO, 64, 16, False)
    multiply(weights_t, w3 + 2048, w, D_B, w, D_CODE, 64, n_codes, False)
    for k in range(uint64(n_codes)):
        for b in range(uint64(count)):
            d_codes[first + b, k] = w[(uint64(D_CODE) + k) * UB + b]
    for b in range(uint64(count)):
        log_density = min(max(w[b] + bias[first + b], -MAX), MAX)
        w[uint64(D_GEO * BLOCK) + b] += d_density[first + b] * np.exp(log_density)
    outer(w, D_GEO, w, H1, g, w2, 64, 16)
    multiply(weights_t, w2, w, D_GEO, w, D_A, 16, 64, False)
    mask(w, D_A, w, H1, 64)
    outer(w, D_A, x, 0, g, 0, width, 64)
    multiply(weights_t, 0, w, D_A, w, D_IN, 64, width, False)


@parallel_kernel
@no_type_check
def backward_kernel(
    features, directions, weights, weights_t, bias, codes, photo, d_density, d_colour, workspaces, gradients,
    d_features, d_codes,
):  # fmt: skip
    n, width = directions.shape[0], features.shape[1]
    n_blocks = (n + BLOCK - 1) // BLOCK
    for slot in prange(SLOTS):
        w = workspaces[numba.get_thread_id()]
        g = gradients[slot]
        for k in range(slot * n_blocks // SLOTS, (slot + 1) * n_blocks // SLOTS):
            count, x = min(BLOCK, n - k * BLOCK), features[k].reshape(-1)
            forward(x, weights, directions, codes, photo, k * BLOCK, count, width, w)
            backward(x, weights_t, bias, uint64(k * BLOCK), count, width, d_density, d_colour, w, g, d_codes)
            o = d_features[k].reshape(-1)
            for i in range(uint64(width) * UB):
                o[i] = w[uint64(D_IN * BLOCK) + i]
