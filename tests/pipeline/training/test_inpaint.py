from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipeline.training import inpaint
from pipeline.training.inpaint import train_photo_inpainter
from pipeline.training.run import TrainingRun
from pipeline.weights import read_card, weights_folder
from vision.inpaint_partial import PartialInpainter


def test_the_tiny_preset_learns_from_own_pictures_and_leaves_weights_that_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(inpaint.PRESETS, "tiny", replace(inpaint.PRESETS["tiny"], steps=50, channels=(8, 12, 16)))
    (tmp_path / "pictures").mkdir()
    rng = np.random.default_rng(0)
    for name in ("a.png", "b.png"):
        Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(tmp_path / "pictures" / name)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    figures = train_photo_inpainter(TrainingRun("inpaint", tmp_path, "tiny", tell=lambda text: None))
    torch.set_num_threads(threads)
    folder = weights_folder(tmp_path / "weights" / "photo-inpaint")
    assert read_card(folder).metrics.keys() == figures.keys() == {"error", "smooth_error"}
    PartialInpainter.load(folder / "weights.safetensors")
