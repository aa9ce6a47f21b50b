from types import SimpleNamespace

import torch

from nerf.style.checkpoints import load_model
from pipeline.training.adversarial import WEIGHTS, train_adversarial
from pipeline.training.run import TrainingRun


def test_fine_tuning_is_kept_only_where_rebuilding_did_not_suffer(trained: SimpleNamespace) -> None:
    said: list[str] = []
    run = TrainingRun("adversarial", trained.folder, "tiny", tell=said.append)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    figures = train_adversarial(run)
    torch.set_num_threads(threads)
    lost = figures["before_psnr_3_views"] - figures["psnr_3_views"]
    assert lost != 0
    assert (run.weights(WEIGHTS) / "card.json").is_file() == (lost <= 0.1)
    assert any("not kept" in line for line in said) == (lost > 0.1)
    if lost <= 0.1:
        assert load_model(run.weights(WEIGHTS)).config.generator.w == 48
