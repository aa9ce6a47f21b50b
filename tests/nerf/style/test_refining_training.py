from pathlib import Path

import pytest
import torch

from nerf.style.autoencoder import Autoencoder, initial
from nerf.style.examples import Examples
from nerf.style.inversion_training import InversionTraining, measure_codes
from nerf.style.inverter import Inverter, config_for, inverter_for
from nerf.style.presets import preset
from nerf.style.refining_checkpoints import load_refining, save_refining
from nerf.style.refining_training import Group, Refining, begin, losses, train_refiner

TRAINING = InversionTraining(
    refine_steps=42, refine_batch=6, refine_rays=12, others=1, samples=5, near_surface=3, refine_rate=4e-3
)


@pytest.fixture(scope="module")
def model() -> Autoencoder:
    made = initial(preset("tiny").model, 0)
    with torch.no_grad():
        made.generator.field.density.bias.fill_(0.9)
    return made.requires_grad_(False)


def fresh(model: Autoencoder, examples: Examples) -> Inverter:
    sizes = config_for(
        model, grid=8, samples=5, looks=3, taught=3, step=0.5, refine_channels=(8, 8, 8), refine_width=16
    )
    made = inverter_for(model, sizes, 0)
    measure_codes(made, model, examples)
    return made


def weights(state: Refining) -> list[torch.Tensor]:
    return [value.clone() for value in state.inverter.state_dict().values()]


@torch.no_grad()
def total(inverter: Inverter, model: Autoencoder, examples: Examples, groups: list[Group]) -> float:
    """Of the same looks at the same pictures whenever it is asked."""
    each = [losses(inverter, model, examples, group, TRAINING, number)[0] for number, group in enumerate(groups)]
    return float(torch.stack([parts["total"] for parts in each]).sum())


def test_it_lowers_its_loss_teaches_the_refining_encoder_alone_and_goes_on_where_it_was_stopped(
    model: Autoencoder, few: Examples, tmp_path: Path
) -> None:
    inverter = fresh(model, few)
    before = {name: value.clone() for name, value in inverter.state_dict().items()}
    state = begin(inverter, model, few, TRAINING)
    first = list(state.groups)
    wrong = total(inverter, model, few, first)
    train_refiner(state, model, few, TRAINING, until=20)
    save_refining(state, tmp_path)
    train_refiner(state, model, few, TRAINING)
    assert state.step == TRAINING.refine_steps
    assert total(inverter, model, few, first) < 0.99 * wrong
    changed = {name.split(".")[0] for name, value in inverter.state_dict().items() if not value.equal(before[name])}
    assert changed == {"refiner"}
    again = load_refining(fresh(model, few), TRAINING, tmp_path)
    train_refiner(again, model, few, TRAINING)
    assert all(torch.equal(a, b) for a, b in zip(weights(state), weights(again), strict=True))


def test_every_group_is_at_another_look_and_makes_room_after_the_last(model: Autoencoder, few: Examples) -> None:
    state = begin(fresh(model, few), model, few, TRAINING)
    turns = []
    for _ in range(6):
        train_refiner(state, model, few, TRAINING, until=state.step + 3)
        turns.append(tuple(group.trail.turn for group in state.groups))
    assert turns[0] == (0, 1, 1)
    assert all(sorted(each) == [0, 1, 2] for each in turns[1:])
