from pathlib import Path

import torch

from nerf.style.autoencoder import initial
from nerf.style.examples import Examples
from nerf.style.inversion_training import InversionTraining, measure_codes
from nerf.style.inverter import Inverter, config_for, inverter_for
from nerf.style.presets import preset
from nerf.style.refining_checkpoints import load_refining, save_refining
from nerf.style.refining_training import begin, train_refiner

TRAINING = InversionTraining(refine_steps=4, refine_batch=3, refine_rays=4, others=1, samples=3, near_surface=2)


def test_a_training_survives_the_disk_byte_for_byte(few: Examples, tmp_path: Path) -> None:
    model = initial(preset("tiny").model, 0).requires_grad_(False)

    def fresh(seed: int) -> Inverter:
        sizes = config_for(model, grid=8, samples=3, looks=4, taught=2, refine_channels=(8, 8, 8), refine_width=16)
        made = inverter_for(model, sizes, seed)
        measure_codes(made, model, few)
        return made

    state = begin(fresh(0), model, few, TRAINING)
    train_refiner(state, model, few, TRAINING, until=3)
    save_refining(state, tmp_path / "a")
    read = load_refining(fresh(1), TRAINING, tmp_path / "a")
    save_refining(read, tmp_path / "b")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["refining.safetensors"]
    first, second = ((tmp_path / name / "refining.safetensors").read_bytes() for name in "ab")
    assert first == second
    assert read.step == 3
    assert [group.trail.turn for group in read.groups] == [group.trail.turn for group in state.groups]
    kept = read.inverter.refiner.state_dict()
    assert all(torch.equal(value, kept[name]) for name, value in state.inverter.refiner.state_dict().items())
