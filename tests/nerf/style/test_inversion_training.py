from dataclasses import replace

import numpy as np
import pytest
import torch

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder, initial
from nerf.style.examples import Examples
from nerf.style.inversion_training import (
    InversionTraining,
    base_losses,
    measure_codes,
    random_pixels,
    train_base,
    true_cameras,
)
from nerf.style.inverter import Inverter, config_for, inverter_for
from nerf.style.presets import preset

TRAINING = InversionTraining(base_steps=16, batch=6, rays=16, samples=5, near_surface=3)


@pytest.fixture(scope="module")
def model() -> Autoencoder:
    return initial(preset("tiny").model, 0).requires_grad_(False)


def fresh(model: Autoencoder, examples: Examples) -> Inverter:
    sizes = config_for(model, grid=8, samples=5, looks=4, refine_channels=(8, 8, 8), refine_width=16)
    made = inverter_for(model, sizes, 0)
    measure_codes(made, model, examples)
    return made


def test_it_lowers_its_loss_repeats_itself_and_leaves_all_else(model: Autoencoder, few: Examples) -> None:
    before = {name: value.clone() for name, value in model.state_dict().items()}
    told: list[list[float]] = []
    for _ in range(2):
        inverter, losses = fresh(model, few), []
        begun = {name: value.clone() for name, value in inverter.state_dict().items()}
        train_base(inverter, model, few, TRAINING, lambda step, parts, to=losses: to.append(parts["total"]))
        told.append(losses)
        changed = {name.split(".")[0] for name, value in inverter.state_dict().items() if not value.equal(begun[name])}
        assert changed == {"body", "z", "identity"}
    assert told[0] == told[1]
    assert np.mean(told[0][10:16]) < np.mean(told[0][:6])
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_without_contrast_the_identity_head_learns_nothing(model: Autoencoder, few: Examples) -> None:
    inverter = fresh(model, few)
    parts = base_losses(inverter, model, few, replace(TRAINING, contrast=0.0), 0)
    assert "identity" not in parts
    parts["total"].backward()
    assert all(weight.grad is None for weight in inverter.identity.parameters())
    with_it = base_losses(fresh(model, few), model, few, TRAINING, 0)
    assert with_it["identity"] > 0


def test_random_pixels_have_the_colours_that_their_rays_see(few: Examples) -> None:
    """Without scaling, a ray's pixel can be found again by projecting its direction."""
    objects, views = np.arange(3), np.array([0, 1, 2])
    found = random_pixels(few, objects, views, 1, 40, np.random.default_rng(0))
    camera = viewpoints.camera(few.rgb.shape[2])
    for item in range(3):
        pose = few.poses[objects[item], views[item]].astype(np.float64)
        local = found.directions[item].numpy() @ pose[:3, :3]
        pixels = local[:, :2] / local[:, 2:] * camera.fx + np.array([camera.cx, camera.cy])
        columns, rows = np.floor(pixels).astype(int).T
        seen = few.rgb[objects[item], views[item], rows, columns] / 255
        assert np.allclose(found.rgb[item].numpy(), seen, atol=1e-6)
        depth = few.depth[objects[item], views[item], rows, columns].astype(np.float32)
        hit = depth > 0
        assert hit.any()
        assert np.allclose((found.distance[item].numpy() * local[:, 2])[hit], depth[hit], rtol=1e-3)


def test_true_cameras_are_those_of_the_poses(few: Examples) -> None:
    numbers = true_cameras(few, np.array([1]), np.array([[0, 2]]))[0]
    for number, view in zip(numbers, (0, 2), strict=True):
        azimuth = float(torch.atan2(number[0], number[1]))
        pose = viewpoints.pose(azimuth, float(number[2]))
        assert np.allclose(pose, few.poses[1, view], atol=1e-3)
