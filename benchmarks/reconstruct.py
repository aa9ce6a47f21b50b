"""PSNR over steps and seconds of radiance fields: made-up objects, real captures, with and without noisy geometry.

    python benchmarks/reconstruct.py step                      time of a step beside plain torch at 16 x 2^19
    python benchmarks/reconstruct.py objects --seconds 60      400x400 objects with alpha, no prior
    python benchmarks/reconstruct.py capture FOLDER            a real capture (fox, rgbd_7scenes)

Seconds are those of two idle cores: max(process CPU / 2, main thread CPU); wall seconds stand beside them.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "0")  # idle threads must not count as work

import numpy as np
import torch
from object_scenes import SCENES, write_scene

from nerf.captures.read import read_capture
from nerf.ngp import composite, encoding, mlp
from nerf.ngp.evaluation import split
from nerf.ngp.fit import Run, fit
from nerf.ngp.levels import Levels
from nerf.ngp.march_numba import march
from nerf.ngp.prior import Prior
from nerf.ngp.rays_numba import draw_rays
from nerf.ngp.settings import Stop, Training
from nerf.posed_images import PosedImages
from pipeline.stage import Context
from pipeline.stages.calibrate_colour import CalibrateColourConfig, calibrate_colour

OBJECT_BOX = ((-1.5, -1.5, -1.5), (1.5, 1.5, 1.5))


def idle_seconds() -> float:
    """Seconds that two idle cores would have needed so far."""
    return max(time.process_time() / 2, time.thread_time())


@contextmanager
def started(views: PosedImages, training: Training, prior: Prior | None) -> Iterator[Run]:
    """A run that is about to take its first step."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(views, split(views), training, prior, Path(folder), idle_seconds)
        try:
            yield run
        finally:
            run.trainer.store.close()


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


def measure_capture(args: argparse.Namespace) -> None:
    """Held-out PSNR of a real capture, without and (where it has depth) with its own geometry as prior.

    Depth also says where the photos' cameras are (`calibrate_colour`): by their common mount, and one by one. Photos
    held out are moved to where they fit the training photos, which they have no say in; so that this alone is not
    taken for what depth gives a training, the moved cameras are also trained with no prior.
    """
    views = read_capture(args.folder)
    runs: dict[str, tuple[PosedImages, Prior | None]] = {"no prior": (views, None)}
    with tempfile.TemporaryDirectory() as folder:
        if views.has_depth:
            prior = Prior(depth_points(views))
            runs["depth as prior"] = views, prior
            calibrated = {name: calibration(views, Path(folder) / name, name == "each") for name in ("mount", "each")}
            runs["depth as prior, colour camera found by it"] = calibrated["mount"], prior
            runs["depth as prior, each photo placed by it"] = calibrated["each"], prior
            runs["no prior, each photo placed by depth"] = calibrated["each"], None
        for label, (shown, known) in runs.items():
            if args.only in label:
                run_capture(args, label, shown, known)


def calibration(views: PosedImages, folder: Path, each: bool) -> PosedImages:
    """The views with the cameras that depth gives them, from training photos alone."""
    context, before = Context(0, folder), idle_seconds()
    found = calibrate_colour(CalibrateColourConfig(each_photo=each), context, views=views)
    print(f"cameras by depth, each_photo={each}: {idle_seconds() - before:.1f} s, {context.metrics}", flush=True)
    return found


def run_capture(args: argparse.Namespace, label: str, views: PosedImages, prior: Prior | None) -> None:
    """Train one field of a capture and tell its score."""
    wall = time.perf_counter()
    training = Training(stop=Stop(seconds=args.seconds[0]), long_side=args.long_side, levels=Levels(8, 4, 19, 16, 2048))
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
    kinds = {"step": measure_step, "objects": measure_objects, "capture": measure_capture}
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "scenewright-objects")
    parser.add_argument("--scenes", nargs="+", default=list(SCENES), choices=SCENES)
    parser.add_argument("--seconds", type=float, nargs="+", default=[60.0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--samples", type=int, default=1 << 16)
    parser.add_argument("--warm", type=int, default=64)
    parser.add_argument("--long-side", type=int, default=400)
    parser.add_argument("--only", default="", help="of a capture, only the runs whose name holds this")
    parser.add_argument("--depth-weight", type=float, default=0.1)
    args = parser.parse_args()
    kinds[args.kind](args)


if __name__ == "__main__":
    main()
