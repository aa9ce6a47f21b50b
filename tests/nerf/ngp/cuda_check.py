"""The CUDA kernels against their definitions, as a program: with a GPU as they are, without in numba's simulator.

The simulator must be switched on before numba is imported, so tests run this in a process of its own.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from nerf.camera import from_field_of_view
from nerf.camera_path import turntable
from nerf.frame import identity_frame
from nerf.ngp import composite, composite_cuda, encoding, encoding_cuda, jit_cuda, march, march_cuda, mlp
from nerf.ngp.checkpoint import resume, save_checkpoint
from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.photo_store import PhotoStore
from nerf.ngp.settings import Stop, Training
from nerf.ngp.smoothness import drawn, smoothness, stencil
from nerf.ngp.tracer_numba import Bias
from nerf.ngp.trainer import Trainer
from nerf.ngp.trainer_cuda import CudaTrainer
from nerf.ngp.volume import Volume
from nerf.posed_images import Photo, PosedImages, Source

N = 40 if jit_cuda.SIMULATED else 5000
DEVICE = torch.device("cpu" if jit_cuda.SIMULATED else "cuda")


def check_encoding() -> None:
    """Features and the table's gradient, dense and hashed levels, at the edges of the cube too."""
    rng = np.random.default_rng(0)
    for features in (2, 4):
        levels = Levels(4, features, 8, 4, 64)
        assert levels.dense.any()
        assert not levels.dense.all()
        table = torch.from_numpy(rng.normal(size=(levels.n_entries, features)).astype(np.float32)).to(DEVICE)
        points = rng.random((N, 3)).astype(np.float32)
        points[:4] = [[0, 0, 0], [1, 1, 1], [0, 1, 0.5], [1, 0, 0]]
        places = torch.from_numpy(points).to(DEVICE)
        wanted = torch.from_numpy(rng.normal(size=(N, levels.width)).astype(np.float32)).to(DEVICE)
        results = []
        for module in (encoding, encoding_cuda):
            entries = table.clone().requires_grad_()
            found = module.encode(places, entries, levels)
            found.backward(wanted)
            assert entries.grad is not None
            results.append((found.detach().cpu().numpy(), entries.grad.cpu().numpy()))
        for ours, theirs in zip(*results, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=2e-4)


def check_marching() -> None:
    """The same samples, bounded and contracted."""
    rng = np.random.default_rng(1)
    n = N // 4
    origins = rng.uniform(-0.5, 1.5, (n, 3)).astype(np.float32)
    toward = 0.5 - origins + 0.2 * rng.normal(size=(n, 3)).astype(np.float32)
    directions = (toward / np.linalg.norm(toward, axis=1, keepdims=True)).astype(np.float32)
    jitter, occupied = rng.random(n).astype(np.float32), rng.random((8, 8, 8)) < 0.4
    for settings in (Marching(step=0.1, max_samples=64), Marching(0.1, 0.05, 0.5, 0.1, 4.0, True, 64)):
        expected = march.march(origins, directions, jitter, occupied, settings)
        tensors = (torch.from_numpy(array).to(DEVICE) for array in (origins, directions, jitter))
        points, distances, steps, rays, starts = (
            tensor.cpu().numpy() for tensor in march_cuda.march(*tensors, occupied, settings)
        )
        differing = np.flatnonzero(np.diff(starts) != np.diff(expected.starts))
        assert len(differing) <= 0.02 * n  # a sample at the very side of a cell may fall on either
        for r in np.setdiff1d(np.arange(n), differing):
            ours, theirs = (slice(s[r], s[r + 1]) for s in (starts, expected.starts))
            np.testing.assert_allclose(points[ours], expected.points[theirs], atol=1e-5)
            np.testing.assert_allclose(distances[ours], expected.distances[theirs], rtol=1e-5)
            np.testing.assert_allclose(steps[ours], expected.steps[theirs], rtol=1e-4)
            assert (rays[ours] == r).all()


def check_compositing() -> None:
    """All outputs and the gradients of density and colour; a ray without samples shows its background."""
    rng = np.random.default_rng(2)
    starts = torch.from_numpy(np.concatenate([[0, 0], np.cumsum(rng.integers(0, 9, N // 4))])).to(DEVICE)
    n = int(starts[-1])
    shapes = (n,), (n, 3), (n,), (n,), (len(starts) - 1, 3)
    values = [torch.from_numpy(rng.random(shape).astype(np.float32)).to(DEVICE) for shape in shapes]
    density, colour, distances, steps, background = values
    density = density * 5
    wanted = [
        torch.from_numpy(rng.normal(size=shape).astype(np.float32)).to(DEVICE)
        for shape in ((len(starts) - 1, 3), (len(starts) - 1,), (len(starts) - 1,), (n,))
    ]
    results = []
    for module in (composite, composite_cuda):
        inputs = density.clone().requires_grad_(), colour.clone().requires_grad_()
        rendered = module.composite(*inputs, distances, steps, starts, background)
        torch.autograd.backward(list(rendered), wanted)
        results.append([*(part.detach().cpu().numpy() for part in rendered)])
        for tensor in inputs:
            assert tensor.grad is not None
            results[-1].append(tensor.grad.cpu().numpy())
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-5)
    np.testing.assert_array_equal(results[1][0][0], background[0].cpu().numpy())


def check_training(folder: Path) -> None:
    """A few steps on the device, recorded as graphs or not, end where the CPU's end; a checkpoint carries them over."""
    rng = np.random.default_rng(3)
    photos, poses = [], turntable(np.zeros(3), 3.0, 0.4, 8)
    for k in range(8):
        pixels = rng.integers(0, 255, (6, 6, 4), np.uint8)
        pixels[..., 3] = 255
        Image.fromarray(pixels).save(folder / f"{k}.png")
        photos.append(Photo(str(k), folder / f"{k}.png", 0))
    views = PosedImages((from_field_of_view(6, 6, 0.5),), tuple(photos), poses, identity_frame(), Source("made up"))
    volume, marching = Volume(np.zeros(3), 1.0), Marching(step=0.2, max_samples=16)
    training = Training(
        levels=Levels(2, 4, 8, 4, 16),
        stop=Stop(steps=3),
        batch_samples=256,
        grid_size=8,
        exposure=True,
        appearance=4,
        distortion=0.1,
    )
    found, trainers, places = [], [], rng.random((20, 3)).astype(np.float32)
    recorded = replace(training, backend="cuda", cuda_graphs=True)
    for number, (kind, settings) in enumerate(((Trainer, training), (CudaTrainer, training), (CudaTrainer, recorded))):
        store = PhotoStore(views, volume, folder / str(number), long_side=6, seed=0, with_depth=False)
        trainer = kind(store, volume, marching, settings)
        trainer.bias = Bias(np.full(8**3, 1.5, np.float32), 0.5)
        trainer.n_rays = 12
        losses = []
        for _ in range(3):
            losses.append(trainer.step(1e-2).loss)
            trainer.n_rays = 12
        store.close()
        found.append((losses, trainer.averaged()["weights"].copy(), trainer.densities(places)))
        trainers.append(trainer)
    for number in (1, 2):
        for ours, theirs in zip(found[0], found[number], strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0.05, atol=5e-3)
    save_checkpoint(trainers[1], folder / "saved", 1.0)
    table, log_gains = (trainers[1].parameters[name].copy() for name in ("table", "log_gains"))
    trainers[1].step(1e-2)
    check_smoothness(trainers)
    assert resume(trainers[1], folder / "saved") == 1.0
    arrays = trainers[1].arrays()
    assert np.array_equal(arrays["table"], table)
    assert np.array_equal(arrays["log_gains"], log_gains)
    assert log_gains.any()
    assert trainers[1].number == 3


def check_smoothness(trainers: list[Trainer]) -> None:
    """The loss on normals, on the device as the definition has it."""
    trainer = trainers[1]
    assert isinstance(trainer, CudaTrainer)
    rng = np.random.default_rng(4)
    points, weights = rng.random((30, 3), np.float32), rng.random(30, np.float32)
    found = trainer._smoothness(*(torch.from_numpy(array).to(DEVICE) for array in (points, weights)))
    index, offsets = drawn(weights, trainer.training.seed, trainer.number)
    features = encoding.encode(
        torch.from_numpy(stencil(points[index], offsets)),
        trainer.tensors["table"].detach().cpu(),
        trainer.training.levels,
    )
    raw = mlp.geometry(features, trainer.tensors["weights"].detach().cpu())[:, 0]
    np.testing.assert_allclose(float(found.detach()), float(smoothness(raw.view(-1, 2, 4))), rtol=1e-2)


if __name__ == "__main__":
    check_encoding()
    check_marching()
    check_compositing()
    with tempfile.TemporaryDirectory() as folder:
        check_training(Path(folder))
    print("kernels agree with their definitions")
