"""A training run whose steps happen on a GPU: the kernels of `*_cuda.py`, networks in half precision by torch.

Rays are drawn on the CPU by the same code and numbers as there, so that a step sees the same rays. The arrays of
`Trainer` follow when they are asked for: to render, to score, to save.
"""

import math
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int

from nerf.ngp import mlp
from nerf.ngp.composite import transmittance
from nerf.ngp.composite_cuda import composite
from nerf.ngp.distortion import bent
from nerf.ngp.encoding_cuda import encode
from nerf.ngp.graph_cuda import Replayed, padded, size_for
from nerf.ngp.jit_cuda import SIMULATED, check
from nerf.ngp.march import Marching
from nerf.ngp.march_cuda import march
from nerf.ngp.optimiser_numba import BETA_1, BETA_2, EPSILON
from nerf.ngp.photo_store import PhotoStore
from nerf.ngp.rays_numba import Rays
from nerf.ngp.settings import Training
from nerf.ngp.smoothness import drawn, smoothness, stencil
from nerf.ngp.trainer import AVERAGE_EVERY, LEAST_LIGHT, SPEEDS, Report, Trainer, kept_share
from nerf.ngp.volume import Volume

SCALE = 1024.0  # of the loss while it goes backward, so that half precision loses no small gradients
AT_ONCE = 1 << 20  # points whose density is looked up at once


class CudaTrainer(Trainer):
    """A `Trainer` on a GPU. Cameras cannot be refined and guides not followed there yet."""

    def __init__(self, store: PhotoStore, volume: Volume, marching: Marching, training: Training) -> None:
        check()
        if training.refine_poses or training.refine_focal or training.guided:
            raise ValueError(
                "training: the backend cuda can neither refine cameras nor look where training errs; "
                "leave refine_poses, refine_focal and guided off, or take the backend numba"
            )
        if training.cuda_graphs and training.smoothness:
            raise ValueError("training: cuda_graphs cannot record smoothness, which draws points on the CPU; use one")
        super().__init__(store, volume, marching, training)
        self.device = torch.device("cpu" if SIMULATED else "cuda")
        self.tensors: dict[str, torch.Tensor] = {}
        self._averages: dict[str, torch.Tensor] = {}
        self._bias_grid: tuple[np.ndarray, torch.Tensor] | None = None
        self._push()

    def _push(self) -> None:
        """Take over what the arrays hold."""
        self._graphs: dict[tuple[int, int], Replayed] = {}  # they know the tensors by their place in memory
        for name, value in self.parameters.items():
            self.tensors[name] = torch.from_numpy(value.copy()).to(self.device).requires_grad_()
            self._averages[name] = torch.from_numpy(self.averages[name].copy()).to(self.device)
        groups = [{"params": [tensor], "name": name} for name, tensor in self.tensors.items()]
        self.adam = torch.optim.Adam(groups, lr=1e-2, betas=(BETA_1, BETA_2), eps=EPSILON, fused=not SIMULATED)
        for name, tensor in self.tensors.items():
            first, second = (getattr(self.moments[name], which).reshape(tensor.shape) for which in ("first", "second"))
            self.adam.state[tensor] = {
                "step": torch.tensor(float(self.number), device=tensor.device if not SIMULATED else None),
                "exp_avg": torch.from_numpy(first.copy()).to(self.device),
                "exp_avg_sq": torch.from_numpy(second.copy()).to(self.device),
            }

    def _pull(self) -> None:
        """Let the arrays hold what was learned."""
        for name, tensor in self.tensors.items():
            self.parameters[name][...] = tensor.detach().cpu().numpy()
            self.averages[name][...] = self._averages[name].cpu().numpy()
            state = self.adam.state[tensor]
            self.moments[name].first[...] = state["exp_avg"].cpu().numpy().reshape(-1)
            self.moments[name].second[...] = state["exp_avg_sq"].cpu().numpy().reshape(-1)

    def averaged(self) -> dict[str, np.ndarray]:
        self._pull()
        return super().averaged()

    def arrays(self) -> dict[str, np.ndarray]:
        self._pull()
        return super().arrays()

    def restored(self) -> None:
        super().restored()
        self._push()

    def _on_device(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)

    def _take(self, rays: Rays, rate: float) -> Report:
        """March, cut, render, move."""
        origins, directions, jitter = (self._on_device(array) for array in (rays.origins, rays.directions, rays.jitter))
        occupied = self.grid.occupied.reshape((self.grid.size,) * 3)
        points, distances, steps, index, starts = march(origins, directions, jitter, occupied, self.marching)
        report = Report(math.nan, len(rays.view), len(points), 0)
        if len(points):
            with torch.no_grad():
                seen = transmittance(self._density(points) * steps, starts) > LEAST_LIGHT
            counts = torch.bincount(index[seen], minlength=len(rays.view))
            starts = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
            samples = points[seen], distances[seen], steps[seen], index[seen]
            report.kept = int(starts[-1])
            report.loss = self._learn_on_device(rays, samples, starts)
            self._move(rate)
        return report

    def _learn_on_device(self, rays: Rays, samples: tuple[torch.Tensor, ...], starts: torch.Tensor) -> float:
        """Forward and backward over the kept samples; returns the mean squared error."""
        told = (rays.directions, rays.background, rays.colour, rays.opacity, rays.view, rays.distance, rays.spread)
        seen = tuple(self._on_device(array) for array in told)
        n = starts.new_tensor(len(rays.view), dtype=torch.float32)
        inputs = (*samples, self._bias(samples[0]), starts, *seen, n)
        names = sorted(self.learned)
        if self.training.cuda_graphs:
            error, *gradients = self._replayed(inputs)
        else:
            error, *gradients = self._gradients(*inputs)
        for name, gradient in zip(names, gradients, strict=True):
            self.tensors[name].grad = gradient / SCALE
        return float(error)

    def _replayed(self, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        """`_gradients` of inputs padded to a size of which there is a graph."""
        n_samples, n_rays = size_for(len(inputs[0])), size_for(len(inputs[5]) - 1)
        *samples, starts, directions, background, colour, opacity, view, distance, spread, n = inputs
        fixed = (
            *(padded(tensor, n_samples) for tensor in samples),
            torch.cat([starts, starts[-1:].expand(n_rays + 1 - len(starts))]),
            *(padded(tensor, n_rays) for tensor in (directions, background, colour)),
            padded(opacity, n_rays, -1.0),
            *(padded(tensor, n_rays) for tensor in (view, distance, spread)),
            n,
        )
        key = n_samples, n_rays
        if key not in self._graphs:
            self._graphs[key] = Replayed(self._gradients, fixed)
        return self._graphs[key](*fixed)

    def _gradients(
        self, points: torch.Tensor, distances: torch.Tensor, steps: torch.Tensor, index: torch.Tensor,
        bias: torch.Tensor, starts: torch.Tensor, directions: torch.Tensor, background: torch.Tensor,
        colour: torch.Tensor, opacity: torch.Tensor, view: torch.Tensor, known: torch.Tensor, spread: torch.Tensor,
        n: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:  # fmt: skip
        """The mean squared error, and the scaled loss's gradients of what this step moves, in the order of names.

        Nothing in here may depend on numbers that only the device knows, so that it can be recorded.
        """
        training = self.training
        codes = self.tensors["codes"][view[index]] if training.appearance else None
        density, shade = self._field(points, directions[index], bias, codes)
        out = composite(density, shade, distances, steps, starts, background)
        gains = torch.exp(self.tensors["log_gains"][view]) if training.exposure else 1.0
        alpha, used = opacity.clamp(min=0)[:, None], (opacity >= 0)[:, None]
        error = (gains * (out.colour - (1 - alpha) * background) - alpha * colour) * used
        huber = torch.nn.functional.huber_loss(error, torch.zeros_like(error), delta=training.huber, reduction="sum")
        loss = huber / n
        if training.depth_weight:
            least = training.depth_noise * known.clamp(min=1e-9)
            off = (out.distance - known) / torch.sqrt(least**2 + spread**2)
            each = torch.nn.functional.huber_loss(off, torch.zeros_like(off), delta=1.0, reduction="none") * least
            loss = loss + training.depth_weight * (each * ((known > 0) & used[:, 0])).sum() / n
        if self.distortion:
            summed = summed_distortion(out.weights, distances, steps, index, starts, self.bend)
            loss = loss + self.distortion * summed / n
        if training.smoothness:
            loss = loss + training.smoothness * self._smoothness(points, out.weights)
        moved = [self.tensors[name] for name in sorted(self.learned)]
        return ((error.detach() ** 2).sum() / (3 * n), *torch.autograd.grad(loss * SCALE, moved))

    def _smoothness(self, points: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """The loss on normals at a few of the samples that rays see."""
        index, offsets = drawn(weights.detach().cpu().numpy(), self.training.seed, self.number)
        places = self._on_device(stencil(points[torch.from_numpy(index).to(points.device)].cpu().numpy(), offsets))
        if not len(places):
            return weights.new_zeros(())
        features = encode(places, self.tensors["table"], self.training.levels)
        return smoothness(mlp.geometry(features, self.tensors["weights"])[:, 0].view(-1, 2, 4))

    def _move(self, rate: float) -> None:
        """Adam on what this step moves; then the running average."""
        learned = self.learned
        for group in self.adam.param_groups:
            tensor, name = group["params"][0], group["name"]
            if name not in learned or tensor.grad is None:
                tensor.grad = None
                continue
            group["lr"], group["weight_decay"] = SPEEDS.get(name, 1.0) * rate, 0.0
            if name == "weights":
                tensor.grad[-64:] = 0
                group["weight_decay"] = self.training.weight_decay
        self.adam.step()
        self.adam.zero_grad()
        with torch.no_grad():
            for name in {"log_gains", "codes"} & learned:
                self.tensors[name] -= self.tensors[name].mean(0)
        if self.training.average and self.number % AVERAGE_EVERY == 0:
            keep = kept_share(self.training.average, self.number)
            for name, tensor in self.tensors.items():
                self._averages[name].lerp_(tensor.detach(), 1 - keep)

    def _half(self) -> Any:
        kind = torch.bfloat16 if SIMULATED or torch.cuda.is_bf16_supported() else torch.float16
        return torch.autocast(
            self.device.type, kind, enabled=not SIMULATED, cache_enabled=not self.training.cuda_graphs
        )

    def _bias(self, points: torch.Tensor) -> torch.Tensor:
        """What a prior adds to each point's log-density."""
        if self.bias is None:
            return points.new_zeros(len(points))
        size = self.grid.size
        cell = (points * size).long().clamp(0, size - 1)
        if self._bias_grid is None or self._bias_grid[0] is not self.bias.grid:
            self._bias_grid = self.bias.grid, self._on_device(self.bias.grid)
        grid = self._bias_grid[1]
        return self.bias.trust * grid[cell[:, 0] + size * (cell[:, 1] + size * cell[:, 2])]

    def _field(
        self, points: torch.Tensor, directions: torch.Tensor, bias: torch.Tensor, codes: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        features = encode(points, self.tensors["table"], self.training.levels)
        with self._half():
            density, colour = mlp.field(features, directions, self.tensors["weights"], bias, codes)
        return density.float(), colour.float()

    def _density(self, points: torch.Tensor) -> torch.Tensor:
        features = encode(points, self.tensors["table"], self.training.levels)
        with self._half():
            return mlp.density(features, self.tensors["weights"], self._bias(points)).float()

    @torch.no_grad()
    def densities(self, points: np.ndarray) -> np.ndarray:
        parts = [self._density(self._on_device(points[k : k + AT_ONCE])) for k in range(0, len(points), AT_ONCE)]
        return np.asarray(torch.cat(parts).cpu().numpy() if parts else np.zeros(0, np.float32))


def summed_distortion(
    weights: Float[torch.Tensor, " samples"],
    distances: Float[torch.Tensor, " samples"],
    steps: Float[torch.Tensor, " samples"],
    index: Int[torch.Tensor, " samples"],
    starts: Int[torch.Tensor, " rays_1"],
    scale: float,
) -> Float[torch.Tensor, ""]:
    """The sum of all rays' `distortion`, by prefix sums: what large batches take. `index` is each sample's ray."""
    s, step = bent(distances, steps, scale)
    first = starts[index]

    def before(values: torch.Tensor) -> torch.Tensor:
        total = torch.cat([values.new_zeros(1, dtype=torch.float64), torch.cumsum(values.double(), 0)])
        return (total[:-1] - total[first]).to(values.dtype)

    return (2 * weights * (s * before(weights) - before(weights * s)) + weights**2 * step / 3).sum()
