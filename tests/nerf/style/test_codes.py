import copy

import numpy as np
import torch

from nerf.style.autoencoder import initial
from nerf.style.codes import CodesConfig, begin, encoded_styles, rate, train
from nerf.style.examples import Examples
from nerf.style.losses import PatchBatch, PointBatch, patch_parts
from nerf.style.presets import preset

CONFIG = CodesConfig(
    steps=100, encoder_steps=60, rate=5e-3, points=PointBatch(4, 16, 16), patches=PatchBatch(4, 6, 8, 4), average=0.9
)


def shown(model, w, few: Examples) -> float:  # type: ignore[no-untyped-def]
    """How far pictures of these styles are from the objects."""
    chosen, batch = np.arange(len(few)), PatchBatch(len(few), 12, 12, 4)
    with torch.no_grad():
        noise = torch.Generator().manual_seed(0)
        parts = patch_parts(model.generator, w, few, chosen, batch, CONFIG.weights, np.random.default_rng(0), noise)
    return float(parts["fine"])


def test_styles_of_their_own_show_objects_better_than_those_of_the_encoder_and_the_encoder_learns_them(
    few: Examples,
) -> None:
    model = initial(preset("tiny").model, 0)
    state = begin(copy.deepcopy(model), few, CONFIG)
    at_first = shown(model, encoded_styles(model, few), few)
    train(state, few, CONFIG, until=CONFIG.steps)
    free = shown(state.averaged, state.codes.weight, few)
    spread = state.codes.weight.std(0)
    before = ((encoded_styles(state.averaged, few) - state.codes.weight) / spread).square().mean()
    train(state, few, CONFIG)
    after = ((encoded_styles(state.averaged, few) - state.codes.weight) / spread).square().mean()
    assert free < 0.9 * at_first
    assert after < 0.8 * before


def test_the_encoder_s_steps_leave_styles_and_field_alone(few: Examples) -> None:
    config = CodesConfig(steps=0, encoder_steps=2)
    state = begin(initial(preset("tiny").model, 0), few, config)
    field = copy.deepcopy(state.model.generator.field.state_dict())
    train(state, few, config)
    assert torch.equal(state.codes.weight, state.begun)
    assert all(
        torch.equal(a, b)
        for a, b in zip(field.values(), state.model.generator.field.state_dict().values(), strict=True)
    )


def test_the_rate_rises_and_falls_in_each_half() -> None:
    config = CodesConfig(steps=1000, encoder_steps=1000)
    assert rate(config, 0) < rate(config, 60) > rate(config, 999)
    assert rate(config, 1000) < rate(config, 1060) > rate(config, 1999)
