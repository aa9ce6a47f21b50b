import copy
import json
from pathlib import Path

import pytest
import torch

from nerf.style import codes
from nerf.style.autoencoder import initial
from nerf.style.checkpoints import load_codes, load_model, load_run, save_codes, save_model, save_run
from nerf.style.codes import CodesConfig
from nerf.style.examples import Examples
from nerf.style.losses import PatchBatch, PointBatch
from nerf.style.presets import preset
from nerf.style.training import TrainingConfig, start, train

CONFIG = TrainingConfig(point_steps=2, patch_steps=2, points=PointBatch(4, 16, 16), patches=PatchBatch(4, 6, 6, 2))
CODES = CodesConfig(steps=2, encoder_steps=2, points=PointBatch(4, 16, 16), patches=PatchBatch(4, 6, 6, 2))


def test_a_run_goes_on_from_disk_as_if_it_had_not_stopped(few: Examples, tmp_path: Path) -> None:
    model = preset("tiny").model
    whole = train(start(model, CONFIG), few, CONFIG)
    for stop in (1, 3):
        save_run(train(start(model, CONFIG), few, CONFIG, until=stop), tmp_path / str(stop))
        resumed = train(load_run(tmp_path / str(stop)), few, CONFIG)
        for a, b in zip(whole.averaged.state_dict().values(), resumed.averaged.state_dict().values(), strict=True):
            assert torch.equal(a, b)


def test_bytes_repeat(tmp_path: Path) -> None:
    model = start(preset("tiny").model, CONFIG).model
    for name in ("a", "b"):
        save_model(model, tmp_path / name)
    for file in ("config.json", "model.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    save_model(start(preset("tiny").model, CONFIG).model, tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["autoencoder"]["generator"]["width"] += 8
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="weights must fit the sizes"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ValueError, match="is not the configuration of a generator"):
        load_model(tmp_path)


def test_the_phase_of_styles_goes_on_from_disk_as_if_it_had_not_stopped(few: Examples, tmp_path: Path) -> None:
    model = initial(preset("tiny").model, 0)
    whole = codes.train(codes.begin(copy.deepcopy(model), few, CODES), few, CODES)
    for stop in (1, 3):
        save_codes(codes.train(codes.begin(copy.deepcopy(model), few, CODES), few, CODES, until=stop), tmp_path)
        resumed = codes.train(load_codes(tmp_path, CODES), few, CODES)
        assert torch.equal(whole.codes.weight, resumed.codes.weight)
        for a, b in zip(whole.averaged.state_dict().values(), resumed.averaged.state_dict().values(), strict=True):
            assert torch.equal(a, b)
