"""One training run: its state, one step of it, and the updates of the occupancy grid between steps."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nerf.ngp.appearance import by_photo, with_code
from nerf.ngp.composite_numba import composite, composite_backward
from nerf.ngp.distortion_numba import distortion_gradient
from nerf.ngp.encoding_numba import encode_backward
from nerf.ngp.jit_numba import blocks
from nerf.ngp.loss_numba import ray_loss
from nerf.ngp.march import Marching
from nerf.ngp.mlp_numba import NO_CODES, Codes, field_backward
from nerf.ngp.occupancy import OccupancyGrid
from nerf.ngp.optimiser_numba import Adam, average_kernel
from nerf.ngp.photo_store import PhotoStore
from nerf.ngp.places_numba import points_gradient, rays_gradient
from nerf.ngp.rays_numba import Guide, Rays, draw_rays
from nerf.ngp.refinement import centred, correct, corrections_gradient, nothing, open_levels, rotations
from nerf.ngp.settings import Training
from nerf.ngp.smoothness import drawn, stencil
from nerf.ngp.smoothness_numba import Smoothness
from nerf.ngp.tracer_numba import FIRST_WAVE, Bias, Packed, Tracer
from nerf.ngp.volume import Volume
from nerf.ngp.weights import initial_weights

LEAST_LIGHT = 1e-4  # samples behind less light than this are dropped
MAX_RAYS, FIRST_RAYS = 1 << 14, 1 << 11
WAVES_UP_TO = 1 << 15  # samples a step keeps, so that what is looked up in waves fits into the tracer
AVERAGE_EVERY = 8
DISTORTION = 0.01  # of unbounded scenes, which are foggy without
SPEEDS = {"log_gains": 0.1, "codes": 0.3, "turns": 0.1, "shifts": 0.05, "zooms": 0.02}  # of the learning rate
BEND = 0.7  # box sides at which the distortion loss sees half of all distances
WARM_STEPS = 256  # the grid looks at twice as many random cells before this step


def kept_share(average: float, number: int) -> float:
    """What the running average keeps of itself at a step: a long memory early on would hide what is learned."""
    return min(average**AVERAGE_EVERY, max(0.0, 1 - 5 * AVERAGE_EVERY / max(number, 1)))


@dataclass
class Report:
    """What a step did."""

    loss: float  # mean squared error of the batch's colours
    rays: int
    samples: int  # on all rays
    kept: int  # in front of which light is left


class Trainer:
    """State of a run: parameters, their moments and averages, the occupancy grid, and the number of the next step."""

    def __init__(self, store: PhotoStore, volume: Volume, marching: Marching, training: Training) -> None:
        self.store, self.volume, self.marching, self.training = store, volume, marching, training
        rng = np.random.default_rng(training.seed)
        levels = training.levels
        self.table = (rng.random((levels.n_entries, levels.features), dtype=np.float32) * 2 - 1) * np.float32(1e-4)
        self.weights = initial_weights(levels.width, rng, training.appearance)
        self.log_gains = np.zeros((len(store.views), 3), np.float32)
        self.codes = np.zeros((len(store.views), training.appearance), np.float32)
        self.parameters = {"table": self.table, "weights": self.weights, "log_gains": self.log_gains}
        if training.appearance:
            self.parameters["codes"] = self.codes
        if training.refine_poses or training.refine_focal:
            self.corrections = nothing(len(store.views), len(store.cameras))
            self.parameters |= vars(self.corrections)
        self.gradients = {name: np.zeros_like(value) for name, value in self.parameters.items()}
        self.moments = {name: Adam(value) for name, value in self.parameters.items()}
        self.averages = {name: value.copy() for name, value in self.parameters.items()}
        self.grid = OccupancyGrid(training.grid_size)
        self.guide = Guide(store.sizes, training.guided) if training.guided else None
        self.bias: Bias | None = None
        self.max_rays = max(MAX_RAYS, training.batch_samples)  # thin surfaces leave most rays with few samples
        self.tracer = Tracer(
            levels, max_rays=self.max_rays, max_samples=marching.max_samples, codes=training.appearance
        )
        self.d_features = np.zeros_like(self.tracer.kept.features)
        self.d_density, self.d_colour = np.zeros_like(self.tracer.density), np.zeros_like(self.tracer.colour)
        self.n_rays, self.number = FIRST_RAYS, 0
        self.notes: dict[str, Any] = {}  # of whoever trains, for a checkpoint to keep
        self.share = 0.0  # of the budget that is spent; whoever knows the budget says so
        told = training.distortion
        self.distortion = told if told != "auto" else DISTORTION if volume.contracted else 0.0
        self.bend = BEND * (0.5 if volume.contracted else 1.0)

    @property
    def refines(self) -> bool:
        """Whether cameras are corrected, once the scene has a shape."""
        wanted = self.training.refine_poses or self.training.refine_focal
        return wanted and self.number >= self.training.refine_after

    @property
    def learned(self) -> set[str]:
        """Names of the parameters that this step moves."""
        names = {"table", "weights"} | ({"log_gains"} if self.training.exposure else set())
        names |= {"codes"} if self.training.appearance else set()
        if self.refines:
            names |= {"turns", "shifts"} if self.training.refine_poses else set()
            names |= {"zooms"} if self.training.refine_focal else set()
        return names

    def step(self, rate: float) -> Report:
        """Draw rays, render them, move the parameters against the gradient."""
        if self.guide is not None and self.number % 64 == 0:
            self.guide.refresh(self.store.ready(self.number), self.store.order)
        rays = draw_rays(self.store, self.training.seed, self.number, self.n_rays, self.guide, random_background=True)
        if self.refines:
            rays = self._corrected(rays)
        report = self._take(rays, rate)
        self._adapt(report)
        self.number += 1
        return report

    def _take(self, rays: Rays, rate: float) -> Report:
        """March through the scene as it is, render, and move the parameters."""
        kept, n = self.tracer.see(
            (rays.origins, rays.directions, rays.jitter), self.grid, self.marching,
            (self.table, self.weights, self.bias), LEAST_LIGHT,
            first_wave=FIRST_WAVE if self.training.batch_samples <= WAVES_UP_TO else self.marching.max_samples,
        )  # fmt: skip
        rays = rays.first(len(kept) - 1)
        report = Report(math.nan, len(kept) - 1, n, int(kept[-1]))
        if report.kept:
            report.loss = self._learn(rays, kept)
            self._update(rate)
        return report

    def _learn(self, rays: Rays, kept: np.ndarray) -> float:
        """Forward and backward over the kept samples; returns the mean squared error."""
        n, tracer = int(kept[-1]), self.tracer
        samples = tracer.kept.first(n)
        codes, d_codes = self._seen_with(rays, kept)
        density, colour = tracer.shade(self.weights, n, codes)
        inputs = density, colour, samples.distances, samples.steps, kept, rays.background
        rendered = composite(*inputs)
        gains = np.exp(self.log_gains[rays.view]) if self.training.exposure else np.ones_like(rays.colour)
        loss = ray_loss(
            (rendered.colour, rendered.distance),
            (rays.colour, rays.opacity, rays.background, rays.distance, rays.spread),
            gains,
            huber=self.training.huber,
            depth=(self.training.depth_weight, self.training.depth_noise),
        )
        d_samples, d_weights = (self.d_density[:n], self.d_colour[:n]), None
        if self.distortion:
            d_weights = distortion_gradient(
                rendered.weights, samples.distances, samples.steps, kept, self.bend, self.distortion / len(rays.view)
            )
        composite_backward(inputs, rendered, loss.colour, loss.distance, d_samples, d_weights)
        d_features = self.d_features[: blocks(n)]
        field_backward(
            samples.features, samples.along, self.weights, samples.bias, d_samples, tracer.workspace,
            out=(d_features, self.gradients["weights"]), codes=codes, d_codes=d_codes,
        )  # fmt: skip
        encode_backward(samples.points, d_features, self.training.levels, self.gradients["table"])
        if self.training.smoothness:
            self._smooth(samples.points, rendered.weights)
        if self.refines:
            self._ask_cameras(rays, samples, kept, d_features)
        if self.training.appearance:
            self.gradients["codes"] += by_photo(d_codes, kept, rays.view, len(self.codes))
        if self.training.exposure:
            np.add.at(self.gradients["log_gains"], rays.view, loss.gain * gains)
        if self.guide is not None:
            self.guide.learn(rays.tile, loss.squared)
        return float(loss.squared.mean())

    def _seen_with(self, rays: Rays, kept: np.ndarray) -> tuple[Codes, np.ndarray]:
        """The codes that the kept samples are seen with, and room for what each asks of its code."""
        if not self.training.appearance:
            return NO_CODES, NO_CODES.table
        photo = np.repeat(rays.view, np.diff(kept))
        return Codes(self.codes, photo), np.empty((len(photo), self.training.appearance), np.float32)

    def _smooth(self, points: np.ndarray, weights: np.ndarray) -> None:
        """Gradients of the loss on normals at a few of the samples that rays see."""
        index, offsets = drawn(weights, self.training.seed, self.number)
        gradients = self.gradients["table"], self.gradients["weights"]
        smooth = Smoothness(self.training.levels, self.tracer.workspace)
        smooth.add(stencil(points[index], offsets), self.table, self.weights, self.training.smoothness, gradients)

    def _corrected(self, rays: Rays) -> Rays:
        """The rays as corrected cameras cast them."""
        store = self.store
        origins, directions = correct(
            rays.origins, rays.directions, store.poses, rays.view, store.views.camera_index, self.corrections
        )
        return rays._replace(origins=origins, directions=np.ascontiguousarray(directions))

    def _ask_cameras(self, rays: Rays, samples: Packed, kept: np.ndarray, d_features: np.ndarray) -> None:
        """Gradients of the corrections, from those of the features."""
        store, levels = self.store, self.training.levels
        says = open_levels(self.share, levels.n_levels)
        d_points = points_gradient(samples.points, self.table, levels, d_features, says)
        d_rays = rays_gradient(
            d_points, rays.origins, rays.directions, samples.distances, kept, contracted=self.marching.contracted
        )
        turned = rotations(self.corrections.turns) @ store.poses[:, :, :3]
        found = corrections_gradient(
            *d_rays, rays.directions, turned, rays.view, store.views.camera_index, len(store.cameras)
        )
        for name, value in vars(found).items():
            self.gradients[name] += value

    def _update(self, rate: float) -> None:
        """Adam on everything; then the running average."""
        decay = {"weights": self.training.weight_decay}
        for name, value in self.parameters.items():
            if name not in self.learned:
                continue
            speed = SPEEDS.get(name, 1.0) * rate
            self.moments[name].step(
                value, self.gradients[name], number=self.number + 1, rate=speed, decay=decay.get(name, 0.0)
            )
        if self.refines:
            centred(self.corrections)
        for name in sorted({"log_gains", "codes"} & self.learned):
            self.parameters[name] -= self.parameters[name].mean(0)
        if self.training.average and self.number % AVERAGE_EVERY == 0:
            keep = kept_share(self.training.average, self.number)
            for name, value in self.parameters.items():
                average_kernel(self.averages[name].reshape(-1), value.reshape(-1), np.float32(keep))

    def _adapt(self, report: Report) -> None:
        """Choose how many rays the next step draws, so that it keeps as many samples as asked."""
        if report.kept:
            wanted = report.rays * self.training.batch_samples / report.kept
            self.n_rays = int(min(self.max_rays, max(256, 0.5 * self.n_rays + 0.5 * wanted)))

    def densities(self, points: np.ndarray) -> np.ndarray:
        """Densities of points in the unit cube, as they stand."""
        return self.tracer.densities(points, self.table, self.weights, self.bias)

    def update_grid(self) -> None:
        """Look again at which cells are occupied."""
        self.grid.update(
            self.densities,
            self.training.seed,
            self.number,
            n_uniform=1 << 17 if self.number < WARM_STEPS else 1 << 16,
        )

    def averaged(self) -> dict[str, np.ndarray]:
        """The parameters as they are on the average of the last steps."""
        return self.averages if self.training.average else self.parameters

    def shown(self) -> tuple[np.ndarray, np.ndarray]:
        """Table and weights to render with, the scene as photos show it on the whole."""
        parameters = self.averaged()
        return parameters["table"], with_code(parameters["weights"], self.training.levels.width)

    def arrays(self) -> dict[str, np.ndarray]:
        """All that a checkpoint must hold, by name; writing into these arrays restores a run."""
        result = {"density": self.grid.density, "occupied": self.grid.occupied, "allowed": self.grid.allowed}
        for name, value in self.parameters.items():
            result |= {name: value, f"{name}.average": self.averages[name]}
            result |= {f"{name}.first": self.moments[name].first, f"{name}.second": self.moments[name].second}
        if self.guide is not None:
            result |= {"guide.error": self.guide.error, "guide.cumulative": self.guide.cumulative}
        return result

    def restored(self) -> None:
        """Derive what follows from the arrays after they were written into."""
        self.grid.set_occupied(self.grid.occupied)
