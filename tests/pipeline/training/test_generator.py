from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from nerf.style.autoencoder import initial
from nerf.style.checkpoints import load_model
from nerf.style.presets import preset
from pipeline.training.generator import WEIGHTS, measure, train_generator
from pipeline.training.objects import examples
from pipeline.training.run import TrainingRun
from pipeline.weights import weights_folder


def test_the_tiny_preset_rebuilds_unseen_objects_better_than_at_first(trained: SimpleNamespace) -> None:
    tiny = preset("tiny")
    unseen = examples(TrainingRun("generator", trained.folder, "tiny"), "validation", tiny.held_out, tiny.recipe)
    before, after = measure(initial(tiny.model, 0), unseen, tiny.tuning), trained.figures["generator"]
    assert after["psnr_3_views"] > before["psnr_3_views"] + 1
    assert after["iou_3_views"] > before["iou_3_views"] + 0.1
    assert after["tuned_psnr_3_views"] > after["fitted_psnr_3_views"]


def test_weights_in_16_bits_are_nearly_the_trained_ones(trained: SimpleNamespace) -> None:
    shipped = load_model(weights_folder(trained.folder / "weights" / WEIGHTS))
    whole = load_model(trained.folder / "checkpoints" / "generator" / "styles" / "averaged")
    for a, b in zip(shipped.parameters(), whole.parameters(), strict=True):
        assert a.dtype == torch.float32
        assert torch.allclose(a, b, rtol=2e-3, atol=1e-6)


def test_a_finished_training_has_nothing_left_to_do(trained: SimpleNamespace, tmp_path: Path) -> None:
    again = train_generator(replace(TrainingRun("generator", trained.folder, "tiny"), tell=lambda line: None))
    assert np.allclose(list(again.values()), list(trained.figures["generator"].values()))
    assert (trained.folder / "sheets" / "generator.png").is_file()
