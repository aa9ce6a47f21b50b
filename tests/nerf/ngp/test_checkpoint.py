from dataclasses import replace
from pathlib import Path

import numpy as np

from nerf.ngp.checkpoint import resume, save_checkpoint
from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.photo_store import PhotoStore
from nerf.ngp.settings import Stop, Training
from nerf.ngp.trainer import Trainer
from nerf.ngp.volume import Volume
from nerf.posed_images import PosedImages

TRAINING = Training(levels=Levels(4, 4, 8, 4, 16), batch_samples=256, grid_size=16)


def _trainer(ball: PosedImages, folder: Path, training: Training) -> Trainer:
    volume = Volume(np.zeros(3), 1.2)
    store = PhotoStore(ball, volume, folder, long_side=40, seed=0, with_depth=False)
    return Trainer(store, volume, Marching(step=0.05), training)


def test_everything_a_run_consists_of_comes_back(ball: PosedImages, tmp_path: Path) -> None:
    trainer, other = (_trainer(ball, tmp_path / name, TRAINING) for name in "ab")
    trainer.update_grid()
    for _ in range(3):
        trainer.step(1e-2)
    trainer.notes["curve"] = [{"step": 2, "psnr": 21.5}]
    save_checkpoint(trainer, tmp_path, 12.5)
    assert resume(other, tmp_path) == 12.5
    assert other.notes == trainer.notes
    assert (other.number, other.n_rays) == (3, trainer.n_rays)
    for name, value in trainer.arrays().items():
        assert np.array_equal(other.arrays()[name], value), name
    assert np.array_equal(other.grid.bits, trainer.grid.bits)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["checkpoint.safetensors"]
    for run in (trainer, other):
        run.store.close()


def test_a_checkpoint_of_other_settings_is_not_taken_up_but_one_with_another_budget_is(
    ball: PosedImages, tmp_path: Path
) -> None:
    first = _trainer(ball, tmp_path / "a", TRAINING)
    first.step(1e-2)
    save_checkpoint(first, tmp_path, 1.0)
    longer = _trainer(ball, tmp_path / "b", replace(TRAINING, stop=Stop(steps=9)))
    other = _trainer(ball, tmp_path / "c", replace(TRAINING, huber=0.2))
    assert resume(longer, tmp_path) == 1.0
    assert resume(other, tmp_path) == 0.0
    assert other.number == 0
    assert resume(other, tmp_path / "nowhere") == 0.0
    for run in (first, longer, other):
        run.store.close()
