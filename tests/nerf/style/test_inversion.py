import numpy as np
import pytest
import torch

from nerf.objects import viewpoints
from nerf.style.autoencoder import Autoencoder, initial
from nerf.style.examples import Recipe, draw
from nerf.style.inversion import Search, find_pose, invert
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
    search = Search(azimuths=6, elevations=(0.0, 0.5))
    w = torch.zeros(1, 48)
    with torch.no_grad():
        generator.generator.field.density.bias.fill_(0.9)
        pose = viewpoints.pose(2 * np.pi / 6 * 2, 0.5)
        made = generator.generator.render(generator.generator.styles(w), viewpoints.camera(32), pose[None])
    found = find_pose(generator, w, made.coarse[0].clamp(0, 1), search)
    assert np.allclose(found, pose)
