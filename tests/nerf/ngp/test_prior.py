from pathlib import Path

import numpy as np
import pytest

from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.optimiser_numba import average_kernel
from nerf.ngp.photo_store import PhotoStore
from nerf.ngp.prior import PARTS, Guided, Prior, splatted
from nerf.ngp.settings import Training
from nerf.ngp.trainer import AVERAGE_EVERY, Trainer, kept_share
from nerf.ngp.volume import Volume
from nerf.posed_images import PosedImages


@pytest.fixture
def trainer(ball: PosedImages, tmp_path: Path) -> Trainer:
    volume = Volume(np.zeros(3), 1.2)
    store = PhotoStore(ball, volume, tmp_path, long_side=40, seed=0, with_depth=False)
    training = Training(levels=Levels(4, 4, 8, 4, 16), batch_samples=256, grid_size=32)
    result = Trainer(store, volume, Marching(step=0.05), training)
    store.close()
    return result


def _sphere(n: int, noise: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(n, 3))
    return 0.8 * points / np.linalg.norm(points, axis=1, keepdims=True) + rng.normal(size=(n, 3)) * noise


def _radius() -> np.ndarray:
    axis = (np.arange(32) + 0.5) / 32 * 2.4 - 1.2
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    return np.sqrt(x**2 + y**2 + z**2).reshape(-1)


def test_the_mask_covers_the_surface_and_little_else(trainer: Trainer) -> None:
    splat = splatted(Prior(_sphere(4000, 0.01)), trainer)
    off = np.abs(_radius() - 0.8)
    assert splat.mask[off < 0.04].all()
    assert not splat.mask[off > 0.35].any()
    assert not splatted(Prior(_sphere(4000, 0.01), halo=False), trainer).mask[off > 0.25].any()
    assert splat.closeness[off < 0.02].min() > 0.4 > splat.closeness[off > 0.3].max()


def test_trust_is_full_while_guarded_and_fades_to_nothing(trainer: Trainer) -> None:
    prior = Prior(_sphere(1000, 0.01), guard_steps=10, fade_steps=20)
    guided = Guided(prior, splatted(prior, trainer), seed=0)
    assert [guided.trust(step) for step in (0, 10, 20, 30, 99)] == [1, 1, 0.5, 0, 0]
    assert [guided.guards(step) for step in (0, 9, 10)] == [True, True, False]
    trainer.number = 99
    guided.before_step(trainer)
    assert trainer.bias is None


def test_noisy_points_fade_sooner_than_precise_ones(trainer: Trainer) -> None:
    steps = [
        Guided(prior, splatted(prior, trainer), seed=0).fade_steps
        for prior in (Prior(_sphere(4000, 0.01)), Prior(_sphere(4000, 0.01), noise=0.3))
    ]
    assert steps[0] == 512
    assert 20 < steps[1] < 400


def test_what_is_shown_follows_the_trust_as_the_average_of_a_parameter_would(trainer: Trainer) -> None:
    guided = Guided(prior := Prior(_sphere(4000, 0.01), fade_steps=200), splatted(prior, trainer), seed=0)
    average, largest = np.ones(1, np.float32), 0.0
    for step in range(400):
        trainer.number = step
        guided.before_step(trainer)
        if step % AVERAGE_EVERY == 0:
            keep = np.float32(kept_share(trainer.training.average, step))
            average_kernel(average, np.array([guided.trust(step)], np.float32), keep)
        shown = guided.shown(trainer)
        assert (shown.trust if shown else 0.0) == pytest.approx(float(average[0]), abs=0.01)
        largest = max(largest, float(average[0]) - guided.trust(step))
    assert shown is None
    assert largest > 0.08


def test_cells_of_the_prior_that_the_field_finds_empty_are_given_up_at_once(
    trainer: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    prior = Prior(_sphere(4000, 0.01), guard_steps=10, fade_steps=20)
    splat = splatted(prior, trainer)
    guided = Guided(prior, splat, seed=0)
    guided.update_grid(trainer)
    monkeypatch.setattr(trainer, "densities", lambda points: np.where(points[:, 2] > 0.5, 5000, 0).astype(np.float32))
    trainer.number = 32
    guided.update_grid(trainer)
    upper = np.arange(32**3) >= 32**3 // 2
    assert trainer.grid.occupied[splat.mask & upper].all()
    assert not trainer.grid.occupied[splat.mask & ~upper].any()


def test_the_guard_keeps_the_grid_and_cells_outside_return_later(trainer: Trainer) -> None:
    prior = Prior(_sphere(4000, 0.01), guard_steps=10, fade_steps=20, explored=0.1)
    splat = splatted(prior, trainer)
    guided = Guided(prior, splat, seed=0)
    guided.update_grid(trainer)
    assert np.array_equal(trainer.grid.occupied, splat.mask)
    trainer.number = 16
    guided.before_step(trainer)
    guided.update_grid(trainer)
    core = splat.closeness > 0.25
    outside = trainer.grid.occupied[~splat.mask].mean()
    assert 0.05 < outside < 0.5
    assert trainer.grid.occupied[core].mean() > 0.9
    trainer.number = 32
    guided.before_step(trainer)
    guided.update_grid(trainer)
    assert not trainer.grid.occupied[~splat.mask].any()


def test_the_halo_reaches_across_a_hole_and_says_nothing_there(trainer: Trainer) -> None:
    points = _sphere(4000, 0.005)
    points = points[np.linalg.norm(points - [0, 0, 0.8], axis=1) > 0.18]
    hole = np.ravel_multi_index((26, 16, 16), (32, 32, 32))  # of the cell around (0.04, 0.04, 0.79)
    for halo in (True, False):
        prior = Prior(points, halo=halo)
        splat = splatted(prior, trainer)
        assert splat.mask[hole] == halo
        added = splat.log_density(prior)
        assert (abs(added[hole]) < 0.5) == halo
        assert added[0] == -prior.weakness
        assert added.max() == prior.strength


def test_learning_is_faster_and_ray_steps_shorter_at_first_unless_switched_off(trainer: Trainer) -> None:
    for on, haste, coarsest in ((True, [3, 2, 1, 1], 2), (False, [1, 1, 1, 1], np.inf)):
        prior = Prior(_sphere(1000, 0.01), eager=on, fine=on)
        guided = Guided(prior, splatted(prior, trainer), seed=0)
        assert [guided.haste(step) for step in (0, 24, 48, 99)] == haste
        assert guided.coarsest == coarsest


def test_each_part_is_a_switch_that_is_on() -> None:
    prior = Prior(_sphere(20, 0.01))
    assert all(getattr(prior, part) is True for part in PARTS)


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        (np.full((50, 3), 40.0) + _sphere(50, 0), "only 0 of 50"),
        (np.random.default_rng(0).uniform(-1.2, 1.2, (30_000, 3)), "claims"),
    ],
)
def test_hopeless_priors_say_why_they_are_ignored(trainer: Trainer, points: np.ndarray, reason: str) -> None:
    assert reason in splatted(Prior(points), trainer).facts["ignored"]


def test_points_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="all finite"):
        Prior(np.array([[0.0, np.nan, 0]]))
