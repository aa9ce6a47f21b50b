import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder, initial
from nerf.style.inverter import Inverter, camera_numbers, config_for, inverter_for, orbit_rays
from nerf.style.presets import preset
from nerf.style.rays import camera_rays
from nerf.style.refining import Trail


@pytest.fixture(scope="module")
def model() -> Autoencoder:
    made = initial(preset("tiny").model, 0)
    with torch.no_grad():
        made.generator.field.density.bias.fill_(0.9)
    return made.requires_grad_(False)


@pytest.fixture(scope="module")
def inverter(model: Autoencoder) -> Inverter:
    return inverter_for(model, config_for(model, grid=8, samples=6, refine_channels=(8, 8, 8), refine_width=16), 0)


def test_it_begins_with_the_generators_own_encoder(model: Autoencoder, inverter: Inverter) -> None:
    pictures = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    own = model.encoder(pictures[:, None]).mean
    assert torch.allclose(inverter.guess(pictures).z, own, atol=1e-6)


def test_four_looks_see_every_pixel_of_the_picture_once(model: Autoencoder, inverter: Inverter) -> None:
    pictures = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    cameras = camera_numbers(torch.tensor([0.3]), torch.tensor([0.1]))
    trail = Trail.start(torch.zeros(1, 48))
    looks = [inverter.look(model.generator, pictures, cameras, replace(trail, turn=turn)) for turn in range(4)]
    seen = torch.cat([look.pixels[:, :3].flatten() for look in looks])
    assert torch.equal(seen.sort().values, pictures.flatten().sort().values)


def test_the_slope_is_that_of_the_difference_between_the_pictures(model: Autoencoder, inverter: Inverter) -> None:
    random = torch.Generator().manual_seed(2)
    pictures, codes = torch.rand(1, 3, 8, 8, generator=random), torch.randn(1, 48, generator=random)
    cameras = camera_numbers(torch.tensor([0.4]), torch.tensor([0.2]))
    trail = replace(Trail.start(codes), turn=1)
    slopes = inverter.look(model.generator, pictures, cameras, trail).slopes

    def error(codes: torch.Tensor) -> float:
        pixels = inverter.look(model.generator, pictures, cameras, replace(trail, codes=codes)).pixels.double()
        away = pixels[:, 3:6] - pixels[:, :3]
        return float(away.abs().mean() + 3 * away.square().mean())

    step = 0.02 * slopes / slopes.norm()
    risen = (error(codes + step) - error(codes - step)) / (2 * float(step.norm()))
    assert risen == pytest.approx(float(slopes.norm()), rel=0.05)


def test_rays_go_to_the_object_first_and_what_no_ray_sees_counts_as_right(model: Autoencoder) -> None:
    few = inverter_for(
        model, config_for(model, grid=8, rays=4, samples=6, refine_channels=(8, 8, 8), refine_width=16), 0
    )
    pictures = torch.ones(2, 3, 8, 8)
    pictures[:, :, 6:, 6:] = 0.5
    cameras = camera_numbers(torch.tensor([0.4, 0.4]), torch.tensor([0.2, 0.2]))
    pixels = few.look(model.generator, pictures, cameras, Trail.start(torch.zeros(2, 48))).pixels
    seen = pixels[:, 6] > 0
    assert seen[:, 2:, 2:].all()
    assert seen.sum() == 8
    assert (pixels[:, 3:6] == pixels[:, :3]).all(1)[~seen].all()
    assert torch.equal(pixels[0], pixels[1])


def test_orbiting_rays_are_those_of_the_poses() -> None:
    angles = np.array([[0.0, 0.0], [1.0, 0.4], [-2.5, 0.8]])
    poses = np.stack([viewpoints.pose(*pair) for pair in angles])
    expected = camera_rays(viewpoints.camera(5), poses)
    found = orbit_rays(5, *torch.from_numpy(angles.T).float())
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(found, expected, strict=True))


def test_a_camera_is_told_without_a_jump() -> None:
    here = camera_numbers(torch.tensor([math.pi - 1e-4]), torch.tensor([0.2]))
    there = camera_numbers(torch.tensor([-math.pi + 1e-4]), torch.tensor([0.2]))
    assert torch.allclose(here, there, atol=1e-3)


def test_vectors_of_identity_have_length_one(inverter: Inverter) -> None:
    vectors = inverter.project(torch.randn(4, 48, generator=torch.Generator().manual_seed(0)))
    assert torch.allclose(vectors.norm(dim=1), torch.ones(4), atol=1e-5)
