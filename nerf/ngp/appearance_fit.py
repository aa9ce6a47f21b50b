"""Scores of held-out photos of unknown appearance: a code is fitted to the left half, the right half is scored.

The protocol of NeRF in the Wild (Martin-Brualla et al. 2021, section 5): what is scored was never looked at.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float32

from nerf.ngp.appearance import by_photo, with_code
from nerf.ngp.composite_numba import composite, composite_backward
from nerf.ngp.evaluation import Score, photo_over, scores
from nerf.ngp.jit_numba import blocks
from nerf.ngp.loss_numba import ray_loss
from nerf.ngp.mlp_numba import Codes, Workspace, field, field_backward
from nerf.ngp.optimiser_numba import Adam
from nerf.ngp.render import Scene, camera_rays, render
from nerf.ngp.weights import n_codes
from nerf.posed_images import PosedImages

STEPS, RATE, RAYS = 60, 0.05, 2048
LEAST_LIGHT = 1e-3
WHITE = (1.0, 1.0, 1.0)


def score_right_halves(
    scene: Scene,
    weights: Float32[np.ndarray, " weights"],
    views: PosedImages,
    chosen: Sequence[int],
    *,
    long_side: int,
    huber: float,
) -> Score:
    """PSNR and SSIM of the right halves of photos in the light of their left ones; `weights` are those with codes."""
    rows = []
    for view in chosen:
        camera, photo, used = photo_over(views, view, long_side, WHITE)
        middle = camera.width // 2
        left = np.flatnonzero((used & (np.arange(camera.width) < middle)).reshape(-1))
        if len(left) and used[:, middle:].any():
            rng = np.random.default_rng(view)
            pixels = np.sort(rng.permutation(left)[:RAYS])
            rays = tuple(part[pixels] for part in camera_rays(camera, views.world_from_camera[view], scene.volume))
            code = fit_code(scene, weights, rays, photo.reshape(-1, 3)[pixels], huber=huber)
            lit = replace(scene, weights=with_code(weights, scene.tracer.levels.width, code))
            picture = render(lit, camera, views.world_from_camera[view], WHITE).colour
            rows.append((views.names[view], *scores(picture[:, middle:], photo[:, middle:], used[:, middle:])))
    if not rows:
        raise ValueError("evaluation: there is no held-out photo to score")
    protocol = (
        f"right halves of {len(rows)} held-out photos at {camera.width}x{camera.height}, each one's appearance code "
        "fitted on its left half, mean of each photo's score"
    )
    return Score(float(np.mean([r[1] for r in rows])), float(np.mean([r[2] for r in rows])), tuple(rows), protocol)


def fit_code(
    scene: Scene,
    weights: Float32[np.ndarray, " weights"],
    rays: tuple[Float32[np.ndarray, "rays 3"], Float32[np.ndarray, "rays 3"]],
    colours: Float32[np.ndarray, "rays 3"],
    *,
    huber: float,
) -> Float32[np.ndarray, " codes"]:
    """The code with which rays see these colours best; geometry and networks stay as they are."""
    tracer, width = scene.tracer, scene.tracer.levels.width
    starts = tracer.march(*rays, np.full(len(colours), 0.5, np.float32), scene.grid, scene.marching)
    tracer.look_up(scene.table, weights, scene.bias, int(starts[-1]))
    kept = tracer.keep(starts, LEAST_LIGHT)
    n, m, size = len(kept) - 1, int(kept[-1]), n_codes(len(weights), width)
    samples, workspace = tracer.kept.first(m), Workspace(width, size)
    code, adam, whose = np.zeros((1, size), np.float32), Adam(np.zeros(size)), np.zeros(m, np.int64)
    density, colour, d_codes = np.empty(m, np.float32), np.empty((m, 3), np.float32), np.empty((m, size), np.float32)
    unused = np.empty((blocks(m), width, samples.features.shape[2]), np.float32), np.empty_like(weights)
    light, nothing = np.ones((n, 3), np.float32), np.zeros(n, np.float32)
    target = colours[:n], nothing + 1, light, nothing, nothing
    for number in range(1, STEPS + 1):
        codes = Codes(code, whose)
        field(samples.features, samples.along, weights, samples.bias, workspace, out=(density, colour), codes=codes)
        inputs = density, colour, samples.distances, samples.steps, kept, light
        seen = composite(*inputs)
        loss = ray_loss((seen.colour, seen.distance), target, light, huber=huber)
        d_samples = composite_backward(inputs, seen, loss.colour, loss.distance)
        field_backward(
            samples.features, samples.along, weights, samples.bias, d_samples, workspace, out=unused, codes=codes,
            d_codes=d_codes,
        )  # fmt: skip
        gradient = by_photo(d_codes, kept, np.zeros(n, np.int64), 1)
        adam.step(code, gradient, number=number, rate=RATE)
    return np.asarray(code[0])
