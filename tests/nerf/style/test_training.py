from dataclasses import replace

import torch

from nerf.style.evaluation import reconstruction
from nerf.style.examples import Examples, draw
from nerf.style.losses import PatchBatch, PointBatch
from nerf.style.presets import preset
from nerf.style.training import TrainingConfig, rate, start, train

CONFIG = TrainingConfig(point_steps=3, patch_steps=2, points=PointBatch(4, 16, 16), patches=PatchBatch(4, 6, 6, 2))


def test_a_run_that_stops_and_goes_on_is_the_same_run(few: Examples) -> None:
    model = preset("tiny").model
    whole = train(start(model, CONFIG), few, CONFIG)
    halves = train(train(start(model, CONFIG), few, CONFIG, until=2), few, CONFIG)
    assert whole.step == halves.step == 5
    assert all(
        torch.equal(a, b) for a, b in zip(whole.averaged.parameters(), halves.averaged.parameters(), strict=True)
    )


def test_the_rate_rises_falls_and_starts_again_for_the_second_phase() -> None:
    config = TrainingConfig(point_steps=1000, patch_steps=1000)
    assert rate(config, 0) < rate(config, 60) > rate(config, 999)
    assert abs(rate(config, 60) - config.point_rate) < 0.05 * config.point_rate
    assert abs(rate(config, 1060) - config.patch_rate) < 0.05 * config.patch_rate


def test_the_tiny_preset_rebuilds_objects_it_never_saw_better_than_at_first() -> None:
    tiny = preset("tiny")
    recipe = replace(tiny.recipe, supersampling=1)
    learned, unseen = draw("train", range(tiny.objects), recipe), draw("validation", range(tiny.held_out), recipe)
    state = start(tiny.model, tiny.training)
    before = reconstruction(state.averaged, unseen)
    after = reconstruction(train(state, learned, tiny.training).averaged, unseen)
    assert after.psnr > before.psnr + 1.0
    assert after.iou > before.iou + 0.05
