import json
from pathlib import Path

import pytest
import torch

from nerf.style import inverter_files
from nerf.style.autoencoder import initial
from nerf.style.inverter import Inverter, config_for, inverter_for
from nerf.style.presets import preset


def small() -> Inverter:
    model = initial(preset("tiny").model, 0)
    return inverter_for(model, config_for(model, grid=8, refine_channels=(8, 8, 8), refine_width=16), 3)


def test_an_inverter_survives_the_disk_byte_for_byte(tmp_path: Path) -> None:
    made = small()
    for name in ("a", "b"):
        inverter_files.save(made, tmp_path / name)
    read = inverter_files.load(tmp_path / "a")
    assert read.config == made.config
    assert all(torch.equal(value, read.state_dict()[name]) for name, value in made.state_dict().items())
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["config.json", "model.safetensors"]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    inverter_files.save(small(), tmp_path)
    path = tmp_path / "config.json"
    about = json.loads(path.read_text())
    path.write_text(json.dumps({**about, "inverter": {**about["inverter"], "refine_width": 24}}))
    with pytest.raises(ValueError, match="must fit the sizes"):
        inverter_files.load(tmp_path)
    path.write_text(json.dumps({**about, "version": 9}))
    with pytest.raises(ValueError, match="version must be 2"):
        inverter_files.load(tmp_path)
    path.write_text("{")
    with pytest.raises(ValueError, match="is not the configuration of an inverter"):
        inverter_files.load(tmp_path)
