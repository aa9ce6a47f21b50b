"""PSNR over steps and seconds of radiance fields: made-up objects, real captures, with and without noisy geometry.

    python benchmarks/reconstruct.py step                      time of a step beside plain torch at 16 x 2^19
    python benchmarks/reconstruct.py objects --seconds 60      400x400 objects with alpha, no prior
    python benchmarks/reconstruct.py priors --scenes bricks    steps to a PSNR with and without priors, and ablations
    python benchmarks/reconstruct.py capture FOLDER            a real capture (fox, rgbd_7scenes)

Seconds are those of two idle cores: max(process CPU / 2, main thread CPU); wall seconds stand beside them.
"""

import argparse
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # idle threads must not count as work

import numpy as np
import torch
from object_scenes import SCENES, write_scene

from nerf.captures.read import read_capture
from nerf.ngp import composite, encoding, mlp
from nerf.ngp.evaluation import evaluate, split
from nerf.ngp.fit import Run, fit
from nerf.ngp.levels import Levels
from nerf.ngp.march_numba import march
from nerf.ngp.prior import Prior
from nerf.ngp.rays_numba import draw_rays
from nerf.ngp.settings import Stop, Training
from nerf.posed_images import PosedImages

OBJECT_BOX = ((-1.5, -1.5, -1.5), (1.5, 1.5, 1.5))
MARKS = [10, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1000]
TARGETS = (18, 20, 22, 25, 28, 30)


def idle_seconds() -> float:
    """Seconds that two idle cores would have needed so far."""
    return max(time.process_time() / 2, time.thread_time())


@dataclass
class Curve:
    """PSNR on held-out photos at some steps of a run, with the seconds spent on training alone."""

    steps: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    psnr: list[float] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    def reach(self, target: float, of: list[float] | list[int]) -> float:
        """Steps or seconds at which the curve crosses a PSNR, interpolated; NaN where it does not."""
        for k, value in enumerate(self.psnr):
            if value >= target:
                if k == 0:
                    return float(of[0])
                share = (target - self.psnr[k - 1]) / (value - self.psnr[k - 1])
                return of[k - 1] + share * (of[k] - of[k - 1])
        return math.nan


@contextmanager
def started(views: PosedImages, training: Training, prior: Prior | None) -> Iterator[Run]:
    """A run that is about to take its first step."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(views, split(views), training, prior, Path(folder), idle_seconds)
        try:
            yield run
        finally:
            run.trainer.store.close()


def learn(views: PosedImages, training: Training, prior: Prior | None, last: int, n_views: int = 3) -> Curve:
    """Train at a constant rate for `last` steps, looking at held-out views now and then."""
    curve, started_at = Curve(), idle_seconds()
    with started(views, replace(training, stop=Stop(steps=10**9)), prior) as run:
        setup, spent = idle_seconds() - started_at, 0.0
        held_out = run.parts.held_out[:: max(1, len(run.parts.held_out) // n_views)][:n_views]
        curve.facts = run.prior_facts
        for step in range(1, last + 1):
            before = idle_seconds()
            run.step()
            spent += idle_seconds() - before
            if step in MARKS or step == last:
                score = evaluate(run.scene(), views, held_out, long_side=training.long_side)
                curve.steps.append(step)
                curve.seconds.append(spent + (setup if prior else 0.0))
                curve.psnr.append(score.psnr)
    return curve


def noisy_points(folder: Path, views: PosedImages, noise: float, seed: int) -> np.ndarray:
    """20,000 surface points, half dropped in patches, with jitter (share of the box) and 10 % outliers; scene units."""
    rng = np.random.default_rng(seed)
    points = np.load(folder / "points.npz")["xyz"].astype(np.float64)
    side = OBJECT_BOX[1][0] - OBJECT_BOX[0][0]
    patches = np.floor(points / (0.03 * side)).astype(np.int64) @ np.array([7919, 104729, 1299709])
    points = points[(patches * 2654435761 >> 7) % 2 == 0]
    points = (
        points[rng.permutation(len(points))[:20_000]] + rng.normal(size=(min(len(points), 20_000), 3)) * noise * side
    )
    outliers = len(points) // 10
    points[:outliers] = rng.uniform(*OBJECT_BOX, (outliers, 3))
    return views.scene.scene_points(points)


def measure_step(args: argparse.Namespace) -> None:
    """Time of a whole training step beside plain torch, both on the same warm occupancy grid."""
    views = read_capture(write_scene(args.data / "bricks", "bricks"))
    times = {}
    for name, levels in (("default 8x4 2^17", Levels()), ("16x2 2^19", Levels(16, 2, 19, 16, 2048))):
        training = Training(levels=levels, batch_samples=args.samples, bounds=OBJECT_BOX, stop=Stop(steps=10**9))
        with started(views, training, None) as run:
            for _ in range(args.warm):
                run.step()
            before, kept = idle_seconds(), 0
            for _ in range(16):
                kept += run.step().kept
            times[name] = (idle_seconds() - before) / 16
            print(f"compiled {name}: {times[name] * 1e3:.1f} ms per step, {kept / 16:.0f} kept samples", flush=True)
            if name != "default 8x4 2^17":
                plain = eager_step(run)
                plain()
                before = idle_seconds()
                for _ in range(3):
                    n = plain()
                times["torch"] = (idle_seconds() - before) / 3
                print(f"plain torch {name}: {times['torch'] * 1e3:.1f} ms per step, {n} samples", flush=True)
    for name in ("default 8x4 2^17", "16x2 2^19"):
        print(f"{name} is {times['torch'] / times[name]:.1f} times faster per step than plain torch at 16x2 2^19")


def eager_step(run: Run) -> Callable[[], int]:
    """A step of Instant-NGP in plain torch: the definitions, autograd, and torch's fused Adam.

    Rays and marching are the compiled ones in both, which favours torch.
    """
    trainer, levels = run.trainer, run.training.levels
    table = torch.from_numpy(trainer.table.copy()).requires_grad_()
    weights = torch.from_numpy(trainer.weights.copy()).requires_grad_()
    adam = torch.optim.Adam([table, weights], lr=1e-2, betas=(0.9, 0.99), eps=1e-15, fused=True)
    occupied = trainer.grid.occupied.reshape((trainer.grid.size,) * 3)

    def step() -> int:
        rays = draw_rays(trainer.store, 1, trainer.number, trainer.n_rays, None, random_background=True)
        samples = march(rays.origins, rays.directions, rays.jitter, occupied, trainer.marching)
        points, starts = torch.from_numpy(samples.points), torch.from_numpy(samples.starts)
        steps, distances = torch.from_numpy(samples.steps), torch.from_numpy(samples.distances)
        n = samples.starts[-1]
        nothing = torch.zeros(n)
        with torch.no_grad():  # drop what no light reaches, as the compiled step does
            density = mlp.density(encoding.encode(points, table, levels), weights, nothing)
            seen = composite.transmittance(density * steps, starts) > 1e-4
            ray = composite.ray_indices(starts)[seen]
            starts = torch.cat(
                [torch.zeros(1, dtype=torch.long), torch.bincount(ray, minlength=len(starts) - 1).cumsum(0)]
            )
        features = encoding.encode(points[seen], table, levels)
        density, colour = mlp.field(features, torch.from_numpy(rays.directions)[ray], weights, nothing[seen])
        background, alpha = torch.from_numpy(rays.background), torch.from_numpy(rays.opacity)[:, None]
        out = composite.composite(density, colour, distances[seen], steps[seen], starts, background)
        target = torch.from_numpy(rays.colour) * alpha + (1 - alpha) * background
        torch.nn.functional.huber_loss(out.colour, target, delta=0.1).backward()
        adam.step()
        adam.zero_grad()
        return int(seen.sum())

    return step


def measure_objects(args: argparse.Namespace) -> None:
    """Held-out PSNR of the objects after a budget of seconds, all 25 test views, no prior."""
    for name in args.scenes:
        views = read_capture(write_scene(args.data / name, name))
        for seconds in args.seconds:
            training = Training(stop=Stop(seconds=seconds), bounds=OBJECT_BOX, seed=args.seed)
            wall = time.perf_counter()
            result = fit(views, training, clock=idle_seconds)
            score = result.facts["score"]
            print(
                f"{name}: {seconds:.0f} s (wall {time.perf_counter() - wall:.0f}), {result.facts['steps']} steps: "
                f"PSNR {score['psnr']:.2f} dB, SSIM {score['ssim']:.3f}; {score['protocol']}",
                flush=True,
            )


def measure_priors(args: argparse.Namespace) -> None:
    """Steps and seconds to a PSNR as shares of those without a prior, means over scenes and seeds; then ablations."""
    parts: dict[str, dict[str, bool]] = {"all parts": {}}
    if args.ablate:
        parts |= {f"no {part}": {part: False} for part in ("cleaning", "splat", "scaling", "guard", "recover", "fade")}
    ratios: dict[str, list[list[float]]] = {}
    for name in args.scenes:
        folder = write_scene(args.data / name, name)
        views = read_capture(folder)
        for seed in range(args.seeds):
            training = Training(
                batch_samples=args.samples, bounds=OBJECT_BOX, seed=seed, carve=args.carve, long_side=args.long_side
            )
            plain = learn(views, training, None, args.steps)
            show(f"{name} seed {seed} no prior", plain)
            for noise in args.noise:
                for label, switches in parts.items():
                    prior = Prior(noisy_points(folder, views, noise, seed), **switches)  # type: ignore[arg-type]
                    helped = learn(views, training, prior, args.steps)
                    key = f"jitter {noise:.1%}, {label}"
                    show(f"{name} seed {seed} {key}", helped)
                    rows = ratios.setdefault(key, [])
                    rows.append(
                        [helped.reach(t, helped.steps) / plain.reach(t, plain.steps) for t in TARGETS]
                        + [helped.reach(t, helped.seconds) / plain.reach(t, plain.seconds) for t in TARGETS]
                        + [helped.psnr[-1] - plain.psnr[-1]]
                    )
    print("share of steps | of seconds to " + ", ".join(f"{t} dB" for t in TARGETS) + f" | dB at step {args.steps}")
    for key, rows in ratios.items():
        with np.errstate(all="ignore"):
            means = [
                float(np.nanmean(column)) if np.isfinite(column).any() else math.nan for column in np.array(rows).T
            ]
        n = len(TARGETS)
        words = [" ".join(f"{v:5.2f}" for v in means[part]) for part in (slice(n), slice(n, 2 * n))]
        print(f"{key:32s} {words[0]} | {words[1]} | {means[-1]:+.2f}")


def show(name: str, curve: Curve) -> None:
    """One line of a curve."""
    points = " ".join(f"{s}:{p:.2f}" for s, p in zip(curve.steps, curve.psnr, strict=True))
    print(f"{name}: {curve.seconds[-1]:.1f} s; {points}", flush=True)


def measure_capture(args: argparse.Namespace) -> None:
    """Held-out PSNR of a real capture, without and (where it has depth or points) with its own geometry as prior."""
    views = read_capture(args.folder)
    priors: dict[str, Prior | None] = {"no prior": None}
    if views.has_depth:
        priors["depth as prior"] = Prior(depth_points(views))
    for label, prior in priors.items():
        wall = time.perf_counter()
        training = Training(
            stop=Stop(seconds=args.seconds[0]), long_side=args.long_side, levels=Levels(8, 4, 19, 16, 2048)
        )
        if prior:
            training = replace(training, depth_weight=args.depth_weight)
        result = fit(views, training, prior=prior, clock=idle_seconds)
        score = result.facts["score"]
        print(
            f"{args.folder.name}, {label}: {args.seconds[0]:.0f} s (wall {time.perf_counter() - wall:.0f}), "
            f"{result.facts['steps']} steps: PSNR {score['psnr']:.2f} dB, SSIM {score['ssim']:.3f}; "
            f"{score['protocol']}; {result.facts['split']}; prior {result.facts.get('prior')}",
            flush=True,
        )


def depth_points(views: PosedImages, per_view: int = 2000) -> np.ndarray:
    """Points of the training views' depth maps."""
    rng, parts = np.random.default_rng(0), []
    for view in split(views).train:
        depth, camera = views.depth(view), views.camera(view)
        rows, columns = np.nonzero(depth)
        chosen = rng.permutation(len(rows))[:per_view]
        pixels = np.stack([columns[chosen], rows[chosen]], -1) + 0.5
        local = camera.directions(pixels) * depth[rows[chosen], columns[chosen]][:, None]
        pose = views.world_from_camera[view]
        parts.append(local @ pose[:3, :3].T + pose[:3, 3])
    points = np.concatenate(parts)
    return points[np.isfinite(points).all(1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = {"step": measure_step, "objects": measure_objects, "priors": measure_priors, "capture": measure_capture}
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "scenewright-objects")
    parser.add_argument("--scenes", nargs="+", default=list(SCENES), choices=SCENES)
    parser.add_argument("--seconds", type=float, nargs="+", default=[60.0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--noise", type=float, nargs="+", default=[0.003, 0.01, 0.03])
    parser.add_argument("--samples", type=int, default=1 << 16)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--warm", type=int, default=64)
    parser.add_argument("--long-side", type=int, default=400)
    parser.add_argument("--carve", action="store_true", help="let silhouettes empty the grid in both runs")
    parser.add_argument("--depth-weight", type=float, default=0.1)
    parser.add_argument("--ablate", action="store_true")
    args = parser.parse_args()
    kinds[args.kind](args)


if __name__ == "__main__":
    main()
