from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.training import depth
from pipeline.training.depth import published_encoder, train_photo_depth
from pipeline.training.run import TrainingRun
from pipeline.weights import read_card, weights_folder
from vision.depth_net import EmbeddedDepth


def test_the_tiny_preset_leaves_weights_that_the_stage_can_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(depth.PRESETS, "tiny", replace(depth.PRESETS["tiny"], steps=20, scenes=8))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    figures = train_photo_depth(TrainingRun("depth", tmp_path, "tiny", tell=lambda text: None))
    torch.set_num_threads(threads)
    folder = weights_folder(tmp_path / "weights" / "photo-depth")
    assert read_card(folder).metrics.keys() == figures.keys()
    assert {"abs_rel", "ramp_abs_rel"} < figures.keys()
    model = EmbeddedDepth.load(folder / "weights.safetensors")
    made = model.predict(np.random.default_rng(0).integers(0, 255, (60, 90, 3), dtype=np.uint8))
    assert made.values.shape == (60, 90)
    assert (folder / "weights.safetensors").stat().st_size < 200_000  # 16 bits


def test_missing_imagenet_weights_are_named_with_the_way_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "PACKAGE", "no_such_package_anywhere")
    with pytest.raises(ImportError, match=r"scenewright\[train-depth\]"):
        published_encoder()


def test_an_empty_folder_of_pictures_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    with pytest.raises(ValueError, match="holds no picture to learn from"):
        train_photo_depth(TrainingRun("depth", tmp_path, "tiny", tell=lambda text: None))
