import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder, initial
from nerf.style.examples import Recipe, draw
from nerf.style.inversion import Codes, Search, find_camera, invert, picture_error, searched
from nerf.style.inverter import config_for, inverter_for, orbit_rays, seen_along
from nerf.style.losses import view_tensor
from nerf.style.presets import preset
from nerf.style.training import start, train


@pytest.fixture(scope="module")
def model() -> Autoencoder:
    """A model that knows a single object from all around."""
    tiny = preset("tiny")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    state = train(start(tiny.model, tiny.training), one(), tiny.training, until=170)
    torch.set_num_threads(threads)
    return state.averaged


def one():  # type: ignore[no-untyped-def]
    return draw("train", [3], Recipe(views=8, size=32, points=512, captions=1, supersampling=1))


def test_the_search_ends_nearer_to_the_picture_than_it_began_and_repeats_itself(model: Autoencoder) -> None:
    picture = one().rgb[0, 0]
    found, again = (invert(model, picture, Search(steps=15, azimuths=6)) for _ in range(2))
    assert found.error < found.error_before
    assert np.array_equal(found.w, again.w)


def test_without_steps_the_encoders_answer_stands(model: Autoencoder) -> None:
    picture = one().rgb[0, 0]
    found = invert(model, picture, Search(steps=0, azimuths=4))
    assert found.error == found.error_before


def test_the_camera_of_a_render_is_found_again() -> None:
    generator = initial(preset("tiny").model, 0)
    w = torch.zeros(1, 48)
    angles = [(turn * math.pi / 3, height) for height in (0.0, 0.5) for turn in range(6)]
    with torch.no_grad():
        generator.generator.field.density.bias.fill_(0.9)
        pose = viewpoints.pose(*angles[8])
        made = generator.generator.render(generator.generator.styles(w), viewpoints.camera(32), pose[None])
    found = find_camera(generator, w, made.coarse.clamp(0, 1), angles, Search())
    assert (float(found.azimuths[0]), float(found.elevations[0])) == pytest.approx(angles[8])


def test_a_free_camera_turns_towards_the_true_one(model: Autoencoder) -> None:
    true = Codes(model.invert(view_tensor(one(), np.array([0]), np.array([[0]]))).detach(), *torch.full((2, 1), 0.3))
    rays = orbit_rays(16, true.azimuths, true.elevations)
    small = seen_along(model.generator, true.w, *rays, 12)[0].detach().transpose(1, 2).unflatten(2, (16, 16))
    off = replace(true, azimuths=true.azimuths + 0.12)
    search = Search(steps=12, rays=256, samples=12, rate=0.0, camera_rate=0.02)
    held, freed = (searched(model, off, small, replace(search, free_camera=free)) for free in (False, True))
    assert torch.equal(held.azimuths, off.azimuths)
    assert abs(float(freed.azimuths[0]) - 0.3) < 0.06
    assert picture_error(model, freed, small, search) < picture_error(model, off, small, search)


def test_an_inverter_answers_first_and_its_refinement_is_kept_only_if_it_helps(model: Autoencoder) -> None:
    inverter = inverter_for(model, config_for(model, grid=16, refine_channels=(8, 8, 8), refine_width=16), 0)
    picture = one().rgb[0, 0]
    plain = invert(model, picture, Search(rounds=0, steps=0), inverter)
    with torch.no_grad():
        inverter.refiner.out.bias.fill_(30.0)
    spoiled = invert(model, picture, Search(rounds=1, steps=0), inverter)
    assert np.array_equal(spoiled.w, plain.w)
    assert spoiled.error == spoiled.error_refined == plain.error_before
    with torch.no_grad():
        inverter.refiner.out.bias.fill_(0.0)
    helped = invert(model, picture, Search(rounds=1, steps=0), inverter)
    assert helped.error_refined < helped.error_before


def test_side_by_side_each_picture_is_searched_as_if_it_were_alone(model: Autoencoder) -> None:
    data = one()
    angles = [torch.from_numpy(values[:2]).float() for values in viewpoints.angles_of(data.poses[0])]
    pictures = torch.nn.functional.avg_pool2d(view_tensor(data, np.array([0, 0]), np.array([[0], [1]]))[:, 0], 2)
    with torch.no_grad():
        w = model.invert(view_tensor(data, np.array([0]), np.array([[0, 1]]))).expand(2, -1)
    search = Search(steps=3, rays=64, samples=8)
    both = searched(model, Codes(w, *angles), pictures, search)
    alone = searched(model, Codes(w[:1], *(values[:1] for values in angles)), pictures[:1], search)
    assert torch.allclose(both.w[:1], alone.w, atol=1e-4)
    assert torch.allclose(both.azimuths[:1], alone.azimuths, atol=1e-4)
