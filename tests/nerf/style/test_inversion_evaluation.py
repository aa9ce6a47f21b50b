import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from nerf.style.autoencoder import Autoencoder, initial
from nerf.style.inversion import Search
from nerf.style.inversion_evaluation import Turned, agreement, camera_error, scores, turned_objects
from nerf.style.inverter import Inverter, config_for, inverter_for
from nerf.style.presets import preset
from nerf.style.tuning import Tuning


@pytest.fixture(scope="module")
def model() -> Autoencoder:
    return initial(preset("tiny").model, 0).requires_grad_(False)


@pytest.fixture(scope="module")
def inverter(model: Autoencoder) -> Inverter:
    return inverter_for(model, config_for(model, grid=8, samples=5, refine_channels=(8, 8, 8), refine_width=16), 0)


@pytest.fixture(scope="module")
def turned() -> Turned:
    return turned_objects("validation", 3, 16)


def test_objects_are_turned_by_thirty_degrees_to_both_sides(turned: Turned) -> None:
    assert np.allclose(np.degrees(np.diff(turned.azimuths)), [[-30, 60]] * 3)
    again = turned_objects("validation", 3, 16)
    assert np.array_equal(turned.rgb, again.rgb)
    assert np.allclose(turned.poses(0)[:, 1, 3] / 2.7, np.sin(turned.elevations))


def test_before_training_refinement_is_worth_what_its_slopes_are(
    model: Autoencoder, inverter: Inverter, turned: Turned
) -> None:
    found = scores(model, inverter, turned, Search(rounds=1, steps=2, rays=16, samples=6, free_camera=False))
    assert found["refined"].turned == found["untaught"].turned != found["base"].turned
    with torch.no_grad():
        inverter.refiner.out.bias.fill_(0.5)
    taught = scores(model, inverter, turned, Search(rounds=1), only=("refined", "untaught"))
    assert taught["untaught"].turned == found["untaught"].turned != taught["refined"].turned
    with torch.no_grad():
        inverter.refiner.out.bias.zero_()
    assert found["own"].given == pytest.approx(found["base"].given)
    assert found["optimised"].turned != found["base"].turned
    assert all(score.cpu_s > 0 and math.isfinite(score.turned_object) for score in found.values())


def test_layers_of_the_objects_own_show_the_given_view_better(
    model: Autoencoder, inverter: Inverter, turned: Turned
) -> None:
    tuning = Tuning(steps=20, rays=64, rate=4e-3)
    found = scores(model, inverter, turned, Search(rounds=1), only=("traced", "tuned"), tuning=tuning)
    assert found["tuned"].given > found["traced"].given + 1
    still = scores(model, inverter, turned, Search(rounds=1), only=("tuned",), tuning=replace(tuning, steps=0))
    assert still["tuned"].turned == pytest.approx(found["traced"].turned, abs=1e-3)


def test_codes_that_do_not_depend_on_the_picture_agree_fully(
    model: Autoencoder, inverter: Inverter, turned: Turned
) -> None:
    ratio, _ = agreement(model, inverter, turned)
    same = Turned(turned.rgb[:, [0, 1, 1]], turned.mask, turned.azimuths, turned.elevations)
    none, found = agreement(model, inverter, same)
    assert none == 0 < ratio
    assert found == 1


def test_the_camera_error_is_an_angle(inverter: Inverter, turned: Turned) -> None:
    azimuth, elevation = camera_error(inverter, turned)
    assert 0 <= azimuth <= 180
    assert elevation >= 0
    with torch.no_grad():
        guess = inverter.guess(turned.given())
    shown = Turned(turned.rgb, turned.mask, guess.azimuth.double().numpy()[:, None].repeat(3, 1), turned.elevations)
    assert camera_error(inverter, shown)[0] == pytest.approx(0, abs=1e-4)
