from pathlib import Path

import numpy as np

from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.photo_store import PhotoStore
from nerf.ngp.settings import Training
from nerf.ngp.trainer import Trainer, kept_share
from nerf.ngp.volume import Volume
from nerf.posed_images import PosedImages


def _trainer(ball: PosedImages, folder: Path, **settings: object) -> Trainer:
    training = Training(levels=Levels(4, 4, 10, 4, 32), batch_samples=8192, grid_size=16, **settings)  # type: ignore[arg-type]
    volume = Volume(np.zeros(3), 1.2)
    store = PhotoStore(ball, volume, folder, long_side=40, seed=0, with_depth=False)
    return Trainer(store, volume, Marching(step=0.02), training)


def test_the_loss_falls_and_rays_adapt_to_the_samples_asked_for(ball: PosedImages, tmp_path: Path) -> None:
    trainer = _trainer(ball, tmp_path)
    reports = []
    for number in range(60):
        if number % 16 == 0:
            trainer.update_grid()
        reports.append(trainer.step(1e-2))
    trainer.store.close()
    assert reports[-1].loss < 0.4 * reports[0].loss
    assert 0.7 < np.mean([report.kept for report in reports[20:]]) / 8192 < 1.4
    assert trainer.number == 60


def test_gains_of_photos_stay_even_unless_asked_for(ball: PosedImages, tmp_path: Path) -> None:
    gains = []
    for exposure in (False, True):
        trainer = _trainer(ball, tmp_path / str(exposure), exposure=exposure)
        for _ in range(5):
            trainer.step(1e-2)
        trainer.store.close()
        gains.append(np.abs(trainer.log_gains).max())
    assert gains[0] == 0
    assert 0 < gains[1] < 0.05


def test_averages_follow_the_parameters(ball: PosedImages, tmp_path: Path) -> None:
    trainer = _trainer(ball, tmp_path)
    first = trainer.weights.copy()
    for _ in range(65):
        trainer.step(1e-2)
    trainer.store.close()
    between = trainer.averaged()["weights"]
    assert 0 < np.linalg.norm(between - trainer.weights) < np.linalg.norm(first - trainer.weights)


def test_the_average_remembers_little_at_first_and_never_more_than_asked() -> None:
    shares = [kept_share(0.95, number) for number in (0, 8, 40, 80, 1000)]
    assert shares == [0, 0, 0, 0.5, 0.95**8]
