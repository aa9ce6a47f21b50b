"""Time of each training kernel: on the CPU beside plain matrix products, on a GPU beside what its memory traffic takes.

    python benchmarks/kernels.py cpu      exits with 1 where a kernel has lost its vector instructions
    python benchmarks/kernels.py step     the share of a training step that is marching, compositing and Adam
    python benchmarks/kernels.py cuda     on a GPU; also tiny-cuda-nn where it can be imported

CPU figures are seconds of one thread (NUMBA_NUM_THREADS=1). A kernel of ours that indexes with signed numbers runs ten
times slower, because LLVM gives up its vectors; matrix products of the library in the same run are the measure.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from nerf.ngp.levels import Levels
from nerf.ngp.weights import initial_weights, n_weights

LEAST_SHARE = 0.25  # of the library's speed; without vectors it is 0.1 and less
MOST_ADAM = 3.0  # times as long as torch's fused Adam; without vectors it is 5 and more


def best(function: Callable[[], Any], repeats: int = 5) -> float:
    """The least CPU seconds of some calls, after one that compiles."""
    function()
    times = []
    for _ in range(repeats):
        before = time.process_time()
        function()
        times.append(time.process_time() - before)
    return min(times)


def measure_cpu(samples: int) -> int:
    """Kernels of a step, and the two that the vectorisation traps have bitten; returns the exit code."""
    from nerf.ngp import encoding_numba, mlp_numba
    from nerf.ngp.optimiser_numba import Adam

    torch.set_num_threads(1)
    levels, rng = Levels(), np.random.default_rng(0)
    points = surface_points(samples, rng)
    table = rng.normal(size=(levels.n_entries, levels.features)).astype(np.float32)
    weights, workspace = initial_weights(levels.width, rng), mlp_numba.Workspace(levels.width)
    features = encoding_numba.encode(points, table, levels)
    directions, bias = np.tile(np.float32([0, 0, 1]), (samples, 1)), np.zeros(samples, np.float32)
    density, colour = np.empty(samples, np.float32), np.empty((samples, 3), np.float32)
    d_features, d_weights, d_table = np.empty_like(features), np.empty_like(weights), np.zeros_like(table)
    adam, fused = Adam(table), torch.from_numpy(table.copy()).requires_grad_()
    fused.grad = torch.ones_like(fused)
    library = torch.optim.Adam([fused], fused=True)
    a, b = torch.rand(64, 64), torch.rand(64, 1 << 14)
    times = {
        "encode": best(lambda: encoding_numba.encode(points, table, levels, features)),
        "encode backward": best(lambda: encoding_numba.encode_backward(points, d_features, levels, d_table)),
        "networks": best(
            lambda: mlp_numba.field(features, directions, weights, bias, workspace, out=(density, colour))
        ),
        "networks backward": best(
            lambda: mlp_numba.field_backward(
                features, directions, weights, bias, (density, colour), workspace, out=(d_features, d_weights)
            )
        ),
    }
    for name, seconds in times.items():
        print(f"{name:20s} {seconds / samples * 1e9:7.0f} ns per sample")
    matrix = 2 * 64 * 64 * b.shape[1] / best(lambda: a @ b) / 1e9
    ours = 2 * n_weights(levels.width) * samples / times["networks"] / 1e9
    ratio = best(lambda: adam.step(table, d_table, number=1, rate=1e-9)) / best(library.step)
    print(f"networks: {ours:.0f} GFLOP/s, products of the library {matrix:.0f}: {ours / matrix:.2f} of it")
    print(f"Adam: {ratio:.2f} times as long as torch's fused one, clearing the gradient included")
    lost = [name for name, bad in (("networks", ours < LEAST_SHARE * matrix), ("Adam", ratio > MOST_ADAM)) if bad]
    print("vector instructions lost in: " + ", ".join(lost) if lost else "vector instructions are in use")
    return 1 if lost else 0


def surface_points(n: int, rng: np.random.Generator) -> np.ndarray:
    """Rays of sixteen samples each across a ball, as an occupancy grid leaves them."""
    toward = rng.normal(size=(n // 16, 3))
    toward /= np.linalg.norm(toward, axis=1, keepdims=True)
    along = 0.3 + np.linspace(-0.02, 0.02, 16)
    return (0.5 + along[None, :, None] * toward[:, None]).reshape(-1, 3).astype(np.float32)


def measure_step(samples: int) -> int:
    """Where a step's time goes, on a warm occupancy grid of an object."""
    from object_scenes import write_scene
    from reconstruct import OBJECT_BOX, started

    from nerf.captures.read import read_capture
    from nerf.ngp import optimiser_numba, trainer
    from nerf.ngp.settings import Stop, Training

    with tempfile.TemporaryDirectory() as name:
        views = read_capture(write_scene(Path(name) / "bricks", "bricks"))
        training = Training(batch_samples=samples, bounds=OBJECT_BOX, stop=Stop(steps=10**9))
        with started(views, training, None) as run:
            for _ in range(200):
                run.step()
            spent: dict[str, float] = {}
            timed(run.trainer.tracer, "march", "marching", spent)
            timed(trainer, "composite", "compositing", spent)
            timed(trainer, "composite_backward", "compositing", spent)
            timed(optimiser_numba.Adam, "step", "Adam", spent)
            timed(trainer, "encode_backward", "encode backward", spent)
            timed(trainer, "field_backward", "networks backward", spent)
            timed(run.trainer.tracer, "look_up", "encode and density", spent)
            timed(run.trainer.tracer, "shade", "networks", spent)
            timed(run.trainer, "update_grid", "occupancy grid", spent)
            before, kept = time.process_time(), 0
            for _ in range(32):
                kept += run.step().kept
            whole = time.process_time() - before
    for part, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"{part:20s} {seconds / 32 * 1e3:7.2f} ms of CPU per step, {seconds / whole:6.1%}")
    share = sum(spent[part] for part in ("marching", "compositing", "Adam")) / whole
    print(f"whole step           {whole / 32 * 1e3:7.2f} ms of CPU, {kept / 32:.0f} kept samples")
    print(f"marching, compositing and Adam: {share:.1%} of the step")
    return 0


def timed(owner: Any, name: str, part: str, spent: dict[str, float]) -> None:
    """Let a function count its CPU time under a part's name."""
    function = getattr(owner, name)

    def counted(*given: Any, **more: Any) -> Any:
        before = time.process_time()
        result = function(*given, **more)
        spent[part] = spent.get(part, 0.0) + time.process_time() - before
        return result

    setattr(owner, name, counted)


def measure_cuda(samples: int) -> int:
    """Kernels on the device beside the least time that their memory traffic takes."""
    from nerf.ngp import composite_cuda, encoding_cuda
    from nerf.ngp.jit_cuda import SIMULATED, check

    check()
    device, levels = torch.device("cpu" if SIMULATED else "cuda"), Levels(16, 2, 19, 16, 2048)
    rng = np.random.default_rng(0)
    bandwidth = copied_bytes_per_second(device)
    print(f"device: {'simulator' if SIMULATED else torch.cuda.get_device_name()}, copies {bandwidth / 1e9:.0f} GB/s")
    points = torch.from_numpy(surface_points(samples, rng)).to(device)
    table = torch.rand(levels.n_entries, levels.features, device=device, requires_grad=True)
    features = encoding_cuda.encode(points, table, levels)
    wanted = torch.rand_like(features)
    corners = 8 * levels.n_levels * levels.features * 4 * samples
    results = {
        "encode": (lambda: encoding_cuda.encode(points, table, levels), corners + features.numel() * 4),
        "encode backward": (
            lambda: torch.autograd.grad(encoding_cuda.encode(points, table, levels), table, wanted),
            3 * corners + 2 * features.numel() * 4,
        ),
    }
    starts = torch.arange(0, samples + 1, 16, device=device)
    density, colour = torch.rand(samples, device=device), torch.rand(samples, 3, device=device)
    steps, background = torch.full((samples,), 0.01, device=device), torch.zeros(len(starts) - 1, 3, device=device)
    results["compositing"] = (
        lambda: composite_cuda.composite(density, colour, steps, steps, starts, background), 7 * 4 * samples,
    )  # fmt: skip
    try:
        from nerf.ngp.trainer_tinycudann import encoding_config, load

        part = load().Encoding(3, encoding_config(levels))
        results["tinycudann encode"] = (lambda: part(points), corners // 2 + features.numel() * 2)
    except (ImportError, RuntimeError) as error:
        print(error)
    for name, (function, traffic) in results.items():
        seconds, floor = device_seconds(function, device), traffic / bandwidth
        print(f"{name:20s} {seconds * 1e6:9.1f} us, memory floor {floor * 1e6:9.1f} us: {seconds / floor:.2f} times it")
    return 0


def device_seconds(function: Callable[[], Any], device: torch.device, repeats: int = 20) -> float:
    """The mean time of a call, by the device's clock."""
    function()
    if device.type == "cpu":
        return best(function, 1)
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    torch.cuda.synchronize()
    start.record()
    for _ in range(repeats):
        function()
    end.record()
    torch.cuda.synchronize()
    return start.elapsed_time(end) / 1e3 / repeats


def copied_bytes_per_second(device: torch.device) -> float:
    """What the device's memory reads and writes in a second."""
    a = torch.zeros(1 << 22 if device.type == "cpu" else 1 << 28, dtype=torch.float32, device=device)
    b = torch.empty_like(a)
    return 2 * a.numel() * 4 / device_seconds(lambda: b.copy_(a), device)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("cpu", "step", "cuda"))
    parser.add_argument("--samples", type=int, default=1 << 16)
    args = parser.parse_args()
    measures = {"cpu": measure_cpu, "step": measure_step, "cuda": measure_cuda}
    sys.exit(measures[args.kind](args.samples))


if __name__ == "__main__":
    main()
